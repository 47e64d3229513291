//! One shard: a thread with its own current-thread runtime, its SIP stack and its centre.
//!
//! Takes mail, hands it to the stack or the centre, carries out what follows, and sleeps until the next mail or
//! timer. Knows no rule of a call.

mod at_pages;
mod contacts;
mod hands;
mod mailbox;
mod pulse;
mod tapping;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use centre::{Centre, Hands, Input, Output, carry_out, carry_outbox};
use model::Moment;
use routing::{Core, Reply};
use sip::stack::Stack;

use crate::clock::Clock;

pub(crate) use hands::{Exits, ShardHands};
pub(crate) use mailbox::{Expect, Mail, Mailbox, NewPlan, PageMail};
pub(crate) use pulse::{Look, Pulse};

/// Mail taken in one go before timers and other tasks of the thread get their turn.
const BURST_MAX: usize = 256;
/// No turn is longer, but for the piece of work that it ends with: the sockets share the first shard's thread, and what
/// they don't read in time is lost, whatever it is.
const TURN_MAX: Duration = Duration::from_millis(1);

/// Whether mail was left lying.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Taken {
    /// There was no more.
    All,
    /// The turn was over first.
    Some,
}

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
        let hands = ShardHands::new(centre.shard(), stack, exits);
        Self { clock, mailbox, centre, core, hands, pulse }
    }

    /// Runs until it is told to stop and every leg is let go, or until it fails.
    pub(crate) async fn run(mut self) {
        if self.guarded(Self::open).is_none() {
            return self.fail().await;
        }
        loop {
            let Some(taken) = self.guarded(Self::turn) else { return self.fail().await };
            if self.hands.stopped(self.clock.now()) {
                return;
            }
            if taken == Taken::Some {
                tokio::task::yield_now().await;
            } else {
                self.sleep(self.centre.next_wakeup().map(|(at, _)| at)).await;
            }
        }
    }

    /// A bug outside a call's own step: what is known here can't be trusted any more. New calls are refused, the legs are
    /// told goodbye and what happened so far is saved; the node lets the other shards' talks finish and ends as failed,
    /// and its next start closes these calls as cut.
    async fn fail(mut self) {
        tracing::error!(
            "a shard has failed by a bug: its calls are let go, and the node stops when the others' are over"
        );
        self.mailbox.shut(true);
        self.pulse.fail();
        let mut went = self.guarded(|shard| shard.hands.stop(shard.clock.now()));
        while went.is_some() && !self.hands.stopped(self.clock.now()) {
            went = self.guarded(Self::say_goodbye);
            self.sleep(None).await;
        }
    }

    /// Carries out one piece of work; none when it panicked.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        catch_unwind(AssertUnwindSafe(|| work(self))).ok()
    }

    fn turn(&mut self) -> Taken {
        let taken = self.take_mail();
        self.wake_due();
        self.hands.hand_over_facts();
        self.mailbox.shut(self.hands.is_far_behind());
        self.pulse.beat(&self.centre, &self.hands);
        taken
    }

    /// A turn of a shard that has failed: only the stack goes on.
    fn say_goodbye(&mut self) {
        for _ in 0..BURST_MAX {
            match self.mailbox.take(self.clock.now()) {
                Some(Mail::Sip(incoming) | Mail::StaleCall(incoming)) => {
                    self.hands.receive(*incoming, self.clock.now());
                }
                Some(
                    Mail::Restore(_)
                    | Mail::FlowGone(_)
                    | Mail::Undelivered(_)
                    | Mail::Page(_)
                    | Mail::Centre(_)
                    | Mail::Expect(_)
                    | Mail::Plan(_)
                    | Mail::Stop,
                ) => {}
                None => break,
            }
        }
        self.hands.wake(self.clock.now());
        self.hands.inputs.clear();
        self.hands.hand_over_facts();
    }

    fn open(&mut self) {
        let at = self.clock.now();
        let mut outbox = Vec::new();
        self.centre.open(at, &mut outbox);
        carry_outbox(&mut self.centre, &*self.core, &mut self.hands, outbox, at);
        self.settle(at);
    }

    fn take_mail(&mut self) -> Taken {
        let begun = self.clock.now();
        for _ in 0..BURST_MAX {
            let at = self.clock.now();
            let Some(mail) = self.mailbox.take(at) else { return Taken::All };
            match mail {
                Mail::Sip(incoming) => self.hands.receive(*incoming, at),
                Mail::StaleCall(incoming) => self.hands.turn_away(*incoming, at),
                Mail::Restore(kept) => self.hands.restore(*kept, at),
                Mail::FlowGone(connection) => self.hands.flow_gone(connection, at),
                Mail::Undelivered(bytes) => self.hands.undelivered(&bytes, at),
                Mail::Page(mail) => self.hands.page(mail),
                Mail::Centre(input) => self.hands.inputs.push_back(input),
                Mail::Expect(expect) => self.expect(*expect, at),
                Mail::Plan(new) => self.come_under(*new, at),
                Mail::Stop => self.hands.stop(at),
            }
            self.settle(at);
            if at.since(begun) >= TURN_MAX {
                break;
            }
        }
        Taken::Some
    }

    /// Other expectations count from the next decision on, and whoever may be matched by them now is.
    fn expect(&mut self, Expect { tables, done }: Expect, at: Moment) {
        if let Err(fault) = self.core.swap(tables) {
            tracing::error!(%fault, "the routing core keeps its old expectations");
            return;
        }
        let (shard, shards) = (self.centre.shard(), self.hands.exits.mailboxes.len() as u8);
        let hands = &mut self.hands;
        self.core.settle(at, &mut |reply: Reply| match reply.for_shard(shards) {
            Some(other) if other != shard => hands.carry(Output::ToShard(other, Box::new(Input::Core(reply))), at),
            Some(_) | None => hands.inputs.push_back(Input::Core(reply)),
        });
        if let Some(done) = done {
            // Who has given up waiting knows why.
            let _ = done.send(());
        }
    }

    /// Whoever waits for it hears when everything that follows here is carried out.
    fn come_under(&mut self, NewPlan { decided, done }: NewPlan, at: Moment) {
        self.hands.come_under(&decided.plan, self.centre.shard());
        self.hands.inputs.push_back(Input::Plan(Box::new(decided)));
        self.settle(at);
        // Who has given up waiting knows why.
        let _ = done.send(());
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
        self.hands.tell_tap(&self.centre);
    }

    /// Until there is mail, or until the centre's or the stack's next moment.
    async fn sleep(&self, centre: Option<Moment>) {
        match centre.into_iter().chain(self.hands.next_wakeup()).min() {
            None => self.mailbox.bell().await,
            Some(at) => {
                let until = tokio::time::Instant::from_std(self.clock.instant(at));
                // Running out of time is as good a reason to go on as mail.
                let _ = tokio::time::timeout_at(until, self.mailbox.bell()).await;
            }
        }
    }
}

/// Inputs that came about while others were carried out.
type Inputs = VecDeque<Input>;
