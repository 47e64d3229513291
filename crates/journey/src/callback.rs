//! Station 5, beside the wait: the citizen may choose to be called back, and keeps the place in the queue.
//!
//! Offered when the wait is long and the day has room for it; a number is confirmed by keys (`number_asked`) and there must be
//! room for one more promise before anything is promised. Whoever does nothing waits on. What becomes of it is `calling_back`'s.

use std::time::Duration;

use model::{BookedSlot, CallbackFact, Moment, PhoneNumber, What};
use plan::{CallbackSaid, Plan};
use speech::Phrase;

use crate::number_asked::{self, About, Heard, YES};
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Journey, NotGranted, Said, Stage, Tone, waiting};

/// What is between the citizen and us about calling back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Callback {
    pub(crate) asked: Asked,
    /// The number that is confirmed, or about to be. Masks itself.
    pub(crate) number: Option<PhoneNumber>,
    pub(crate) wrong: u8,
    /// Calls to the citizen so far.
    pub(crate) attempts: u8,
    /// Calls at most, as the line said when it was promised.
    pub(crate) attempts_max: u8,
    /// From the first attempt to the second; three times that from the second to the third.
    pub(crate) again_after: Duration,
    /// Rests until then, with no place in a queue.
    pub(crate) rests: Option<Moment>,
    /// The time that was chosen; none: the place in the queue is kept.
    pub(crate) slot: Option<BookedSlot>,
    /// Until when the promise is kept; none: none was made.
    pub(crate) until: Option<Moment>,
}

/// What was asked last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Asked {
    /// Nothing: keys mean nothing.
    #[default]
    Nothing,
    /// Whether the citizen wants to be called.
    Whether,
    /// About the number.
    Number(About),
    /// Nothing any more: whether there is room for the promise, somebody else says.
    Room,
}

/// Whether it is offered now, with the announcement that is due.
pub(crate) fn is_offered(journey: &Journey, wait: Option<Duration>, plan: &Plan, at: Moment) -> bool {
    let is_theirs = journey.own.is_none() && !journey.talked && journey.confirmed;
    is_theirs && wait.is_some_and(|wait| plan.offers_callback(journey.line, wait, at))
}

/// The announcement ends with the offer.
pub(crate) fn offer(journey: &mut Journey, told: &[Phrase], plan: &Plan, out: &mut Effects) {
    if journey.callback.is_none() {
        out.push(Effect::Note(What::Callback(CallbackFact::Offered)));
    }
    let asked = &mut journey.callback.get_or_insert_default().asked;
    // What came between, on another line, may have listened for keys of its own, and no longer.
    if std::mem::replace(asked, Asked::Whether) == Asked::Nothing {
        out.push(Effect::ListenForKeys(true));
    }
    let offer = said(journey, CallbackSaid::Offer, plan);
    number_asked::ask(journey, told.iter().copied().map(Said::Phrase).chain([offer]), plan, out);
}

/// Whether a question stands that an announcement must not talk over.
pub(crate) fn is_asking(journey: &Journey) -> bool {
    journey.callback.as_ref().is_some_and(|callback| matches!(callback.asked, Asked::Number(_) | Asked::Room))
}

/// The citizen presses a key while waiting.
pub(crate) fn key(journey: &mut Journey, key: char, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    let asked = match (callback.asked, key) {
        (Asked::Whether, YES) => Asked::Number(number_asked::begin(journey, plan, at, out)),
        (Asked::Number(about), key) => match number_asked::key(journey, (about, key), plan, at, out) {
            Heard::Confirmed => {
                out.push(Effect::AskForPromise { slot: None });
                Asked::Room
            }
            Heard::Asking(about) => Asked::Number(about),
            Heard::TooManyWrong => {
                no_answer(journey);
                out.push(Effect::StopAlarm(Alarm::CallbackOver));
                return waiting::music(journey, plan, out);
            }
        },
        (Asked::Nothing | Asked::Whether | Asked::Room, _) => return,
    };
    if let Some(callback) = journey.callback.as_deref_mut() {
        callback.asked = asked;
    }
}

/// There is room for the promise, or not: then the citizen hears why, and waits on.
pub(crate) fn answered(
    journey: &mut Journey,
    answer: Result<(), NotGranted>,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    if journey.callback.as_deref().is_none_or(|callback| callback.asked != Asked::Room) {
        return;
    }
    match answer {
        Ok(()) => promise(journey, plan, at, out),
        Err(NotGranted::TooManyForNumber) => {
            let already = said(journey, CallbackSaid::Already, plan);
            not_needed(journey, out);
            number_asked::ask(journey, [already], plan, out);
        }
        Err(NotGranted::NoRoom | NotGranted::Taken) => {
            not_needed(journey, out);
            waiting::music(journey, plan, out);
        }
    }
}

/// Nobody has answered the question: music goes on, and the offer comes again with an announcement.
pub(crate) fn no_answer(journey: &mut Journey) {
    if let Some(callback) = journey.callback.as_deref_mut() {
        callback.asked = Asked::Nothing;
        callback.number = None;
    }
}

/// An agent is claimed, or the citizen goes on to another line: whatever was being asked is of no use any more.
pub(crate) fn not_needed(journey: &mut Journey, out: &mut Effects) {
    if is_asking(journey) {
        out.push(Effect::StopAlarm(Alarm::CallbackOver));
    }
    no_answer(journey);
}

/// The number is right: from now on the place in the queue needs no phone. The citizen is told, and let go.
fn promise(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(rule) = journey.line_of(plan).callback else { return not_needed(journey, out) };
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    callback.asked = Asked::Nothing;
    (callback.attempts_max, callback.again_after) = (rule.attempts, rule.again_after);
    out.extend([Alarm::WaitOver, Alarm::Announce, Alarm::Meanwhile].map(Effect::StopAlarm));
    is_made(journey, at + rule.keep, (CallbackFact::Promised, CallbackSaid::Promised), plan, at, out);
}

/// A promise was made, and is kept until then: the citizen is told so, and may hang up.
pub(crate) fn is_made(
    journey: &mut Journey,
    until: Moment,
    (fact, words): (CallbackFact, CallbackSaid),
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) {
    if let Some(callback) = journey.callback.as_deref_mut() {
        callback.until = Some(until);
    }
    // Whoever answers that number then has agreed to nothing.
    journey.consented = None;
    journey.stage = Stage::Callback;
    out.push(Effect::SetAlarm(Alarm::CallbackOver, until));
    out.push(Effect::ListenForKeys(false));
    out.push(Effect::PromiseCallback);
    out.push(Effect::Note(What::Callback(fact)));
    out.push(Effect::SetAlarm(Alarm::FarewellOver, at + MESSAGE_MAX));
    let promised = journey.words(plan, Some(&journey.line_of(plan).callback_said(words)));
    if let Some(promised) = promised {
        out.push(Effect::Play(Tone::Message(promised, None)));
    }
}

pub(crate) fn said(journey: &Journey, what: CallbackSaid, plan: &Plan) -> Said {
    let line = journey.line_of(plan);
    let prompt = line.callback_said(what);
    Said::Prompt(line.own_or_shared(Some(&prompt), journey.municipality).unwrap_or(prompt))
}

impl Journey {
    /// The citizen's own number, which is offered first if one may be called back.
    pub fn rung_from(&mut self, number: PhoneNumber) {
        self.caller = Some(number);
    }

    /// The number that a promise is asked for, or was given for; none: none was confirmed.
    pub fn number_to_call(&self) -> Option<&PhoneNumber> {
        self.callback.as_deref()?.number.as_ref()
    }
}
