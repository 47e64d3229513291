//! Station 4: the municipality's greeting, said once the citizen hears us.
//! Knows which prompt comes first; doesn't know how sound is made.

use model::{Cause, Moment, Outcome, What};
use plan::Plan;

use crate::ends::{decline_claim, gone_early};
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Event, Journey, Tone, menu};

pub(crate) fn on(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    match event {
        Event::CitizenConfirmed => greet(journey, plan, at, out),
        Event::Said | Event::Alarm(Alarm::GreetingOver) => {
            out.push(Effect::StopAlarm(Alarm::GreetingOver));
            menu::next(journey, plan, at, out);
        }
        Event::CitizenGone(end) => journey.over(gone_early(*end), out),
        Event::Dissolved => journey.end(Outcome::AbandonedEarly, Cause::Normal, out),
        Event::Silent | Event::CitizenSoundLost => journey.end(Outcome::Failed, Cause::PeerLost, out),
        Event::CitizenNotAnswerable(cause) => {
            journey.answered = false;
            journey.end(Outcome::Failed, *cause, out);
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
        | Event::Alarm(
            Alarm::Unanswered
            | Alarm::WaitOver
            | Alarm::LookAgain
            | Alarm::RingOver
            | Alarm::FarewellOver
            | Alarm::Announce
            | Alarm::MoveOn
            | Alarm::Meanwhile
            | Alarm::ConsentOver
            | Alarm::TypingOver
            | Alarm::CallbackOver
            | Alarm::BotOver
            | Alarm::ThirdOver
            | Alarm::ListenerOver,
        ) => {}
    }
}

/// The citizen hears us: the greeting, once a call; then what is asked.
pub(crate) fn greet(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let greeting = journey.line_of(plan).greeting_for(journey.municipality);
    match greeting.filter(|_| !journey.way_in.greeted) {
        Some(greeting) => {
            journey.way_in.greeted = true;
            out.push(Effect::SetAlarm(Alarm::GreetingOver, at + MESSAGE_MAX));
            out.push(Effect::Note(What::GreetingBegan));
            out.push(Effect::Play(Tone::Greeting(greeting)));
        }
        None => menu::next(journey, plan, at, out),
    }
}
