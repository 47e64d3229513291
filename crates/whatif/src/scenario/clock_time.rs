//! A time of day as scenario files and flags write it: `08:00`, to the minute.
//! Knows minutes; doesn't know dates, zones or what happens then.

use std::fmt;
use std::str::FromStr;

/// Minutes since midnight, 0 to 1440.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Minute(pub u32);

impl Minute {
    /// Midnight at the day's end.
    pub const LAST: Self = Self(24 * 60);

    /// So many hours later, at most until midnight.
    pub fn plus_hours(self, hours: f64) -> Self {
        Self((f64::from(self.0) + hours * 60.0).round() as u32).min(Self::LAST)
    }

    /// In seconds since midnight.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) * 60.0
    }
}

impl FromStr for Minute {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let (hour, minute) = text.split_once(':').ok_or(NoTime)?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hour) || !digits(minute) {
            return Err(NoTime);
        }
        let (hour, minute): (u32, u32) = (hour.parse().map_err(|_| NoTime)?, minute.parse().map_err(|_| NoTime)?);
        let all = Self(hour * 60 + minute);
        if minute < 60 && all <= Self::LAST { Ok(all) } else { Err(NoTime) }
    }
}

/// It is no time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoTime;

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
