//! Station 5, with no phone at it: a citizen who is to be called back stands in the queue, then an agent's phone rings, and
//! when the agent is there, the citizen's.
//!
//! A promise ends in a conversation, or after its last attempt, or when its time is over; a claim in a conversation or a
//! release. Knows attempts and rests between them; not how a number is called.

mod ringing;

use std::time::Duration;

use model::{Cause, Moment, Outcome, Refusal, What};
use plan::{AgentNo, Plan};

use crate::ends::decline_claim;
use crate::offer::RING_GRACE;
use crate::stage::{BARRED, agent_id};
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, moving_on, waiting};

/// Nobody answered: the next attempt comes so much later, as a second attempt behind whoever waits for their first.
const RESTS: [Duration; 2] = [Duration::from_secs(5 * 60), Duration::from_secs(15 * 60)];

/// What becomes of the citizen's phone while it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallbackEvent {
    /// It was answered, and its sound is settled.
    Answered,
    /// It will not be answered.
    Refused(Refusal),
}

/// Stands in the queue, or rests before the next attempt.
pub(crate) fn waits(journey: &mut Journey, event: Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match event {
        // The last words are over, or nobody hears them.
        Event::Said | Event::Silent | Event::CitizenSoundLost | Event::Alarm(Alarm::FarewellOver) => {
            let_go(journey, out);
        }
        Event::CitizenGone(_) => {
            out.push(Effect::StopAlarm(Alarm::FarewellOver));
            journey.answered = false;
        }
        Event::Queued { queue, since, overflow } => moving_on::queued(journey, (queue, since, overflow), plan, at, out),
        Event::Alarm(Alarm::MoveOn) => moving_on::again(journey, plan, at, out),
        Event::QueueFull => rest(journey, RESTS[0], at, out),
        Event::NoMatch(Some(again)) => out.push(Effect::SetAlarm(Alarm::LookAgain, again)),
        Event::Matched { agent, decision, why, because } => {
            let_go(journey, out);
            out.push(Effect::StopAlarm(Alarm::LookAgain));
            out.push(Effect::Note(What::Offered { agent: agent_id(plan, agent), decision, why, because }));
            journey.stage = Stage::CallingBack { agent, there: false };
            out.push(Effect::SetAlarm(Alarm::RingOver, at + journey.queue_of(plan).ring_time_max + RING_GRACE));
            out.push(Effect::RingAgent);
        }
        Event::Alarm(Alarm::LookAgain) => look_again(journey, out),
        Event::Alarm(Alarm::CallbackOver) => {
            out.push(Effect::LeaveQueue);
            give_up(journey, out);
        }
        Event::NoMatch(None)
        | Event::CitizenConfirmed
        | Event::CitizenNotAnswerable(_)
        | Event::Estimated { .. }
        | Event::AgentAnswered
        | Event::AgentRefused(_)
        | Event::AgentDeclined
        | Event::AgentNotReachable
        | Event::AgentGone(_)
        | Event::AgentHangsUp
        | Event::HandOn(_)
        | Event::TakenOver { .. }
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Dissolved
        | Event::Key(_)
        | Event::AgentAway
        | Event::AgentBack
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Callback(_)
        | Event::Alarm(
            Alarm::GreetingOver
            | Alarm::Unanswered
            | Alarm::WaitOver
            | Alarm::RingOver
            | Alarm::Announce
            | Alarm::Meanwhile
            | Alarm::ConsentOver
            | Alarm::TypingOver
            | Alarm::BotOver
            | Alarm::MessageOver
            | Alarm::QuietOver
            | Alarm::ThirdOver
            | Alarm::ListenerOver,
        ) => {}
    }
}

/// An agent's phone rings; or, if `there`, the agent listens while the citizen's does.
pub(crate) fn on(
    journey: &mut Journey,
    (agent, there): (AgentNo, bool),
    event: &Event,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    // Hope is nearer than the end; a ring time bounds it.
    if let Event::Matched { .. } = event {
        decline_claim(out);
    } else if let Event::HandOn(_) = event {
        out.push(Effect::AnswerTransfer(Err(Cause::Busy)));
    } else if let Event::Alarm(Alarm::CallbackOver) = event {
        out.push(Effect::SetAlarm(Alarm::CallbackOver, at + plan.dialling.ring_time_max + RING_GRACE));
    } else if let Event::Alarm(Alarm::MoveOn) = event {
        moving_on::later(journey, plan, at, out);
    } else if there {
        ringing::is_called(journey, event, plan, at, out);
    } else {
        ringing::agent_rings(journey, agent, event, plan, at, out);
    }
}

/// With no place in a queue for so long.
fn rest(journey: &mut Journey, span: Duration, at: Moment, out: &mut Effects) {
    if let Some(callback) = journey.callback.as_deref_mut() {
        callback.rests = true;
    }
    out.push(Effect::SetAlarm(Alarm::LookAgain, at + span));
}

fn look_again(journey: &mut Journey, out: &mut Effects) {
    let rests = journey.callback.as_deref_mut().is_some_and(|callback| std::mem::take(&mut callback.rests));
    let returns = std::mem::take(&mut journey.resting).then_some(Effect::ReturnToQueue { barred: BARRED });
    out.push(returns.unwrap_or(if rests { Effect::JoinLater } else { Effect::LookForAgent }));
}

/// The promise could not be kept.
fn give_up(journey: &mut Journey, out: &mut Effects) {
    let_go(journey, out);
    waiting::stop_alarms(out);
    journey.over(Outcome::CallbackFailed, out);
}

/// Whoever is still on the phone has heard that they may hang up.
fn let_go(journey: &mut Journey, out: &mut Effects) {
    if std::mem::take(&mut journey.answered) {
        out.push(Effect::StopAlarm(Alarm::FarewellOver));
        out.push(Effect::HangUpCitizen(Cause::Normal));
    }
}
