//! How long a time is, in words that stay true: what is promised is rounded up, what has passed to the nearest.
//! Knows minutes; no language.

use std::time::Duration;

const HALF_HOUR_MIN: u32 = 30;
const HOUR_MIN: u32 = 60;
/// From here on nobody hears single minutes.
const FIVES_FROM_MIN: u32 = 10;

/// A time as it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rounded {
    /// Under one minute.
    UnderAMinute,
    /// So many minutes, 1 to 30.
    Minutes(u32),
    /// Over half an hour.
    OverHalfAnHour,
    /// Over an hour.
    OverAnHour,
}

/// A wait that is promised to end within `minutes`. Nobody is told less: over ten, the next five are said; beyond half an
/// hour only that it may be more. "Within one minute" is under one.
pub(crate) fn promised(minutes: u32) -> Rounded {
    match minutes {
        0 | 1 => Rounded::UnderAMinute,
        2..=FIVES_FROM_MIN => Rounded::Minutes(minutes),
        _ if minutes <= HALF_HOUR_MIN => Rounded::Minutes(minutes.next_multiple_of(5)),
        _ if minutes <= HOUR_MIN => Rounded::OverHalfAnHour,
        _ => Rounded::OverAnHour,
    }
}

/// A time that has passed: about so many minutes, over ten in fives.
pub(crate) fn passed(time: Duration) -> Rounded {
    let minutes = u32::try_from((time.as_secs() + 30) / 60).unwrap_or(u32::MAX);
    match minutes {
        _ if time < Duration::from_secs(60) => Rounded::UnderAMinute,
        0..=FIVES_FROM_MIN => Rounded::Minutes(minutes),
        _ if time.as_secs() >= u64::from(HOUR_MIN) * 60 => Rounded::OverAnHour,
        _ if time.as_secs() >= u64::from(HALF_HOUR_MIN) * 60 => Rounded::OverHalfAnHour,
        _ => Rounded::Minutes((minutes + 2) / 5 * 5),
    }
}
