//! A calendar day by day, as a coordinator looks at it before a season begins: when it is open, and why it is so.
//! Knows what the calendar's rules say of a day; doesn't know who looks.

use std::sync::Arc;

use jiff::civil::Date;
use model::Moment;

use super::{Calendar, DAY_MIN, HoursState, Kind};
use crate::Change;
use crate::holidays::danish_holiday;
use crate::local::{copenhagen, wall_moment};

/// One day of a calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayHours {
    /// The day.
    pub date: Date,
    /// When it is open on that day, half-open, in order; with all changes in it.
    pub open: Vec<(Moment, Moment)>,
    /// What its hours follow from, changes aside.
    pub why: DayWhy,
    /// What changes them that day.
    pub changes: Vec<Change>,
}

/// What a day's hours follow from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DayWhy {
    /// The ordinary week.
    Week,
    /// A public holiday, by its Danish name.
    Holiday(&'static str),
    /// A day with hours of its own, with what coordinators wrote of it.
    OwnHours(Option<Arc<str>>),
}

impl Calendar {
    /// A day's hours. Costs some microseconds.
    pub fn day(&self, date: Date) -> DayHours {
        let zone = copenhagen();
        let begins = wall_moment(&zone, date, 0, |first, _| first);
        let ends = wall_moment(&zone, date, DAY_MIN, |first, _| first);
        let mut open = Vec::new();
        let mut at = begins;
        while at < ends {
            at = match self.state(at) {
                HoursState::Open { until } => {
                    let until = until.map_or(ends, |until| until.min(ends));
                    open.push((at, until));
                    until
                }
                HoursState::Closed { opens_at } => opens_at.unwrap_or(ends),
            };
        }
        DayHours { date, open, why: self.why(date), changes: self.changes(begins, ends) }
    }

    fn why(&self, date: Date) -> DayWhy {
        let Kind::Weekly(weekly) = &self.0 else { return DayWhy::Week };
        if let Some(day) = weekly.layers.iter().find_map(|layer| layer.day(date)) {
            return DayWhy::OwnHours(day.why.clone());
        }
        let holiday = danish_holiday(date).filter(|_| weekly.closes_on_holiday(date));
        holiday.map_or(DayWhy::Week, DayWhy::Holiday)
    }

    fn changes(&self, begins: Moment, ends: Moment) -> Vec<Change> {
        let Kind::Weekly(weekly) = &self.0 else { return Vec::new() };
        let changes = weekly.layers.iter().flat_map(|layer| &layer.changes);
        changes.filter(|change| change.from < ends && change.until > begins).cloned().collect()
    }
}
