//! What others may see of a shard without asking it: how much it holds, and whether it still lives.
//! Written by the shard after each turn; no call waits for a reader.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use centre::Centre;
use tokio::sync::Notify;

use super::ShardHands;

/// A shard's pulse.
#[derive(Debug)]
pub(crate) struct Pulse {
    calls: AtomicUsize,
    promised: AtomicUsize,
    rtp_ports: AtomicUsize,
    dialogs: AtomicUsize,
    transactions: AtomicUsize,
    facts_wait: AtomicBool,
    failed: AtomicBool,
    /// Rung when the shard fails.
    alarm: Arc<Notify>,
}

/// One look at a shard.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    /// All that are here, with those of which nothing is here but a promise.
    pub(crate) calls: usize,
    pub(crate) promised: usize,
    pub(crate) rtp_ports: usize,
    pub(crate) dialogs: usize,
    pub(crate) transactions: usize,
    pub(crate) facts_wait: bool,
    pub(crate) failed: bool,
}

impl Pulse {
    /// Of a shard that has not begun yet.
    pub(crate) fn new(alarm: Arc<Notify>) -> Self {
        Self {
            calls: AtomicUsize::new(0),
            promised: AtomicUsize::new(0),
            rtp_ports: AtomicUsize::new(0),
            dialogs: AtomicUsize::new(0),
            transactions: AtomicUsize::new(0),
            facts_wait: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            alarm,
        }
    }

    pub(super) fn beat(&self, centre: &Centre, hands: &ShardHands) {
        let (counts, legs) = (centre.counts(), hands.counts());
        self.calls.store(counts.calls, Relaxed);
        self.promised.store(counts.promised, Relaxed);
        self.rtp_ports.store(counts.rtp_ports, Relaxed);
        self.dialogs.store(legs.dialogs + hands.page_legs(), Relaxed);
        self.transactions.store(legs.transactions, Relaxed);
        self.facts_wait.store(hands.is_behind(), Relaxed);
    }

    /// The shard has failed: it holds no call any more, and the node must know.
    pub(super) fn fail(&self) {
        self.calls.store(0, Relaxed);
        self.promised.store(0, Relaxed);
        self.failed.store(true, Relaxed);
        self.alarm.notify_one();
    }

    pub(crate) fn look(&self) -> Look {
        Look {
            calls: self.calls.load(Relaxed),
            promised: self.promised.load(Relaxed),
            rtp_ports: self.rtp_ports.load(Relaxed),
            dialogs: self.dialogs.load(Relaxed),
            transactions: self.transactions.load(Relaxed),
            facts_wait: self.facts_wait.load(Relaxed),
            failed: self.failed.load(Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failed_shard_holds_no_calls_and_wakes_the_node() {
        let alarm = Arc::new(Notify::new());
        let pulse = Pulse::new(alarm.clone());
        pulse.calls.store(7, Relaxed);
        pulse.fail();
        alarm.notified().await;
        let look = pulse.look();
        assert!(look.failed && look.calls == 0);
    }
}
