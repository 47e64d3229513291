//! Whether what comes to a socket is read as fast as it comes.
//! Knows since when each listener's socket could not be emptied; what follows from it is known by `load`.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use model::Moment;

/// A socket is behind only when it could not be emptied so many times, by 512 datagrams each: with fewer, it was the reader
/// that stood still for a moment.
const READS_MIN: u32 = 4;

/// One for each listener. Written by the task that reads the socket, and read by whoever deals what came.
pub(super) struct Intake(Box<[Reader]>);

#[derive(Default)]
struct Reader {
    /// In microseconds; 0: the socket was empty the last time.
    full_since: AtomicI64,
    /// How often it was read since and not emptied.
    reads: AtomicU32,
}

impl Intake {
    /// So many listeners, none of them behind.
    pub(super) fn of(listeners: usize) -> Self {
        Self((0..listeners).map(|_| Reader::default()).collect())
    }

    /// A listener's datagrams were read: all that there were, or as many as are read at once.
    pub(super) fn was_read(&self, listener: u16, emptied: bool, now: impl FnOnce() -> Moment) {
        let Some(reader) = self.0.get(usize::from(listener)) else { return };
        if emptied {
            reader.full_since.store(0, Relaxed);
            reader.reads.store(0, Relaxed);
            return;
        }
        reader.reads.fetch_add(1, Relaxed);
        if reader.full_since.load(Relaxed) == 0 {
            reader.full_since.store(now().as_micros(), Relaxed);
        }
    }

    /// How long more has come to a listener than could be read.
    pub(super) fn behind(&self, listener: u16, now: impl FnOnce() -> Moment) -> Duration {
        let many = |reader: &&Reader| reader.reads.load(Relaxed) >= READS_MIN;
        match self.0.get(usize::from(listener)).filter(many).map_or(0, |reader| reader.full_since.load(Relaxed)) {
            0 => Duration::ZERO,
            since => now().since(Moment::from_micros(since)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_behind_from_the_first_time_that_it_is_not_emptied_until_it_is() {
        let (intake, at) = (Intake::of(2), |ms: i64| move || Moment::from_millis(1_000 + ms));
        intake.was_read(1, false, at(0));
        intake.was_read(1, false, at(30));
        assert_eq!(intake.behind(1, at(1_030)), Duration::ZERO, "its reader stood still");
        (2..READS_MIN).for_each(|_| intake.was_read(1, false, at(35)));
        assert_eq!(intake.behind(1, at(40)), Duration::from_millis(40));
        assert_eq!(intake.behind(0, at(40)), Duration::ZERO, "the other listener is not");
        intake.was_read(1, true, at(50));
        assert_eq!(intake.behind(1, at(60)), Duration::ZERO);
        assert_eq!(intake.behind(9, at(60)), Duration::ZERO, "a connection has no datagrams");
    }
}
