//! Quarters of an hour, hours and days as people in Denmark count them.
//!
//! Copenhagen is always whole hours away from UTC, so a local quarter begins when one of UTC does, and the doubled
//! hour of October is two hours. Only days need the zone's data, which are bundled.

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::Moment;

const QUARTER_US: i64 = 15 * 60 * 1_000_000;
const HOUR_US: i64 = 4 * QUARTER_US;

/// A quarter of an hour, by its beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(i64);

impl Quarter {
    /// The quarter that a moment lies in.
    pub fn of(at: Moment) -> Self {
        Self(at.as_micros().div_euclid(QUARTER_US))
    }
    /// When it begins.
    pub fn start(self) -> Moment {
        Moment::from_micros(self.0.saturating_mul(QUARTER_US))
    }
    /// The one after it.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Debug for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quarter {:?}", self.start())
    }
}

/// How long the rows of a table are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A quarter of an hour.
    Quarter,
    /// An hour.
    Hour,
    /// A day in Denmark: 23, 24 or 25 hours.
    Day,
}

impl Step {
    /// When the row begins that a moment belongs to.
    pub fn start(self, at: Moment) -> Moment {
        match self {
            Self::Quarter => Quarter::of(at).start(),
            Self::Hour => Moment::from_micros(at.as_micros().div_euclid(HOUR_US) * HOUR_US),
            Self::Day => day_of(at).0,
        }
    }
}

/// Beginning and end of the Danish day that a moment lies in. A moment outside of the years -9999 to 9999 gets a day of its own.
pub fn day_of(at: Moment) -> (Moment, Moment) {
    local_day(at).unwrap_or((at, at + Duration::from_secs(86_400)))
}

fn local_day(at: Moment) -> Option<(Moment, Moment)> {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
    let local = Zoned::new(Timestamp::from_microsecond(at.as_micros()).ok()?, zone);
    let start = local.start_of_day().ok()?;
    let end = local.tomorrow().ok()?.start_of_day().ok()?;
    Some((moment(&start), moment(&end)))
}

fn moment(local: &Zoned) -> Moment {
    Moment::from_micros(local.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        moment(&text.parse::<Zoned>().expect("a zoned time"))
    }

    #[test]
    fn days_of_the_clock_changes_have_23_and_25_hours() {
        for (noon, hours) in [
            ("2027-03-28T12:00[Europe/Copenhagen]", 23),
            ("2027-10-31T12:00[Europe/Copenhagen]", 25),
            ("2027-11-01T00:00[Europe/Copenhagen]", 24),
        ] {
            let (start, end) = day_of(at(noon));
            assert_eq!(end.since(start), Duration::from_secs(hours * 3600), "{noon}");
            assert!(start <= at(noon) && at(noon) < end);
        }
    }

    #[test]
    fn the_doubled_hour_is_two_hours() {
        let first = at("2027-10-31T02:30+02:00[Europe/Copenhagen]");
        let second = at("2027-10-31T02:30+01:00[Europe/Copenhagen]");
        assert_eq!(Step::Hour.start(second).since(Step::Hour.start(first)), Duration::from_secs(3600));
        assert_eq!(Step::Day.start(first), Step::Day.start(second));
    }

    #[test]
    fn a_quarter_begins_on_the_quarter() {
        let half_past = at("2026-11-21T22:30[Europe/Copenhagen]");
        assert_eq!(Quarter::of(half_past).start(), half_past);
        assert_eq!(Quarter::of(half_past - Duration::from_micros(1)).next(), Quarter::of(half_past));
    }
}
