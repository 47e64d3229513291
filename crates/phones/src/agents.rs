//! Agents' phones: one socket, any number of accounts. They ring, answer, decline, talk and hang up by script.
//!
//! A phone says what it saw (an offer, an answer, an end) on a channel; it decides nothing by itself.

mod engine;
mod registering;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

pub(crate) use engine::sound_of;
use engine::{Order, Phones};

use crate::socket::bind;
use crate::sound::{Heard, Tone};

/// A phone's account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The agent's id.
    pub user: String,
    /// The phone's password.
    pub password: String,
}

/// What the agents do with a call.
#[derive(Clone, Debug)]
pub struct Answering {
    /// How long a phone rings before it is answered.
    pub after: Duration,
    /// Of a thousand calls, how many are declined (603).
    pub declined_in_1000: u32,
    /// Of a thousand calls, how many are left ringing.
    pub unanswered_in_1000: u32,
    /// When the agent hangs up; none: the citizen does.
    pub hangs_up_after: Option<Duration>,
    /// The tone that agents speak, and the one that they listen for; none: no RTP.
    pub sound: Option<(Tone, Tone)>,
}

impl Default for Answering {
    fn default() -> Self {
        Self { after: Duration::ZERO, declined_in_1000: 0, unanswered_in_1000: 0, hangs_up_after: None, sound: None }
    }
}

/// What a phone saw.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    /// Its INVITE came; the caller's number as it was shown.
    Offer { agent: String, caller: String, at: Instant },
    /// Its call ended, with what was heard.
    Ended { agent: String, at: Instant, heard: Heard },
}

/// Totals of a set of phones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PhoneCounts {
    /// Calls that rang.
    pub offers: u64,
    /// Calls that ended after they were answered.
    pub ended: u64,
    /// What was heard in them, together.
    pub heard: Heard,
}

/// Running phones; they end when this is dropped.
pub struct AgentPhones {
    address: SocketAddr,
    seen: UnboundedReceiver<Seen>,
    orders: UnboundedSender<Order>,
    task: tokio::task::JoinHandle<()>,
    counts: PhoneCounts,
}

impl AgentPhones {
    /// Phones at `at` (port 0: a free one) that do as `answering` says.
    pub fn start(at: SocketAddr, answering: Answering) -> anyhow::Result<Self> {
        let socket = Arc::new(bind(at)?);
        let address = socket.local_addr()?;
        let (seen_in, seen) = unbounded_channel();
        let (orders, orders_out) = unbounded_channel();
        let phones = Phones::new(socket, address, answering, seen_in);
        Ok(Self { address, seen, orders, task: tokio::spawn(phones.run(orders_out)), counts: PhoneCounts::default() })
    }

    /// Where they listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Registers an account at `server`, and keeps it registered.
    pub fn register(&self, server: SocketAddr, account: Account) {
        // Only a task that has ended takes no orders, and then nothing rings anyway.
        let _ = self.orders.send(Order::Register { server, account });
    }

    /// Totals so far.
    pub fn counts(&mut self) -> PhoneCounts {
        while let Ok(seen) = self.seen.try_recv() {
            self.count(&seen);
        }
        self.counts
    }

    pub(crate) async fn next(&mut self) -> Option<Seen> {
        let seen = self.seen.recv().await?;
        self.count(&seen);
        Some(seen)
    }

    fn count(&mut self, seen: &Seen) {
        match seen {
            Seen::Offer { .. } => self.counts.offers += 1,
            Seen::Ended { heard, .. } => {
                self.counts.ended += 1;
                self.counts.heard.packets += heard.packets;
                self.counts.heard.with_tone += heard.with_tone;
                self.counts.heard.lost += heard.lost;
            }
        }
    }
}

impl Drop for AgentPhones {
    fn drop(&mut self) {
        self.task.abort();
    }
}
