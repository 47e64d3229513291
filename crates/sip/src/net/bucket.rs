//! A token bucket in one number: when it will be full again.
//! Pure: moments come in. Knows rates; doesn't know what is counted.

use std::time::Duration;

use model::Moment;

/// How much may pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// In the long run, each second, up to 100,000; 0 lets nothing pass.
    pub per_second: u32,
    /// At once, after a pause; at least 1.
    pub burst: u32,
}

impl Rate {
    /// Some times as much.
    pub(super) const fn times(self, factor: u32) -> Self {
        Self { per_second: self.per_second.saturating_mul(factor), burst: self.burst.saturating_mul(factor) }
    }
    /// As the clock counts: in whole microseconds.
    const fn interval(self) -> Duration {
        Duration::from_micros(1_000_000 / self.per_second as u64)
    }
}

/// A bucket: everything taken is paid for at this moment. Full when it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket(Moment);

impl Bucket {
    pub(super) const fn full() -> Self {
        Self(Moment::EPOCH)
    }

    /// Takes one token, if there is one.
    pub(super) fn take(&mut self, rate: Rate, at: Moment) -> bool {
        if rate.per_second == 0 {
            return false;
        }
        let (paid, interval) = (self.0.max(at), rate.interval());
        let passes = paid.since(at) <= interval * rate.burst.saturating_sub(1);
        if passes {
            self.0 = paid + interval;
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::from_secs(1_800_000_000);

    fn passed(bucket: &mut Bucket, rate: Rate, asked: u32, at: Moment) -> u32 {
        (0..asked).map(|_| u32::from(bucket.take(rate, at))).sum()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let (mut bucket, rate) = (Bucket::full(), Rate { per_second: 10, burst: 25 });
        assert_eq!(passed(&mut bucket, rate, 100, NOON), 25);
        assert_eq!(passed(&mut bucket, rate, 100, NOON + Duration::from_millis(500)), 5);
        assert_eq!(passed(&mut bucket, rate, 100, NOON + Duration::from_secs(100)), 25);
    }

    #[test]
    fn a_high_rate_is_kept_too() {
        let (mut bucket, rate) = (Bucket::full(), Rate { per_second: 100_000, burst: 1 });
        let ran: u32 = (0..100_000).map(|us| passed(&mut bucket, rate, 2, NOON + Duration::from_micros(us))).sum();
        assert_eq!(ran, 10_000);
    }

    #[test]
    fn nothing_passes_where_nothing_may() {
        let mut bucket = Bucket::full();
        assert_eq!(passed(&mut bucket, Rate { per_second: 0, burst: 9 }, 9, NOON), 0);
    }
}
