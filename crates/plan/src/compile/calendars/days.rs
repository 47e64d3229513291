//! What a calendar writes about single days: dates, days of every year, and temporary changes with an end.
//!
//! Knows how they are written; which of them counts on a day is `hours`.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use model::Moment;

use super::spans::spans;
use crate::compile::Work;
use crate::file::{CalendarEntry, ChangeEntry, YearlyEntry};
use crate::hours::{Change, Day, Layer, YearDay};
use crate::local::{copenhagen, wall_moment};

/// Days with hours of their own, in one calendar.
const SPECIAL_DAYS_MAX: usize = 2_048;
/// Days of every year, in one calendar.
const YEARLY_DAYS_MAX: usize = 64;
/// Temporary changes, in one calendar. Old ones may be deleted; they are in the history.
const CHANGES_MAX: usize = 256;
/// Farthest from Easter that a day may be reckoned, in days.
const FROM_EASTER_MAX: i64 = 90;
/// Longest reason, in characters.
const WHY_CHARS_MAX: usize = 200;

impl Work<'_> {
    pub(super) fn layer(&mut self, at: &str, entry: &CalendarEntry) -> Layer {
        let dated = self.dated(at, entry);
        let yearly = self.bounded_days(&format!("{at}.yearly"), &entry.yearly, YEARLY_DAYS_MAX);
        let yearly = yearly.iter().enumerate().filter_map(|(i, day)| self.yearly(&format!("{at}.yearly[{i}]"), day));
        let yearly = yearly.collect();
        let changes = self.bounded_days(&format!("{at}.changes"), &entry.changes, CHANGES_MAX);
        let changes = changes.iter().enumerate().filter_map(|(i, one)| self.change(&format!("{at}.changes[{i}]"), one));
        Layer { dated, yearly, changes: changes.collect() }
    }

    /// As many as may be; more are told.
    fn bounded_days<'e, T>(&mut self, at: &str, entries: &'e [T], max: usize) -> &'e [T] {
        if entries.len() > max {
            self.fault(
                at,
                format!("kalenderen har mere end {max} her; slet de gamle"),
                format!("the calendar has more than {max} here; delete old ones"),
            );
            return &[];
        }
        entries
    }

    fn dated(&mut self, at: &str, entry: &CalendarEntry) -> Vec<(Date, Day)> {
        if entry.closed.len() + entry.days.len() > SPECIAL_DAYS_MAX {
            self.fault(
                format!("{at}.days"),
                format!("kalenderen har mere end {SPECIAL_DAYS_MAX} særlige dage; slet de gamle"),
                format!("the calendar has more than {SPECIAL_DAYS_MAX} special days; delete old ones"),
            );
            return Vec::new();
        }
        let mut dated: Vec<(Date, Day)> = Vec::new();
        for (i, written) in entry.closed.iter().enumerate() {
            self.date(&mut dated, format!("{at}.closed[{i}]"), Some(written), Day::default());
        }
        for (i, day) in entry.days.iter().enumerate() {
            let at = format!("{at}.days[{i}]");
            let open = spans(&mut self.faults, &format!("{at}.open"), &day.open);
            let why = self.why(&at, day.why.as_deref());
            self.date(&mut dated, format!("{at}.date"), day.date.as_ref(), Day { open, why });
        }
        dated
    }

    fn date(&mut self, dated: &mut Vec<(Date, Day)>, at: String, written: Option<&String>, day: Day) {
        match written.and_then(|text| text.parse::<Date>().ok()) {
            None => self.fault(at, "skriv en dato som \"2026-12-24\"", "write a date such as \"2026-12-24\""),
            Some(date) if dated.iter().any(|(known, _)| *known == date) => self.fault(
                at,
                format!("{date} står her to gange; slet den ene"),
                format!("{date} is here twice; delete one"),
            ),
            Some(date) => dated.push((date, day)),
        }
    }

    fn yearly(&mut self, at: &str, entry: &YearlyEntry) -> Option<(YearDay, Day)> {
        let open = spans(&mut self.faults, &format!("{at}.open"), &entry.open);
        let day = Day { open, why: self.why(at, entry.why.as_deref()) };
        let rule = match (entry.on.as_deref(), entry.easter) {
            (Some(on), None) => month_and_day(on),
            (None, Some(after)) if (-FROM_EASTER_MAX..=FROM_EASTER_MAX).contains(&after) => {
                Some(YearDay::Easter(after as i16))
            }
            _ => None,
        };
        if rule.is_none() {
            self.fault(
                at,
                format!("skriv on = \"12-24\" (måned-dag), eller easter = 40 (dage efter påskedag, højst {FROM_EASTER_MAX})"),
                format!("write on = \"12-24\" (month-day), or easter = 40 (days after Easter Sunday, at most {FROM_EASTER_MAX})"),
            );
        }
        Some((rule?, day))
    }

    fn change(&mut self, at: &str, entry: &ChangeEntry) -> Option<Change> {
        let from = self.moment(&format!("{at}.from"), entry.from.as_deref(), true);
        let until = self.moment(&format!("{at}.until"), entry.until.as_deref(), false);
        let why = self.why(at, entry.why.as_deref());
        if entry.open.is_none() {
            self.fault(
                format!("{at}.open"),
                "skriv open = true (åbent i tidsrummet) eller false (lukket)",
                "write open = true (open meanwhile) or false (closed)",
            );
        }
        let (from, until) = (from?, until?);
        if from >= until {
            self.fault(
                format!("{at}.until"),
                "ligger ikke efter from; skriv et senere tidspunkt, hvor ændringen er forbi",
                "does not lie after from; write a later moment, when the change is over",
            );
            return None;
        }
        Some(Change { from, until, open: entry.open?, why })
    }

    /// A local time. When the clock shows it twice, a beginning is the first and an end the second.
    fn moment(&mut self, at: &str, written: Option<&str>, begins: bool) -> Option<Moment> {
        let read =
            |text: &str| text.parse::<DateTime>().ok().filter(|at| at.second() == 0 && at.subsec_nanosecond() == 0);
        let Some(local) = written.and_then(read) else {
            self.fault(
                at,
                "skriv dag og klokkeslæt som \"2026-12-24T12:00\"",
                "write day and time such as \"2026-12-24T12:00\"",
            );
            return None;
        };
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let of_two = if begins { |first, _| first } else { |_, second| second };
        Some(wall_moment(&copenhagen(), local.date(), minute, of_two))
    }

    fn why(&mut self, at: &str, written: Option<&str>) -> Option<Arc<str>> {
        let written = written.map(str::trim).filter(|why| !why.is_empty())?;
        if written.chars().count() > WHY_CHARS_MAX || written.chars().any(char::is_control) {
            self.fault(
                format!("{at}.why"),
                format!("skriv grunden på én linje med højst {WHY_CHARS_MAX} tegn"),
                format!("write the reason in one line of at most {WHY_CHARS_MAX} characters"),
            );
            return None;
        }
        Some(written.into())
    }
}

fn month_and_day(text: &str) -> Option<YearDay> {
    let (month, day) = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year has them all.
    Date::new(2028, month, day).is_ok().then_some(YearDay::On { month, day })
}
