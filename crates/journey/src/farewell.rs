//! A last message (closed, full, waited too long), then good-bye.
//!
//! A citizen who has not been answered yet is answered for it; where the plan has no message, the call is refused.

use model::{Cause, Moment, Outcome, PromptName};

use crate::ends::decline_claim;
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, Tone};

pub(crate) fn say(
    journey: &mut Journey,
    message: Option<PromptName>,
    outcome: Outcome,
    cause: Cause,
    at: Moment,
    out: &mut Effects,
) {
    let Some(message) = message else {
        journey.end(outcome, cause, out);
        return;
    };
    journey.stage = Stage::Farewell { outcome, cause };
    out.push(Effect::SetAlarm(Alarm::FarewellOver, at + MESSAGE_MAX));
    journey.answer(out);
    journey.last_words = Some(message);
    speak(journey, out);
}

pub(crate) fn on(journey: &mut Journey, outcome: Outcome, cause: Cause, event: &Event, out: &mut Effects) {
    match event {
        Event::CitizenConfirmed => speak(journey, out),
        Event::Said
        | Event::Alarm(Alarm::FarewellOver)
        | Event::Silent
        | Event::CitizenSoundLost
        | Event::Dissolved => {
            out.push(Effect::StopAlarm(Alarm::FarewellOver));
            journey.end(outcome, cause, out);
        }
        Event::CitizenGone(_) => {
            out.push(Effect::StopAlarm(Alarm::FarewellOver));
            journey.over(outcome, out);
        }
        Event::CitizenNotAnswerable(why) => {
            out.push(Effect::StopAlarm(Alarm::FarewellOver));
            journey.answered = false;
            journey.end(outcome, *why, out);
        }
        Event::Matched { .. } => decline_claim(out),
        Event::Queued { .. }
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
            | Alarm::RingOver
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

/// Whatever still reaches a call that is over: only a claim must not be kept.
pub(crate) fn after_the_end(event: &Event, out: &mut Effects) {
    if matches!(event, Event::Matched { .. }) {
        decline_claim(out);
    }
}

pub(crate) fn speak(journey: &mut Journey, out: &mut Effects) {
    if journey.confirmed
        && let Some(message) = journey.last_words.take()
    {
        out.push(Effect::Play(Tone::Message(message, journey.opening)));
    }
}
