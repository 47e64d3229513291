//! Calendars: spans such as `"08:00-16:00"`, special days, and that none is empty by mistake.
//!
//! Knows how hours are written; what they mean at a moment is `hours`.

use jiff::civil::Date;

use super::Work;
use crate::file::{CalendarEntry, WeekEntry};
use crate::hours::{DAY_MIN, Span, Week};
use crate::{Calendar, Fault};

/// Days with hours of their own, in one calendar.
const SPECIAL_DAYS_MAX: usize = 2_048;
/// Spans of one day.
const SPANS_MAX: usize = 12;
/// The id that needs no calendar.
const ALWAYS: &str = "always";

impl Work<'_> {
    /// The calendars, the one that is always open first.
    pub(super) fn calendars(&mut self) {
        self.calendars.add(&mut self.faults, "calendars", Some(ALWAYS));
        self.plan.calendars.push(Calendar::always_open());
        for (i, entry) in self.bounded(&self.file.calendars, "calendars", super::CALENDARS_MAX).iter().enumerate() {
            let at = format!("calendars[{i}]");
            if entry.id.as_deref() == Some(ALWAYS) {
                self.fault(
                    format!("{at}.id"),
                    "\"always\" er altid åben og skal ikke beskrives; giv kalenderen et andet id",
                    "\"always\" is always open and needs no description; give the calendar another id",
                );
            } else {
                self.calendars.add(&mut self.faults, &format!("{at}.id"), entry.id.as_deref());
            }
            let calendar = self.calendar(&at, entry);
            self.plan.calendars.push(calendar);
        }
    }

    fn calendar(&mut self, at: &str, entry: &CalendarEntry) -> Calendar {
        let week = self.week(at, &entry.week);
        let special = self.special_days(at, entry);
        let empty = week.iter().all(Vec::is_empty) && special.iter().all(|(_, spans)| spans.is_empty());
        if empty && !entry.always_closed {
            self.fault(
                format!("{at}.week"),
                "kalenderen er tom; skriv åbningstider, eller always_closed = true hvis den altid skal være lukket",
                "the calendar is empty; write opening hours, or always_closed = true if it is meant to be closed always",
            );
        }
        if !empty && entry.always_closed {
            self.fault(
                format!("{at}.always_closed"),
                "kalenderen har åbningstider og kan ikke også altid være lukket; slet det ene",
                "the calendar has opening hours and can't be closed always too; delete one of them",
            );
        }
        let holidays = match entry.holidays.as_deref() {
            None | Some("none") => false,
            Some("danish") => true,
            Some(_) => {
                self.fault(
                    format!("{at}.holidays"),
                    "skriv \"danish\" (lukket på danske helligdage) eller \"none\"",
                    "write \"danish\" (closed on Danish public holidays) or \"none\"",
                );
                false
            }
        };
        Calendar::weekly(week, special, holidays)
    }

    fn week(&mut self, at: &str, week: &WeekEntry) -> Week {
        let days = [
            ("mon", &week.mon),
            ("tue", &week.tue),
            ("wed", &week.wed),
            ("thu", &week.thu),
            ("fri", &week.fri),
            ("sat", &week.sat),
            ("sun", &week.sun),
        ];
        days.map(|(day, written)| spans(&mut self.faults, &format!("{at}.week.{day}"), written))
    }

    fn special_days(&mut self, at: &str, entry: &CalendarEntry) -> Vec<(Date, Vec<Span>)> {
        if entry.closed.len() + entry.days.len() > SPECIAL_DAYS_MAX {
            self.fault(
                format!("{at}.days"),
                format!("kalenderen har mere end {SPECIAL_DAYS_MAX} særlige dage; slet de gamle"),
                format!("the calendar has more than {SPECIAL_DAYS_MAX} special days; delete old ones"),
            );
            return Vec::new();
        }
        let mut special: Vec<(Date, Vec<Span>)> = Vec::new();
        for (i, written) in entry.closed.iter().enumerate() {
            self.special_day(&mut special, format!("{at}.closed[{i}]"), Some(written), Vec::new());
        }
        for (i, day) in entry.days.iter().enumerate() {
            let open = spans(&mut self.faults, &format!("{at}.days[{i}].open"), &day.open);
            self.special_day(&mut special, format!("{at}.days[{i}].date"), day.date.as_ref(), open);
        }
        special
    }

    fn special_day(
        &mut self,
        days: &mut Vec<(Date, Vec<Span>)>,
        at: String,
        written: Option<&String>,
        open: Vec<Span>,
    ) {
        match written.and_then(|text| text.parse::<Date>().ok()) {
            None => self.fault(at, "skriv en dato som \"2026-12-24\"", "write a date such as \"2026-12-24\""),
            Some(date) if days.iter().any(|(day, _)| *day == date) => self.fault(
                at,
                format!("{date} står her to gange; slet den ene"),
                format!("{date} is here twice; delete one"),
            ),
            Some(date) => days.push((date, open)),
        }
    }
}

/// Reads a day's spans, which must be in order and apart.
fn spans(faults: &mut Vec<Fault>, at: &str, written: &[String]) -> Vec<Span> {
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
            "tidsrummene skal stå i orden og må ikke overlappe",
            "the spans must be in order and must not overlap",
        ));
    }
    spans
}

fn span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    let span = Span { from: minute(from.trim())?, to: minute(to.trim())? };
    (span.from < span.to).then_some(span)
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok())?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= DAY_MIN).then_some(of_day)
}
