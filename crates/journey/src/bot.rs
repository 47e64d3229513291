//! Station 4, before the queue: the citizen talks with the line's bot first. A key, the bot's wish, its silence, a fault or the
//! time limit lead to the queue: nobody is kept with a bot, and a bot that fails costs nobody the call.
//!
//! Knows the line's bot and its ends; not how sound reaches it.

use model::{BotEnd, BotFact, Cause, Moment, Outcome, What};
use plan::Plan;

use crate::ends::{decline_claim, gone_early};
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, waiting};

/// What a bot does, as far as the call goes by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BotEvent {
    /// It is there.
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

/// To the line's bot; to the queue where there is none. The citizen hears music until the bot is there.
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
    match event {
        Event::Bot(BotEvent::Began) => {
            out.push(note(BotFact::Began));
            out.push(Effect::HearAgent);
        }
        Event::Bot(BotEvent::WantsPerson) => to_a_person(journey, BotEnd::WantsPerson, plan, at, out),
        Event::Bot(BotEvent::Gone) => to_a_person(journey, BotEnd::Gone, plan, at, out),
        Event::Bot(BotEvent::WantsEnd) => end(journey, BotEnd::Done, Outcome::ServedByBot, Cause::Normal, out),
        Event::Key(key) if journey.line_of(plan).bot.as_ref().is_some_and(|bot| bot.key == *key) => {
            to_a_person(journey, BotEnd::Key, plan, at, out);
        }
        Event::Alarm(Alarm::BotOver) => to_a_person(journey, BotEnd::TimeOver, plan, at, out),
        Event::CitizenGone(how) => {
            over(BotEnd::CitizenGone, out);
            journey.over(gone_early(*how), out);
        }
        Event::Dissolved => end(journey, BotEnd::CitizenGone, Outcome::AbandonedEarly, Cause::Normal, out),
        Event::Silent | Event::CitizenSoundLost => {
            end(journey, BotEnd::CitizenGone, Outcome::Failed, Cause::PeerLost, out);
        }
        Event::CitizenNotAnswerable(cause) => {
            journey.answered = false;
            end(journey, BotEnd::CitizenGone, Outcome::Failed, *cause, out);
        }
        Event::Matched { .. } => decline_claim(out),
        Event::CitizenConfirmed
        | Event::Said
        | Event::Queued { .. }
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
        | Event::Alarm(_) => {}
    }
}

fn to_a_person(journey: &mut Journey, why: BotEnd, plan: &Plan, at: Moment, out: &mut Effects) {
    over(why, out);
    waiting::join(journey, plan, at, out);
}

fn end(journey: &mut Journey, why: BotEnd, outcome: Outcome, cause: Cause, out: &mut Effects) {
    over(why, out);
    journey.end(outcome, cause, out);
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
