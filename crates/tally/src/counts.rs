//! The whole numbers behind every figure, of one interval, queue, line or municipality, or of any sum of them.
//!
//! Letters are those of `definitions.rs`: O offered to the queue, A answered, B abandoned, s within T, X short abandons.

use std::time::Duration;

use model::Outcome;

use crate::{Digest, EndedCall, Target, Waits};

/// How many calls ended how, in the order of [`Outcome::ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OutcomeCounts([u64; Outcome::ALL.len()]);

impl OutcomeCounts {
    /// One more.
    pub fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }
    /// How many ended so.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }
    /// How many ended at all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
    /// Each outcome with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::ALL.into_iter().zip(self.0)
    }
    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(ours, theirs)| *ours += theirs);
    }
}

/// Counters of calls that are over. They belong to the interval in which the call began.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// By outcome.
    pub outcomes: OutcomeCounts,
    /// O: calls that stood in a queue.
    pub offered: u64,
    /// A: calls that an agent answered.
    pub answered: u64,
    /// A_s: answered within T of the first entry to a queue.
    pub answered_in_time: u64,
    /// B: calls whose citizen gave up in the queue.
    pub abandoned: u64,
    /// B_s: given up within T.
    pub abandoned_in_time: u64,
    /// X: given up sooner than the queue's short abandon.
    pub short_abandons: u64,
    /// Waits of answered calls.
    pub answered_waits: Waits,
    /// Waits of abandoned calls.
    pub abandoned_waits: Waits,
    /// Talking, in microseconds.
    pub talk_us: u64,
    /// Wrap-up that followed, in microseconds.
    pub wrap_up_us: u64,
    /// Phones that rang.
    pub phones_rung: u64,
    /// Calls that the agent wrote down as solved at once, of [`Counts::solved_told`].
    pub solved: u64,
    /// Calls of which the agent said whether they were solved.
    pub solved_told: u64,
    /// Promises of a wait that were kept, of [`Counts::promises`].
    pub promises_kept: u64,
    /// Promises of a wait whose time came, or whose call was answered before.
    pub promises: u64,
    /// How often citizens were handed on; a call that was is still one call of O and of A.
    pub transfers: u64,
    /// Of the answered calls those whose citizen was handed on, and gone before the next one was there.
    pub left_after_transfer: u64,
    /// Agents' own calls. They are in no other counter.
    pub own_calls: u64,
    /// Of these, talking, in microseconds.
    pub own_talk_us: u64,
}

impl Counts {
    /// Takes in a call that is over, measured by its queue's promise.
    pub fn add(&mut self, call: &EndedCall, target: &Target) {
        if call.own.is_some() {
            self.own_calls += 1;
            self.own_talk_us += call.talked().map_or(0, us);
            return;
        }
        self.outcomes.add(call.outcome);
        self.transfers += u64::from(call.transfers);
        self.left_after_transfer += u64::from(call.left_after_transfer);
        self.phones_rung += u64::from(call.offers);
        self.talk_us += call.talked().map_or(0, us);
        self.wrap_up_us += us(call.wrap_up);
        self.tell_solved(call.solved_at_once());
        let Some(wait) = call.waited() else { return };
        self.offered += 1;
        self.promises += u64::from(call.promise_kept().is_some());
        self.promises_kept += u64::from(call.promise_kept() == Some(true));
        let in_time = u64::from(wait <= target.answer_within);
        if call.is_answered() {
            self.answered += 1;
            self.answered_in_time += in_time;
            self.answered_waits.add(wait);
        } else if call.is_abandoned() {
            self.abandoned += 1;
            self.abandoned_in_time += in_time;
            self.short_abandons += u64::from(wait < target.short_abandon);
            self.abandoned_waits.add(wait);
        }
    }

    /// Wrap-up that came after the call had ended.
    pub fn add_wrap_up(&mut self, span: Duration) {
        self.wrap_up_us += us(span);
    }

    /// What the agent said, if anything.
    pub fn tell_solved(&mut self, solved: Option<bool>) {
        self.solved_told += u64::from(solved.is_some());
        self.solved += u64::from(solved == Some(true));
    }

    /// All calls, whether they stood in a queue or not.
    pub fn calls(&self) -> u64 {
        self.outcomes.total()
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        self.outcomes.merge(&other.outcomes);
        self.answered_waits.merge(&other.answered_waits);
        self.abandoned_waits.merge(&other.abandoned_waits);
        for (ours, theirs) in self.numbers_mut().into_iter().zip(other.numbers()) {
            *ours += theirs;
        }
    }

    /// Takes everything into a digest.
    pub fn digest(&self, digest: &mut Digest) {
        self.numbers().into_iter().for_each(|number| digest.number(number));
        self.outcomes.iter().for_each(|(_, number)| digest.number(number));
        for waits in [&self.answered_waits, &self.abandoned_waits] {
            digest.number(waits.sum_us());
            digest.number(waits.max().as_micros() as u64);
            digest.number(waits.per_mille(500).map_or(0, us));
        }
    }

    fn numbers(&self) -> [u64; 17] {
        let mut copy = Self { answered_waits: Waits::default(), abandoned_waits: Waits::default(), ..*self };
        copy.numbers_mut().map(|number| *number)
    }

    fn numbers_mut(&mut self) -> [&mut u64; 17] {
        [
            &mut self.offered,
            &mut self.answered,
            &mut self.answered_in_time,
            &mut self.abandoned,
            &mut self.abandoned_in_time,
            &mut self.short_abandons,
            &mut self.talk_us,
            &mut self.wrap_up_us,
            &mut self.phones_rung,
            &mut self.solved,
            &mut self.solved_told,
            &mut self.promises_kept,
            &mut self.promises,
            &mut self.transfers,
            &mut self.left_after_transfer,
            &mut self.own_calls,
            &mut self.own_talk_us,
        ]
    }
}

fn us(span: Duration) -> u64 {
    span.as_micros() as u64
}
