//! A bot that a line's callers talk with before any person.
//! Knows where it is and how long it may take; not what it says.

use std::sync::Arc;
use std::time::Duration;

/// A bot behind a WebSocket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bot {
    /// `wss://…`, or `ws://…` on this machine.
    pub url: Arc<str>,
    /// The longest talk, after which the call goes on to a person.
    pub time_max: Duration,
    /// The key that leads to a person at any moment.
    pub key: char,
}
