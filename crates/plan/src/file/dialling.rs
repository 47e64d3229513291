//! Whom agents' phones may call, as it is written in the plan file.
//! Names and defaults only; what they must be is checked when the plan is compiled.

use serde::Deserialize;

/// Rules of dialling. What is missing has its default.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiallingEntry {
    /// Beginnings of numbers that are opened: `"+46"`, `"1818"`, `"9012"`.
    pub opened: Vec<String>,
    /// Emergency numbers beside 112 and 114.
    pub emergency: Vec<String>,
    /// `"none"`, `"municipality"`, `"line"`, or a number.
    pub shown: Option<String>,
    /// How long a phone rings at most, in seconds.
    pub ring_time_max_s: Option<u64>,
}
