//! Station 8, another way: the citizen talks with somebody outside, or at a colleague's phone, to whom an agent handed on; or
//! an agent talks on a call of their own. No seat is claimed for it. Ends with whoever hangs up.

use model::{Cause, LegEnd, Outcome, Party, What};

use crate::ends::decline_claim;
use crate::talk::{by_whom, cause_of, outcome_of};
use crate::{Effect, Effects, Event, Journey};

pub(crate) fn on(journey: &mut Journey, event: &Event, out: &mut Effects) {
    match event {
        Event::CitizenGone(end) => {
            out.push(Effect::HangUpAgent(Cause::Normal));
            hung_up(by_whom(*end, journey.caller()), out);
            journey.over(outcome_of(*end), out);
        }
        Event::AgentGone(end) => {
            hung_up(by_whom(*end, Party::Third), out);
            journey.end(Outcome::Talked, cause_of(*end), out);
        }
        Event::Dissolved => {
            hung_up(Party::Agent, out);
            journey.end(Outcome::Talked, Cause::Normal, out);
        }
        Event::Silent | Event::AgentNotReachable | Event::CitizenSoundLost => {
            out.push(Effect::HangUpAgent(Cause::PeerLost));
            hung_up(Party::Centre, out);
            journey.end(Outcome::Talked, Cause::PeerLost, out);
        }
        // Told while the agent who made this call is being answered.
        Event::CitizenNotAnswerable(cause) => {
            out.push(Effect::HangUpAgent(*cause));
            journey.answered = false;
            journey.end(Outcome::Failed, *cause, out);
        }
        Event::HandOn(_) => out.push(Effect::AnswerTransfer(Err(Cause::NotAllowed))),
        Event::Matched { .. } => decline_claim(out),
        Event::CitizenConfirmed
        | Event::Said
        | Event::Queued { .. }
        | Event::QueueFull
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::AgentAnswered
        | Event::AgentRefused(_)
        | Event::AgentDeclined
        | Event::AgentHangsUp
        | Event::TakenOver { .. }
        | Event::AgentAway
        | Event::AgentBack
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Key(_)
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Callback(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Alarm(_) => {}
    }
}

fn hung_up(by: Party, out: &mut Effects) {
    out.push(Effect::Note(What::HungUp { by }));
}

/// Whom an agent calls on a call of their own has not taken it: what the agent's phone is told.
pub(crate) fn cause_of_refusal(why: model::OfferEnd) -> Cause {
    match why {
        model::OfferEnd::Busy => Cause::Busy,
        model::OfferEnd::Declined => Cause::Declined,
        model::OfferEnd::NoAnswer | model::OfferEnd::Unreachable => Cause::GaveUp,
        model::OfferEnd::CitizenGone => Cause::Normal,
        model::OfferEnd::Failed => Cause::NotAcceptable,
    }
}

/// Whether the other side was lost before the phone could even say so.
pub(crate) fn end_of_called(end: LegEnd) -> model::OfferEnd {
    match end {
        LegEnd::HungUp | LegEnd::LetGo => model::OfferEnd::Declined,
        LegEnd::NeverConfirmed | LegEnd::Lost => model::OfferEnd::Unreachable,
    }
}
