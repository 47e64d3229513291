//! Station 5: the queue. Music for those who were answered, ringing for the others.
//!
//! Which agent is best, and who is first in line, is not known here: the core says `Matched`.

use model::{Cause, Moment, Outcome, WaitingStage, What};
use plan::Plan;

use crate::ends::gone_while_waiting;
use crate::onward::{self, Unserved};
use crate::stage::{BARRED, WAIT_ALARMS, agent_id};
use crate::{
    Alarm, CallbackEvent, Effect, Effects, Event, Journey, Stage, Tone, callback, meanwhile, moving_on, offer, telling,
};

/// Joins the queue and starts what the citizen hears there.
pub(crate) fn join(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    journey.stage = Stage::Waiting;
    journey.waits_since = at;
    let line = journey.line_of(plan);
    music(journey, plan, out);
    if let (WaitingStage::Unanswered, false, Some(longest)) = (line.waiting, journey.answered, line.unanswered_max) {
        out.push(Effect::SetAlarm(Alarm::Unanswered, at + longest));
    }
    if let Some(longest) = line.wait_max {
        out.push(Effect::SetAlarm(Alarm::WaitOver, at + longest));
    }
    meanwhile::begin(journey, plan, at, out);
    out.push(Effect::JoinQueue);
}

pub(crate) fn on(journey: &mut Journey, event: Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match event {
        Event::CitizenConfirmed => {
            music(journey, plan, out);
            telling::heard(journey, plan, out);
        }
        Event::Queued { queue, since, overflow } => {
            moving_on::queued(journey, (queue, since, overflow), plan, at, out);
        }
        Event::Matched { agent, decision, why, because } => {
            callback::not_needed(journey, out);
            out.push(Effect::StopAlarm(Alarm::LookAgain));
            out.push(Effect::Note(What::Offered { agent: agent_id(plan, agent), decision, why, because }));
            offer::ring(journey, agent, plan, at, out);
        }
        Event::NoMatch(again) => nobody_free(journey, again, out),
        Event::Estimated { wait, ahead } => telling::estimated(journey, wait, ahead, plan, at, out),
        Event::QueueFull => {
            stop_alarms(out);
            onward::leave(journey, Unserved::Full, plan, at, out);
        }
        Event::CitizenGone(end) => leave(journey, gone_while_waiting(end), out),
        Event::Dissolved => {
            stop_alarms(out);
            out.push(Effect::LeaveQueue);
            journey.end(Outcome::Abandoned, Cause::Normal, out);
        }
        Event::Silent | Event::CitizenSoundLost => leave_and_end(journey, Cause::PeerLost, out),
        Event::CitizenNotAnswerable(cause) => {
            journey.answered = false;
            leave_and_end(journey, cause, out);
        }
        Event::Callback(CallbackEvent::Room(answer)) => callback::answered(journey, answer, plan, at, out),
        Event::Key(key) => callback::key(journey, key, plan, at, out),
        Event::Alarm(alarm) => on_alarm(journey, alarm, plan, at, out),
        Event::Said => meanwhile::said(journey, plan, at, out),
        Event::AgentAnswered
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
        | Event::Callback(CallbackEvent::Answered | CallbackEvent::Refused(_) | CallbackEvent::Slot(_))
        | Event::Bot(_)
        | Event::Message(_) => {}
    }
}

/// Waits in the queue of its line from now on, after a conversation.
pub(crate) fn again(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    journey.stage = Stage::Waiting;
    journey.talked = true;
    // What was promised is measured by the first answer.
    journey.wait_asked = true;
    journey.promise = None;
    journey.waits_since = at;
    out.push(Effect::CitizenWaits);
    music(journey, plan, out);
    telling::later(journey, plan, at, out);
    meanwhile::begin(journey, plan, at, out);
    if let Some(longest) = journey.line_of(plan).wait_max {
        out.push(Effect::SetAlarm(Alarm::WaitOver, at + longest));
    }
}

/// Nobody is free: time may change that, and the citizen may know how long it will take.
fn nobody_free(journey: &mut Journey, again: Option<Moment>, out: &mut Effects) {
    if let Some(again) = again {
        out.push(Effect::SetAlarm(Alarm::LookAgain, again));
    }
    if !std::mem::replace(&mut journey.wait_asked, true) {
        out.push(Effect::EstimateWait);
    }
}

fn on_alarm(journey: &mut Journey, alarm: Alarm, plan: &Plan, at: Moment, out: &mut Effects) {
    match alarm {
        Alarm::Unanswered => journey.answer(out),
        Alarm::LookAgain if std::mem::take(&mut journey.resting) => out.push(Effect::ReturnToQueue { barred: BARRED }),
        Alarm::LookAgain => out.push(Effect::LookForAgent),
        Alarm::WaitOver => {
            out.push(Effect::LeaveQueue);
            stop_alarms(out);
            onward::leave(journey, Unserved::GaveUp, plan, at, out);
        }
        Alarm::Announce => telling::again(journey, plan, at, out),
        Alarm::MoveOn => moving_on::again(journey, plan, at, out),
        Alarm::Meanwhile => meanwhile::due(journey, plan, at, out),
        Alarm::GreetingOver | Alarm::RingOver | Alarm::FarewellOver | Alarm::ThirdOver | Alarm::ListenerOver => {}
        Alarm::CallbackOver => callback::no_answer(journey),
        Alarm::ConsentOver | Alarm::TypingOver => {}
        Alarm::BotOver | Alarm::MessageOver | Alarm::QuietOver => {}
    }
}

/// Alarms and events that mean the same whether a phone rings or not: an unanswered wait becomes music.
pub(crate) fn music(journey: &Journey, plan: &Plan, out: &mut Effects) {
    if journey.confirmed {
        out.push(Effect::Play(Tone::Music(journey.line_of(plan).music.clone())));
    }
}

pub(crate) fn stop_alarms(out: &mut Effects) {
    out.extend(WAIT_ALARMS.map(Effect::StopAlarm));
}

fn leave(journey: &mut Journey, outcome: Outcome, out: &mut Effects) {
    stop_alarms(out);
    out.push(Effect::LeaveQueue);
    journey.over(outcome, out);
}

fn leave_and_end(journey: &mut Journey, cause: Cause, out: &mut Effects) {
    stop_alarms(out);
    out.push(Effect::LeaveQueue);
    journey.end(Outcome::Failed, cause, out);
}
