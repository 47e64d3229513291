//! Station 5: what a waiting citizen is told beside place and time: messages in turn, and once that the line has closed and
//! they are served all the same.
//!
//! One thing after the other: nothing is said into a message, and a message waits until an announcement is over.

use std::time::Duration;

use model::{Moment, PromptName};
use plan::{HoursState, Plan};

use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Journey, Tone, callback, telling, waiting};

/// No announcement of place and time is longer.
const ANNOUNCEMENT_MAX: Duration = Duration::from_secs(20);
/// How long a message waits for a phone that rings.
const RINGS: Duration = Duration::from_secs(15);

/// What is to be told in this wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meanwhile {
    /// A message is being said.
    speaks: bool,
    /// Place and time were asked for meanwhile.
    owes: bool,
    /// When the line closes.
    closes: Option<Moment>,
    /// When the next message is due.
    next: Option<Moment>,
    /// How many messages were said.
    said: usize,
    /// When the last announcement began.
    told: Option<Moment>,
}

/// The wait begins, or begins again.
pub(crate) fn begin(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let line = journey.line_of(plan);
    let closes = match plan.calendars[line.calendar.at()].state(at) {
        HoursState::Open { until } => until.filter(|_| line.meanwhile.closing.is_some()),
        HoursState::Closed { .. } => None,
    };
    let next = (!line.meanwhile.messages.is_empty()).then(|| at + line.meanwhile.every);
    let said = journey.meanwhile.said;
    journey.meanwhile = Meanwhile { closes, next, said, ..Meanwhile::default() };
    wake(journey, out);
}

/// Something is due, or a message has lasted longer than any may.
pub(crate) fn due(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    if journey.meanwhile.speaks {
        return said(journey, plan, at, out);
    }
    if callback::is_asking(journey) {
        return later(at, out);
    }
    let over = journey.meanwhile.told.map(|told| told + ANNOUNCEMENT_MAX);
    if let Some(over) = over.filter(|over| *over > at) {
        return out.push(Effect::SetAlarm(Alarm::Meanwhile, over));
    }
    if let Some(message) = take(journey, plan, at).filter(|_| journey.confirmed) {
        journey.meanwhile.speaks = true;
        out.push(Effect::Play(Tone::Message(message, None)));
        return out.push(Effect::SetAlarm(Alarm::Meanwhile, at + MESSAGE_MAX));
    }
    wake(journey, out);
}

/// A phone rings and soon there may be a voice, or something is asked.
pub(crate) fn later(at: Moment, out: &mut Effects) {
    out.push(Effect::SetAlarm(Alarm::Meanwhile, at + RINGS));
}

/// The message is over: music again, and what was due meanwhile.
pub(crate) fn said(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    if !std::mem::take(&mut journey.meanwhile.speaks) {
        return;
    }
    if callback::is_asking(journey) {
        // A key has led to a question: that is what the citizen hears now.
        return later(at, out);
    }
    waiting::music(journey, plan, out);
    if std::mem::take(&mut journey.meanwhile.owes) {
        telling::again(journey, plan, at, out);
    }
    wake(journey, out);
}

/// Whether place and time may be told now. If not, it is made up for.
pub(crate) fn lets_tell(journey: &mut Journey, at: Moment) -> bool {
    let speaks = journey.meanwhile.speaks;
    journey.meanwhile.owes |= speaks;
    if !speaks {
        journey.meanwhile.told = Some(at);
    }
    !speaks
}

/// What is due, by the line's closing before its messages; each message once before the first comes again.
fn take(journey: &mut Journey, plan: &Plan, at: Moment) -> Option<PromptName> {
    let settings = &journey.line_of(plan).meanwhile;
    let is_due = |due: &mut Moment| *due <= at;
    let said = if journey.meanwhile.closes.take_if(is_due).is_some() {
        settings.closing.as_ref()
    } else if journey.meanwhile.next.take_if(is_due).is_some() {
        journey.meanwhile.next = Some(at + settings.every);
        let turn = journey.meanwhile.said.checked_rem(settings.messages.len());
        journey.meanwhile.said = journey.meanwhile.said.wrapping_add(1);
        turn.map(|turn| &settings.messages[turn])
    } else {
        None
    };
    journey.words(plan, said)
}

fn wake(journey: &Journey, out: &mut Effects) {
    let due = journey.meanwhile.closes.into_iter().chain(journey.meanwhile.next).min();
    out.extend(due.map(|due| Effect::SetAlarm(Alarm::Meanwhile, due)));
}
