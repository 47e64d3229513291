//! The last messages that no trace has taken: a leg's first messages pass before it is known whose leg it is.
//!
//! Filled only while something is traced; bounded in messages and bytes, the oldest go first.

use std::collections::VecDeque;

use super::seen::Seen;

/// Messages that are remembered.
const MESSAGES_MAX: usize = 4_096;
/// Bytes of these.
const BYTES_MAX: usize = 8 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Lookback {
    seen: VecDeque<(Box<str>, Seen)>,
    bytes: usize,
}

impl Lookback {
    /// Remembers a message of that Call-ID.
    pub(super) fn put(&mut self, call_id: &str, seen: Seen) {
        self.bytes += seen.said.len();
        self.seen.push_back((call_id.into(), seen));
        while self.seen.len() > MESSAGES_MAX || self.bytes > BYTES_MAX {
            let Some((_, oldest)) = self.seen.pop_front() else { return };
            self.bytes -= oldest.said.len();
        }
    }

    /// What is remembered of a Call-ID, in order.
    pub(super) fn of(&self, call_id: &str) -> Vec<Seen> {
        self.seen.iter().filter(|(found, _)| **found == *call_id).map(|(_, seen)| seen.clone()).collect()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use bytes::Bytes;
    use model::Moment;

    use super::super::seen::{Peer, Said, Way};
    use super::*;
    use crate::stack::Transport;

    #[test]
    fn only_the_last_messages_are_remembered() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 5060));
        let seen = |bytes: usize| Seen {
            at: Moment::EPOCH,
            way: Way::In,
            peer: Peer::Phone,
            transport: Transport::Udp,
            here: address,
            there: address,
            said: Said::Written(Bytes::from(vec![b'x'; bytes])),
        };
        let mut lookback = Lookback::default();
        lookback.put("first", seen(10));
        for _ in 0..MESSAGES_MAX {
            lookback.put("later", seen(10));
        }
        assert!(lookback.of("first").is_empty());
        assert_eq!(lookback.of("later").len(), MESSAGES_MAX);
        for _ in 0..9 {
            lookback.put("large", seen(BYTES_MAX / 8));
        }
        assert_eq!((lookback.of("later").len(), lookback.of("large").len(), lookback.bytes), (0, 8, BYTES_MAX));
    }
}
