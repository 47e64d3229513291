//! What a citizen's end was, who was not served yet; and claims that come too late.
//! Knows outcomes; not at which station a call stands.

use model::{Cause, LegEnd, OfferEnd, Outcome, What};

use crate::{Effect, Effects, Journey, Stage};

/// What a citizen's end before the conversation was.
pub(crate) fn gone_while_waiting(end: LegEnd) -> Outcome {
    match end {
        LegEnd::HungUp => Outcome::Abandoned,
        LegEnd::LetGo | LegEnd::NeverConfirmed | LegEnd::Lost => Outcome::Failed,
    }
}

/// What a citizen's end before the queue was.
pub(crate) fn gone_early(end: LegEnd) -> Outcome {
    match end {
        LegEnd::HungUp => Outcome::AbandonedEarly,
        LegEnd::LetGo | LegEnd::NeverConfirmed | LegEnd::Lost => Outcome::Failed,
    }
}

/// A claim that reaches a call which can't use it any more.
pub(crate) fn decline_claim(out: &mut Effects) {
    out.push(Effect::ReleaseSeat(OfferEnd::CitizenGone));
}

impl Journey {
    /// Who is on the citizen's side.
    pub(crate) fn caller(&self) -> model::Party {
        if self.own.is_some() { model::Party::Agent } else { model::Party::Citizen }
    }

    /// Ends the call: lets the citizen go in the way that fits, and says what the call was.
    pub(crate) fn end(&mut self, outcome: Outcome, cause: Cause, out: &mut Effects) {
        out.push(if self.answered { Effect::HangUpCitizen(cause) } else { Effect::Refuse(cause) });
        self.over(outcome, out);
    }

    /// Ends a call whose citizen has gone already.
    pub(crate) fn over(&mut self, outcome: Outcome, out: &mut Effects) {
        self.stage = Stage::Over;
        let outcome = self.truly(outcome);
        out.push(Effect::Note(What::Ended { outcome }));
        out.push(Effect::Over(outcome));
    }

    /// What it was as a whole: who has talked with an agent and was handed on has not been lost unserved, however it ends; and
    /// who has waited once was not early, nor turned away at the door, wherever a way out has led them since.
    fn truly(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Failed => outcome,
            _ if self.talked => Outcome::Talked,
            Outcome::AbandonedEarly if self.way_in.waited => Outcome::Abandoned,
            Outcome::Closed | Outcome::Full if self.way_in.waited => Outcome::GaveUp,
            Outcome::Talked
            | Outcome::Abandoned
            | Outcome::AbandonedEarly
            | Outcome::GaveUp
            | Outcome::Full
            | Outcome::Closed
            | Outcome::UnknownNumber
            | Outcome::CallbackFailed
            | Outcome::ServedByBot
            | Outcome::Cut => outcome,
        }
    }
}
