//! Station 4, before the queue: the citizen talks with the line's bot first. A key, the bot's wish, its silence, a fault or the
//! time limit lead to the queue: nobody is kept with a bot, and a bot that fails costs nobody the call.
//!
//! Knows the line's bot and its ends; not how sound reaches it.

use model::{BotEnd, BotFact, Cause, Moment, Outcome, What};
use plan::Plan;

use crate::ends::on_the_way_in;
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, waiting};

/// What a bot does, as far as the call goes by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BotEvent {
    /// It says its first sound.
    Began,
    /// It wants a person to go on.
    WantsPerson,
    /// All is done.
    WantsEnd,
    /// It never came, was lost, or has closed.
    Gone,
}

/// Whether the citizen is to talk with a bot on this line. Each call does so once.
pub(crate) fn is_met(journey: &Journey, plan: &Plan) -> bool {
    journey.own.is_none() && !journey.way_in.bot_met && journey.line_of(plan).bot.is_some()
}

/// To the line's bot; to the queue where there is none. The citizen hears music until the bot speaks.
pub(crate) fn enter(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(bot) = journey.line_of(plan).bot.as_ref().filter(|_| is_met(journey, plan)) else {
        return waiting::join(journey, plan, at, out);
    };
    journey.stage = Stage::Bot;
    journey.way_in.bot_met = true;
    out.push(Effect::SetAlarm(Alarm::BotOver, at + bot.time_max));
    out.push(Effect::ListenForKeys(true));
    waiting::music(journey, plan, out);
    out.push(Effect::TalkWithBot);
}

pub(crate) fn on(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    if let Event::Bot(told) = event {
        tells(journey, *told, plan, at, out);
    } else if let Event::Alarm(Alarm::BotOver) = event {
        to_a_person(journey, BotEnd::TimeOver, plan, at, out);
    } else if let Event::Key(key) = event {
        if journey.line_of(plan).bot.as_ref().is_some_and(|bot| bot.key == *key) {
            to_a_person(journey, BotEnd::Key, plan, at, out);
        }
    } else {
        on_the_way_in(journey, event, |out| over(BotEnd::CitizenGone, out), out);
    }
}

fn tells(journey: &mut Journey, what: BotEvent, plan: &Plan, at: Moment, out: &mut Effects) {
    match what {
        BotEvent::Began => {
            out.push(note(BotFact::Began));
            out.push(Effect::HearAgent);
        }
        BotEvent::WantsPerson => to_a_person(journey, BotEnd::WantsPerson, plan, at, out),
        BotEvent::Gone => to_a_person(journey, BotEnd::Gone, plan, at, out),
        BotEvent::WantsEnd => {
            over(BotEnd::Done, out);
            journey.end(Outcome::ServedByBot, Cause::Normal, out);
        }
    }
}

fn to_a_person(journey: &mut Journey, why: BotEnd, plan: &Plan, at: Moment, out: &mut Effects) {
    over(why, out);
    waiting::join(journey, plan, at, out);
}

fn over(why: BotEnd, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::BotOver));
    out.push(Effect::ListenForKeys(false));
    out.push(Effect::LeaveBot);
    out.push(note(BotFact::Ended { why }));
}

fn note(what: BotFact) -> Effect {
    Effect::Note(What::Bot(what))
}
