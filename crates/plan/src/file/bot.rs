//! A line's bot, as people write it.
//! Knows the names of the fields; `compile` says what is missing.

use serde::Deserialize;

/// A bot that callers talk with before any person.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BotEntry {
    /// Its address: `"wss://bot.example.dk/citizen"`.
    pub url: Option<String>,
    /// Before what it is: `"person"`, the only place so far.
    pub before: Option<String>,
    /// After so many seconds the call goes on to a person.
    pub time_max_s: Option<u64>,
    /// The key that leads to a person at any moment.
    pub key: Option<String>,
}
