//! `[notes]`: how long what agents write freely after a call is kept. What may stand in it the model knows.
//! Knows a number of days; where notes lie is `store`'s.

use serde::{Deserialize, Serialize};

/// `[notes]` as it is written.
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NotesSection {
    pub(super) keep_days: u64,
}

impl Default for NotesSection {
    fn default() -> Self {
        Self { keep_days: 30 }
    }
}
