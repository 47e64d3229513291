//! Station 4: the municipality's greeting, said once the citizen hears us.
//! Knows which prompt comes first; doesn't know how sound is made.

use model::{Moment, What};
use plan::Plan;

use crate::ends::on_the_way_in;
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Event, Journey, Tone, menu};

pub(crate) fn on(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    if let Event::CitizenConfirmed = event {
        greet(journey, plan, at, out);
    } else if let Event::Said | Event::Alarm(Alarm::GreetingOver) = event {
        out.push(Effect::StopAlarm(Alarm::GreetingOver));
        menu::next(journey, plan, at, out);
    } else {
        on_the_way_in(journey, event, |_| {}, out);
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
