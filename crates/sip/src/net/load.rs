//! How busy a shard is, and what is refused because of it: at once, before any work is done for it.
//!
//! Pure. A shard's load is how long new calls have waited for it and how many they are, and how much else lies in its
//! mailbox: all grow whatever it lacks, be it processor, disk or luck. Beside it stands how long the socket has been too full to be emptied.
//! Knows no rate, no source and no message.

use std::time::Duration;

use super::admission::Kind;

/// What a shard's mailbox says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Load {
    /// How long the oldest new call has lain there; zero if there is none.
    pub oldest_new_call: Duration,
    /// How many new calls lie there.
    pub new_calls: usize,
    /// How many other messages lie there.
    pub others: usize,
}

/// What a shard may owe before it is spared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoadSettings {
    /// A new call is refused while an older one has waited for its shard as long as this. Default 100 ms: below half of what
    /// a refusal may take, and far above what a shard that keeps up ever owes.
    pub new_call_wait_max: Duration,
    /// So few new calls are never too late for being old: a machine that stood still for a moment works them off at once,
    /// and callers who are refused have to ring again. Default 16, some 10 ms of work.
    pub few: usize,
    /// New calls are refused while so many other messages wait: they would wait behind all of them. Default 4,096, some
    /// 200 ms of work.
    pub others_max: usize,
    /// A new call that a shard reaches so late is refused by it, without work: the caller has sent it again (T1) or given
    /// it to another of our nodes, and those behind it are fresher. Unless only [`Self::few`] wait. Default 500 ms.
    pub stale_after: Duration,
}

impl Default for LoadSettings {
    fn default() -> Self {
        Self {
            new_call_wait_max: Duration::from_millis(100),
            few: 16,
            others_max: 4_096,
            stale_after: Duration::from_millis(500),
        }
    }
}

impl LoadSettings {
    /// Whether a new call that its shard reaches after `waited`, with so many behind it, is refused for its age.
    pub fn is_stale(self, waited: Duration, behind: usize) -> bool {
        waited >= self.stale_after && behind >= self.few
    }

    /// Whether a shard with that load is to get a message of that kind. What belongs to talks always goes, and urgent calls
    /// as long as their mailbox has room.
    ///
    /// `unread` is how long more has come to the socket than could be read. What the system keeps for us meanwhile runs over,
    /// whatever it is: so half of the wait is enough.
    pub fn lets_in(self, kind: Kind, load: Load, unread: Duration) -> bool {
        let late = unread * 2 >= self.new_call_wait_max
            || (load.oldest_new_call >= self.new_call_wait_max && load.new_calls >= self.few);
        match kind {
            Kind::InDialog | Kind::Urgent | Kind::Other => true,
            Kind::NewCall => !late && load.others < self.others_max,
            Kind::Proof => load.others < self.others_max,
        }
    }
}

#[cfg(test)]
mod tests;
