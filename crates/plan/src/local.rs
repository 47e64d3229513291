//! Local time: what the clocks of Danish citizens show at a moment.
//! Knows the zone's rules (bundled, no file is read); no clock, and nobody's hours.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::Moment;

/// A moment as the clocks of Danish citizens show it.
pub fn local_time(at: Moment) -> DateTime {
    copenhagen().to_datetime(timestamp(at))
}

/// The zone of the centre's clocks.
pub(crate) fn copenhagen() -> TimeZone {
    TimeZoneDatabase::bundled().get("Europe/Copenhagen").expect("the bundled zones have Copenhagen")
}

/// A moment as the calendar reckons it.
pub(crate) fn timestamp(at: Moment) -> Timestamp {
    let end = if at < Moment::EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(at.as_micros()).unwrap_or(end)
}
