//! The one place that reads a clock: the monotonic one, mapped to UTC once, at start.
//!
//! A step of the wall clock therefore moves no timer and no duration; the mapping is as good as the wall clock was
//! when the node started.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::Moment;

/// Monotonic time that reads as UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_at: Moment,
}

impl Clock {
    /// Starts now.
    pub(crate) fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let started_at = Moment::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX));
        Self { started: Instant::now(), started_at }
    }

    /// The moment it is.
    pub(crate) fn now(&self) -> Moment {
        self.started_at + self.started.elapsed()
    }

    /// The instant at which it will be `at`, for timers of the runtime.
    pub(crate) fn instant(&self, at: Moment) -> Instant {
        self.started + at.since(self.started_at)
    }

    /// When it was started, in ms since the Unix epoch: the node's epoch.
    pub(crate) fn epoch_ms(&self) -> u64 {
        u64::try_from(self.started_at.as_millis()).unwrap_or(0)
    }
}
