//! Looks up host names off the hot path, and remembers them for a while.
//! Bounded in names and in time; doesn't know why a name is asked for.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// Look-ups at one time. Beyond, the message is dropped; it will be repeated.
const LOOKUPS_MAX: usize = 64;
/// Names that are remembered. Beyond, all are forgotten.
const NAMES_MAX: usize = 256;
/// How long a name is remembered. The system's resolver does not tell us how long it is good for.
const REMEMBERED: Duration = Duration::from_secs(60);

/// A name, and whether an IPv6 address is wanted.
type Asked = (Box<str>, bool);

/// What names mean.
pub(super) struct Names {
    known: Mutex<HashMap<Asked, (IpAddr, Instant)>>,
    permits: Semaphore,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { known: Mutex::default(), permits: Semaphore::new(LOOKUPS_MAX) }
    }
    /// What is known without asking: a literal, or a name that was asked lately.
    pub(super) fn known(&self, host: &str, v6: bool) -> Option<IpAddr> {
        if let Ok(address) = host.parse() {
            return Some(address);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(host.into(), v6)).filter(|(_, at)| at.elapsed() < REMEMBERED).map(|(address, _)| *address)
    }
    /// Asks the system; `None` if too many are asked already, or there is no address of that family.
    pub(super) async fn ask(&self, host: &str, v6: bool) -> Option<IpAddr> {
        let _permit = self.permits.try_acquire().ok()?;
        let found = tokio::net::lookup_host((host, 0))
            .await
            .ok()?
            .map(|address: SocketAddr| address.ip())
            .find(|ip| ip.is_ipv6() == v6)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= NAMES_MAX {
            known.clear();
        }
        known.insert((host.into(), v6), (found, Instant::now()));
        Some(found)
    }
}
