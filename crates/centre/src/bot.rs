//! A citizen who talks with the line's bot: what the packet workers are told of it, and what they tell.
//! Knows where the plan says that the bot is; when it is talked with is the journey's.

use std::sync::Arc;

use journey::{BotEvent, Event};
use media::{MediaCommand, StreamEvent, StreamTo};
use model::{CallId, LegId, Moment};

use crate::centre::Centre;
use crate::floor;
use crate::output::Output;

/// Lets the bot be the citizen's other side. Without sound, or a bot in the plan, it is gone already.
pub(crate) fn talk(centre: &Centre, id: CallId, out: &mut Vec<Output>) -> Option<Event> {
    let call = centre.calls.get(&id)?;
    let (plan, journey) = (&call.plan, &call.journey);
    let line = &plan.lines[journey.line().at()];
    let Some(bot) = line.bot.as_ref().filter(|_| call.citizen.sound.settled.is_some()) else {
        return Some(Event::Bot(BotEvent::Gone));
    };
    let to = StreamTo {
        url: Arc::clone(&bot.url),
        call: id,
        line: line.id.clone(),
        language: journey.language(plan).clone(),
        municipality: journey.municipality(),
    };
    out.push(Output::Media(MediaCommand::Stream { leg: call.citizen.leg, to: Box::new(to) }));
    None
}

/// The citizen talks with it no more.
pub(crate) fn leave(centre: &Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    if call.citizen.sound.room.is_some() {
        out.push(Output::Media(MediaCommand::EndStream { leg: call.citizen.leg }));
    }
}

/// The packet workers tell something of it.
pub(crate) fn told(centre: &mut Centre, leg: LegId, what: StreamEvent, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.legs.get(&leg).copied() else { return };
    let event = match what {
        StreamEvent::Began => BotEvent::Began,
        StreamEvent::WantsPerson => BotEvent::WantsPerson,
        StreamEvent::WantsEnd => BotEvent::WantsEnd,
        StreamEvent::Gone => BotEvent::Gone,
    };
    floor::step(centre, call, Event::Bot(event), at, out);
}
