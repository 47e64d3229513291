//! `[recordings]`: where recorded talks lie. Who may record, and for how long, the plan says.
//! Knows a folder's name; the archive in it is `store`'s.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::load::beside;

/// The recordings' folder, where the settings name no other; in the data folder.
const FOLDER: &str = "recordings";

/// `[recordings]` as it is written.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RecordingsSection {
    folder: String,
}

impl RecordingsSection {
    /// The folder, seen from the settings' own.
    pub(super) fn folder(&self, settings_folder: &Path, data_dir: &Path) -> PathBuf {
        if self.folder.is_empty() { data_dir.join(FOLDER) } else { beside(settings_folder, &self.folder) }
    }
}
