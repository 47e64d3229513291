//! Station 5, beside the wait: the citizen may choose to be called back, and keeps the place in the queue.
//!
//! Offered when the wait is long and the day has room for it; a number is read back and confirmed by keys before anything is
//! promised. Whoever does nothing waits on. Knows which key means what; what becomes of a promise is `calling_back`'s.

use std::time::Duration;

use model::{CallbackFact, Moment, PhoneNumber, What};
use plan::{CallbackSaid, Plan};
use speech::Phrase;

use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Journey, Said, Stage, Tone, waiting};

/// The key that chooses, and that confirms the number.
const YES: char = '1';
/// The key for another number.
const ANOTHER: char = '2';
/// The key that ends a number.
const DONE: char = '#';
/// The key that begins the number anew.
const ANEW: char = '*';
/// A question stands this long, its sentence included; the longest one takes 15 s. After that music goes on.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Digits that can be typed; more are not taken.
const DIGITS_MAX: usize = 15;
/// Numbers that may be wrong before the citizen is left to the music again; the offer comes again with the next announcement.
const WRONG_MAX: u8 = 3;

/// What is between the citizen and us about calling back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Callback {
    asked: Asked,
    /// The number that is confirmed, or about to be. Masks itself.
    pub(crate) number: Option<PhoneNumber>,
    wrong: u8,
    /// Calls to the citizen so far.
    pub(crate) attempts: u8,
    /// Rests between two attempts, with no place in a queue.
    pub(crate) rests: bool,
    /// Until when the promise is kept; none: none was made.
    pub(crate) until: Option<Moment>,
}

/// What was asked last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Asked {
    /// Nothing: keys mean nothing.
    #[default]
    Nothing,
    /// Whether the citizen wants to be called.
    Whether,
    /// Whether this is the number.
    IsItThis,
    /// Which number.
    Which,
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
    ask(journey, told.iter().copied().map(Said::Phrase).chain([offer]), plan, out);
}

/// Whether a question stands that an announcement must not talk over.
pub(crate) fn is_asking(journey: &Journey) -> bool {
    journey.callback.as_ref().is_some_and(|callback| matches!(callback.asked, Asked::IsItThis | Asked::Which))
}

