//! Calling back: bounds of its settings, and lines that can't offer it.
//! Sees to it that nobody is offered what no key could accept.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Work;
use super::checks::{seconds, within};
use crate::Callback;
use crate::file::{LineEntry, WaitingEntry};

/// Offered above so much of an expected wait, in seconds, unless the line says otherwise.
const OFFER_OVER_S: u64 = 180;
const OFFER_OVER_RANGE_S: RangeInclusive<u64> = 30..=7_200;
/// The turn comes so long before closing, unless the line says otherwise: a talk and a second attempt fit in.
const BEFORE_CLOSING_S: u64 = 900;
const BEFORE_CLOSING_RANGE_S: RangeInclusive<u64> = 0..=14_400;
/// A second attempt comes so long after the first, unless the line says otherwise.
const AGAIN_AFTER_S: u64 = 300;
const AGAIN_AFTER_RANGE_S: RangeInclusive<u64> = 10..=3_600;
/// How often a citizen is called, at most and unless the line says otherwise.
const ATTEMPTS_MAX: u64 = 3;
/// For how many hours a promise is kept, unless the line says otherwise: until the next working day is over.
const KEEP_H: u64 = 24;
const KEEP_RANGE_H: RangeInclusive<u64> = 1..=96;

impl Work<'_> {
    pub(super) fn callback(&mut self, at: &str, entry: &LineEntry) -> Option<Callback> {
        let written = entry.callback.as_ref()?;
        if entry.waiting == Some(WaitingEntry::Unanswered) {
            self.fault(
                format!("{at}.callback"),
                "linjen svarer ikke, før en medarbejder gør, så ingen kan trykke på en tast; skriv waiting = \"music\"",
                "the line isn't answered before an agent does, so nobody can press a key; write waiting = \"music\"",
            );
        }
        let faults = &mut self.faults;
        let mut of = |field: &str, written: Option<u64>, usual: u64, range| {
            seconds(faults, &format!("{at}.callback.{field}"), written.unwrap_or(usual), range)
        };
        let offer_over = of("offer_over_s", written.offer_over_s, OFFER_OVER_S, OFFER_OVER_RANGE_S);
        let before_closing = of("before_closing_s", written.before_closing_s, BEFORE_CLOSING_S, BEFORE_CLOSING_RANGE_S);
        let again_after = of("again_after_s", written.again_after_s, AGAIN_AFTER_S, AGAIN_AFTER_RANGE_S);
        let attempts = written.attempts.unwrap_or(ATTEMPTS_MAX);
        let at_attempts = format!("{at}.callback.attempts");
        let attempts = within(faults, &at_attempts, attempts, 1..=ATTEMPTS_MAX, ("forsøg", "attempts"));
        let keep_h = written.keep_h.unwrap_or(KEEP_H);
        let keep_h = within(faults, &format!("{at}.callback.keep_h"), keep_h, KEEP_RANGE_H, ("timer", "hours"));
        Some(Callback {
            offer_over: Duration::from_secs(offer_over),
            before_closing: Duration::from_secs(before_closing),
            attempts: u8::try_from(attempts).unwrap_or(1),
            again_after: Duration::from_secs(again_after),
            keep: Duration::from_secs(keep_h * 3_600),
        })
    }
}
