//! A shard's mailboxes: urgent calls, new calls, registrations, and all else. All are bounded; nothing waits to post.
//!
//! What begins something is answered 503 with Retry-After by whoever posts it, at the bound or while the shard takes none.
//! All else is sized so that it is never full (seats + 4 × calls at most); if it is, the loss is counted and logged, and
//! the node says that it is not ready. How long the oldest new call has lain here is what the shard's load is measured by.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use bytes::Bytes;
use centre::{Decided, Input};
use crossbeam_queue::ArrayQueue;
use model::{AgentId, Moment};
use page::{Calls, Says};
use sip::net::{Kind, Load, LoadSettings};
use sip::stack::Incoming;
use tokio::sync::Notify;

use crate::kept::Kept;

/// All else that may wait for a shard.
const REST_MAX: usize = 65_536;
/// Registrations that may wait: a storm of phones comes again in a few seconds, and meanwhile calls go on.
const REGISTRATIONS_MAX: usize = 2_048;
/// While both wait, one registration is taken for so many new calls.
const CALLS_PER_REGISTRATION: u64 = 4;

/// What reaches a shard.
#[derive(Debug)]
pub(crate) enum Mail {
    /// A SIP message, past the door.
    Sip(Box<Incoming>),
    /// A new call that has lain here too long to be worth any work.
    StaleCall(Box<Incoming>),
    /// What was registered before the node's start; to shard 0 only.
    Restore(Box<Kept>),
    /// A connection has closed; to shard 0 only.
    FlowGone(u64),
    /// A message of ours that could not be sent.
    Undelivered(Bytes),
    /// An agent's page was opened, has gone, or says something.
    Page(PageMail),
    /// Anything for the centre itself.
    Centre(Input),
    /// Other tables for the routing core; to shard 0 only, so that one thread at a time swaps.
    Expect(Box<Expect>),
    /// A plan that is in force from now on.
    Plan(Box<NewPlan>),
    /// Finish: let go of every leg, then end.
    Stop,
}

/// Other tables, and who waits until the core goes by them.
#[derive(Debug)]
pub(crate) struct Expect {
    pub(crate) tables: routing::Tables,
    pub(crate) done: Option<Sender<()>>,
}

/// Another plan, and who waits until the shard has taken it in.
#[derive(Debug)]
pub(crate) struct NewPlan {
    pub(crate) decided: Decided,
    pub(crate) done: Sender<()>,
}

/// What reaches a shard of agents' pages.
#[derive(Debug)]
pub(crate) enum PageMail {
    /// A page is open; to shard 0 only, which knows the agent's phones too.
    Opened(AgentId),
    /// An agent's last page has gone; to shard 0 only.
    Closed(AgentId),
    /// To every shard: whether the agent is called at a page, and whether what is called there is a browser.
    Is { agent: AgentId, open: bool, web: bool },
    /// To the shard of the agent's desk.
    Calls(Calls),
    /// To the leg's shard.
    Says(Says),
}

/// A shard's mailboxes. Anyone may post; only the shard takes.
#[derive(Debug)]
pub(crate) struct Mailbox {
    urgent: ArrayQueue<Box<Incoming>>,
    new_calls: ArrayQueue<(Moment, Box<Incoming>)>,
    registrations: ArrayQueue<Box<Incoming>>,
    rest: ArrayQueue<Mail>,
    /// Since when the first of `new_calls` lies there, in microseconds, or earlier by one call's wait; says nothing while
    /// that is empty. Written by whoever posts into an empty mailbox, and by the shard as it takes.
    oldest_since: AtomicI64,
    calls_taken: AtomicU64,
    late: LoadSettings,
    stale: AtomicU64,
    /// The longest that a new call has waited since somebody asked, in microseconds.
    longest_wait: AtomicU64,
    shut: AtomicBool,
    bell: Notify,
    lost: AtomicU64,
}

impl Mailbox {
    /// Empty ones; `new_calls_max` may wait to begin, and as many urgent ones. When a new call is stale is as `late` says.
    pub(crate) fn new(new_calls_max: usize, late: LoadSettings) -> Self {
        let new_calls_max = new_calls_max.max(1);
        Self {
            urgent: ArrayQueue::new(new_calls_max),
            new_calls: ArrayQueue::new(new_calls_max),
            registrations: ArrayQueue::new(REGISTRATIONS_MAX),
            rest: ArrayQueue::new(REST_MAX),
            oldest_since: AtomicI64::new(0),
            calls_taken: AtomicU64::new(0),
            late,
            stale: AtomicU64::new(0),
            longest_wait: AtomicU64::new(0),
            shut: AtomicBool::new(false),
            bell: Notify::new(),
            lost: AtomicU64::new(0),
        }
    }

