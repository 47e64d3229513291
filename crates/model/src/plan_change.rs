//! A change of the plan, as it is written down: who decided what, and why.
//! Knows texts and their bounds; doesn't know what a plan is.

use std::sync::Arc;

use crate::LineId;

/// Settings that one change names; further ones are only counted.
pub const CHANGED_MAX: usize = 32;
/// Longest text of a change, in bytes; the end of a longer one is left out.
pub const CHANGE_TEXT_BYTES_MAX: usize = 200;

/// A change of the plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanChange {
    /// Which version of the plan it makes, or tries.
    pub version: u64,
    /// Who decided it.
    pub who: Arc<str>,
    /// Why.
    pub why: Arc<str>,
    /// How.
    pub how: ChangeHow,
    /// What has changed, by the settings' places; at most [`CHANGED_MAX`].
    pub changed: Vec<ChangedSetting>,
    /// How many more have.
    pub more: u32,
}

/// How a plan comes into force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChangeHow {
    /// For everyone.
    TakenOver,
    /// For new calls on this line alone.
    TriedOn(LineId),
    /// What was tried has come to an end, and all is as it was before.
    TakenBack,
}

/// A setting before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangedSetting {
    /// Where it stands: `lines.pas.calendar`.
    pub at: Arc<str>,
    /// What it was; none: it is new.
    pub before: Option<Arc<str>>,
    /// What it is; none: it is gone.
    pub after: Option<Arc<str>>,
}

/// A text of a change, cut at its bound between two characters.
pub fn change_text(text: &str) -> Arc<str> {
    let end = (0..=CHANGE_TEXT_BYTES_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].into()
}
