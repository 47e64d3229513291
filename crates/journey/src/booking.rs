//! Stations 3 to 5, another end: no line can serve the citizen now, who chooses a time to be called in.
//!
//! A time is offered, then a number confirmed (`number_asked`), and only then the place taken: two citizens never get the last
//! one. Who answers nothing twice hears that nothing was agreed. Knows keys and words; not which times are free.

use std::time::Duration;

use model::{BookedSlot, CallbackFact, Cause, Moment, Outcome};
use plan::{BOOKED_AGAIN_AFTER, BOOKED_ATTEMPTS, BOOKED_KEEP, CallbackSaid, Plan, local_time};
use speech::Phrase;

use crate::callback::said;
use crate::ends::on_the_way_in;
use crate::number_asked::{self, ANSWER_MAX, About, Heard, YES};
use crate::{
    Alarm, CallbackEvent, Effect, Effects, Event, Journey, NotGranted, Said, Stage, callback, calling_back, farewell,
};

/// The key for a later time.
const LATER: char = '2';
/// Which times are free is known within this long; else it counts as none.
const LOOK_MAX: Duration = Duration::from_secs(5);
/// Questions that may be left without an answer.
const UNANSWERED_MAX: u8 = 2;
/// Times that are looked for in one call; then nothing is agreed.
const LOOKS_MAX: u8 = 30;

/// What is being agreed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Booking {
    step: Step,
    slot: Option<BookedSlot>,
    /// What the call is if nothing is agreed.
    instead: (Outcome, Cause),
    unanswered: u8,
    looks: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// The citizen doesn't hear us yet.
    Answering,
    /// Free times are looked for.
    Looking,
    /// Does this time suit?
    Slot,
    /// About the number.
    Number(About),
    /// The place is being taken.
    Taking,
}

/// To the choice of a time; `instead`: what the call is if none is agreed.
pub(crate) fn enter(journey: &mut Journey, instead: (Outcome, Cause), (plan, at): (&Plan, Moment), out: &mut Effects) {
    callback::not_needed(journey, out);
    journey.stage = Stage::Booking;
    let step = Step::Answering;
    journey.booking = Some(Box::new(Booking { step, slot: None, instead, unanswered: 0, looks: 0 }));
    journey.answer(out);
    if journey.confirmed {
        begin(journey, plan, at, out);
    }
}

pub(crate) fn on(journey: &mut Journey, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some((step, slot, instead)) =
        journey.booking.as_deref().map(|booking| (booking.step, booking.slot, booking.instead))
    else {
        return;
    };
    match (step, event) {
        (Step::Answering, Event::CitizenConfirmed) => begin(journey, plan, at, out),
        (Step::Looking, Event::Callback(CallbackEvent::Slot(Some(slot)))) => offer(journey, *slot, plan, at, out),
        // None later than the one that was offered: it is offered again.
        (Step::Looking, Event::Callback(CallbackEvent::Slot(None))) if slot.is_some() => {
            set(journey, |booking| booking.slot = None);
            look(journey, at, plan, at, out);
        }
        (Step::Looking, Event::Callback(CallbackEvent::Slot(None)) | Event::Alarm(Alarm::CallbackOver))
        | (Step::Taking, Event::Alarm(Alarm::CallbackOver)) => good_bye(journey, CallbackSaid::NoSlot, plan, at, out),
        (Step::Slot, Event::Key(YES)) => {
            let about = number_asked::begin(journey, plan, at, out);
            set(journey, |booking| booking.step = Step::Number(about));
        }
        (Step::Slot, Event::Key(LATER)) => {
            let later = slot.map_or(at, |slot| slot.from + Duration::from_secs(1));
            look(journey, later, plan, at, out);
        }
        (Step::Slot, Event::Key(_)) => slot.into_iter().for_each(|slot| offer(journey, slot, plan, at, out)),
        (Step::Number(about), Event::Key(key)) => number(journey, (about, *key), plan, at, out),
        (Step::Taking, Event::Callback(CallbackEvent::Room(answer))) => taken(journey, *answer, plan, at, out),
        (Step::Slot | Step::Number(_), Event::Alarm(Alarm::CallbackOver)) => unanswered(journey, plan, at, out),
        (_, Event::CitizenGone(_)) => {
            leave(out);
            journey.booking = None;
            journey.over(instead.0, out);
        }
        (_, event) => on_the_way_in(journey, event, leave, out),
    }
}