/// The citizen presses a key while waiting.
pub(crate) fn key(journey: &mut Journey, key: char, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    match (callback.asked, key) {
        (Asked::Whether, YES) => {
            let own = journey.caller.clone().filter(|number| plan.may_call_back(number));
            match own {
                Some(number) => read_back(journey, number, plan, at, out),
                None => ask_which(journey, None, plan, at, out),
            }
        }
        (Asked::IsItThis, YES) => promise(journey, plan, at, out),
        (Asked::IsItThis, ANOTHER) => ask_which(journey, None, plan, at, out),
        (Asked::IsItThis, _) => {
            if let Some(number) = callback.number.clone() {
                read_back(journey, number, plan, at, out);
            }
        }
        (Asked::Which, DONE) => typed(journey, plan, at, out),
        (Asked::Which, ANEW) => ask_which(journey, None, plan, at, out),
        (Asked::Which, digit) => {
            callback.number = append(callback.number.take(), digit);
            out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
        }
        (Asked::Nothing | Asked::Whether, _) => {}
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

fn append(number: Option<PhoneNumber>, digit: char) -> Option<PhoneNumber> {
    let before = number.as_ref().map_or("", PhoneNumber::reveal);
    if !digit.is_ascii_digit() || before.len() == DIGITS_MAX {
        return number;
    }
    PhoneNumber::from_kept(&format!("{before}{digit}")).ok()
}

/// A number was typed to its end.
fn typed(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    let number = callback.number.take().and_then(|typed| PhoneNumber::parse(typed.reveal()).ok());
    if let Some(number) = number.filter(|number| plan.may_call_back(number)) {
        return read_back(journey, number, plan, at, out);
    }
    callback.wrong += 1;
    if callback.wrong % WRONG_MAX == 0 {
        no_answer(journey);
        out.push(Effect::StopAlarm(Alarm::CallbackOver));
        return waiting::music(journey, plan, out);
    }
    ask_which(journey, Some(CallbackSaid::Wrong), plan, at, out);
}

fn ask_which(journey: &mut Journey, first: Option<CallbackSaid>, plan: &Plan, at: Moment, out: &mut Effects) {
    let callback = journey.callback.get_or_insert_default();
    callback.asked = Asked::Which;
    callback.number = None;
    let sentences: Vec<Said> =
        first.into_iter().chain([CallbackSaid::Type]).map(|what| said(journey, what, plan)).collect();
    out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
    ask(journey, sentences, plan, out);
}

/// Digit by digit, so that one that was heard wrongly is noticed.
fn read_back(journey: &mut Journey, number: PhoneNumber, plan: &Plan, at: Moment, out: &mut Effects) {
    let digits: Vec<Said> =
        number.reveal().chars().filter_map(|digit| digit.to_digit(10)).map(Phrase::Number).map(Said::Phrase).collect();
    let callback = journey.callback.get_or_insert_default();
    callback.asked = Asked::IsItThis;
    callback.number = Some(number);
    let (before, after) = (said(journey, CallbackSaid::Number, plan), said(journey, CallbackSaid::Confirm, plan));
    out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
    ask(journey, [before].into_iter().chain(digits).chain([after]), plan, out);
}

/// The number is right: from now on the place in the queue needs no phone. The citizen is told, and let go.
fn promise(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(rule) = journey.line_of(plan).callback else { return };
    let Some(callback) = journey.callback.as_deref_mut() else { return };
    callback.asked = Asked::Nothing;
    let until = at + rule.keep;
    callback.until = Some(until);
    // Whoever answers that number then has agreed to nothing.
    journey.consented = None;
    journey.stage = Stage::Callback;
    out.extend([Alarm::WaitOver, Alarm::Announce].map(Effect::StopAlarm));
    out.push(Effect::SetAlarm(Alarm::CallbackOver, until));
    out.push(Effect::ListenForKeys(false));
    out.push(Effect::PromiseCallback);
    out.push(Effect::Note(What::Callback(CallbackFact::Promised)));
    out.push(Effect::SetAlarm(Alarm::FarewellOver, at + MESSAGE_MAX));
    let promised = journey.words(plan, Some(&journey.line_of(plan).callback_said(CallbackSaid::Promised)));
    if let Some(promised) = promised {
        out.push(Effect::Play(Tone::Message(promised, None)));
    }
}

/// Said once, cut short by a key, and then music, so that nobody hears nothing.
fn ask(journey: &Journey, sentences: impl IntoIterator<Item = Said>, plan: &Plan, out: &mut Effects) {
    let music = journey.line_of(plan).music.clone();
    out.push(Effect::Play(Tone::Question(sentences.into_iter().collect(), music)));
}

fn said(journey: &Journey, what: CallbackSaid, plan: &Plan) -> Said {
    let line = journey.line_of(plan);
    let prompt = line.callback_said(what);
    Said::Prompt(line.own_or_shared(Some(&prompt), journey.municipality).unwrap_or(prompt))
}

impl Journey {
    /// The citizen's own number, which is offered first if one may be called back.
    pub fn rung_from(&mut self, number: PhoneNumber) {
        self.caller = Some(number);
    }

    /// Whom it was promised to call, and until when that is kept; none: nobody.
    pub fn to_be_called(&self) -> Option<(&PhoneNumber, Moment)> {
        let callback = self.callback.as_deref()?;
        Some((callback.number.as_ref()?, callback.until?))
    }

    /// Whether the citizen is to be called, or is being called; not once they talk.
    pub fn is_called_back(&self) -> bool {
        matches!(self.stage, Stage::Callback | Stage::CallingBack { .. })
    }
}
