//! The two phones of a call back, one after the other: the agent's, and when the agent is there, the citizen's.
//!
//! Ends in a conversation, or in an attempt that came to nothing. Knows who let it ring and why it ended; the rests between
//! attempts and the end of the promise are the door's.

use std::time::Duration;

use model::{CallbackFact, Cause, LegEnd, Moment, OfferEnd, What};
use plan::{AgentNo, Plan};

use super::{CallbackEvent, RESTS, give_up, rest};
use crate::elsewhere::end_of_called;
use crate::offer::{RING_GRACE, refused};
use crate::stage::{BARRED, agent_id};
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, waiting};

/// What comes while the agent's phone rings.
pub(super) fn agent_rings(
    journey: &mut Journey,
    agent: AgentNo,
    event: &Event,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    let why = match event {
        Event::AgentAnswered => return call_citizen(journey, agent, plan, at, out),
        Event::AgentRefused(why) => refused(*why),
        Event::AgentGone(end) => end_of_called(*end),
        Event::AgentDeclined => OfferEnd::Declined,
        Event::AgentNotReachable => OfferEnd::Failed,
        Event::Alarm(Alarm::RingOver) => OfferEnd::NoAnswer,
        Event::CitizenGone(_)
        | Event::CitizenNotAnswerable(_)
        | Event::CitizenSoundLost
        | Event::Silent
        | Event::AgentHangsUp
        | Event::Dissolved
        | Event::Callback(_)
        | Event::CitizenConfirmed
        | Event::Said
        | Event::Queued { .. }
        | Event::QueueFull
        | Event::Matched { .. }
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::HandOn(_)
        | Event::TakenOver { .. }
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Key(_)
        | Event::AgentAway
        | Event::AgentBack
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Alarm(
            Alarm::GreetingOver
            | Alarm::Unanswered
            | Alarm::WaitOver
            | Alarm::LookAgain
            | Alarm::FarewellOver
            | Alarm::Announce
            | Alarm::ConsentOver
            | Alarm::CallbackOver
            | Alarm::MoveOn
            | Alarm::Meanwhile
            | Alarm::TypingOver
            | Alarm::BotOver
            | Alarm::MessageOver
            | Alarm::QuietOver
            | Alarm::ThirdOver
            | Alarm::ListenerOver,
        ) => return,
    };
    out.push(Effect::HangUpAgent(Cause::Normal));
    out.push(Effect::StopAlarm(Alarm::RingOver));
    out.push(Effect::Note(What::OfferEnded { agent: agent_id(plan, agent), why }));
    out.push(Effect::ReleaseSeat(why));
    journey.stage = Stage::Callback;
    // The promise's time went by while this phone rang: the next one would do the same, for ever.
    if journey.callback.as_deref().and_then(|callback| callback.until).is_some_and(|until| until <= at) {
        out.push(Effect::LeaveQueue);
        return give_up(journey, out);
    }
    out.push(Effect::ReturnToQueue { barred: BARRED });
}

/// The agent is there: the citizen's phone is called.
fn call_citizen(journey: &mut Journey, agent: AgentNo, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    callback.attempts = callback.attempts.saturating_add(1);
    let attempt = callback.attempts;
    journey.stage = Stage::CallingBack { agent, there: true };
    out.push(Effect::SetAlarm(Alarm::RingOver, at + plan.dialling.ring_time_max + RING_GRACE));
    out.push(Effect::Note(What::Answered { agent: agent_id(plan, agent) }));
    out.push(Effect::Note(What::Callback(CallbackFact::Called { attempt })));
    out.push(Effect::CallCitizen);
}

