//! One leg's sound, as a shard keeps it: where it comes in, what was settled with the other end, what was played and pressed.
//!
//! Holds no rule, and knows nothing of the call that the leg belongs to.

use media::{LocalSession, Sound};

use crate::keys::Presses;

/// Room for a leg's sound at the packet workers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Room {
    /// A port pair of the pool.
    Pair(u16),
    /// At the port of all browsers.
    Web,
}

impl Room {
    /// The port that our description names; a browser goes by its own lines.
    pub(crate) const fn port(self) -> u16 {
        match self {
            Self::Pair(port) => port,
            Self::Web => 0,
        }
    }
}

/// A leg's sound: its room and what was settled.
#[derive(Debug, Default)]
pub(crate) struct LegSound {
    pub(crate) room: Option<Room>,
    pub(crate) local: Option<LocalSession>,
    pub(crate) settled: Option<Sound>,
    /// Counts what was played, so that a late "played" is recognised.
    pub(crate) plays: u32,
    /// The keys that were pressed last; none so far.
    pub(crate) presses: Option<Box<Presses>>,
}
