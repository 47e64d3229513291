//! What the sockets count, for the metrics page. Numbers only: who it was is not kept.
//! Knows what is counted; doesn't know who reads it.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Numbers since the start.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub struct NetCounts {
            $($(#[$doc])* pub $name: u64,)*
        }
        /// The same while they grow.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Counter,)*
        }
        impl Counters {
            pub(super) fn read(&self) -> NetCounts {
                NetCounts { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counts! {
    /// Messages that could be read.
    received,
    /// Messages that could not.
    unreadable,
    /// Requests refused without a transaction: strangers, bad ones, unknown methods.
    refused_at_the_door,
    /// Strangers' requests that were asked for a password.
    challenged,
    /// Messages dropped without an answer because of what they are.
    dropped,
    /// Messages dropped unread because their source is banned.
    dropped_banned,
    /// Messages dropped unread because their source sends far too much.
    dropped_unread,
    /// Messages dropped because their source, or strangers together, send too much.
    dropped_rate,
    /// Requests refused with 503 because their source or trunk asks too much.
    refused_rate,
    /// Requests refused with 503 because their shard is behind.
    refused_busy,
    /// New calls and registrations refused with 503 because their shard's mailbox was full, or shut.
    refused_full,
    /// Other messages lost because a shard's mailbox was full. Never, in health.
    lost_full,
    /// Messages sent.
    sent,
    /// Messages that could not be sent: a full queue, a closed connection, a name without an address.
    unsent,
    /// Phones' keep-alives by STUN that were answered.
    keep_alives,
    /// Connections taken or made.
    connections,
    /// Connections refused for want of room.
    connections_refused,
    /// Connections closed to make room, before their peer had said anything of worth.
    connections_displaced,
    /// Connections closed because a message took too long to come, or to go.
    connections_slow,
    /// Connections closed because nothing came for long.
    connections_idle,
    /// Connections to somebody else that did not come about.
    connects_failed,
    /// TLS handshakes that came to nothing.
    handshakes_failed,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