/// What comes while the citizen's phone rings.
pub(super) fn is_called(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match event {
        Event::Callback(CallbackEvent::Answered) => talk(journey, plan, out),
        Event::Callback(CallbackEvent::Refused(why)) => not_reached(journey, refused(*why), at, out),
        // Only a node that ends lets go of a phone that rings: the next one calls, and this was no attempt.
        Event::CitizenGone(LegEnd::LetGo) | Event::AgentGone(LegEnd::LetGo) => {
            no_attempt(journey, OfferEnd::Failed, out);
        }
        Event::CitizenGone(end) => not_reached(journey, end_of_called(*end), at, out),
        Event::CitizenNotAnswerable(_) | Event::CitizenSoundLost => {
            not_reached(journey, OfferEnd::Failed, at, out);
        }
        // An agent who hangs up has let it ring for long enough.
        Event::Alarm(Alarm::RingOver) | Event::AgentHangsUp | Event::AgentGone(LegEnd::HungUp) | Event::Dissolved => {
            not_reached(journey, OfferEnd::NoAnswer, at, out);
        }
        // The agent is lost.
        Event::AgentGone(LegEnd::Lost | LegEnd::NeverConfirmed) | Event::AgentNotReachable | Event::Silent => {
            no_attempt(journey, OfferEnd::Unreachable, out);
        }
        Event::AgentAnswered
        | Event::Callback(CallbackEvent::Room(_) | CallbackEvent::Slot(_))
        | Event::AgentRefused(_)
        | Event::AgentDeclined
        | Event::CitizenConfirmed
        | Event::Said
        | Event::Queued { .. }
        | Event::QueueFull
        | Event::Matched { .. }
        | Event::NoMatch(_)
        | Event::Estimated { .. }
        | Event::HandOn(_)
        | Event::TakenOver { .. }
        | Event::FormerGone
        | Event::FormerHangsUp
        | Event::Key(_)
        | Event::AgentAway
        | Event::AgentBack
        | Event::Company(_)
        | Event::Recording(_)
        | Event::Bot(_)
        | Event::Message(_)
        | Event::Alarm(
            Alarm::GreetingOver
            | Alarm::Unanswered
            | Alarm::WaitOver
            | Alarm::LookAgain
            | Alarm::FarewellOver
            | Alarm::Announce
            | Alarm::ConsentOver
            | Alarm::CallbackOver
            | Alarm::MoveOn
            | Alarm::Meanwhile
            | Alarm::TypingOver
            | Alarm::BotOver
            | Alarm::MessageOver
            | Alarm::QuietOver
            | Alarm::ThirdOver
            | Alarm::ListenerOver,
        ) => {}
    }
}

/// The citizen is there, too.
fn talk(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    let Stage::CallingBack { agent, .. } = journey.stage else { return };
    waiting::stop_alarms(out);
    out.push(Effect::StopAlarm(Alarm::RingOver));
    journey.stage = Stage::Talk { agent };
    (journey.answered, journey.confirmed, journey.agent_away) = (true, true, false);
    out.push(Effect::JoinCitizen);
    out.push(Effect::Note(What::Talking { agent: agent_id(plan, agent) }));
}

/// This attempt is over: the agent is free again without a wrap-up, the citizen's phone stops ringing.
fn ended(journey: &mut Journey, why: OfferEnd, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::RingOver));
    out.push(Effect::HangUpCitizen(Cause::Normal));
    out.push(Effect::HangUpAgent(Cause::Normal));
    out.push(Effect::Note(What::Callback(CallbackFact::NotReached { why })));
    out.push(Effect::EndTalk { wrap_up: Duration::ZERO });
    journey.stage = Stage::Callback;
}

/// No fault of the citizen's, who stands in front.
fn no_attempt(journey: &mut Journey, why: OfferEnd, out: &mut Effects) {
    ended(journey, why, out);
    if let Some(callback) = journey.callback.as_deref_mut() {
        callback.attempts = callback.attempts.saturating_sub(1);
    }
    out.push(Effect::JoinAgain { front: true });
}

fn not_reached(journey: &mut Journey, why: OfferEnd, at: Moment, out: &mut Effects) {
    ended(journey, why, out);
    let attempts = journey.callback.as_deref().map_or(u8::MAX, |callback| callback.attempts);
    let (most, span) =
        journey.callback.as_deref().map_or((0, Duration::ZERO), |known| (known.attempts_max, known.again_after));
    match RESTS.get(usize::from(attempts).saturating_sub(1)).filter(|_| attempts < most) {
        Some(times) => rest(journey, at + span * *times, out),
        None => give_up(journey, out),
    }
}
