//! Station 5, with no phone at it: a citizen who is to be called back stands in the queue, then an agent's phone rings, and
//! when the agent is there, the citizen's.
//!
//! A promise ends in a conversation, or after its last attempt, or when its time is over; a claim in a conversation or a
//! release. Knows attempts and rests between them; not how a number is called.

mod ringing;

use std::time::Duration;

use model::{BookedSlot, Cause, Moment, Outcome, Refusal, What};
use plan::{AgentNo, Plan, may_ring_from};

use crate::callback::Callback;
use crate::ends::decline_claim;
use crate::offer::RING_GRACE;
use crate::stage::{BARRED, agent_id};
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, moving_on, waiting};

/// Nobody answered: the next attempt comes so many times the line's span later, behind whoever waits for their first.
const RESTS: [u32; 2] = [1, 3];
/// No place in the queue: it is tried again so much later.
const FULL_REST: Duration = Duration::from_secs(5 * 60);

/// A promise that was put off over night is kept at least so long after the morning's first ring.
const OVER_NIGHT: Duration = Duration::from_secs(2 * 3_600);

/// What becomes of the citizen's phone while it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallbackEvent {
    /// It was answered, and its sound is settled.
    Answered,
    /// It will not be answered.
    Refused(Refusal),
    /// The first time from then on that is free; the answer to `FindSlot`.
    Slot(Option<BookedSlot>),
    /// Whether a promise may be made; the answer to `AskForPromise`.
    Room(Result<(), NotGranted>),
}

/// Why no promise may be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotGranted {
    /// That number is to be called already, as often as may be promised at once.
    TooManyForNumber,
    /// As much is promised as may be in all.
    NoRoom,
    /// Somebody else has chosen the last place of that time since.
    Taken,
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
        Event::QueueFull => rest(journey, at + FULL_REST, out),
        Event::NoMatch(Some(again)) => out.push(Effect::SetAlarm(Alarm::LookAgain, again)),
        // Nobody is called at night: the place is kept until the morning.
        Event::Matched { .. } if may_ring_from(at) > at => {
            decline_claim(out);
            out.push(Effect::LeaveQueue);
            out.extend([Alarm::MoveOn, Alarm::LookAgain].map(Effect::StopAlarm));
            rest(journey, at, out);
        }
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

/// With no place in a queue until then, or until the morning after it. A promise that is put off over night is kept for so much
/// longer.
pub(crate) fn rest(journey: &mut Journey, wanted: Moment, out: &mut Effects) {
    let from = may_ring_from(wanted);
    out.push(Effect::SetAlarm(Alarm::LookAgain, from));
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    callback.rests = Some(from);
    let longer = (from > wanted).then_some(from + OVER_NIGHT);
    if let (Some(until), Some(longer)) = (&mut callback.until, longer)
        && *until < longer
    {
        *until = longer;
        out.push(Effect::SetAlarm(Alarm::CallbackOver, longer));
    }
}

fn look_again(journey: &mut Journey, out: &mut Effects) {
    let returns = std::mem::take(&mut journey.resting).then_some(Effect::ReturnToQueue { barred: BARRED });
    let rests = journey.callback.as_deref_mut().and_then(|callback| callback.rests.take());
    match (returns, rests) {
        (Some(returns), _) => out.push(returns),
        (None, Some(_)) => join(journey, out),
        (None, None) => out.push(Effect::LookForAgent),
    }
}

/// The first attempt has its own place; a second one, and a time that was chosen, stand behind whoever waits for their first.
pub(crate) fn join(journey: &Journey, out: &mut Effects) {
    let is_first = |callback: &Callback| callback.attempts == 0 && callback.slot.is_none();
    let first = journey.callback.as_deref().is_none_or(is_first);
    out.push(if first { Effect::JoinSince(journey.waits_since) } else { Effect::JoinLater });
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
