//! Station 8, between two conversations: an agent hands the citizen on, to a line, a colleague or somebody outside; or an
//! agent calls somebody, with no citizen yet.
//!
//! The agent talks on until somebody takes over, or hangs up sooner. A citizen whom nobody takes over talks on with the
//! agent, or stands in front of the queue again: no way leads out of here without a next station.

use model::{Cause, Moment, OfferEnd, Outcome, What};
use plan::{AgentNo, Plan};

use crate::elsewhere::{cause_of_refusal, end_of_called};
use crate::ends::decline_claim;
use crate::offer::refused;
use crate::stage::agent_id;
use crate::{Alarm, Effect, Effects, Event, Journey, Party, Stage, company, outward, talk, waiting};

pub(crate) fn on(
    journey: &mut Journey,
    from: Option<AgentNo>,
    to: Party,
    event: &Event,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    match event {
        Event::AgentAnswered => answered(journey, from, to, plan, out),
        Event::AgentRefused(why) => failed(journey, from, to, refused(*why), plan, at, out),
        Event::AgentGone(end) => failed(journey, from, to, end_of_called(*end), plan, at, out),
        Event::AgentDeclined => give_up(journey, from, to, OfferEnd::Declined, plan, at, out),
        Event::AgentNotReachable => give_up(journey, from, to, OfferEnd::Failed, plan, at, out),
        Event::Alarm(Alarm::RingOver) => give_up(journey, from, to, OfferEnd::NoAnswer, plan, at, out),
        Event::FormerGone => former_gone(journey, from, to, plan, out),
        Event::FormerHangsUp => {
            // The phone is let go of by us: as far as the agent is concerned the transfer is done.
            out.push(Effect::TellTransfer(Ok(())));
            former_gone(journey, from, to, plan, out);
        }
        Event::CitizenGone(end) => {
            stop(journey, from, to, plan, out);
            let talked = has_talked(journey, from);
            let outcome = if talked { talk::outcome_of(*end) } else { Outcome::AbandonedEarly };
            journey.over(outcome, out);
        }
        Event::Dissolved => {
            stop(journey, from, to, plan, out);
            journey.end(Outcome::AbandonedEarly, Cause::Normal, out);
        }
        Event::Silent | Event::CitizenSoundLost => {
            stop(journey, from, to, plan, out);
            let outcome = if has_talked(journey, from) { Outcome::Talked } else { Outcome::Failed };
            journey.end(outcome, Cause::PeerLost, out);
        }
        Event::CitizenNotAnswerable(cause) => {
            stop(journey, from, to, plan, out);
            journey.answered = false;
            journey.end(Outcome::Failed, *cause, out);
        }
        Event::CitizenConfirmed if from.is_none() && (journey.talked || journey.led_on.is_some()) => {
            waiting::music(journey, plan, out);
        }
        Event::AgentAway if from.is_some() => talk::away(journey, plan, out),
        Event::AgentBack if from.is_some() => talk::back(journey, out),
        Event::HandOn(_) => out.push(Effect::AnswerTransfer(Err(Cause::Busy))),
        Event::Matched { .. } => decline_claim(out),
        Event::CitizenConfirmed
        | Event::AgentAway
        | Event::AgentBack
        | Event::Said
        | Event::Queued { .. }
        | Event::QueueFull
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::AgentHangsUp
        | Event::TakenOver { .. }
        | Event::Key(_)
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Callback(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Alarm(
            Alarm::GreetingOver
            | Alarm::Unanswered
            | Alarm::WaitOver
            | Alarm::LookAgain
            | Alarm::FarewellOver
            | Alarm::Announce
            | Alarm::MoveOn
            | Alarm::Meanwhile
            | Alarm::ConsentOver
            | Alarm::TypingOver
            | Alarm::CallbackOver
            | Alarm::BotOver
            | Alarm::MessageOver
            | Alarm::QuietOver
            | Alarm::ThirdOver
            | Alarm::ListenerOver,
        ) => {}
    }
}

/// Whoever was called is there.
fn answered(journey: &mut Journey, from: Option<AgentNo>, to: Party, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::RingOver));
    if let Some(from) = from {
        let_former_go(journey, from, plan, out);
    }
    match to {
        Party::Agent(agent) => talk::join(journey, agent, plan, out),
        Party::Third => join_third(journey, out),
    }
}

