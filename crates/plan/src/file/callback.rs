//! Calling back, as people write it.
//! Knows the names of the fields; what they may say is `compile`'s.

use serde::Deserialize;

/// Times that a citizen who can't be served may choose to be called in.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BookingEntry {
    /// How long each is, in minutes.
    pub slot_min: Option<u64>,
    /// How many citizens may have the same.
    pub per_slot: Option<u64>,
    /// For how many days from today on.
    pub days_ahead: Option<u64>,
    /// The first begins so many minutes from now at the earliest.
    pub not_before_min: Option<u64>,
}

/// When a waiting citizen may choose to be called back, and how that is tried.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallbackEntry {
    /// Offered when the wait is expected to be longer than so many seconds.
    pub offer_over_s: Option<u64>,
    /// Offered only if the turn is expected to come at least so many seconds before the line closes.
    pub before_closing_s: Option<u64>,
    /// How often the citizen is called.
    pub attempts: Option<u64>,
    /// The second attempt comes so many seconds after the first, the third three times that after the second.
    pub again_after_s: Option<u64>,
    /// A promise is kept for so many hours.
    pub keep_h: Option<u64>,
}
