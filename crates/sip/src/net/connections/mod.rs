//! The table of connections: who may have one, who makes room for whom, and where to put what is to be sent on it.
//!
//! A connection's number is never used twice, so an answer can't go to somebody who came later. A stranger is settled once a
//! shard has said yes to it (2xx); the oldest unsettled one makes room where there is none.

mod strangers;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::config::TcpLimits;
use crate::stack::Transport;
use strangers::Strangers;

/// Messages that wait for one slow peer. Beyond, the connection is closed: the peer does not read.
const OUTBOX_MAX: usize = 256;
/// How an answer begins by which a shard has said yes.
const YES: &[u8] = b"SIP/2.0 2";

/// All connections of a node.
pub(super) struct Connections {
    limits: TcpLimits,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    last: u64,
    open: HashMap<u64, Open>,
    by_toward: HashMap<Toward, u64>,
    strangers: Strangers,
    /// Strangers who have not yet agreed on a key with us; the oldest first.
    handshakes: BTreeSet<u64>,
    by_transport: [usize; TRANSPORTS.len()],
}

/// What connections are counted by.
pub(super) const TRANSPORTS: [Transport; 4] = [Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

struct Open {
    toward: Toward,
    stranger: bool,
    /// Whether a shard has said yes on it.
    settled: Arc<AtomicBool>,
    outbox: mpsc::Sender<Bytes>,
}

/// Whom a connection leads to: what is sent there goes on it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Toward {
    pub(super) transport: Transport,
    pub(super) peer: SocketAddr,
    /// The name that the peer's certificate was checked for; none for who came to us.
    pub(super) name: Option<Box<str>>,
}

/// Who wants a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// Somebody who comes from no trunk's address.
    Stranger,
    /// A trunk, or somebody whom we call.
    Known,
}

/// A place in the table; given back when it is dropped.
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) inbox: mpsc::Receiver<Bytes>,
    settled: Arc<AtomicBool>,
    connections: Arc<Connections>,
}

/// A place, and whether somebody had to go for it.
pub(super) struct Admitted {
    pub(super) place: Place,
    pub(super) displaced: bool,
}

/// What was to be sent comes back; there is no such connection (any more).
#[derive(Debug)]
pub(super) struct Gone(pub(super) Bytes);

impl Connections {
    pub(super) fn new(limits: TcpLimits) -> Self {
        Self { limits, table: Mutex::default() }
    }

    /// A place for a connection; `None` if there is no room and nobody makes it.
    pub(super) fn admit(self: &Arc<Self>, toward: Toward, who: Who) -> Option<Admitted> {
        let mut table = self.table();
        let stranger = who == Who::Stranger;
        let displaced = table.make_room(&toward, stranger, &self.limits)?;
        let (outbox, inbox) = mpsc::channel(OUTBOX_MAX);
        table.last += 1;
        let number = table.last;
        if stranger {
            table.strangers.came(toward.peer.ip(), number);
        }
        table.by_transport[at(toward.transport)] += 1;
        table.by_toward.insert(toward.clone(), number);
        let settled = Arc::new(AtomicBool::new(false));
        table.open.insert(number, Open { toward, stranger, settled: settled.clone(), outbox });
        Some(Admitted { place: Place { number, inbox, settled, connections: self.clone() }, displaced })
    }

    /// Puts a message into a connection's outbox. One whose peer does not read is closed.
    pub(super) fn put(&self, number: u64, bytes: Bytes) -> Result<(), Gone> {
        let mut table = self.table();
        let Some(open) = table.open.get(&number) else { return Err(Gone(bytes)) };
        let yes = is_yes(&bytes);
        match open.outbox.try_send(bytes) {
            Ok(()) if yes => table.settle(number),
            Ok(()) => {}
            Err(refused) => {
                table.remove(number);
                return Err(Gone(refused.into_inner()));
            }
        }
        Ok(())
    }

    /// Somebody has shown who it is, by a certificate: it makes room for nobody.
    pub(super) fn settle(&self, number: u64) {
        self.table().settle(number);
    }

    /// A stranger's handshake begins. At the bound the oldest one is cut off: a peer in earnest is done in no time.
    pub(super) fn begin_handshake(&self, number: u64) {
        let mut table = self.table();
        if !table.open.get(&number).is_some_and(|open| open.stranger) {
            return;
        }
        table.handshakes.insert(number);
        if table.handshakes.len() > self.limits.handshakes_max
            && let Some(oldest) = table.handshakes.first().copied()
        {
            table.remove(oldest);
        }
    }

    /// It came to its end.
    pub(super) fn end_handshake(&self, number: u64) {
        self.table().handshakes.remove(&number);
    }

    /// The connection that leads there, whoever began it.
    pub(super) fn with(&self, toward: &Toward) -> Option<u64> {
        self.table().by_toward.get(toward).copied()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.table().open.len()
    }

    /// How many there are of each of [`TRANSPORTS`].
    pub(super) fn by_transport(&self) -> [usize; TRANSPORTS.len()] {
        self.table().by_transport
    }

    /// Closes all.
    pub(super) fn close_all(&self) {
        let mut table = self.table();
        let last = table.last;
        *table = Table { last, ..Table::default() };
    }

    /// The table stays right if a task panics between two steps: each step leaves it whole.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Whether somebody had to go; `None` if nobody who may be sent away is left.
    fn make_room(&mut self, toward: &Toward, stranger: bool, limits: &TcpLimits) -> Option<bool> {
        let goes = if !stranger {
            (self.open.len() >= limits.connections_max).then(|| self.strangers.oldest())
        } else if self.strangers.from(toward.peer.ip()) >= limits.per_address_max {
            Some(self.strangers.oldest_from(toward.peer.ip()))
        } else {
            let full = self.open.len() >= limits.connections_max
                || self.strangers.count() + limits.reserved_for_trunks >= limits.connections_max;
            full.then(|| self.strangers.oldest())
        };
        match goes {
            None => Some(false),
            Some(goes) => {
                self.remove(goes?);
                Some(true)
            }
        }
    }

    fn settle(&mut self, number: u64) {
        let Some(open) = self.open.get_mut(&number) else { return };
        open.settled.store(true, Ordering::Relaxed);
        if open.stranger {
            self.strangers.settled(open.toward.peer.ip(), number);
        }
    }

    /// Without its outbox the connection's task ends.
    fn remove(&mut self, number: u64) {
        let Some(open) = self.open.remove(&number) else { return };
        if self.by_toward.get(&open.toward) == Some(&number) {
            self.by_toward.remove(&open.toward);
        }
        self.by_transport[at(open.toward.transport)] -= 1;
        if open.stranger {
            self.strangers.left(open.toward.peer.ip(), number);
            self.handshakes.remove(&number);
        }
    }
}

impl Place {
    /// Whether a shard has said yes on it: somebody may have registered.
    pub(super) fn was_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }
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

/// Datagrams have no connection; they would be counted with TCP.
fn at(transport: Transport) -> usize {
    TRANSPORTS.iter().position(|counted| *counted == transport).unwrap_or(0)
}

/// Whether somebody is accepted by these bytes.
pub(super) fn is_yes(bytes: &[u8]) -> bool {
    bytes.starts_with(YES)
}
