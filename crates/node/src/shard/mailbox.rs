//! A shard's two mailboxes: new calls, and all else. Both are bounded; nothing waits to post.
//!
//! New calls at the bound, or while the shard takes none, are answered 503 with Retry-After by whoever posts. All else is
//! sized so that it is never full (seats + 4 × calls at most); if it is, the loss is counted and logged, and the node says
//! that it is not ready.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use centre::Input;
use crossbeam_queue::ArrayQueue;
use sip::stack::Incoming;
use tokio::sync::Notify;

use crate::kept::Kept;

/// All else that may wait for a shard.
const REST_MAX: usize = 65_536;

/// What reaches a shard.
#[derive(Debug)]
pub(crate) enum Mail {
    /// A SIP message, past the door.
    Sip(Box<Incoming>),
    /// What was registered before the node's start; to shard 0 only.
    Restore(Box<Kept>),
    /// A connection has closed; to shard 0 only.
    FlowGone(u64),
    /// A message of ours that could not be sent.
    Undelivered(Bytes),
    /// Anything for the centre itself.
    Centre(Input),
    /// Other expectations for the routing core; to shard 0 only, so that one thread at a time swaps.
    Expect(Box<routing::Tables>),
    /// Finish: let go of every leg, then end.
    Stop,
}

/// The mailbox of new calls is full, or shut.
#[derive(Debug)]
pub(crate) struct Full(pub(crate) Mail);

/// A shard's mailboxes. Anyone may post; only the shard takes.
#[derive(Debug)]
pub(crate) struct Mailbox {
    new_calls: ArrayQueue<Mail>,
    rest: ArrayQueue<Mail>,
    shut: AtomicBool,
    bell: Notify,
    lost: AtomicU64,
}

impl Mailbox {
    /// Two empty ones; `new_calls_max` may wait to begin.
    pub(crate) fn new(new_calls_max: usize) -> Self {
        Self {
            new_calls: ArrayQueue::new(new_calls_max.max(1)),
            rest: ArrayQueue::new(REST_MAX),
            shut: AtomicBool::new(false),
            bell: Notify::new(),
            lost: AtomicU64::new(0),
        }
    }

    /// Whether new calls are refused from now on; those that are posted already still begin.
    pub(crate) fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::Relaxed);
    }

    /// A new call. At the bound, or while shut, it must be refused.
    #[expect(clippy::result_large_err, reason = "what is refused comes back as it was, without an allocation")]
    pub(crate) fn post_new_call(&self, mail: Mail) -> Result<(), Full> {
        if self.shut.load(Ordering::Relaxed) {
            return Err(Full(mail));
        }
        self.new_calls.push(mail).map_err(Full)?;
        self.bell.notify_one();
        Ok(())
    }

    /// All else.
    pub(crate) fn post(&self, mail: Mail) {
        if self.rest.push(mail).is_err() && self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!("a shard's mailbox was full and a message is lost: a call may have lost its way");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_that_takes_no_new_calls_still_hears_of_those_it_has() {
        let mailbox = Mailbox::new(4);
        assert!(mailbox.post_new_call(Mail::Centre(Input::Wakeup)).is_ok());
        mailbox.shut(true);
        assert!(mailbox.post_new_call(Mail::Centre(Input::Wakeup)).is_err());
        mailbox.post(Mail::Stop);
        assert!(matches!(mailbox.take(), Some(Mail::Stop)), "what belongs to calls that are here goes first");
        assert!(matches!(mailbox.take(), Some(Mail::Centre(_))));
        mailbox.shut(false);
        assert!(mailbox.post_new_call(Mail::Centre(Input::Wakeup)).is_ok());
        assert_eq!(mailbox.lost(), 0);
    }
}
