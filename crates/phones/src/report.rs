//! What a load run saw, in figures.
//! Knows counts and delays; doesn't know how they were measured.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// A distribution of delays, in microseconds up to a minute, with three digits.
#[derive(Clone, Debug)]
pub struct Latency(Histogram<u64>);

const LONGEST_US: u64 = 60_000_000;

impl Default for Latency {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST_US, 3).expect("the bounds are right"))
    }
}

impl Latency {
    /// One more; longer than a minute counts as a minute.
    pub fn record(&mut self, delay: Duration) {
        self.0.saturating_record(u64::try_from(delay.as_micros()).unwrap_or(LONGEST_US).max(1));
    }

    /// All of another's too.
    pub(crate) fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("all have the same bounds");
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The delay that `percent` of them did not exceed.
    pub fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.0.value_at_percentile(percent))
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no data");
        }
        let ms = |percent: f64| self.percentile(percent).as_secs_f64() * 1e3;
        write!(f, "p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms ({} of them)", ms(50.0), ms(99.0), ms(100.0), self.count())
    }
}

/// What a run of queue calls saw.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Calls begun.
    pub begun: u64,
    /// Calls that an agent answered and that ended in good order.
    pub good: u64,
    /// Calls that were refused, by status.
    pub refused: std::collections::BTreeMap<u16, u64>,
    /// Calls of which nothing was heard in time.
    pub unanswered: u64,
    /// Requests that had to be repeated.
    pub repeated: u64,
    /// From our first INVITE to our last answer.
    pub took: Duration,
    /// From our INVITE to the agent's INVITE.
    pub invite_to_offer: Latency,
    /// From our INVITE to its 200.
    pub invite_to_answer: Latency,
    /// From our INVITE to the refusal.
    pub invite_to_refusal: Latency,
}

impl Report {
    /// Calls that did not go as they should.
    pub fn failed(&self) -> u64 {
        self.begun - self.good
    }

    /// Good calls a second.
    pub fn rate(&self) -> f64 {
        self.good as f64 / self.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}
