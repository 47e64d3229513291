//! The promise to call a citizen back, as it is kept over a restart, and how a call goes on from it.
//!
//! The rule under which it was promised goes with it: a later plan breaks no promise. Knows what must be kept; not where.

use std::time::Duration;

use model::{BookedSlot, CallbackFact, Moment, PhoneNumber, Promise, What};
use plan::{LineNo, Plan};

use crate::callback::Callback;
use crate::{Alarm, Effect, Effects, Journey, Stage, arrival, calling_back};

/// What of a promise changes while it is kept, and what it is known by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Promised {
    /// Whom.
    pub number: PhoneNumber,
    /// From when the wait counts.
    pub since: Moment,
    /// Until when it is kept.
    pub until: Moment,
    /// Until when it rests.
    pub not_before: Option<Moment>,
    /// Attempts so far.
    pub attempts: u8,
    /// Attempts at most.
    pub attempts_max: u8,
    /// From the first attempt to the second.
    pub again_after: Duration,
    /// The time that was chosen.
    pub slot: Option<BookedSlot>,
}

impl Journey {
    /// Whether the citizen is to be called, or is being called; not once they talk.
    pub fn is_called_back(&self) -> bool {
        matches!(self.stage, Stage::Callback | Stage::CallingBack { .. })
    }

    /// Whether the citizen is to be called, and nobody is on a phone for it: an end of the node cuts nothing.
    pub fn waits_without_a_phone(&self) -> bool {
        self.stage == Stage::Callback && !self.answered
    }

    /// What was promised, as long as it is to be kept.
    pub fn promised(&self) -> Option<Promised> {
        let callback = self.callback.as_deref().filter(|_| self.is_called_back())?;
        Some(Promised {
            number: callback.number.clone()?,
            since: self.waits_since,
            until: callback.until?,
            not_before: callback.rests,
            attempts: callback.attempts,
            attempts_max: callback.attempts_max,
            again_after: callback.again_after,
            slot: callback.slot,
        })
    }

    /// A promise of a node that has ended is kept on this line, which the plan has in place of the promise's own if that is gone.
    /// The call stands where it stood, with its own arrival, or rests until the next attempt.
    pub fn resume(plan: &Plan, line: LineNo, promise: &Promise, at: Moment, out: &mut Effects) -> Self {
        let mut journey = arrival::new(plan, line, promise.municipality, None, promise.since);
        journey.spoken = plan.line_called(&promise.rung).unwrap_or(line);
        journey.way_in.waited = promise.slot.is_none();
        journey.stage = Stage::Callback;
        journey.callback = Some(Box::new(Callback {
            number: Some(promise.number.clone()),
            attempts: promise.attempts,
            attempts_max: promise.attempts_max,
            again_after: promise.again_after,
            slot: promise.slot,
            until: Some(promise.until),
            ..Callback::default()
        }));
        out.push(Effect::Note(What::Callback(CallbackFact::Resumed)));
        if journey.line_of(plan).id != promise.line {
            arrival::found(&journey, plan, out);
        }
        out.push(Effect::SetAlarm(Alarm::CallbackOver, promise.until));
        match promise.not_before.filter(|from| *from > at) {
            Some(from) => calling_back::rest(&mut journey, from, out),
            None => calling_back::join(&journey, out),
        }
        journey
    }
}
