//! A shard's two mailboxes: new calls, and all else. Both are bounded; nothing waits to post.
//!
//! New calls at the bound are answered 503 with Retry-After by whoever posts. All else is sized so that it is never full
//! (seats + 4 × calls at most); if it is, the loss is counted, and the node says that it is not ready.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use centre::Input;
use crossbeam_queue::ArrayQueue;
use sip::stack::Incoming;
use tokio::sync::Notify;

/// All else that may wait for a shard.
const REST_MAX: usize = 65_536;

/// What reaches a shard.
#[derive(Debug)]
pub(crate) enum Mail {
    /// A SIP message, past the door.
    Sip(Box<Incoming>),
    /// A message of ours that could not be sent.
    Undelivered(Bytes),
    /// Anything for the centre itself.
    Centre(Input),
    /// Finish: let go of every leg, then end.
    Stop,
}

/// The mailbox of new calls is full.
#[derive(Debug)]
pub(crate) struct Full(pub(crate) Mail);

/// A shard's mailboxes. Anyone may post; only the shard takes.
#[derive(Debug)]
pub(crate) struct Mailbox {
    new_calls: ArrayQueue<Mail>,
    rest: ArrayQueue<Mail>,
    bell: Notify,
    lost: AtomicU64,
}

impl Mailbox {
    /// Two empty ones; `new_calls_max` may wait to begin.
    pub(crate) fn new(new_calls_max: usize) -> Self {
        Self {
            new_calls: ArrayQueue::new(new_calls_max.max(1)),
            rest: ArrayQueue::new(REST_MAX),
            bell: Notify::new(),
            lost: AtomicU64::new(0),
        }
    }

    /// A new call. At the bound it must be refused.
    pub(crate) fn post_new_call(&self, mail: Mail) -> Result<(), Full> {
        self.new_calls.push(mail).map_err(Full)?;
        self.bell.notify_one();
        Ok(())
    }

    /// All else.
    pub(crate) fn post(&self, mail: Mail) {
        if self.rest.push(mail).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        self.bell.notify_one();
    }

    /// The next thing: what belongs to calls that are here goes before new ones.
    pub(crate) fn take(&self) -> Option<Mail> {
        self.rest.pop().or_else(|| self.new_calls.pop())
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
