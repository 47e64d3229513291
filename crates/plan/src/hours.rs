//! Step 3 of the walk: is a line open, until when, and when does it open next?
//!
//! Spans are local time in Europe/Copenhagen, half-open `[from, to)`. What is temporary comes first, then days with hours of
//! their own, then holidays, then the ordinary week. Knows the zone's rules (bundled, no file is read) and no clock.

mod layer;
mod preview;

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Moment;

use crate::holidays::danish_holiday;
use crate::local::{copenhagen, timestamp, wall_moment};

pub use layer::{Change, Day, Layer, YearDay};
pub use preview::{DayHours, DayWhy};

/// How far ahead a change is looked for, in days; further away counts as never.
const LOOK_AHEAD_DAYS_MAX: u32 = 400;
const LOOK_AHEAD: Duration = Duration::from_secs(LOOK_AHEAD_DAYS_MAX as u64 * 86_400);
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
    /// Its own days first.
    layers: Vec<Layer>,
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

    /// Whether it never closes.
    pub fn is_always_open(&self) -> bool {
        matches!(self.0, Kind::AlwaysOpen)
    }

    /// Never open.
    pub fn always_closed() -> Self {
        Self::weekly(Week::default(), Vec::new(), false)
    }

    /// An ordinary week, and what is written about single days: of the `layers` the earlier goes before the later;
    /// `danish_holidays` closes on those that none of them mentions.
    pub fn weekly(week: Week, mut layers: Vec<Layer>, danish_holidays: bool) -> Self {
        let full = [Span { from: 0, to: DAY_MIN }];
        layers.retain(|layer| *layer != Layer::default());
        for layer in &mut layers {
            layer.dated.sort_by_key(|(day, _)| *day);
        }
        if !danish_holidays && layers.is_empty() && week.iter().all(|spans| **spans == full) {
            return Self::always_open();
        }
        Self(Kind::Weekly(Box::new(Weekly { zone: copenhagen(), week, layers, danish_holidays })))
    }

    /// The same, closed in these spans whatever else is written.
    pub(crate) fn closed_in(&self, spans: impl Iterator<Item = (Moment, Moment)>) -> Self {
        let changes = spans.map(|(from, until)| Change { from, until, open: false, why: None }).collect();
        let over = Layer { changes, ..Layer::default() };
        match &self.0 {
            Kind::AlwaysOpen => {
                let all_day = || vec![Span { from: 0, to: DAY_MIN }];
                Self::weekly(std::array::from_fn(|_| all_day()), vec![over], false)
            }
            Kind::Weekly(weekly) => {
                let layers = [over].into_iter().chain(weekly.layers.iter().cloned()).collect();
                Self::weekly(weekly.week.clone(), layers, weekly.danish_holidays)
            }
        }
    }

    /// Open or closed at that moment. Costs about half a microsecond for the hotline's hours; allocates nothing.
    pub fn state(&self, at: Moment) -> HoursState {
        match &self.0 {
            Kind::AlwaysOpen => HoursState::Open { until: None },
            Kind::Weekly(weekly) => weekly.state(at),
        }
    }

    /// Whether it has closed at that moment or so soon after it; if so, when it opens after that (none: not within 400 days).
    pub fn closes_within(&self, soon: Duration, at: Moment) -> Option<Option<Moment>> {
        match self.state(at) {
            HoursState::Closed { opens_at } => Some(opens_at),
            HoursState::Open { until: Some(until) } if until <= at + soon => match self.state(until) {
                HoursState::Closed { opens_at } => Some(opens_at),
                HoursState::Open { .. } => None,
            },
            HoursState::Open { .. } => None,
        }
    }
}

impl Weekly {
    fn state(&self, at: Moment) -> HoursState {
        if self.layers.iter().all(|layer| layer.changes.is_empty()) {
            return self.ordinary(at);
        }
        let (open, furthest) = (self.is_open(at), at + LOOK_AHEAD);
        let mut turn = self.turn_after(at);
        while let Some(next) = turn.filter(|next| *next <= furthest)
            && self.is_open(next) == open
        {
            turn = self.turn_after(next);
        }
        let turn = turn.filter(|turn| *turn <= furthest);
        if open { HoursState::Open { until: turn } } else { HoursState::Closed { opens_at: turn } }
    }

    fn is_open(&self, at: Moment) -> bool {
        let ordinary = || matches!(self.ordinary(at), HoursState::Open { .. });
        self.change(at).map_or_else(ordinary, |change| change.open)
    }

    /// The temporary change that holds at a moment.
    fn change(&self, at: Moment) -> Option<&Change> {
        self.layers.iter().find_map(|layer| layer.change(at))
    }

    /// The next moment at which anything may turn; while a change holds, nothing else does.
    fn turn_after(&self, at: Moment) -> Option<Moment> {
        let changed = self.layers.iter().filter_map(|layer| layer.turn_after(at)).min();
        if self.change(at).is_some() {
            return changed;
        }
        let (HoursState::Open { until: ordinary } | HoursState::Closed { opens_at: ordinary }) = self.ordinary(at);
        [changed, ordinary].into_iter().flatten().min()
    }

    /// The state without temporary changes.
    fn ordinary(&self, at: Moment) -> HoursState {
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
            self.week.iter().all(Vec::is_empty) && self.layers.iter().all(|layer| layer.opens_no_day_from(first));
        let days_max = if never_again { 0 } else { LOOK_AHEAD_DAYS_MAX };
        std::iter::successors(Some(first), |day| day.tomorrow().ok())
            .take(days_max as usize)
            .flat_map(move |day| self.spans_on(day).iter().map(move |span| (day, *span)))
    }

    fn spans_on(&self, day: Date) -> &[Span] {
        if let Some(own) = self.layers.iter().find_map(|layer| layer.day(day)) {
            return &own.open;
        }
        if self.closes_on_holiday(day) { &[] } else { self.of_week(day) }
    }

    /// Whether a day would be open, were it no holiday.
    fn closes_on_holiday(&self, day: Date) -> bool {
        self.danish_holidays && !self.of_week(day).is_empty() && danish_holiday(day).is_some()
    }

    fn of_week(&self, day: Date) -> &[Span] {
        &self.week[day.weekday().to_monday_zero_offset() as usize]
    }

    /// The moment of a wall time at which something opens: of two, the first; of an absent one, the clock's jump.
    fn opening(&self, day: Date, minute: u16) -> Moment {
        wall_moment(&self.zone, day, minute, |before, _| before)
    }

    /// The moment of a wall time at which something closes: of two, the second, so that nobody is closed out early.
    fn closing(&self, day: Date, minute: u16) -> Moment {
        wall_moment(&self.zone, day, minute, |_, after| after)
    }
}

#[cfg(test)]
mod tests;
