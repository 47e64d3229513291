//! Stations 6 and 7: a claimed agent's phone rings, while the citizen waits on.
//!
//! Whatever comes of it, the claim has an end here: a conversation, or a release that says why.

use std::time::Duration;

use model::{Cause, LegEnd, Moment, OfferEnd, Outcome, Refusal, What};
use plan::{AgentNo, Plan};

use crate::ends::gone_while_waiting;
use crate::stage::{BARRED, agent_id};
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, meanwhile, moving_on, talk, telling, waiting};

/// How much longer than the ring time we wait for the leg to say so itself.
pub(crate) const RING_GRACE: Duration = Duration::from_secs(5);

/// Offers that may fail in a row before the call rests.
const FAILED_AT_ONCE_MAX: u8 = 3;

pub(crate) fn ring(journey: &mut Journey, agent: AgentNo, plan: &Plan, at: Moment, out: &mut Effects) {
    let ring_time_max = journey.queue_of(plan).ring_time_max;
    journey.stage = Stage::Offer { agent };
    out.push(Effect::SetAlarm(Alarm::RingOver, at + ring_time_max + RING_GRACE));
    out.push(Effect::RingAgent);
}

pub(crate) fn on(journey: &mut Journey, agent: AgentNo, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match event {
        Event::AgentAnswered => {
            journey.failed_in_a_row = 0;
            talk::join(journey, agent, plan, out);
        }
        Event::AgentRefused(why) => missed(journey, agent, refused(*why), plan, at, out),
        Event::AgentGone(LegEnd::HungUp | LegEnd::LetGo) | Event::AgentDeclined => {
            out.push(Effect::HangUpAgent(Cause::Normal));
            missed(journey, agent, OfferEnd::Declined, plan, at, out);
        }
        Event::AgentGone(LegEnd::Lost | LegEnd::NeverConfirmed) => {
            missed(journey, agent, OfferEnd::Unreachable, plan, at, out);
        }
        Event::AgentNotReachable => {
            out.push(Effect::HangUpAgent(Cause::NotAcceptable));
            missed(journey, agent, OfferEnd::Failed, plan, at, out);
        }
        Event::CitizenConfirmed => waiting::music(journey, plan, out),
        Event::CitizenGone(end) => {
            stop(journey, agent, plan, OfferEnd::CitizenGone, out);
            journey.over(gone_while_waiting(*end), out);
        }
        Event::Dissolved => {
            stop(journey, agent, plan, OfferEnd::CitizenGone, out);
            journey.end(Outcome::Abandoned, Cause::Normal, out);
        }
        Event::Silent | Event::CitizenSoundLost => stop_and_end(journey, agent, plan, Cause::PeerLost, out),
        Event::CitizenNotAnswerable(cause) => {
            journey.answered = false;
            stop_and_end(journey, agent, plan, *cause, out);
        }
        Event::Alarm(alarm) => on_alarm(journey, agent, *alarm, plan, at, out),
        Event::Said => meanwhile::said(journey, plan, at, out),
        Event::Queued { .. }
        | Event::QueueFull
        | Event::Matched { .. }
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::AgentHangsUp
        | Event::HandOn(_)
        | Event::TakenOver { .. }
        | Event::AgentAway
        | Event::AgentBack
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Key(_)
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Callback(_) => {}
        Event::Bot(_) | Event::Message(_) => {}
    }
}

fn on_alarm(journey: &mut Journey, agent: AgentNo, alarm: Alarm, plan: &Plan, at: Moment, out: &mut Effects) {
    match alarm {
        Alarm::Unanswered => journey.answer(out),
        Alarm::RingOver => {
            out.push(Effect::HangUpAgent(Cause::Normal));
            missed(journey, agent, OfferEnd::NoAnswer, plan, at, out);
        }
        Alarm::WaitOver => {
            // An agent's phone rings: hope is nearer than the end. The ring time bounds it.
            let ring_time_max = journey.queue_of(plan).ring_time_max;
            out.push(Effect::SetAlarm(Alarm::WaitOver, at + ring_time_max + RING_GRACE));
        }
        // Soon there may be a voice: until it is known, the music goes on.
        Alarm::Announce => telling::later(journey, plan, at, out),
        Alarm::MoveOn => moving_on::later(journey, plan, at, out),
        Alarm::Meanwhile => meanwhile::later(at, out),
        Alarm::GreetingOver | Alarm::LookAgain | Alarm::FarewellOver | Alarm::ThirdOver | Alarm::ListenerOver => {}
        Alarm::ConsentOver | Alarm::TypingOver | Alarm::CallbackOver => {}
        Alarm::BotOver | Alarm::MessageOver | Alarm::QuietOver => {}
    }
}

/// The offer came to nothing: the agent's seat is released, the citizen stands in front again; after several that failed,
/// only after a rest.
fn missed(journey: &mut Journey, agent: AgentNo, why: OfferEnd, plan: &Plan, at: Moment, out: &mut Effects) {
    end_offer(agent, why, plan, out);
    journey.stage = Stage::Waiting;
    journey.failed_in_a_row = if why == OfferEnd::Failed { journey.failed_in_a_row.saturating_add(1) } else { 0 };
    match rest(journey.failed_in_a_row) {
        None => out.push(Effect::ReturnToQueue { barred: BARRED }),
        Some(rest) => {
            journey.resting = true;
            out.push(Effect::SetAlarm(Alarm::LookAgain, at + rest));
        }
    }
}

/// What no phone of three could take (no codec in common, no port left) will hardly be taken by the fourth: it would hunt
/// through all who are ready. 1 s, and twice as long each time, 16 s at most.
fn rest(failed_in_a_row: u8) -> Option<Duration> {
    let doublings = failed_in_a_row.checked_sub(FAILED_AT_ONCE_MAX)?;
    Some(Duration::from_secs(1 << doublings.min(4)))
}

fn stop(journey: &mut Journey, agent: AgentNo, plan: &Plan, why: OfferEnd, out: &mut Effects) {
    waiting::stop_alarms(out);
    out.push(Effect::HangUpAgent(Cause::CallerGone));
    end_offer(agent, why, plan, out);
    out.push(Effect::LeaveQueue);
    journey.stage = Stage::Over;
}

fn stop_and_end(journey: &mut Journey, agent: AgentNo, plan: &Plan, cause: Cause, out: &mut Effects) {
    stop(journey, agent, plan, OfferEnd::CitizenGone, out);
    journey.end(Outcome::Failed, cause, out);
}

fn end_offer(agent: AgentNo, why: OfferEnd, plan: &Plan, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::RingOver));
    out.push(Effect::Note(What::OfferEnded { agent: agent_id(plan, agent), why }));
    out.push(Effect::ReleaseSeat(why));
}

pub(crate) fn refused(why: Refusal) -> OfferEnd {
    match why {
        Refusal::Busy => OfferEnd::Busy,
        Refusal::Declined => OfferEnd::Declined,
        Refusal::NoAnswer => OfferEnd::NoAnswer,
        Refusal::Unreachable => OfferEnd::Unreachable,
        Refusal::NotAcceptable => OfferEnd::Failed,
    }
}
