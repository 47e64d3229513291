//! Stations 3 and 5, their end: the line can't serve the citizen (closed, full, waited long enough), says so, and lets the
//! call go or takes its way out: another line, whose hours are asked anew, or a mailbox.
//!
//! Knows which words and which way belong to which reason; that ways never lead back was proved of the plan.

use model::{Cause, Moment, Outcome, PromptName};
use plan::{Line, LineNo, Plan, WayOut};

use crate::ends::on_the_way_in;
use crate::stage::MESSAGE_MAX;
use crate::{
    Alarm, Effect, Effects, Event, Journey, Opening, Stage, arrival, booking, callback, farewell, outward, voicemail,
};

/// Why a line can't serve a citizen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unserved {
    Closed,
    Full,
    GaveUp,
}

impl Unserved {
    fn way(self, line: &Line) -> (Option<&PromptName>, &WayOut) {
        match self {
            Self::Closed => (line.closed_message.as_ref(), &line.ways.closed),
            Self::Full => (line.full_message.as_ref(), &line.ways.full),
            Self::GaveUp => (line.gave_up_message.as_ref(), &line.ways.gave_up),
        }
    }

    fn end(self) -> (Outcome, Cause) {
        match self {
            Self::Closed => (Outcome::Closed, Cause::Closed),
            Self::Full => (Outcome::Full, Cause::Full),
            Self::GaveUp => (Outcome::GaveUp, Cause::GaveUp),
        }
    }
}

/// The citizen can't be served on this line: its words, then its way out.
pub(crate) fn leave(journey: &mut Journey, why: Unserved, plan: &Plan, at: Moment, out: &mut Effects) {
    let line = journey.line_of(plan);
    let (message, way) = why.way(line);
    let mut message = message.cloned();
    match why {
        Unserved::Closed => {}
        Unserved::Full | Unserved::GaveUp => {
            let words = plan.not_served(line, message.as_ref(), way, at);
            message = words.message;
            journey.opening = words.opens_at.map(|opens| Opening { at: opens, now: at });
        }
    }
    let message = journey.words(plan, message.as_ref());
    let end = why.end();
    match (way, message) {
        (way, None) => take(journey, &way.clone(), end, (plan, at), out),
        (WayOut::GoodBye, message) => farewell::say(journey, message, end.0, end.1, at, out),
        (way, Some(message)) => {
            journey.stage = Stage::Onward { way: way.clone(), outcome: end.0, cause: end.1 };
            out.push(Effect::SetAlarm(Alarm::FarewellOver, at + MESSAGE_MAX));
            journey.answer(out);
            journey.last_words = Some(message);
            farewell::speak(journey, out);
        }
    }
}

/// The way itself, after its words or a key. `end`: what the call is if it ends there.
pub(crate) fn take(
    journey: &mut Journey,
    way: &WayOut,
    end: (Outcome, Cause),
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    match way {
        WayOut::GoodBye => farewell::say(journey, None, end.0, end.1, at, out),
        WayOut::Line(to) => enter(journey, *to, at, (plan, at), out),
        WayOut::Directory(id) => outward::enter(journey, id, end, (plan, at), out),
        WayOut::Callback => booking::enter(journey, end, (plan, at), out),
        WayOut::Voicemail(mailbox) => voicemail::enter(journey, *mailbox, end, (plan, at), out),
    }
}

/// Another line from here on, whose `hours` are asked of that moment. What was promised on the one before binds still, and the wait is reckoned anew.
pub(crate) fn enter(journey: &mut Journey, to: LineNo, hours: Moment, (plan, at): (&Plan, Moment), out: &mut Effects) {
    (journey.line, journey.queue) = (to, plan.lines[to.at()].queue);
    journey.opening = None;
    journey.wait_asked = false;
    callback::not_needed(journey, out);
    journey.failed_in_a_row = 0;
    journey.resting = false;
    arrival::found(journey, plan, out);
    arrival::ask_hours(journey, hours, (plan, at), out);
}

pub(crate) fn on(
    journey: &mut Journey,
    (way, end): (&WayOut, (Outcome, Cause)),
    event: &Event,
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    if let Event::CitizenConfirmed = event {
        farewell::speak(journey, out);
    } else if let Event::Said | Event::Alarm(Alarm::FarewellOver) = event {
        out.push(Effect::StopAlarm(Alarm::FarewellOver));
        take(journey, way, end, (plan, at), out);
    } else {
        on_the_way_in(journey, event, |out| out.push(Effect::StopAlarm(Alarm::FarewellOver)), out);
    }
}
