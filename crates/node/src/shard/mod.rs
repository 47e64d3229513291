//! One shard: a thread with its own current-thread runtime, its SIP stack and its centre.
//!
//! Takes mail, hands it to the stack or the centre, carries out what follows, and sleeps until the next mail or
//! timer. Knows no rule of a call.

mod hands;
mod mailbox;

use std::collections::VecDeque;
use std::sync::Arc;

use centre::{Centre, Input, carry_out, carry_outbox};
use model::Moment;
use routing::Core;
use sip::stack::Stack;

use crate::clock::Clock;

pub(crate) use hands::{Exits, ShardHands};
pub(crate) use mailbox::{Full, Mail, Mailbox};

/// Mail taken in one go before timers and other tasks of the thread get their turn.
const BURST_MAX: usize = 256;

/// A shard and all that it owns.
pub(crate) struct Shard {
    clock: Clock,
    mailbox: Arc<Mailbox>,
    centre: Centre,
    core: Arc<Core>,
    hands: ShardHands,
    pulse: Arc<Pulse>,
}

impl Shard {
    pub(crate) fn new(
        clock: Clock,
        mailbox: Arc<Mailbox>,
        centre: Centre,
        stack: Stack,
        core: Arc<Core>,
        exits: Exits,
        pulse: Arc<Pulse>,
    ) -> Self {
        Self { clock, mailbox, centre, core, hands: ShardHands::new(stack, exits), pulse }
    }

    /// Runs until it is told to stop and every leg is let go.
    pub(crate) async fn run(mut self) {
        self.open();
        loop {
            let taken = self.take_mail();
            self.wake_due();
            self.hands.hand_over_facts();
            self.pulse.beat(&self.centre, &self.hands);
            if self.hands.stopped(self.clock.now()) {
                return;
            }
            if taken == BURST_MAX {
                tokio::task::yield_now().await;
            } else {
                self.sleep().await;
            }
        }
    }

    fn open(&mut self) {
        let at = self.clock.now();
        let mut outbox = Vec::new();
        self.centre.open(at, &mut outbox);
        carry_outbox(&mut self.centre, &*self.core, &mut self.hands, outbox, at);
        self.settle(at);
    }

    fn take_mail(&mut self) -> usize {
        for taken in 0..BURST_MAX {
            let Some(mail) = self.mailbox.take() else { return taken };
            let at = self.clock.now();
            match mail {
                Mail::Sip(incoming) => self.hands.receive(*incoming, at),
                Mail::Undelivered(bytes) => self.hands.undelivered(&bytes, at),
                Mail::Centre(input) => self.hands.inputs.push_back(input),
                Mail::Stop => self.hands.stop(at),
            }
            self.settle(at);
        }
        BURST_MAX
    }

    fn wake_due(&mut self) {
        let at = self.clock.now();
        if self.centre.next_wakeup().is_some_and(|(due, _)| due <= at) {
            self.hands.inputs.push_back(Input::Wakeup);
        }
        self.hands.wake(at);
        self.settle(at);
    }

    /// Until nothing follows from anything any more.
    fn settle(&mut self, at: Moment) {
        while let Some(input) = self.hands.inputs.pop_front() {
            carry_out(&mut self.centre, &*self.core, &mut self.hands, input, at);
        }
    }

    async fn sleep(&self) {
        let due = [self.centre.next_wakeup().map(|(at, _)| at), self.hands.next_wakeup()].into_iter().flatten().min();
        match due {
            None => self.mailbox.bell().await,
            Some(at) => {
                let until = tokio::time::Instant::from_std(self.clock.instant(at));
                // Running out of time is as good a reason to go on as mail.
                let _ = tokio::time::timeout_at(until, self.mailbox.bell()).await;
            }
        }
    }
}

/// What others may see of a shard without asking it.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    calls: std::sync::atomic::AtomicUsize,
    rtp_ports: std::sync::atomic::AtomicUsize,
    dialogs: std::sync::atomic::AtomicUsize,
    transactions: std::sync::atomic::AtomicUsize,
    facts_wait: std::sync::atomic::AtomicBool,
}

/// One look at a shard.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    pub(crate) calls: usize,
    pub(crate) rtp_ports: usize,
    pub(crate) dialogs: usize,
    pub(crate) transactions: usize,
    pub(crate) facts_wait: bool,
}

impl Pulse {
    fn beat(&self, centre: &Centre, hands: &ShardHands) {
        use std::sync::atomic::Ordering::Relaxed;
        let (counts, legs) = (centre.counts(), hands.counts());
        self.calls.store(counts.calls, Relaxed);
        self.rtp_ports.store(counts.rtp_ports, Relaxed);
        self.dialogs.store(legs.dialogs, Relaxed);
        self.transactions.store(legs.transactions, Relaxed);
        self.facts_wait.store(hands.is_behind(), Relaxed);
    }

    pub(crate) fn look(&self) -> Look {
        use std::sync::atomic::Ordering::Relaxed;
        Look {
            calls: self.calls.load(Relaxed),
            rtp_ports: self.rtp_ports.load(Relaxed),
            dialogs: self.dialogs.load(Relaxed),
            transactions: self.transactions.load(Relaxed),
            facts_wait: self.facts_wait.load(Relaxed),
        }
    }
}

/// Inputs that came about while others were carried out.
type Inputs = VecDeque<Input>;
