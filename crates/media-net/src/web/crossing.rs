//! How browsers' datagrams cross from the worker that reads the port to the one whose leg they are for, and how that one
//! tells which addresses are its. Bounded queues; what finds no room is lost, as on any network.

use std::net::SocketAddr;

use crossbeam_queue::ArrayQueue;

/// Datagrams that may wait for one worker: 40 ms of 500 browsers. At the bound a datagram is lost and counted.
const DATAGRAMS_MAX: usize = 1024;
/// Datagrams that a worker takes in before its other sockets have their turn.
pub(crate) const CROSSINGS_PER_ROUND: usize = 256;
/// Addresses that worker 0 has not yet heard of. At the bound a browser's check is not answered; it asks again.
const TOLD_MAX: usize = 4096;

/// A datagram on its way to its leg's worker.
#[derive(Debug)]
pub(crate) struct Datagram {
    pub(crate) from: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// What a worker tells of an address.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) worker: usize,
    pub(crate) source: SocketAddr,
    /// Whether it is its leg's, or no longer is.
    pub(crate) known: bool,
}

/// What waits for one worker.
#[derive(Debug)]
pub(crate) struct Crossing {
    datagrams: ArrayQueue<Datagram>,
    /// Room that was used before, so that nothing is allocated for a datagram.
    spare: ArrayQueue<Vec<u8>>,
    told: ArrayQueue<Told>,
}

impl Crossing {
    pub(crate) fn new() -> Self {
        Self {
            datagrams: ArrayQueue::new(DATAGRAMS_MAX),
            spare: ArrayQueue::new(DATAGRAMS_MAX),
            told: ArrayQueue::new(TOLD_MAX),
        }
    }

    /// False: there is no room, and it is lost.
    pub(crate) fn put(&self, datagram: &[u8], from: SocketAddr) -> bool {
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.extend_from_slice(datagram);
        let put = self.datagrams.push(Datagram { from, bytes }).is_ok();
        if !put {
            metrics::counter!("samkald_web_datagrams_lost_total").increment(1);
        }
        put
    }

    pub(crate) fn take(&self) -> Option<Datagram> {
        self.datagrams.pop()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    pub(crate) fn give_back(&self, datagram: Datagram) {
        let _full = self.spare.push(datagram.bytes);
    }

    pub(crate) fn tell(&self, told: Told) -> bool {
        self.told.push(told).is_ok()
    }

    pub(crate) fn told(&self) -> Option<Told> {
        self.told.pop()
    }
}
