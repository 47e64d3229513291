//! How long a citizen will probably wait: the queue's length, who can take it, and how many give up on the way.
//!
//! Rules from `routing.md`, "Waiting time told to callers"; the sum is the estimator QLm of Ibrahim & Whitt (2009, "Real-time
//! delay estimation in overloaded multiserver queues with abandonments", Management Science 55). Knows nothing of what has
//! been said to the citizen: that is `promise.rs`.

use std::time::Duration;

/// What the benchmark scenario needs of the plain sum (agents are not all busy with calls of average length): with 0.88 the
/// core's own replay told 20 % too much on average, with 0.80 it is 9 %.
const FITTED: f64 = 0.80;
/// Calls ahead in a surge lane from which on only that lane's own pace counts.
const LANE_ALONE_FROM: f64 = 3.0;
/// Waits are cut here: nobody waits for a day.
pub const WAIT_MAX: Duration = Duration::from_secs(24 * 3600);
/// Above this wait a callback is offered.
pub const CALLBACK_ABOVE: Duration = Duration::from_secs(180);

/// The wait of the next caller: `0.80·Σ_{i=0..ahead} 1/(capable/service + i/patience)`.
///
/// * `ahead`: waiting calls of equal or better level, each other class weighted by the overlap of capable agents (Q′; 0 and up,
///   may be fractional: then it lies between the two whole ones).
/// * `capable`: agents on duty who can take the class (`N_c`). None of them: nobody knows, so `None`.
/// * `service_s`: mean talk and wrap-up in seconds. `patience_s`: mean patience in seconds.
///
/// Takes the same few steps however many wait. Rises with `ahead` and `service_s`, falls with `capable`. Figures that are no
/// numbers give `None`; the answer is at most [`WAIT_MAX`].
pub fn expected_wait(ahead: f64, capable: f64, service_s: f64, patience_s: f64) -> Option<Duration> {
    if !(capable > 0.0 && service_s > 0.0) {
        return None;
    }
    wait(departures_s(ahead, capable / service_s, patience_s)? * FITTED)
}

/// The wait in the lane of a surging topic or municipality: `Σ_{i=0..ahead} 1/(1/gap + i/patience)`.
///
/// `gap_s` is the lane's own pace: the smoothed time in seconds between two of its calls that found an agent (τ). `ahead` counts
/// the lane's waiting calls only. `None` while no pace is known.
pub fn lane_wait(ahead: f64, gap_s: f64, patience_s: f64) -> Option<Duration> {
    if gap_s.is_nan() || gap_s <= 0.0 {
        return None;
    }
    wait(departures_s(ahead, 1.0 / gap_s, patience_s)?)
}

/// The two together: the lane's own wait counts by `min(ahead/3, 1)`, `ahead` being the lane's waiting calls.
/// Where only one is known, that one.
pub fn blended_wait(normal: Option<Duration>, lane: Option<Duration>, ahead_in_lane: f64) -> Option<Duration> {
    let (Some(by_agents), Some(by_lane)) = (normal, lane) else { return normal.or(lane) };
    let share = if ahead_in_lane > 0.0 { (ahead_in_lane / LANE_ALONE_FROM).min(1.0) } else { 0.0 };
    wait(by_agents.as_secs_f64() * (1.0 - share) + by_lane.as_secs_f64() * share)
}

/// Seconds until `ahead + 1` have left the line, where agents take `rate_s` calls a second and each of those who wait gives up
/// after `patience_s` on average.
///
/// With `a = rate·patience` the sum is `patience·(ψ(a+ahead+1) − ψ(a))`, ψ the digamma function: no loop over the line, and
/// fractions of a call come for free.
fn departures_s(ahead: f64, rate_s: f64, patience_s: f64) -> Option<f64> {
    if ahead.is_nan() || !rate_s.is_finite() || rate_s <= 0.0 || patience_s.is_nan() || patience_s <= 0.0 {
        return None;
    }
    let leave = ahead.clamp(0.0, 1e12) + 1.0;
    // Beyond a thousand days nobody gives up; the formula stays exact there, infinity would not.
    let patience_s = patience_s.min(1e8);
    Some(patience_s * digamma_step(rate_s * patience_s, leave))
}