    /// Whether new calls are refused from now on; those that are posted already still begin.
    pub(crate) fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::Relaxed);
    }

    /// A message from the network. What begins something comes back at the bound, or while shut, and must be refused.
    pub(crate) fn post_sip(&self, incoming: Box<Incoming>, kind: Kind, at: Moment) -> Result<(), Box<Incoming>> {
        let begins_a_call = matches!(kind, Kind::Urgent | Kind::NewCall);
        if begins_a_call && self.shut.load(Ordering::Relaxed) {
            return Err(incoming);
        }
        match kind {
            Kind::InDialog | Kind::Other => {
                self.post(Mail::Sip(incoming));
                return Ok(());
            }
            Kind::Urgent => self.urgent.push(incoming)?,
            Kind::NewCall => {
                if self.new_calls.is_empty() {
                    self.oldest_since.store(at.as_micros(), Ordering::Relaxed);
                }
                self.new_calls.push((at, incoming)).map_err(|(_, incoming)| incoming)?;
            }
            Kind::Proof => self.registrations.push(incoming)?,
        }
        self.bell.notify_one();
        Ok(())
    }

    /// A CANCEL, which waits behind its INVITE if that has not been looked at yet: overtaking it, it would find nothing to cancel.
    pub(crate) fn post_cancel(&self, incoming: Box<Incoming>, at: Moment) {
        if self.new_calls.is_empty() {
            return self.post(Mail::Sip(incoming));
        }
        match self.new_calls.push((at, incoming)) {
            Ok(()) => self.bell.notify_one(),
            Err((_, incoming)) => self.post(Mail::Sip(incoming)),
        }
    }

    /// All else.
    pub(crate) fn post(&self, mail: Mail) {
        if self.rest.push(mail).is_err() && self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!("a shard's mailbox was full and a message is lost: a call may have lost its way");
        }
        self.bell.notify_one();
    }

    /// The next thing: what belongs to calls that are here goes first, then urgent calls, new ones, registrations.
    pub(crate) fn take(&self, at: Moment) -> Option<Mail> {
        if let Some(mail) = self.rest.pop() {
            return Some(mail);
        }
        if let Some(urgent) = self.urgent.pop() {
            return Some(Mail::Sip(urgent));
        }
        let registration = || self.registrations.pop().map(Mail::Sip);
        let taken = self.calls_taken.load(Ordering::Relaxed);
        if taken % CALLS_PER_REGISTRATION == CALLS_PER_REGISTRATION - 1 {
            self.calls_taken.store(taken + 1, Ordering::Relaxed);
            return registration().or_else(|| self.new_call(at));
        }
        self.new_call(at).or_else(registration)
    }

    fn new_call(&self, at: Moment) -> Option<Mail> {
        let (since, incoming) = self.new_calls.pop()?;
        self.oldest_since.store(since.as_micros(), Ordering::Relaxed);
        self.calls_taken.fetch_add(1, Ordering::Relaxed);
        let waited = at.since(since);
        self.longest_wait.fetch_max(waited.as_micros() as u64, Ordering::Relaxed);
        if !self.late.is_stale(waited, self.new_calls.len()) {
            return Some(Mail::Sip(incoming));
        }
        self.stale.fetch_add(1, Ordering::Relaxed);
        Some(Mail::StaleCall(incoming))
    }

    /// New calls that were too old when the shard reached them.
    pub(crate) fn stale(&self) -> u64 {
        self.stale.load(Ordering::Relaxed)
    }

    /// The longest that a new call has waited since this was asked last.
    pub(crate) fn longest_wait(&self) -> Duration {
        Duration::from_micros(self.longest_wait.swap(0, Ordering::Relaxed))
    }

    /// How far behind the shard is.
    pub(crate) fn load(&self, at: Moment) -> Load {
        let since = Moment::from_micros(self.oldest_since.load(Ordering::Relaxed));
        let new_calls = self.new_calls.len();
        let oldest_new_call = if new_calls == 0 { Duration::ZERO } else { at.since(since) };
        Load { oldest_new_call, new_calls, others: self.rest.len() }
    }

    /// Waits until something is posted.
    pub(crate) async fn bell(&self) {
        self.bell.notified().await;
    }

    /// What was lost because a mailbox was full, which should never be.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
