//! Where a name leads (RFC 3263): servers by SRV with their priorities and weights, addresses, looked up off the hot path
//! and remembered for as long as they are good.
//!
//! Bounded in names and in time; doesn't know why a name is asked for. NAPTR is not asked: the URI or the settings say by which
//! transport somebody is called.

mod order;
mod resolver;
mod rests;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use smallvec::{SmallVec, smallvec};
use tokio::sync::Semaphore;

use crate::stack::{Target, Transport};
pub(super) use order::Choice;
use order::in_order;
use resolver::Resolver;
use rests::Rests;

/// Look-ups at one time. Beyond, the message is dropped; it will be repeated.
const LOOKUPS_MAX: usize = 64;
/// Names that are remembered. Beyond, all are forgotten.
const NAMES_MAX: usize = 256;
/// Shortest and longest time for which an answer is good, whatever its TTL says.
const GOOD_MIN: Duration = Duration::from_secs(5);
const GOOD_MAX: Duration = Duration::from_secs(3_600);
/// How long an answer is used again when the next one can't be had: a trunk must be reached while DNS is away (RFC 8767).
const GOOD_AGAIN: Duration = Duration::from_secs(60);

/// Addresses, best first.
pub(super) type Addresses = SmallVec<[SocketAddr; 2]>;

/// What is asked: a host without a port is asked for its servers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Asked {
    host: Box<str>,
    port: u16,
    transport: Transport,
    v6: bool,
}

impl Asked {
    /// Where a target leads, in the address family of the listener that sends.
    pub(super) fn of(target: &Target, v6: bool) -> Self {
        let Target { transport, host, port, .. } = target;
        Self { host: host.clone(), port: *port, transport: *transport, v6 }
    }
    fn port_or_default(&self) -> u16 {
        if self.port == 0 { self.transport.port_default() } else { self.port }
    }
}

/// What names mean.
pub(super) struct Names {
    known: Mutex<HashMap<Asked, Known>>,
    permits: Semaphore,
    resolver: Resolver,
    rests: Rests,
}

struct Known {
    choices: Arc<[Choice]>,
    until: Instant,
}

impl Names {
    /// Asks these name servers; the system's if there are none.
    pub(super) fn new(servers: &[SocketAddr]) -> Self {
        let permits = Semaphore::new(LOOKUPS_MAX);
        Self { known: Mutex::default(), permits, resolver: Resolver::new(servers), rests: Rests::default() }
    }

    /// What is known without asking: a literal, or a name that was asked lately. None at all: there is no such host. `seed`
    /// chooses among equals; repetitions of a message have the same.
    pub(super) fn known(&self, asked: &Asked, seed: u64) -> Option<Addresses> {
        if let Ok(ip) = asked.host.parse::<IpAddr>() {
            return Some(smallvec![SocketAddr::new(ip, asked.port_or_default())]);
        }
        let now = Instant::now();
        let choices = self.table().get(asked).filter(|known| known.until > now)?.choices.clone();
        Some(self.in_order(&choices, seed, now))
    }

    /// Asks; none if too many are asked already, or there is no such host.
    pub(super) async fn ask(&self, asked: Asked, seed: u64) -> Addresses {
        let Ok(_permit) = self.permits.try_acquire() else { return Addresses::new() };
        let found = self.resolver.find(&asked).await;
        let now = Instant::now();
        let mut table = self.table();
        let (choices, good) = match (found, table.remove(&asked)) {
            (Some(found), _) => (found.choices.into(), found.good.clamp(GOOD_MIN, GOOD_MAX)),
            (None, Some(old)) => (old.choices, GOOD_AGAIN),
            (None, None) => (Arc::default(), GOOD_MIN),
        };
        if table.len() >= NAMES_MAX {
            table.clear();
        }
        table.insert(asked, Known { choices: choices.clone(), until: now + good });
        drop(table);
        self.in_order(&choices, seed, now)
    }

    /// Something was sent to an address in the hope of an answer, and there are others to send to.
    pub(super) fn sent(&self, to: SocketAddr) {
        self.rests.sent(to, Instant::now());
    }
    /// Something came from an address.
    pub(super) fn heard(&self, from: SocketAddr) {
        self.rests.heard(from);
    }
    /// An address could not be reached: others are tried first for a while.
    pub(super) fn failed(&self, to: SocketAddr) {
        self.rests.failed(to, Instant::now());
    }

    fn in_order(&self, choices: &[Choice], seed: u64, now: Instant) -> Addresses {
        in_order(choices, seed, |address| self.rests.rests(address, now))
    }

    /// Each step leaves the table whole.
    fn table(&self) -> MutexGuard<'_, HashMap<Asked, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
