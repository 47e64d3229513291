//! A bucket of the surge guard: recent calls, tokens, and whether it surges; each one atomic word.
//!
//! Time stands in the words themselves, so that whoever looks brings them up to date: no thread has to come by.

use model::Moment;

use crate::guard_rates::Bound;
use crate::sync::{Count, LongCount, Relaxed};

/// Another thread may be ahead of us by so much (10 ms each). A time further ahead is one from before the clock wrapped.
const AHEAD_MAX: i32 = 1_000;

/// Time (10 ms, wraps after 497 days: a bucket that nobody looked at for half as long starts anew) · value (f32).
#[derive(Clone, Copy)]
struct Stamped {
    at: u32,
    value: f32,
}

impl Stamped {
    const fn unpack(word: u64) -> Self {
        Self { at: (word >> 32) as u32, value: f32::from_bits(word as u32) }
    }
    fn pack(at: u32, value: f64) -> u64 {
        (u64::from(at) << 32) | u64::from((value as f32).to_bits())
    }
    /// Seconds gone; zero if another thread was ahead of us.
    fn gone_s(self, now: u32) -> f64 {
        let gone = now.wrapping_sub(self.at);
        if is_ahead(self.at, now) { 0.0 } else { f64::from(gone) / 100.0 }
    }
}

fn ticks(at: Moment) -> u32 {
    (at.as_millis() / 10) as u32
}

/// One topic's or municipality's bucket.
pub(crate) struct Bucket {
    /// Recent calls: an exponentially weighted count.
    recent: LongCount,
    /// Tokens. Zero: never looked at, which is full.
    tokens: LongCount,
    /// 1: it surges.
    surges: Count,
}

impl Bucket {
    pub(crate) const fn new() -> Self {
        Self { recent: LongCount::new(0), tokens: LongCount::new(0), surges: Count::new(0) }
    }

    /// Counts a call.
    pub(crate) fn arrives(&self, bound: &Bound, at: Moment) {
        let now = ticks(at);
        // A figure that decides nothing alone, here and in `surges_now`: each swap keeps what it saw consistent.
        let _ = self.recent.fetch_update(Relaxed, Relaxed, |word| {
            let seen = Stamped::unpack(word);
            Some(Stamped::pack(later(seen.at, now), decayed(seen, now, bound) + 1.0))
        });
    }

    /// Whether it surges; true and false each stay until the other bound is passed. With whether that is news.
    pub(crate) fn look(&self, bound: &Bound, at: Moment) -> (bool, bool) {
        let recent = decayed(Stamped::unpack(self.recent.load(Relaxed)), ticks(at), bound);
        let before = self.surges.load(Relaxed) != 0;
        let now = if before { recent >= bound.off_below } else { recent > bound.on_above };
        if now != before {
            self.surges.store(u32::from(now), Relaxed);
        }
        (now, now != before)
    }

    /// Whether it surged when somebody last looked.
    pub(crate) fn surges(&self) -> bool {
        self.surges.load(Relaxed) != 0
    }

    /// Whether there is a token now.
    pub(crate) fn has_token(&self, bound: &Bound, at: Moment) -> bool {
        held(self.tokens.load(Relaxed), ticks(at), bound) >= 1.0
    }

    /// Takes a token, if there is one: never a debt.
    pub(crate) fn take(&self, bound: &Bound, at: Moment) -> bool {
        let now = ticks(at);
        let taken = self.tokens.fetch_update(Relaxed, Relaxed, |word| {
            let held = held(word, now, bound);
            (held >= 1.0).then(|| Stamped::pack(later_token(word, now), held - 1.0))
        });
        taken.is_ok()
    }

    /// Gives a token back, never above the cap.
    pub(crate) fn give_back(&self, bound: &Bound, at: Moment) {
        let now = ticks(at);
        let _ = self.tokens.fetch_update(Relaxed, Relaxed, |word| {
            Some(Stamped::pack(later_token(word, now), (held(word, now, bound) + 1.0).min(bound.cap)))
        });
    }
}

fn decayed(seen: Stamped, now: u32, bound: &Bound) -> f64 {
    f64::from(seen.value) * (-seen.gone_s(now) / bound.recent_s).exp()
}

fn held(word: u64, now: u32, bound: &Bound) -> f64 {
    if word == 0 {
        return bound.cap;
    }
    let seen = Stamped::unpack(word);
    (f64::from(seen.value) + bound.refill * seen.gone_s(now)).min(bound.cap)
}

/// Whether a time that was seen lies a little ahead of now.
const fn is_ahead(seen: u32, now: u32) -> bool {
    let gone = now.wrapping_sub(seen) as i32;
    gone < 0 && gone >= -AHEAD_MAX
}

/// The later of two times.
const fn later(seen: u32, now: u32) -> u32 {
    if is_ahead(seen, now) { seen } else { now }
}

const fn later_token(word: u64, now: u32) -> u32 {
    let now = if word == 0 { now } else { later((word >> 32) as u32, now) };
    // Time zero with no tokens would read as "never looked at".
    if now == 0 { 1 } else { now }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const BOUND: Bound = Bound { recent_s: 300.0, on_above: 9.0, off_below: 4.0, refill: 0.5, cap: 3.0 };

    fn second(at: i64) -> Moment {
        Moment::from_secs(1_800_000_000 + at)
    }

    #[test]
    fn a_flood_of_calls_surges_and_is_over_when_few_come() {
        let bucket = Bucket::new();
        for at in 0..9 {
            bucket.arrives(&BOUND, second(at));
            assert_eq!(bucket.look(&BOUND, second(at)), (false, false), "{} calls are no flood", at + 1);
        }
        bucket.arrives(&BOUND, second(9));
        assert_eq!(bucket.look(&BOUND, second(9)), (true, true));
        assert_eq!(bucket.look(&BOUND, second(200)), (true, false), "still more than half of them are recent");
        assert_eq!(bucket.look(&BOUND, second(400)), (false, true));
    }

    #[test]
    fn tokens_are_never_owed_and_come_back_up_to_the_cap() {
        let bucket = Bucket::new();
        let took = (0..5).filter(|_| bucket.take(&BOUND, second(0))).count();
        assert_eq!((took, bucket.has_token(&BOUND, second(1))), (3, false));
        assert!(bucket.has_token(&BOUND, second(2)), "half a token a second");
        (0..9).for_each(|_| bucket.give_back(&BOUND, second(2)));
        let took = (0..9).filter(|_| bucket.take(&BOUND, second(2))).count();
        assert_eq!(took, 3);
    }
}
