//! Erlang C: one class, agents who all can take it, citizens who never give up. A check for simulations, not a decision maker.
//!
//! A. K. Erlang (1917); the recursion is the usual one for Erlang B (e.g. Gans, Koole & Mandelbaum 2003, "Telephone call
//! centers", section 4.1). With citizens who give up: `erlang_a.rs`. Knows nothing of skills, shifts or the hour.

use std::time::Duration;

/// No more agents are counted than this; each costs one step of the recursion.
pub const ERLANG_AGENTS_MAX: u32 = 100_000;

/// What a line looks like in the long run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Steady {
    /// Share of callers who find nobody free, 0 to 1.
    pub waiting: f64,
    /// Share of callers who give up, 0 to 1; always 0 in Erlang C.
    pub lost: f64,
    /// Mean wait in seconds of all callers, those included who don't wait or give up.
    pub mean_wait_s: f64,
    /// Share of all callers who were served within the target, 0 to 1 (those who gave up count as not served).
    pub service_level: f64,
    /// Share of the agents' time that is taken, 0 to 1.
    pub occupancy: f64,
}

impl Steady {
    /// Nobody calls.
    pub(crate) const SILENCE: Self =
        Self { waiting: 0.0, lost: 0.0, mean_wait_s: 0.0, service_level: 1.0, occupancy: 0.0 };
}

/// The long run with citizens who never give up; `None` when calls come as fast as they can be served, or faster (the line
/// then grows for ever), when nobody is on duty, or when a figure is none that can be.
///
/// `calls_an_hour`: arrivals. `service_s`: mean talk and wrap-up in seconds. `agents`: on duty, at most [`ERLANG_AGENTS_MAX`].
pub fn erlang_c(calls_an_hour: f64, service_s: f64, agents: u32, target: Duration) -> Option<Steady> {
    let (rate, load) = load(calls_an_hour, service_s)?;
    if rate == 0.0 && agents > 0 {
        return Some(Steady::SILENCE);
    }
    let agents = agents.min(ERLANG_AGENTS_MAX);
    let occupancy = load / f64::from(agents);
    if occupancy.is_nan() || occupancy >= 1.0 {
        return None;
    }
    let waiting = 1.0 / (occupancy + (1.0 - occupancy) * inverse_erlang_b(load, agents));
    let spare = (f64::from(agents) - load) / service_s;
    let service_level = 1.0 - waiting * (-spare * target.as_secs_f64()).exp();
    Some(Steady { waiting, lost: 0.0, mean_wait_s: waiting / spare, service_level, occupancy })
}

/// Arrivals a second, and the load in erlang; `None` if either is no number that can be: more than 10⁹ calls an hour, a
/// service of less than a millisecond or more than 10⁹ s.
pub(crate) fn load(calls_an_hour: f64, service_s: f64) -> Option<(f64, f64)> {
    let rate = calls_an_hour / 3_600.0;
    ((0.0..=1e9).contains(&calls_an_hour) && (1e-3..=1e9).contains(&service_s)).then_some((rate, rate * service_s))
}

/// One over Erlang B: how many times rarer "all busy" is than anything, were there no line. Grows beyond every number (to
/// infinity) where there are far more agents than work, which is as good as "never", and then stays there.
pub(crate) fn inverse_erlang_b(load: f64, agents: u32) -> f64 {
    (1..=agents).fold(1.0, |inverse, agents| 1.0 + f64::from(agents) / load * inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// `routing.md`, proof 6.
    #[test]
    fn proof_6_erlang_c_with_26_agents() {
        let line = erlang_c(200.0, 400.0, 26, MINUTE).expect("26 agents are enough");
        assert!((line.service_level - 0.806).abs() < 0.0005, "{line:?}");
        assert!((line.mean_wait_s - 36.2).abs() < 0.05, "{line:?}");
    }

    /// A table that every textbook has: 10 agents with 8 erlang.
    #[test]
    fn ten_agents_with_eight_erlang_let_two_in_five_wait() {
        let line = erlang_c(8.0 * 3_600.0 / 300.0, 300.0, 10, Duration::ZERO).expect("10 agents are enough");
        assert!((line.waiting - 0.4092).abs() < 0.0001, "{line:?}");
        assert!((line.service_level - (1.0 - line.waiting)).abs() < 1e-12, "at once means: without waiting");
    }

    #[test]
    fn a_line_that_only_grows_has_no_long_run() {
        assert_eq!(erlang_c(200.0, 400.0, 22, MINUTE), None);
        assert_eq!(erlang_c(200.0, 400.0, 0, MINUTE), None);
        assert_eq!(erlang_c(f64::NAN, 400.0, 22, MINUTE), None);
    }

    #[test]
    fn a_thousand_agents_are_no_more_trouble_than_ten() {
        let busy = erlang_c(980.0 * 9.0, 400.0, 1_000, MINUTE).expect("980 erlang, 1,000 agents");
        assert!(busy.waiting > 0.3 && busy.waiting < 0.6, "{busy:?}");
        let idle = erlang_c(9.0, 400.0, 1_000, MINUTE).expect("1 erlang, 1,000 agents");
        assert!(idle.waiting.abs() < 1e-12 && idle.mean_wait_s.abs() < 1e-12, "{idle:?}");
    }
}
