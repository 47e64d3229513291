//! To whom citizens are handed on by name, as it is written in the plan file.
//! Names only; where they lead is found when the plan is compiled.

use serde::Deserialize;

/// An entry of the directory: exactly one of `number`, `line` and `agent`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryEntry {
    /// Its id, by which phones and desks name it.
    pub id: Option<String>,
    /// Its name, as agents see it.
    pub title: Option<String>,
    /// A number outside.
    pub number: Option<String>,
    /// A line of ours.
    pub line: Option<String>,
    /// A colleague.
    pub agent: Option<String>,
    /// When it can be reached; missing: always.
    pub calendar: Option<String>,
    /// Kommunekode of whose entry it is; missing: everyone's.
    pub municipality: Option<String>,
}
