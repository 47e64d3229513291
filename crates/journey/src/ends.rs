//! What a citizen's end was, who was not served yet; and claims that come too late.
//! Knows outcomes; not at which station a call stands.

use model::{LegEnd, OfferEnd, Outcome};

use crate::{Effect, Effects, Journey};

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
    /// What it was as a whole: who has talked with an agent and was handed on has not been lost unserved, however it ends; and
    /// who has waited once was not early, nor turned away at the door, wherever a way out has led them since.
    pub(crate) fn truly(&self, outcome: Outcome) -> Outcome {
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
            | Outcome::Cut => outcome,
        }
    }
}
