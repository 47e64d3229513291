//! Servers that did not answer lately: others of the same name are tried first for a while (RFC 3263 §4.3).
//! Pure: the moment comes in. Bounded: at the bound all are forgotten, and tried again.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a server rests.
const REST: Duration = Duration::from_secs(30);
/// A server that has said nothing for so long, while so many datagrams went to it, rests: three are sent in the first 1.5 s of a
/// request (RFC 3261 §17.1.1.2).
const SILENT: Duration = Duration::from_millis(1_500);
const UNANSWERED: u32 = 3;
/// Servers that are watched.
const WATCHED_MAX: usize = 1_024;

#[derive(Default)]
pub(super) struct Rests {
    table: Mutex<HashMap<SocketAddr, Watched>>,
    /// How many, so that whoever hears from somebody needn't ask for the lock.
    watched: AtomicUsize,
}

struct Watched {
    unanswered: u32,
    since: Instant,
    rests_until: Option<Instant>,
}

impl Rests {
    pub(super) fn sent(&self, to: SocketAddr, now: Instant) {
        self.watch(to, now, |watched| {
            watched.unanswered += 1;
            if watched.unanswered >= UNANSWERED && now.duration_since(watched.since) >= SILENT {
                *watched = Watched { unanswered: 0, since: now, rests_until: Some(now + REST) };
            }
        });
    }

    pub(super) fn failed(&self, to: SocketAddr, now: Instant) {
        self.watch(to, now, |watched| watched.rests_until = Some(now + REST));
    }

    pub(super) fn heard(&self, from: SocketAddr) {
        if self.watched.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut table = self.table();
        table.remove(&from);
        self.watched.store(table.len(), Ordering::Relaxed);
    }

    pub(super) fn rests(&self, address: SocketAddr, now: Instant) -> bool {
        self.watched.load(Ordering::Relaxed) != 0
            && self.table().get(&address).is_some_and(|watched| watched.rests_until.is_some_and(|until| until > now))
    }

    fn watch(&self, address: SocketAddr, now: Instant, change: impl FnOnce(&mut Watched)) {
        let mut table = self.table();
        if table.len() >= WATCHED_MAX && !table.contains_key(&address) {
            table.clear();
        }
        change(table.entry(address).or_insert(Watched { unanswered: 0, since: now, rests_until: None }));
        self.watched.store(table.len(), Ordering::Relaxed);
    }

    /// Each step leaves the table whole.
    fn table(&self) -> MutexGuard<'_, HashMap<SocketAddr, Watched>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_stays_silent_rests_for_a_while_and_a_word_of_it_ends_that() {
        let (rests, start) = (Rests::default(), Instant::now());
        let server = SocketAddr::from(([192, 0, 2, 1], 5060));
        let at = |ms| start + Duration::from_millis(ms);
        for ms in [0, 1, 2, 500] {
            rests.sent(server, at(ms));
        }
        assert!(!rests.rests(server, at(500)), "a burst is no silence");
        rests.sent(server, at(1_500));
        assert!(rests.rests(server, at(1_501)) && !rests.rests(server, at(31_501)));
        rests.heard(server);
        assert!(!rests.rests(server, at(1_502)));
        rests.failed(server, at(2_000));
        assert!(rests.rests(server, at(2_000)));
    }

    #[test]
    fn a_server_that_answers_never_rests() {
        let (rests, start) = (Rests::default(), Instant::now());
        let server = SocketAddr::from(([192, 0, 2, 1], 5060));
        for n in 0..100 {
            rests.sent(server, start + Duration::from_secs(n));
            rests.heard(server);
            assert!(!rests.rests(server, start + Duration::from_secs(n)));
        }
    }

    #[test]
    fn the_table_is_bounded() {
        let (rests, now) = (Rests::default(), Instant::now());
        for port in 1..3_000 {
            rests.failed(SocketAddr::from(([192, 0, 2, 1], port)), now);
            assert!(rests.watched.load(Ordering::Relaxed) <= WATCHED_MAX);
        }
    }
}
