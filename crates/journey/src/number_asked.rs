//! Which number is it? Read back digit by digit and confirmed by a key, or typed: one room for all who may be called back.
//!
//! Knows keys and digits, and which sentences are said; not what the number is for, nor what comes after it.

use std::time::Duration;

use model::{Moment, PhoneNumber};
use plan::{CallbackSaid, Plan};
use speech::Phrase;

use crate::callback::said;
use crate::{Alarm, Effect, Effects, Journey, Said, Tone};

/// The key that confirms the number.
pub(crate) const YES: char = '1';
/// The key for another number.
const ANOTHER: char = '2';
/// The key that ends a number.
const DONE: char = '#';
/// The key that begins the number anew.
const ANEW: char = '*';
/// A question stands this long, its sentence included; the longest one takes 15 s.
pub(crate) const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Digits that can be typed; more are not taken.
const DIGITS_MAX: usize = 15;
/// Numbers that may be wrong before it is asked no more.
const WRONG_MAX: u8 = 3;

/// What was asked last about the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum About {
    /// Whether it is this one.
    IsItThis,
    /// Which.
    Which,
}

/// What a key has brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heard {
    /// The number is right.
    Confirmed,
    /// It is asked on, about this.
    Asking(About),
    /// Too many wrong ones: nothing is asked any more.
    TooManyWrong,
}

/// The number that the citizen rings from is asked about, if it may be called; else which.
pub(crate) fn begin(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) -> About {
    match journey.caller.clone().filter(|number| plan.may_call_back(number)) {
        Some(number) => read_back(journey, number, plan, at, out),
        None => ask_which(journey, None, plan, at, out),
    }
}

/// A key, after that question.
pub(crate) fn key(
    journey: &mut Journey,
    (about, key): (About, char),
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) -> Heard {
    let callback = journey.callback.get_or_insert_default();
    match (about, key) {
        (About::IsItThis, YES) => Heard::Confirmed,
        (About::IsItThis, ANOTHER) | (About::Which, ANEW) => Heard::Asking(ask_which(journey, None, plan, at, out)),
        (About::IsItThis, _) => match callback.number.clone() {
            Some(number) => Heard::Asking(read_back(journey, number, plan, at, out)),
            None => Heard::Asking(ask_which(journey, None, plan, at, out)),
        },
        (About::Which, DONE) => typed(journey, plan, at, out),
        (About::Which, digit) => {
            callback.number = append(callback.number.take(), digit);
            out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
            Heard::Asking(About::Which)
        }
    }
}

fn append(number: Option<PhoneNumber>, digit: char) -> Option<PhoneNumber> {
    let before = number.as_ref().map_or("", PhoneNumber::reveal);
    if !digit.is_ascii_digit() || before.len() == DIGITS_MAX {
        return number;
    }
    PhoneNumber::from_kept(&format!("{before}{digit}")).ok()
}

/// A number was typed to its end.
fn typed(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) -> Heard {
    let callback = journey.callback.get_or_insert_default();
    let number = callback.number.take().and_then(|typed| PhoneNumber::parse(typed.reveal()).ok());
    if let Some(number) = number.filter(|number| plan.may_call_back(number)) {
        return Heard::Asking(read_back(journey, number, plan, at, out));
    }
    callback.wrong += 1;
    if callback.wrong.is_multiple_of(WRONG_MAX) {
        return Heard::TooManyWrong;
    }
    Heard::Asking(ask_which(journey, Some(CallbackSaid::Wrong), plan, at, out))
}

fn ask_which(journey: &mut Journey, first: Option<CallbackSaid>, plan: &Plan, at: Moment, out: &mut Effects) -> About {
    journey.callback.get_or_insert_default().number = None;
    let sentences: Vec<Said> =
        first.into_iter().chain([CallbackSaid::Type]).map(|what| said(journey, what, plan)).collect();
    out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
    ask(journey, sentences, plan, out);
    About::Which
}

/// Digit by digit, so that one that was heard wrongly is noticed.
fn read_back(journey: &mut Journey, number: PhoneNumber, plan: &Plan, at: Moment, out: &mut Effects) -> About {
    let digits: Vec<Said> =
        number.reveal().chars().filter_map(|digit| digit.to_digit(10)).map(Phrase::Number).map(Said::Phrase).collect();
    journey.callback.get_or_insert_default().number = Some(number);
    let (before, after) = (said(journey, CallbackSaid::Number, plan), said(journey, CallbackSaid::Confirm, plan));
    out.push(Effect::SetAlarm(Alarm::CallbackOver, at + ANSWER_MAX));
    ask(journey, [before].into_iter().chain(digits).chain([after]), plan, out);
    About::IsItThis
}

/// Said once, cut short by a key, and then music, so that nobody hears nothing.
pub(crate) fn ask(journey: &Journey, sentences: impl IntoIterator<Item = Said>, plan: &Plan, out: &mut Effects) {
    let music = journey.line_of(plan).music.clone();
    out.push(Effect::Play(Tone::Question(sentences.into_iter().collect(), music)));
}
