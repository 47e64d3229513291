//! Step 3 of the walk: is a line open, until when, and when does it open next?
//!
//! Spans are local time in Europe/Copenhagen, half-open `[from, to)`; a day with hours of its own comes before holidays,
//! and those before the ordinary week. Knows the zone's rules (bundled, no file is read) and no clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use model::Moment;

use crate::holidays::is_danish_holiday;
use crate::local::{copenhagen, timestamp};

/// How far ahead a change is looked for, in days; further away counts as never.
const LOOK_AHEAD_DAYS_MAX: u32 = 400;
/// Minutes of a day on the wall; 24:00 is the next day's midnight.
pub(crate) const DAY_MIN: u16 = 24 * 60;

/// Opening hours. The default is always open.
#[derive(Clone, Debug, Default)]
pub struct Calendar(Kind);

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    AlwaysOpen,
    Weekly(Box<Weekly>),
}

/// An ordinary week and its exceptions.
#[derive(Clone, Debug)]
struct Weekly {
    zone: TimeZone,
    week: Week,
    special: Vec<(Date, Vec<Span>)>,
    danish_holidays: bool,
}

/// The spans of an ordinary week, Monday first; each day's in order and without overlap.
pub type Week = [Vec<Span>; 7];

/// A span of one day, half-open, in minutes on the wall clock; `from < to ≤ 1440`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    /// First minute.
    pub from: u16,
    /// First minute that no longer belongs to it.
    pub to: u16,
}

/// Open or closed, and the next change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HoursState {
    /// Calls are taken.
    Open {
        /// When it closes; none: not within 400 days.
        until: Option<Moment>,
    },
    /// Calls are not taken.
    Closed {
        /// When it opens; none: not within 400 days.
        opens_at: Option<Moment>,
    },
}

impl Calendar {
    /// Open at every hour of every day.
    pub fn always_open() -> Self {
        Self(Kind::AlwaysOpen)
    }

    /// Never open.
    pub fn always_closed() -> Self {
        Self::weekly(Week::default(), Vec::new(), false)
    }

    /// An ordinary week; `special` days have spans of their own (none: closed); `danish_holidays` closes on those.
    pub fn weekly(week: Week, mut special: Vec<(Date, Vec<Span>)>, danish_holidays: bool) -> Self {
        let full = [Span { from: 0, to: DAY_MIN }];
        if !danish_holidays && special.is_empty() && week.iter().all(|spans| **spans == full) {
            return Self::always_open();
        }
        special.sort_by_key(|(day, _)| *day);
        Self(Kind::Weekly(Box::new(Weekly { zone: copenhagen(), week, special, danish_holidays })))
    }

    /// Open or closed at that moment. Costs about half a microsecond for the hotline's hours; allocates nothing.
    pub fn state(&self, at: Moment) -> HoursState {
        match &self.0 {
            Kind::AlwaysOpen => HoursState::Open { until: None },
            Kind::Weekly(weekly) => weekly.state(at),
        }
    }
}

impl Weekly {
    fn state(&self, at: Moment) -> HoursState {
        let today = self.zone.to_datetime(timestamp(at)).date();
        for (day, span) in self.spans_from(today) {
            let (from, to) = (self.opening(day, span.from), self.closing(day, span.to));
            if from >= to || to <= at {
                continue;
            }
            return if from <= at {
                HoursState::Open { until: self.until(day, span) }
            } else {
                HoursState::Closed { opens_at: Some(from) }
            };
        }
        HoursState::Closed { opens_at: None }
    }

    /// When an open time that includes this span ends; spans that touch, over midnight too, are one.
    fn until(&self, day: Date, span: Span) -> Option<Moment> {
        let (mut last_day, mut last) = (day, span);
        for (day, span) in self.spans_from(day) {
            if (day, span) <= (last_day, last) {
                continue;
            }
            let over_midnight =
                last.to == DAY_MIN && span.from == 0 && last_day.tomorrow().is_ok_and(|next| next == day);
            if !over_midnight && (day != last_day || span.from != last.to) {
                return Some(self.closing(last_day, last.to));
            }
            (last_day, last) = (day, span);
        }
        let far = day.duration_until(last_day).as_hours() >= i64::from(LOOK_AHEAD_DAYS_MAX - 1) * 24;
        (!far).then(|| self.closing(last_day, last.to))
    }

    /// All spans from a day on, for at most 400 days.
    fn spans_from(&self, first: Date) -> impl Iterator<Item = (Date, Span)> + '_ {
        let never_again =
            self.week.iter().all(Vec::is_empty) && self.special.last().is_none_or(|(day, _)| *day < first);
        let days_max = if never_again { 0 } else { LOOK_AHEAD_DAYS_MAX };
        std::iter::successors(Some(first), |day| day.tomorrow().ok())
            .take(days_max as usize)
            .flat_map(move |day| self.spans_on(day).iter().map(move |span| (day, *span)))
    }

    fn spans_on(&self, day: Date) -> &[Span] {
        if let Ok(place) = self.special.binary_search_by_key(&day, |(day, _)| *day) {
            return &self.special[place].1;
        }
        let spans = &self.week[day.weekday().to_monday_zero_offset() as usize];
        if !spans.is_empty() && self.danish_holidays && is_danish_holiday(day) { &[] } else { spans }
    }

    /// The moment of a wall time at which something opens: of two, the first; of an absent one, the clock's jump.
    fn opening(&self, day: Date, minute: u16) -> Moment {
        self.moment(day, minute, |before, _| before)
    }

    /// The moment of a wall time at which something closes: of two, the second, so that nobody is closed out early.
    fn closing(&self, day: Date, minute: u16) -> Moment {
        self.moment(day, minute, |_, after| after)
    }

    fn moment(
        &self,
        day: Date,
        minute: u16,
        of_two: fn(jiff::tz::Offset, jiff::tz::Offset) -> jiff::tz::Offset,
    ) -> Moment {
        let (day, minute) = if minute == DAY_MIN { (day.tomorrow().unwrap_or(day), 0) } else { (day, minute) };
        let wall = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(wall).unwrap_or(Timestamp::MAX);
        let found = match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset),
            AmbiguousOffset::Fold { before, after } => at(of_two(before, after)),
            AmbiguousOffset::Gap { after, .. } => {
                let before_jump = at(after);
                self.zone.following(before_jump).next().map_or(before_jump, |jump| jump.timestamp())
            }
        };
        Moment::from_micros(found.as_microsecond())
    }
}

#[cfg(test)]
mod tests;
