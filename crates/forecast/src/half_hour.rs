//! Half-hours, as they pass and as clocks on the wall in Copenhagen show them.
//!
//! A half-hour is counted by its number since 1970 in UTC: Denmark's offset is a whole hour, so they begin together with those on
//! the wall. In October 02:00 comes twice, as two half-hours with one name; in March 02:00 never comes. Reads no clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::Moment;

const MICROS: i64 = 1_800_000_000;
/// In a week.
pub(crate) const A_WEEK: i64 = 7 * 48;
/// In a day by the wall, the longest day's doubled ones counted once.
pub(crate) const NAMES: usize = 48;

/// The moment at which the half-hour after the one that contains `at` begins: then a new outlook is due.
pub fn next_half_hour(at: Moment) -> Moment {
    Moment::from_micros((number(at) + 1).saturating_mul(MICROS))
}

/// The number of the half-hour that contains the moment.
pub(crate) fn number(at: Moment) -> i64 {
    at.as_micros().div_euclid(MICROS)
}

/// The half-hours whose middle lies in `[from, to)`, at most `most` of them.
pub(crate) fn with_their_middle_between(from: Moment, to: Moment, most: usize) -> impl Iterator<Item = i64> {
    let half = MICROS / 2;
    let before = |at: Moment| at.as_micros().saturating_sub(half).saturating_add(MICROS - 1).div_euclid(MICROS);
    (before(from)..before(to)).take(most)
}

/// Days that are like each other: the hotline's Sunday has nothing in common with its Monday.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Workday,
    Saturday,
    Sunday,
}

/// What calendar and clock on the wall say of a half-hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wall {
    pub(crate) date: Date,
    /// 0 for Monday to 6 for Sunday.
    pub(crate) weekday: u8,
    /// 0 for the one from 00:00 to 47 for the one from 23:30.
    pub(crate) name: u8,
}

impl Wall {
    pub(crate) fn kind(self) -> Kind {
        match self.weekday {
            5 => Kind::Saturday,
            6 => Kind::Sunday,
            _ => Kind::Workday,
        }
    }
}

/// Copenhagen's zone, from the bundled data.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZoneDatabase::bundled().get("Europe/Copenhagen").expect("the bundled zones have Copenhagen"))
    }
}

impl Zone {
    /// A moment beyond the calendar (the years −9999 to 9999) is taken for its last one.
    pub(crate) fn wall(&self, number: i64) -> Wall {
        let at = Timestamp::from_second(number.saturating_mul(MICROS / 1_000_000));
        let at = at.unwrap_or(if number < 0 { Timestamp::MIN } else { Timestamp::MAX });
        let local = self.0.to_datetime(at);
        let (date, time) = (local.date(), local.time());
        Wall {
            date,
            weekday: date.weekday().to_monday_zero_offset() as u8,
            name: (time.hour() * 2 + time.minute() / 30) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::from_micros(text.parse::<Timestamp>().expect("a timestamp").as_microsecond())
    }

    #[test]
    fn an_outlook_is_due_at_each_whole_and_half_hour() {
        let half_past = moment("2026-11-22T09:30:00Z");
        assert_eq!(next_half_hour(moment("2026-11-22T09:00:00Z")), half_past);
        assert_eq!(next_half_hour(moment("2026-11-22T09:29:59.999999Z")), half_past);
        assert_eq!(next_half_hour(half_past), moment("2026-11-22T10:00:00Z"));
    }

    #[test]
    fn ten_in_the_morning_is_ten_in_summer_and_in_winter() {
        let zone = Zone::default();
        let name = |text| zone.wall(number(moment(text))).name;
        assert_eq!((name("2027-03-27T09:00:00Z"), name("2027-03-29T08:00:00Z")), (20, 20));
    }

    #[test]
    fn half_past_two_is_absent_in_march_and_comes_twice_in_october() {
        let zone = Zone::default();
        let of_day = |from: &str, hours: i64| {
            let first = number(moment(from));
            (first..first + 2 * hours).map(|no| zone.wall(no)).filter(|wall| wall.name == 5).count()
        };
        assert_eq!(of_day("2027-03-27T23:00:00Z", 23), 0);
        assert_eq!(of_day("2027-10-30T22:00:00Z", 25), 2);
    }

    #[test]
    fn an_agent_who_comes_early_has_not_served_the_half_hour_before() {
        let served = |from, to| with_their_middle_between(moment(from), moment(to), 48).count();
        assert_eq!(served("2026-11-23T06:52:00Z", "2026-11-23T07:10:00Z"), 0);
        assert_eq!(served("2026-11-23T06:52:00Z", "2026-11-23T08:00:00Z"), 2);
        assert_eq!(served("2026-11-23T08:00:00Z", "2026-11-23T06:52:00Z"), 0);
    }

    #[test]
    fn the_end_of_time_has_a_calendar_too() {
        for at in [Moment::from_micros(i64::MIN), Moment::from_micros(i64::MAX)] {
            assert!(Zone::default().wall(number(at)).name < 48);
            next_half_hour(at);
        }
    }
}
