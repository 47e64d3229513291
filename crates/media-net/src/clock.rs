//! The monotonic clock as moments: mapped to UTC once, at the start, so that a step of the wall clock moves nothing.
//! The only place of this crate that reads a clock.

use std::time::{Duration, Instant, SystemTime};

use model::Moment;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
    epoch: Moment,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self { began: Instant::now(), epoch: Moment::EPOCH + since_1970 }
    }

    /// The same moment as the OS counts it; what lies before the start is the start.
    pub(crate) fn instant(&self, at: Moment) -> Instant {
        self.began + at.since(self.epoch)
    }

    pub(crate) fn now(&self) -> Moment {
        self.epoch + self.began.elapsed()
    }
}
