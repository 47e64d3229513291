//! Where a worker's commands wait: a bounded queue, and a bell that is rung only when the worker may be asleep.
//! Knows no command by name; a full mailbox is told to the sender.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};

use crossbeam_queue::ArrayQueue;
use media::MediaCommand;
use mio::{Poll, Token, Waker};

use crate::web::Crossing;

/// Commands that may wait for one worker. At the bound the sender waits for room.
pub(crate) const COMMANDS_MAX: usize = 16_384;
/// The bell's token; no socket has it.
pub(crate) const BELL: Token = Token(usize::MAX);

#[derive(Debug)]
pub(crate) struct Mailbox {
    commands: ArrayQueue<MediaCommand>,
    /// Browsers' datagrams that another worker read.
    pub(crate) crossing: Crossing,
    bell: Waker,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

impl Mailbox {
    /// With the poll that its bell wakes.
    pub(crate) fn new() -> io::Result<(Arc<Self>, Poll)> {
        let poll = Poll::new()?;
        let mailbox = Self {
            commands: ArrayQueue::new(COMMANDS_MAX),
            crossing: Crossing::new(),
            bell: Waker::new(poll.registry(), BELL)?,
            asleep: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        };
        Ok((Arc::new(mailbox), poll))
    }

    pub(crate) fn put(&self, command: MediaCommand) {
        let mut waiting = command;
        while let Err(back) = self.commands.push(waiting) {
            if self.is_stopped() {
                return;
            }
            waiting = back;
            self.ring();
            std::thread::yield_now();
        }
        self.knock();
    }

    /// Something waits for the worker now; wakes it if it is asleep.
    pub(crate) fn knock(&self) {
        // Pairs with the fence in `may_sleep`: either we see that the worker lies down, or it sees what waits.
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) {
            self.ring();
        }
    }

    pub(crate) fn take(&self) -> Option<MediaCommand> {
        self.commands.pop()
    }

    /// The worker is about to wait; `false`: something came meanwhile, so it must not.
    pub(crate) fn may_sleep(&self) -> bool {
        self.asleep.store(true, Ordering::Relaxed);
        // Pairs with the fence in `knock`.
        fence(Ordering::SeqCst);
        self.commands.is_empty() && self.crossing.is_empty() && !self.is_stopped()
    }

    pub(crate) fn awake(&self) {
        self.asleep.store(false, Ordering::Relaxed);
    }

    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.ring();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn ring(&self) {
        if self.asleep.swap(false, Ordering::SeqCst)
            && let Err(fault) = self.bell.wake()
        {
            tracing::error!(%fault, "a packet worker can't be woken; it looks by itself each second");
        }
    }
}
