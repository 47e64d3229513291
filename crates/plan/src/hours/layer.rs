//! What is written about single days, by whom: a calendar's own days first, then those of the calendar it is based on.
//!
//! Days by date come before days of every year; temporary changes cut into both. Knows days and spans; no zone, no week.

use std::sync::Arc;

use jiff::civil::Date;
use model::Moment;

use super::Span;
use crate::holidays::easter_sunday;

/// What one calendar says besides its week.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layer {
    /// Days by their date, each at most once.
    pub dated: Vec<(Date, Day)>,
    /// Days of every year; the first that fits counts.
    pub yearly: Vec<(YearDay, Day)>,
    /// Closures and extensions with an end.
    pub changes: Vec<Change>,
}

/// A day with hours of its own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Day {
    /// Its spans, in order and without overlap; none: closed.
    pub open: Vec<Span>,
    /// What it is, as coordinators wrote it.
    pub why: Option<Arc<str>>,
}

/// A day that comes every year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum YearDay {
    /// On this day of this month; 29 February only in leap years.
    On {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// So many days after Easter Sunday; before it when negative.
    Easter(i16),
}

/// A closure or an extension, half-open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// When it begins.
    pub from: Moment,
    /// The first moment after it.
    pub until: Moment,
    /// Whether the line is open meanwhile.
    pub open: bool,
    /// Why, as coordinators wrote it.
    pub why: Option<Arc<str>>,
}

impl YearDay {
    fn is(self, day: Date) -> bool {
        match self {
            Self::On { month, day: of_month } => (day.month(), day.day()) == (month, of_month),
            Self::Easter(after) => {
                let easter = easter_sunday(day.year());
                i32::from(day.day_of_year()) - i32::from(easter.day_of_year()) == i32::from(after)
            }
        }
    }
}

impl Layer {
    /// What it says of a day.
    pub(super) fn day(&self, day: Date) -> Option<&Day> {
        let dated = self.dated.binary_search_by_key(&day, |(date, _)| *date).ok().map(|place| &self.dated[place].1);
        dated.or_else(|| self.yearly.iter().find(|(rule, _)| rule.is(day)).map(|(_, day)| day))
    }

    /// The change that holds at a moment; of several a closure, whatever order they stand in.
    pub(super) fn change(&self, at: Moment) -> Option<&Change> {
        let mut now = self.changes.iter().filter(|change| change.from <= at && at < change.until);
        let first = now.next()?;
        Some(if first.open { now.find(|other| !other.open).unwrap_or(first) } else { first })
    }

    /// When a change of it begins or ends next.
    pub(super) fn turn_after(&self, at: Moment) -> Option<Moment> {
        self.changes.iter().flat_map(|change| [change.from, change.until]).filter(|turn| *turn > at).min()
    }

    /// Whether nothing is open from that day on by what it says of dates.
    pub(super) fn opens_no_day_from(&self, first: Date) -> bool {
        let by_date = self.dated.iter().any(|(day, hours)| *day >= first && !hours.open.is_empty());
        !by_date && self.yearly.iter().all(|(_, hours)| hours.open.is_empty())
    }
}
