//! Local time: what the clocks of Danish citizens show at a moment.
//! Knows the zone's rules (bundled, no file is read); no clock, and nobody's hours.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use model::Moment;

/// A moment as the clocks of Danish citizens show it.
pub fn local_time(at: Moment) -> DateTime {
    copenhagen().to_datetime(timestamp(at))
}

/// When something ends that is said to end at this wall time, to the minute; of two such moments the second.
pub fn end_by_the_wall(local: DateTime) -> Moment {
    let minute = local.hour() as u16 * 60 + local.minute() as u16;
    wall_moment(&copenhagen(), local.date(), minute, |_, second| second)
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

/// The moment of a wall time: minutes since midnight, 1,440 being the next day's. `of_two` chooses when the clock shows it
/// twice; when it never does, it is the clock's jump.
pub(crate) fn wall_moment(zone: &TimeZone, day: Date, minute: u16, of_two: fn(Offset, Offset) -> Offset) -> Moment {
    let (days, minute) = (minute / (24 * 60), minute % (24 * 60));
    let day = if days > 0 { day.tomorrow().unwrap_or(day) } else { day };
    let wall = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    let at = |offset: Offset| offset.to_timestamp(wall).unwrap_or(Timestamp::MAX);
    let found = match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, after } => at(of_two(before, after)),
        AmbiguousOffset::Gap { after, .. } => {
            let before_jump = at(after);
            zone.following(before_jump).next().map_or(before_jump, |jump| jump.timestamp())
        }
    };
    Moment::from_micros(found.as_microsecond())
}
