//! Spans of a day as they are written: `"08:00-16:00"`, the end of the day being `"24:00"`.
//! Knows their form; not which day it is.

use crate::Fault;
use crate::hours::{DAY_MIN, Span};

/// Spans of one day.
const SPANS_MAX: usize = 12;

/// Reads a day's spans, which must be in order and apart.
pub(super) fn spans(faults: &mut Vec<Fault>, at: &str, written: &[String]) -> Vec<Span> {
    let read: Option<Vec<Span>> = written.iter().take(SPANS_MAX + 1).map(|text| span(text)).collect();
    let Some(spans) = read.filter(|spans| spans.len() <= SPANS_MAX) else {
        faults.push(Fault::new(
            at,
            format!("skriv højst {SPANS_MAX} tidsrum som \"08:00-16:00\"; dagen slutter \"24:00\""),
            format!("write at most {SPANS_MAX} spans such as \"08:00-16:00\"; the day ends at \"24:00\""),
        ));
        return Vec::new();
    };
    if spans.windows(2).any(|pair| pair[0].to > pair[1].from) {
        faults.push(Fault::new(
            at,
            "tidsrummene overlapper eller står ikke i orden; skriv det tidligste først, og lad hvert slutte, før det næste begynder",
            "the spans overlap or are out of order; write the earliest first, and let each end before the next begins",
        ));
    }
    spans
}

fn span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    let span = Span { from: minute(from.trim())?, to: minute(to.trim())? };
    (span.from < span.to).then_some(span)
}

pub(super) fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok())?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= DAY_MIN).then_some(of_day)
}