/// The agent who handed on is done.
pub(crate) fn let_former_go(journey: &mut Journey, from: AgentNo, plan: &Plan, out: &mut Effects) {
    company::part(journey, plan, out);
    transferred(journey, from, plan, out);
    out.push(Effect::TellTransfer(Ok(())));
    out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
}

fn transferred(journey: &mut Journey, from: AgentNo, plan: &Plan, out: &mut Effects) {
    (journey.talked, journey.agent_away) = (true, false);
    if let Some(to) = journey.handed_to.clone() {
        out.push(Effect::Note(What::Transferred { by: agent_id(plan, from), to }));
    }
}

pub(crate) fn join_third(journey: &mut Journey, out: &mut Effects) {
    journey.stage = Stage::Elsewhere;
    // Whom a line's way out has led there has talked with no agent for all that.
    journey.talked |= journey.led_on.is_none();
    journey.answer(out);
    out.push(Effect::JoinThird);
    out.push(Effect::Note(What::Connected));
}

/// The agent who hands on hangs up before anybody is there: the citizen hears music while the phone rings.
fn former_gone(journey: &mut Journey, from: Option<AgentNo>, to: Party, plan: &Plan, out: &mut Effects) {
    let Some(from) = from else { return };
    company::part(journey, plan, out);
    transferred(journey, from, plan, out);
    out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
    journey.stage = Stage::Handing { from: None, to };
    out.push(Effect::CitizenWaits);
    waiting::music(journey, plan, out);
}

/// The phone that was called is told to stop; then as if it had not been answered.
fn give_up(
    journey: &mut Journey,
    from: Option<AgentNo>,
    to: Party,
    why: OfferEnd,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    out.push(Effect::HangUpAgent(if why == OfferEnd::Failed { Cause::NotAcceptable } else { Cause::Normal }));
    failed(journey, from, to, why, plan, at, out);
}

/// Nobody takes over.
fn failed(
    journey: &mut Journey,
    from: Option<AgentNo>,
    to: Party,
    why: OfferEnd,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    end_offer(to, why, plan, out);
    if let Some(end) = journey.led_on.take() {
        out.push(Effect::Note(What::TransferFailed { why }));
        return outward::nobody(journey, true, end, (plan, at), out);
    }
    if !has_talked(journey, from) {
        return journey.end(Outcome::GaveUp, cause_of_refusal(why), out);
    }
    out.push(Effect::Note(What::TransferFailed { why }));
    if let Some(agent) = from {
        journey.stage = Stage::Talk { agent };
        out.push(Effect::Restore);
        out.push(Effect::TellTransfer(Err(cause_of_refusal(why))));
    } else {
        waiting::again(journey, plan, at, out);
        out.push(Effect::JoinAgain { front: true });
    }
}

/// The citizen is gone, or can't be heard: nobody is needed any more.
fn stop(journey: &mut Journey, from: Option<AgentNo>, to: Party, plan: &Plan, out: &mut Effects) {
    out.push(Effect::HangUpAgent(Cause::CallerGone));
    end_offer(to, OfferEnd::CitizenGone, plan, out);
    if from.is_some() {
        // What was beside the conversation ends before it.
        company::part(journey, plan, out);
        out.push(Effect::Note(What::HungUp { by: journey.caller() }));
        out.push(Effect::TellTransfer(Err(Cause::CallerGone)));
        out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
    }
}

/// Whether anybody has talked on this call: else it is an agent's own, and has reached nobody so far.
fn has_talked(journey: &Journey, from: Option<AgentNo>) -> bool {
    from.is_some() || journey.talked
}

fn end_offer(to: Party, why: OfferEnd, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::RingOver));
    if let Party::Agent(to) = to {
        out.push(Effect::Note(What::OfferEnded { agent: agent_id(plan, to), why }));
        out.push(Effect::ReleaseSeat(why));
        out.push(Effect::LeaveQueue);
    }
}