fn leave(out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::CallbackOver));
    out.push(Effect::ListenForKeys(false));
}

fn set(journey: &mut Journey, change: impl FnOnce(&mut Booking)) {
    if let Some(booking) = journey.booking.as_deref_mut() {
        change(booking);
    }
}

fn begin(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    out.push(Effect::ListenForKeys(true));
    look(journey, at, plan, at, out);
}

fn look(journey: &mut Journey, from: Moment, plan: &Plan, at: Moment, out: &mut Effects) {
    let mut looks = 0;
    set(journey, |booking| {
        booking.step = Step::Looking;
        booking.looks += 1;
        looks = booking.looks;
    });
    if looks > LOOKS_MAX {
        return good_bye(journey, CallbackSaid::NotBooked, plan, at, out);
    }
    out.push(Effect::SetAlarm(Alarm::CallbackOver, at + LOOK_MAX));
    out.push(Effect::FindSlot(from));
}

fn offer(journey: &mut Journey, slot: BookedSlot, plan: &Plan, at: Moment, out: &mut Effects) {
    set(journey, |booking| (booking.step, booking.slot) = (Step::Slot, Some(slot)));
    let [from, until, now] = [slot.from, slot.until, at].map(local_time);
    let time = Said::Phrase(Phrase::Slot { from, until, now });
    let keys = said(journey, CallbackSaid::Slot, plan);
    out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
    number_asked::ask(journey, [time, keys], plan, out);
}

fn number(journey: &mut Journey, (about, key): (About, char), plan: &Plan, at: Moment, out: &mut Effects) {
    match number_asked::key(journey, (about, key), plan, at, out) {
        Heard::Asking(about) => set(journey, |booking| booking.step = Step::Number(about)),
        Heard::TooManyWrong => good_bye(journey, CallbackSaid::NotBooked, plan, at, out),
        Heard::Confirmed => {
            let slot = journey.booking.as_deref().and_then(|booking| booking.slot);
            set(journey, |booking| booking.step = Step::Taking);
            out.push(Effect::SetAlarm(Alarm::CallbackOver, at + LOOK_MAX));
            out.push(Effect::AskForPromise { slot });
        }
    }
}

fn taken(journey: &mut Journey, answer: Result<(), NotGranted>, plan: &Plan, at: Moment, out: &mut Effects) {
    match answer {
        Ok(()) => agreed(journey, plan, at, out),
        // Somebody was faster.
        Err(NotGranted::Taken) => {
            set(journey, |booking| booking.slot = None);
            look(journey, at, plan, at, out);
        }
        Err(NotGranted::TooManyForNumber) => good_bye(journey, CallbackSaid::Already, plan, at, out),
        Err(NotGranted::NoRoom) => good_bye(journey, CallbackSaid::NoSlot, plan, at, out),
    }
}

/// Nothing was pressed: the time is offered again, once.
fn unanswered(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    set(journey, |booking| booking.unanswered += 1);
    let Some(booking) = journey.booking.as_deref() else { return };
    match booking.slot.filter(|_| booking.unanswered < UNANSWERED_MAX) {
        Some(slot) => offer(journey, slot, plan, at, out),
        None => good_bye(journey, CallbackSaid::NotBooked, plan, at, out),
    }
}

/// The place is the citizen's, who is called in that time and may hang up.
fn agreed(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(slot) = journey.booking.take().and_then(|booking| booking.slot) else { return };
    let callback = journey.callback.get_or_insert_default();
    callback.slot = Some(slot);
    (callback.attempts_max, callback.again_after) = (BOOKED_ATTEMPTS, BOOKED_AGAIN_AFTER);
    journey.waits_since = slot.from;
    let told = (CallbackFact::Booked { slot }, CallbackSaid::Booked);
    callback::is_made(journey, slot.until + BOOKED_KEEP, told, plan, at, out);
    calling_back::rest(journey, slot.from, out);
}

/// Nothing is agreed.
fn good_bye(journey: &mut Journey, words: CallbackSaid, plan: &Plan, at: Moment, out: &mut Effects) {
    leave(out);
    let Some(booking) = journey.booking.take() else { return };
    let words = journey.words(plan, Some(&journey.line_of(plan).callback_said(words)));
    farewell::say(journey, words, booking.instead.0, booking.instead.1, at, out);
}
