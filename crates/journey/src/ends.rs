//! What a citizen's end was, who was not served yet; and claims that come too late.
//! Knows outcomes; not at which station a call stands.

use model::{LegEnd, OfferEnd, Outcome};

use crate::{Effect, Effects};

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
