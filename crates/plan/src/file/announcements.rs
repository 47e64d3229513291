//! What may be played to one side of a conversation, as people write it.
//! Knows the names of the fields; `compile` says what is missing.

use serde::Deserialize;

/// Something that may be played.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnnouncementEntry {
    /// Its id.
    pub id: Option<String>,
    /// Its name, as agents see it.
    pub title: Option<String>,
    /// Its sound; a name without a dot is spoken in the citizen's language.
    pub prompt: Option<String>,
}
