//! Calendars: the ordinary week, what each is based on, and that none is empty by mistake.
//!
//! Knows how hours are written; what they mean at a moment is `hours`.

mod days;
mod spans;

use super::Work;
use crate::Calendar;
use crate::file::{CalendarEntry, WeekEntry};
use crate::hours::{Layer, Week};
use spans::spans;

/// The id that needs no calendar.
const ALWAYS: &str = "always";
/// Calendars that build on each other: a line's, its municipality's, that of all, and one to spare.
const BASES_MAX: usize = 4;

/// One calendar before it is put on its bases.
struct Draft<'f> {
    entry: &'f CalendarEntry,
    at: String,
    week: Week,
    layer: Layer,
    holidays: Option<bool>,
    /// The place of what it is based on.
    base: Option<usize>,
}

impl<'f> Work<'f> {
    /// The calendars, the one that is always open first.
    pub(super) fn calendars(&mut self) {
        self.calendars.add(&mut self.faults, "calendars", Some(ALWAYS));
        self.plan.calendars.push(Calendar::always_open());
        let entries = self.bounded(&self.file.calendars, "calendars", super::CALENDARS_MAX);
        for (i, entry) in entries.iter().enumerate() {
            let at = format!("calendars[{i}].id");
            if entry.id.as_deref() == Some(ALWAYS) {
                self.fault(
                    at,
                    "\"always\" er altid åben og skal ikke beskrives; giv kalenderen et andet id",
                    "\"always\" is always open and needs no description; give the calendar another id",
                );
                self.calendars.leave_out();
            } else {
                self.calendars.add(&mut self.faults, &at, entry.id.as_deref());
            }
        }
        let drafts: Vec<Draft<'_>> = entries.iter().enumerate().map(|(i, entry)| self.draft(i, entry)).collect();
        for draft in &drafts {
            let calendar = self.based(draft, &drafts);
            self.plan.calendars.push(calendar);
        }
    }

    fn draft(&mut self, i: usize, entry: &'f CalendarEntry) -> Draft<'f> {
        let at = format!("calendars[{i}]");
        let base = entry.based_on.as_deref().and_then(|base| self.base(&format!("{at}.based_on"), base));
        let (week, layer) = (self.week(&at, &entry.week), self.layer(&at, entry));
        let holidays = match entry.holidays.as_deref() {
            None => None,
            Some("none") => Some(false),
            Some("danish") => Some(true),
            Some(_) => {
                self.fault(
                    format!("{at}.holidays"),
                    "skriv \"danish\" (lukket på danske helligdage) eller \"none\"",
                    "write \"danish\" (closed on Danish public holidays) or \"none\"",
                );
                None
            }
        };
        Draft { entry, at, week, layer, holidays, base }
    }

    /// The draft that a calendar is based on.
    fn base(&mut self, at: &str, written: &str) -> Option<usize> {
        if written == ALWAYS {
            self.fault(
                at,
                "\"always\" har ingen dage at bygge på; skriv ugen i kalenderen selv",
                "\"always\" has no days to build on; write the week in the calendar itself",
            );
            return None;
        }
        let place = self.calendars.find(&mut self.faults, at, Some(written))?;
        (place as usize).checked_sub(1)
    }

    /// A draft with all that it is based on.
    fn based(&mut self, draft: &Draft<'f>, drafts: &[Draft<'f>]) -> Calendar {
        let mut chain = vec![draft];
        while let Some(base) = chain.last().and_then(|last| last.base).and_then(|base| drafts.get(base)) {
            if chain.len() > BASES_MAX {
                self.fault(
                    format!("{}.based_on", draft.at),
                    format!("kalenderen bygger på sig selv eller på flere end {BASES_MAX} andre; ret kæden"),
                    format!("the calendar builds on itself or on more than {BASES_MAX} others; mend the chain"),
                );
                return Calendar::always_closed();
            }
            chain.push(base);
        }
        let written = chain.iter().find(|link| link.week.iter().any(|spans| !spans.is_empty()));
        let week = written.map(|link| link.week.clone()).unwrap_or_default();
        let layers: Vec<Layer> = chain.iter().map(|link| link.layer.clone()).collect();
        let holidays = chain.iter().find_map(|link| link.holidays).unwrap_or(false);
        self.say_if_empty(draft, &week, &layers);
        if draft.entry.always_closed { Calendar::always_closed() } else { Calendar::weekly(week, layers, holidays) }
    }

    fn say_if_empty(&mut self, draft: &Draft<'_>, week: &Week, layers: &[Layer]) {
        let (at, always_closed) = (&draft.at, draft.entry.always_closed);
        let opens = |layer: &Layer| {
            let days = layer.dated.iter().map(|(_, day)| day).chain(layer.yearly.iter().map(|(_, day)| day));
            days.into_iter().any(|day| !day.open.is_empty()) || layer.changes.iter().any(|change| change.open)
        };
        let empty = week.iter().all(Vec::is_empty) && !layers.iter().any(opens);
        if empty && !always_closed {
            self.fault(
                format!("{at}.week"),
                "kalenderen er tom; skriv åbningstider, eller always_closed = true hvis den altid skal være lukket",
                "the calendar is empty; write opening hours, or always_closed = true if it is meant to be closed always",
            );
        }
        if !empty && always_closed {
            self.fault(
                format!("{at}.always_closed"),
                "kalenderen har åbningstider og kan ikke også altid være lukket; slet det ene",
                "the calendar has opening hours and can't be closed always too; delete one of them",
            );
        }
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
}
