//! The table of TCP connections: who may have one, and where to put what is to be sent on it.
//!
//! A connection's number is never used twice, so an answer can't go to somebody who came later.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::config::TcpLimits;

/// Messages that wait for one slow peer. Beyond, the connection is closed: the peer does not read.
const OUTBOX_MAX: usize = 256;

/// All connections of a node.
pub(super) struct Connections {
    limits: TcpLimits,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    last: u64,
    open: HashMap<u64, Open>,
    by_peer: HashMap<SocketAddr, u64>,
    strangers: HashMap<IpAddr, usize>,
    strangers_in_all: usize,
}

struct Open {
    peer: SocketAddr,
    stranger: bool,
    outbox: mpsc::Sender<Bytes>,
}

/// A place in the table; given back when it is dropped.
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) inbox: mpsc::Receiver<Bytes>,
    connections: Arc<Connections>,
}

impl Connections {
    pub(super) fn new(limits: TcpLimits) -> Self {
        Self { limits, table: Mutex::default() }
    }
    pub(super) fn limits(&self) -> &TcpLimits {
        &self.limits
    }
    /// A place for a connection with `peer`; `None` if there is no room for it.
    pub(super) fn admit(self: &Arc<Self>, peer: SocketAddr, stranger: bool) -> Option<Place> {
        let mut table = self.table();
        let full = table.open.len() >= self.limits.connections_max;
        let room = !full
            && if stranger {
                let from_there = table.strangers.get(&peer.ip()).copied().unwrap_or(0);
                table.strangers_in_all + self.limits.reserved_for_trunks < self.limits.connections_max
                    && from_there < self.limits.per_address_max
            } else {
                true
            };
        if !room {
            return None;
        }
        let (outbox, inbox) = mpsc::channel(OUTBOX_MAX);
        table.last += 1;
        let number = table.last;
        table.open.insert(number, Open { peer, stranger, outbox });
        table.by_peer.insert(peer, number);
        if stranger {
            *table.strangers.entry(peer.ip()).or_default() += 1;
            table.strangers_in_all += 1;
        }
        Some(Place { number, inbox, connections: self.clone() })
    }
    /// Puts a message into a connection's outbox. Gives it back if there is no such connection (any more); one whose peer does not
    /// read is closed.
    pub(super) fn put(&self, number: u64, bytes: Bytes) -> Result<(), Bytes> {
        let mut table = self.table();
        let Some(open) = table.open.get(&number) else { return Err(bytes) };
        let refused = open.outbox.try_send(bytes).map_err(mpsc::error::TrySendError::into_inner);
        if refused.is_err() {
            table.remove(number);
        }
        refused
    }
    /// The connection with a peer, whoever began it.
    pub(super) fn with(&self, peer: SocketAddr) -> Option<u64> {
        self.table().by_peer.get(&peer).copied()
    }
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.table().open.len()
    }
    /// Closes all.
    pub(super) fn close_all(&self) {
        let mut table = self.table();
        table.open.clear();
        table.by_peer.clear();
        table.strangers.clear();
        table.strangers_in_all = 0;
    }
    /// The table stays right if a task panics between two steps: each step leaves it whole.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Without its outbox the connection's task ends.
    fn remove(&mut self, number: u64) {
        let Some(open) = self.open.remove(&number) else { return };
        if self.by_peer.get(&open.peer) == Some(&number) {
            self.by_peer.remove(&open.peer);
        }
        if open.stranger
            && let Some(count) = self.strangers.get_mut(&open.peer.ip())
        {
            *count -= 1;
            self.strangers_in_all -= 1;
            if *count == 0 {
                self.strangers.remove(&open.peer.ip());
            }
        }
    }
}

impl Place {
    /// What was put into the outbox and will not be written any more.
    pub(super) fn unwritten(&mut self) -> impl Iterator<Item = Bytes> {
        self.inbox.close();
        std::iter::from_fn(|| self.inbox.try_recv().ok())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.table().remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn strangers_cannot_take_the_places_of_trunks_nor_of_each_other() {
        let limits =
            TcpLimits { connections_max: 4, reserved_for_trunks: 1, per_address_max: 2, ..TcpLimits::default() };
        let connections = Arc::new(Connections::new(limits));
        let one = connections.admit(peer("127.0.0.66:1"), true).expect("first");
        let _two = connections.admit(peer("127.0.0.66:2"), true).expect("second");
        assert!(connections.admit(peer("127.0.0.66:3"), true).is_none());
        let _three = connections.admit(peer("127.0.0.67:1"), true).expect("from elsewhere");
        assert!(connections.admit(peer("127.0.0.68:1"), true).is_none());
        let _trunk = connections.admit(peer("127.0.0.2:1"), false).expect("a trunk");
        assert!(connections.admit(peer("127.0.0.2:2"), false).is_none());
        drop(one);
        assert!(connections.admit(peer("127.0.0.66:4"), true).is_some());
    }

    #[test]
    fn a_number_is_never_given_twice_and_a_peer_that_does_not_read_is_let_go() {
        let connections = Arc::new(Connections::new(TcpLimits::default()));
        let first = connections.admit(peer("127.0.0.3:1"), true).expect("a place").number;
        assert!(connections.put(first, Bytes::new()).is_err());
        let second = connections.admit(peer("127.0.0.3:1"), true).expect("a place");
        assert_ne!(first, second.number);
        assert_eq!(connections.with(peer("127.0.0.3:1")), Some(second.number));
        for _ in 0..OUTBOX_MAX {
            assert!(connections.put(second.number, Bytes::new()).is_ok());
        }
        assert!(connections.put(second.number, Bytes::new()).is_err());
        assert_eq!(connections.count(), 0);
    }
}
