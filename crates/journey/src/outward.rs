//! Stations 3 and 5, a third end: the line can't serve the citizen, and its way out leads to somebody outside.
//!
//! The phone rings there while the citizen hears music, as one does who is handed on and whose agent has left (`handing`); closed,
//! refused or unanswered, the citizen is told so, and the call ends. Knows hours and words; not which number is called.

use model::{Cause, Moment, Outcome, What};
use plan::Plan;

use crate::offer::RING_GRACE;
use crate::{Alarm, Effect, Effects, Journey, Party, Stage, callback, farewell, waiting};

/// To an entry of the directory; `instead`: what the call is if nobody answers there.
pub(crate) fn enter(
    journey: &mut Journey,
    id: &std::sync::Arc<str>,
    instead: (Outcome, Cause),
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    callback::not_needed(journey, out);
    if plan.leads_outside_at(id, at).is_none() {
        // The line's own words are enough.
        if matches!(journey.stage, Stage::Onward { .. }) {
            return journey.end(instead.0, instead.1, out);
        }
        return nobody(journey, false, instead, (plan, at), out);
    }
    journey.led_on = Some(instead);
    journey.stage = Stage::Handing { from: None, to: Party::Third };
    out.push(Effect::Note(What::LedOn { entry: id.clone() }));
    out.push(Effect::SetAlarm(Alarm::RingOver, at + plan.dialling.ring_time_max + RING_GRACE));
    journey.answer(out);
    waiting::music(journey, plan, out);
    out.push(Effect::CallEntry(id.clone()));
}

/// It is closed there, or (`called`) nobody has answered: the citizen is told so.
pub(crate) fn nobody(
    journey: &mut Journey,
    called: bool,
    (outcome, cause): (Outcome, Cause),
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    journey.opening = None;
    let said = journey.line_of(plan).outside_said(called);
    let said = journey.words(plan, Some(&said));
    farewell::say(journey, said, outcome, cause, at, out);
}
