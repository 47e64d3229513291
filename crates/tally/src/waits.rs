//! Many waits in little room: how many, their sum, the longest, and buckets from which any percentile can be told.
//!
//! Buckets are exact to 0.1 s up to 3.2 s, and within 6.25 % above (16 steps for each doubling).

use std::time::Duration;

/// Below this many tenths of a second each has a bucket of its own.
const EXACT_TENTHS: u32 = 32;
/// Steps for each doubling above that.
const STEPS: u32 = 16;

/// A heap of waits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waits {
    count: u64,
    sum_us: u64,
    max_us: u64,
    /// Bucket and how many; ascending, only those with something in them (at most 464).
    buckets: Vec<(u16, u32)>,
}

impl Waits {
    /// Adds one.
    pub fn add(&mut self, wait: Duration) {
        let us = wait.as_micros() as u64;
        self.count += 1;
        self.sum_us = self.sum_us.saturating_add(us);
        self.max_us = self.max_us.max(us);
        self.add_to(bucket(us), 1);
    }

    /// Adds all of another heap.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
        self.max_us = self.max_us.max(other.max_us);
        for (bucket, count) in &other.buckets {
            self.add_to(*bucket, *count);
        }
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }
    /// Their sum, in microseconds.
    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }
    /// The longest.
    pub fn max(&self) -> Duration {
        Duration::from_micros(self.max_us)
    }
    /// The mean; none of none.
    pub fn mean(&self) -> Option<Duration> {
        (self.count > 0).then(|| Duration::from_micros(self.sum_us / self.count))
    }

    /// The wait that this many of a thousand do not exceed (500: the median); none of none. Rounded up to its bucket's end.
    pub fn per_mille(&self, share: u16) -> Option<Duration> {
        let wanted = (self.count * u64::from(share.min(1000))).div_ceil(1000).max(1);
        let mut so_far = 0;
        for (bucket, count) in &self.buckets {
            so_far += u64::from(*count);
            if so_far >= wanted {
                return Some(bucket_end(*bucket).min(self.max()));
            }
        }
        None
    }

    fn add_to(&mut self, bucket: u16, count: u32) {
        match self.buckets.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(at) => self.buckets[at].1 = self.buckets[at].1.saturating_add(count),
            Err(at) => self.buckets.insert(at, (bucket, count)),
        }
    }
}

/// Tenths of a second are rounded up, so that no wait is told shorter than it was.
fn bucket(us: u64) -> u16 {
    let tenths = u32::try_from(us.div_ceil(100_000)).unwrap_or(u32::MAX);
    if tenths < EXACT_TENTHS {
        return tenths as u16;
    }
    let doubling = tenths.ilog2();
    let step = (tenths >> (doubling - 4)) & (STEPS - 1);
    (EXACT_TENTHS + (doubling - 5) * STEPS + step) as u16
}

fn bucket_end(bucket: u16) -> Duration {
    let bucket = u32::from(bucket);
    if bucket < EXACT_TENTHS {
        return Duration::from_millis(u64::from(bucket) * 100);
    }
    let (doubling, step) = ((bucket - EXACT_TENTHS) / STEPS + 5, (bucket - EXACT_TENTHS) % STEPS);
    let tenths = ((u64::from(STEPS + step) + 1) << (doubling - 4)) - 1;
    Duration::from_millis(tenths * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(waits: &[u64]) -> Waits {
        let mut heap = Waits::default();
        for seconds in waits {
            heap.add(Duration::from_secs(*seconds));
        }
        heap
    }

    #[test]
    fn percentiles_are_within_their_bucket_and_never_too_short() {
        let heap = seconds(&(1..=1000).collect::<Vec<_>>());
        for (share, exact) in [(500, 500.0), (900, 900.0), (990, 990.0)] {
            let told = heap.per_mille(share).expect("there are waits").as_secs_f64();
            assert!(told >= exact && told <= exact * 1.0625 + 0.1, "{share}: {told}");
        }
        assert_eq!(heap.per_mille(1000), Some(Duration::from_secs(1000)));
        assert_eq!(heap.mean(), Some(Duration::from_millis(500_500)));
    }

    #[test]
    fn of_no_waits_nothing_is_told() {
        assert_eq!((Waits::default().per_mille(500), Waits::default().mean()), (None, None));
    }

    #[test]
    fn every_wait_up_to_days_lies_within_its_bucket() {
        for tenths in (0..20_000).chain([864_000, 6_048_000]) {
            let end = bucket_end(bucket(tenths * 100_000)).as_millis() as u64;
            assert!(end >= tenths * 100 && end <= tenths * 100 + tenths * 100 / 16 + 100, "{tenths}: {end}");
        }
    }

    #[test]
    fn heaps_put_together_are_one_heap() {
        let mut left = seconds(&[1, 5, 9]);
        left.merge(&seconds(&[2, 5]));
        assert_eq!(left, seconds(&[1, 2, 5, 5, 9]));
    }
}