/// `ψ(a + m) − ψ(a)` for positive `a` and `m`, without the loss of digits that two digammas would bring: both are moved up by
/// the recurrence to where the asymptotic series holds (Abramowitz & Stegun 6.3.5 and 6.3.18), term by term as differences.
fn digamma_step(a: f64, m: f64) -> f64 {
    const SERIES_FROM: f64 = 10.0;
    let (mut low, mut moved) = (a, 0.0);
    while low < SERIES_FROM {
        moved += m / low / (low + m);
        low += 1.0;
    }
    let high = low + m;
    let (inverse_low, inverse_high) = (1.0 / low, 1.0 / high);
    let halves = 0.5 * m * inverse_low * inverse_high;
    let squares = inverse_low * inverse_low - inverse_high * inverse_high;
    let fourths = inverse_low.powi(4) - inverse_high.powi(4);
    let sixths = inverse_low.powi(6) - inverse_high.powi(6);
    moved + (m / low).ln_1p() + halves + squares / 12.0 - fourths / 120.0 + sixths / 252.0
}

fn wait(seconds: f64) -> Option<Duration> {
    (!seconds.is_nan()).then(|| Duration::from_secs_f64(seconds.clamp(0.0, WAIT_MAX.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule as it is written, one caller after the other.
    fn by_hand(ahead: u32, rate_s: f64, patience_s: f64) -> f64 {
        (0..=ahead).map(|i| 1.0 / (rate_s + f64::from(i) / patience_s)).sum()
    }

    fn seconds(wait: Option<Duration>) -> f64 {
        wait.expect("a wait is known").as_secs_f64()
    }

    #[test]
    fn the_short_cut_is_the_rule_of_the_design_for_lines_of_every_length() {
        for ahead in [0, 1, 2, 7, 40, 900, 100_000] {
            for (capable, service, patience) in [(22.0, 460.0, 430.0), (1.0, 3_000.0, 20.0), (1_000.0, 60.0, 1e7)] {
                let told = seconds(expected_wait(f64::from(ahead), capable, service, patience));
                let rule = FITTED * by_hand(ahead, capable / service, patience);
                assert!(
                    (told - rule).abs() < 2e-9 + 1e-9 * rule,
                    "{ahead} ahead, {capable} capable: {told} s, not {rule} s"
                );
            }
        }
    }

    #[test]
    fn a_citizen_with_nobody_ahead_waits_for_one_agent_of_many() {
        let alone = seconds(expected_wait(0.0, 20.0, 510.0, 430.0));
        assert!((alone - FITTED * 510.0 / 20.0).abs() < 1e-6);
    }

    #[test]
    fn half_a_call_ahead_lies_between_none_and_one() {
        let wait = |ahead| expected_wait(ahead, 8.0, 510.0, 430.0);
        assert!(wait(0.0) < wait(0.5) && wait(0.5) < wait(1.0));
    }

    #[test]
    fn more_agents_shorten_the_wait_and_longer_talks_lengthen_it() {
        let base = expected_wait(30.0, 10.0, 510.0, 430.0);
        assert!(expected_wait(30.0, 11.0, 510.0, 430.0) < base);
        assert!(expected_wait(30.0, 10.0, 600.0, 430.0) > base);
        assert!(expected_wait(30.0, 10.0, 510.0, 300.0) < base, "who gives up makes room");
    }

    #[test]
    fn nothing_is_told_where_nobody_on_duty_can_take_the_call() {
        assert_eq!(expected_wait(3.0, 0.0, 510.0, 430.0), None);
        assert_eq!(lane_wait(3.0, 0.0, 430.0), None);
    }

    #[test]
    fn a_flooded_lane_is_told_its_own_pace_and_a_short_one_the_usual() {
        let usual = expected_wait(5.0, 20.0, 510.0, 430.0);
        let lane = lane_wait(40.0, 90.0, 430.0);
        assert!((seconds(lane) - by_hand(40, 1.0 / 90.0, 430.0)).abs() < 1e-6);
        assert_eq!(blended_wait(usual, lane, 40.0), lane);
        assert_eq!(blended_wait(usual, lane, 0.0), usual);
        let between = blended_wait(usual, lane, 1.5);
        assert!(usual < between && between < lane);
        assert_eq!(blended_wait(None, lane, 0.0), lane, "where only the lane's pace is known, that is told");
    }

    #[test]
    fn no_figure_makes_a_wait_that_cannot_be_told() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e-300, 1.0, 1e300];
        for nth in 0..odd.len().pow(4) {
            let [a, b, c, d] = [0, 1, 2, 3].map(|place| odd[nth / odd.len().pow(place) % odd.len()]);
            let (normal, lane) = (expected_wait(a, b, c, d), lane_wait(a, b, d));
            for wait in [normal, lane, blended_wait(normal, lane, c)] {
                assert!(wait.is_none_or(|wait| wait <= WAIT_MAX), "{a} {b} {c} {d}: {wait:?}");
            }
        }
    }
}
