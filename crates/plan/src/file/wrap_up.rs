//! What agents can write down after a conversation, as it stands in the plan file.
//! Names only; which of them a call may have is the compiled plan's.

use serde::Deserialize;

/// A code.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrapUpCodeEntry {
    /// The code.
    pub id: Option<String>,
    /// Its name, as agents see it.
    pub title: Option<String>,
    /// `"topic"`, `"outcome"` or `"role"`.
    pub kind: Option<String>,
    /// Kommunekode of whose citizens' calls can have it; missing: all calls.
    pub municipality: Option<String>,
}
