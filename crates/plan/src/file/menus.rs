//! Menus as people write them: what is asked before the queue, and what each key leads to.
//!
//! Knows the names of the fields; `compile` says what is missing or won't do.

use serde::Deserialize;

/// One question that a citizen answers by keys.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MenuEntry {
    /// Its id.
    pub id: Option<String>,
    /// The question, by the name of its sound.
    pub prompt: Option<String>,
    /// The same said slowly, at key 9.
    pub slow_prompt: Option<String>,
    /// How often it is said while nobody answers, or by a wrong key.
    pub times: Option<u64>,
    /// How long an answer is waited for after it was said, in seconds.
    pub answer_max_s: Option<u64>,
    /// The answer is a postal code, which tells the municipality.
    pub postal_code: bool,
    /// What each key leads to.
    pub choices: Vec<ChoiceEntry>,
}

/// What one key leads to: exactly one of the others is said.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChoiceEntry {
    /// The key: `"1"`.
    pub key: Option<String>,
    /// The line of the same topic in this language.
    pub language: Option<String>,
    /// The citizen is this municipality's.
    pub municipality: Option<String>,
    /// Another line.
    pub line: Option<String>,
    /// A time to be called in can be chosen, as the line's booking says.
    pub callback: bool,
    /// A mailbox, where a message can be left.
    pub voicemail: Option<String>,
    /// Or an entry of the directory: somebody outside.
    pub directory: Option<String>,
    /// Something is said; then the question comes again.
    pub message: Option<String>,
}
