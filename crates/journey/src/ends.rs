//! What a citizen's end was, who was not served yet; claims that come too late; and what all stations before the queue do with
//! what isn't their own.
//! Knows outcomes; not at which station a call stands.

use model::{Cause, LegEnd, OfferEnd, Outcome, What};

use crate::{Effect, Effects, Event, Journey, Stage};

/// What a citizen's end before the conversation was.
pub(crate) fn gone_while_waiting(end: LegEnd) -> Outcome {
    match end {
        LegEnd::HungUp => Outcome::Abandoned,
        LegEnd::LetGo | LegEnd::NeverConfirmed | LegEnd::Lost => Outcome::Failed,
    }
}

/// At a station before the queue, what isn't that station's own: ends are the same wherever a citizen stands there, a claim comes
/// too late, and all else changes nothing. `leave` takes back what the station has begun.
pub(crate) fn on_the_way_in(journey: &mut Journey, event: &Event, leave: impl FnOnce(&mut Effects), out: &mut Effects) {
    match event {
        Event::CitizenGone(end) => {
            leave(out);
            journey.over(gone_early(*end), out);
        }
        Event::Dissolved => {
            leave(out);
            journey.end(Outcome::AbandonedEarly, Cause::Normal, out);
        }
        Event::Silent | Event::CitizenSoundLost => {
            leave(out);
            journey.end(Outcome::Failed, Cause::PeerLost, out);
        }
        Event::CitizenNotAnswerable(cause) => {
            leave(out);
            journey.answered = false;
            journey.end(Outcome::Failed, *cause, out);
        }
        Event::Matched { .. } => decline_claim(out),
        Event::CitizenConfirmed
        | Event::Said
        | Event::Key(_)
        | Event::Queued { .. }
        | Event::QueueFull
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::AgentAnswered
        | Event::AgentRefused(_)
        | Event::AgentDeclined
        | Event::AgentNotReachable
        | Event::AgentGone(_)
        | Event::AgentHangsUp
        | Event::HandOn(_)
        | Event::TakenOver { .. }
        | Event::AgentAway
        | Event::AgentBack
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Callback(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Alarm(_) => {}
    }
}

/// What a citizen's end before the queue was.
fn gone_early(end: LegEnd) -> Outcome {
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
            // Their own phone or the line to it is lost, or never took our answer: only who was heard has talked.
            Outcome::Failed if !(self.talked && self.confirmed) => outcome,
            _ if self.talked => Outcome::Talked,
            Outcome::Talked if self.led_on.is_some() && self.own.is_none() => Outcome::LedOutside,
            Outcome::AbandonedEarly if self.way_in.waited => Outcome::Abandoned,
            Outcome::Closed | Outcome::Full if self.way_in.waited => Outcome::GaveUp,
            Outcome::Failed
            | Outcome::Talked
            | Outcome::Abandoned
            | Outcome::AbandonedEarly
            | Outcome::GaveUp
            | Outcome::Full
            | Outcome::Closed
            | Outcome::UnknownNumber
            | Outcome::CallbackFailed
            | Outcome::ServedByBot
            | Outcome::LeftMessage
            | Outcome::LedOutside
            | Outcome::Cut => outcome,
        }
    }
}
