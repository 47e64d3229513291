//! The operator's files are read again: what they say of the plan comes into force, or all of their faults are told.
//! Knows how settings are read; other settings than the plan count from the next start on.

use std::fmt;
use std::sync::Arc;

use super::{InForce, NotTaken, Note, Planning};
use crate::settings::{Faults, Settings, SettingsArgs};

/// Why nothing has changed.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// What is wrong with the files.
    Faults(Faults),
    /// They are right, and the plan is not used all the same.
    NotTaken(NotTaken),
}

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => faults.fmt(f),
            Self::NotTaken(why) => why.fmt(f),
        }
    }
}

impl Planning {
    /// Reads settings and plan anew, and brings the plan into force.
    pub(crate) fn read_again(&self, args: &SettingsArgs, why: &str) -> Result<InForce, NotRead> {
        // What a bug in the reading makes of a file is told by whoever asked; it changes nothing.
        let settings = Settings::load(args).map_err(NotRead::Faults)?;
        let version = self.in_force().version + 1;
        let note = Note { version, who: "file".into(), why: why.into(), sounds: None, changed: Vec::new() };
        self.take_over(Arc::unwrap_or_clone(settings.plan), &note).map_err(NotRead::NotTaken)
    }
}
