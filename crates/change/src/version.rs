//! One version of the plan: who made it, why, on which base, and the edits that are in force in it.
//! Knows nothing of where versions are kept.

use serde::{Deserialize, Serialize};

use crate::Wish;

/// An edit in force, and who made it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Made {
    /// What, and until when.
    pub wish: Wish,
    /// In which version it came.
    pub version: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// By whom.
    pub who: String,
    /// Why.
    pub why: String,
}

/// A setting that differs between a version and the one before it, as [`plan::Difference`] has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// Which: `lines["pas-da"].greeting`.
    pub at: String,
    /// As it was, in TOML.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

/// One version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Version {
    /// Its number, from 1; each is greater than all before it.
    pub number: u64,
    /// When it was made, in milliseconds since 1970.
    pub at_ms: i64,
    /// By whom: a coordinator's name, `file` where the operator's plan file changed, `clock` where edits ended by themselves.
    pub who: String,
    /// Why, in their words.
    pub why: String,
    /// The text that its edits stand on.
    pub base: String,
    /// The operator's file as it was last read, which is another one after a rollback over a change of the file.
    pub file: String,
    /// The edits in force, in the order in which they were made.
    pub edits: Vec<Made>,
    /// Settings that this version touched, for those who change the same at the same time.
    pub touched: Vec<String>,
    /// What differs from the version before it; the first [`Version::CHANGED_MAX`].
    pub changed: Vec<Setting>,
    /// The version that it goes back to.
    pub back_to: Option<u64>,
    /// The program died under it before it had proved itself: no start takes it up by itself any more.
    #[serde(default)]
    pub quarantined: bool,
}

impl Version {
    /// Differences that are kept with a version; of more only so many. A diff of two versions finds them all anew.
    pub const CHANGED_MAX: usize = 200;

    /// About how much room it takes, in bytes: its texts, and a little for each thing in it.
    pub fn bytes(&self) -> usize {
        const EACH: usize = 128;
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let edits = self.edits.iter().map(|made| EACH + made.wish.edit.bytes() + made.who.len() + made.why.len());
        let changed = self.changed.iter().map(|one| EACH + one.at.len() + text(&one.before) + text(&one.after));
        let touched: usize = self.touched.iter().map(|one| EACH + one.len()).sum();
        EACH + self.who.len() + self.why.len() + touched + edits.sum::<usize>() + changed.sum::<usize>()
    }
}

impl From<plan::Difference> for Setting {
    fn from(one: plan::Difference) -> Self {
        Self { at: one.at, before: one.before, after: one.after }
    }
}
