//! Erlang A: as Erlang C, but a citizen who waits gives up after a while. A check for simulations, not a decision maker.
//!
//! C. Palm (1946); the form with one integral is that of Mandelbaum & Zeltyn (2007, "Service engineering in action: the
//! Palm/Erlang-A queue", section 5 and its appendix): it has no sum over the line, so no number overflows. Patience and
//! service are exponential. Knows nothing of skills, shifts or the hour.

use std::time::Duration;

use crate::erlang::{ERLANG_AGENTS_MAX, Steady, inverse_erlang_b, load};

/// Steps of the quadrature (Simpson's rule). Even; over 45 e-foldings of a smooth curve the error stays below 1e-9.
const STEPS: u32 = 2_000;
/// From the time of one service on, doubled so often, any line is over.
const DOUBLINGS_MAX: u32 = 100;
/// Where the density has fallen to `e^-45` of its peak, nothing is left to count.
const NEGLIGIBLE: f64 = 45.0;

/// The long run with citizens who give up after `patience_s` on average. `None` when nobody is on duty, or when a figure is
/// none that can be; there is always a long run, since who waits too long leaves.
///
/// `calls_an_hour`: arrivals. `service_s`: mean talk and wrap-up in seconds. `agents`: on duty, at most [`ERLANG_AGENTS_MAX`].
pub fn erlang_a(calls_an_hour: f64, service_s: f64, patience_s: f64, agents: u32, target: Duration) -> Option<Steady> {
    let (rate, load) = load(calls_an_hour, service_s)?;
    if agents == 0 || patience_s.is_nan() || patience_s <= 0.0 {
        return None;
    }
    if rate == 0.0 {
        return Some(Steady::SILENCE);
    }
    let agents = agents.min(ERLANG_AGENTS_MAX);
    let offered = OfferedWait::new(rate, f64::from(agents) / service_s, patience_s.clamp(1e-3, 1e9));
    let all = offered.over(f64::INFINITY);
    // One over Erlang B of one agent fewer: all states in which somebody is free, as multiples of "all but one are busy".
    let somebody_free = inverse_erlang_b(load, agents - 1) * (-offered.peak).exp();
    let whole = somebody_free + rate * all.reached;
    if !whole.is_finite() {
        // So much more staff than work that nobody ever waits.
        return Some(Steady { occupancy: load / f64::from(agents), ..Steady::SILENCE });
    }
    let waiting = rate * all.reached / whole;
    let served_after_wait = rate * all.served / whole;
    let lost = (waiting - served_after_wait).max(0.0);
    let in_time = rate * offered.over(target.as_secs_f64()).served / whole;
    Some(Steady {
        waiting,
        lost,
        // Little's law for those who wait: they leave at the rate 1/patience each.
        mean_wait_s: lost * offered.patience_s,
        service_level: (1.0 - waiting + in_time).clamp(0.0, 1.0),
        occupancy: (load * (1.0 - lost) / f64::from(agents)).clamp(0.0, 1.0),
    })
}

/// How long an endlessly patient caller would wait: its density is `exp(g(t))` up to a factor, with
/// `g(t) = rate·patience·(1 − e^(−t/patience)) − served·t`, a curve with one peak.
struct OfferedWait {
    rate: f64,
    served: f64,
    patience_s: f64,
    /// The greatest value of g; taken out everywhere, since `exp` of it may be beyond all numbers.
    peak: f64,
    peak_at: f64,
}

/// The density's integral up to some time, and the part of it that is still there to be served.
struct Mass {
    reached: f64,
    served: f64,
}

impl OfferedWait {
    fn new(rate: f64, served: f64, patience_s: f64) -> Self {
        let peak_at = if rate > served { patience_s * (rate / served).ln() } else { 0.0 };
        let mut wait = Self { rate, served, patience_s, peak: 0.0, peak_at };
        wait.peak = wait.log_density(peak_at);
        wait
    }

    fn log_density(&self, t: f64) -> f64 {
        self.rate * self.patience_s * -(-t / self.patience_s).exp_m1() - self.served * t
    }

    /// From 0 to `until`.
    fn over(&self, until: f64) -> Mass {
        let to = self.negligible_after().min(until);
        let from = self.negligible_before().min(to);
        let step = (to - from) / f64::from(STEPS);
        let (mut reached, mut served) = (0.0, 0.0);
        for nth in 0..=STEPS {
            let t = from + f64::from(nth) * step;
            let weight = if nth == 0 || nth == STEPS { 1.0 } else { 2.0 + 2.0 * f64::from(nth % 2) };
            let density = weight * (self.log_density(t) - self.peak).exp();
            reached += density;
            served += density * (-t / self.patience_s).exp();
        }
        Mass { reached: reached * step / 3.0, served: served * step / 3.0 }
    }

    fn is_negligible(&self, t: f64) -> bool {
        self.peak - self.log_density(t) > NEGLIGIBLE
    }

    /// After the peak: the first time from which on nothing is left. Found by doubling, then by halving the gap.
    fn negligible_after(&self) -> f64 {
        let mut reach = 1.0 / self.served;
        for _ in 0..DOUBLINGS_MAX {
            if self.is_negligible(self.peak_at + reach) {
                break;
            }
            reach *= 2.0;
        }
        self.boundary(self.peak_at + reach, self.peak_at)
    }

    /// Before the peak: the last time until which there is nothing yet; 0 if there is something from the start.
    fn negligible_before(&self) -> f64 {
        if self.is_negligible(0.0) { self.boundary(0.0, self.peak_at) } else { 0.0 }
    }

    fn boundary(&self, mut negligible: f64, mut counts: f64) -> f64 {
        for _ in 0..60 {
            let middle = f64::midpoint(negligible, counts);
            if self.is_negligible(middle) { negligible = middle } else { counts = middle }
        }
        negligible
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erlang_c;

    const MINUTE: Duration = Duration::from_secs(60);

    /// `routing.md`, proof 6. Served within 60 s over all offered is what it means by SL60.
    #[test]
    fn proof_6_erlang_a_with_22_agents() {
        let line = erlang_a(200.0, 400.0, 430.0, 22, MINUTE).expect("22 agents are on duty");
        assert!((line.lost - 0.0877).abs() < 0.002, "{line:?}");
        assert!((line.service_level - 0.686).abs() < 0.008, "{line:?}");
    }

    /// The slow and obvious way: how often there are 0, 1, 2 … calls in the house, and who of them gives up.
    fn by_states(calls_an_hour: f64, service_s: f64, patience_s: f64, agents: u32) -> (f64, f64) {
        let (rate, served) = (calls_an_hour / 3_600.0, 1.0 / service_s);
        let (mut share, mut whole, mut waiting, mut in_line) = (1.0, 1.0, 0.0, 0.0);
        for calls in 1..agents + 4_000 {
            let (busy, line) = (f64::from(calls.min(agents)), f64::from(calls.saturating_sub(agents)));
            share *= rate / (busy * served + line / patience_s);
            whole += share;
            in_line += share * line;
            waiting += if calls >= agents { share } else { 0.0 };
        }
        (waiting / whole, in_line / patience_s / rate / whole)
    }

    #[test]
    fn the_integral_agrees_with_counting_states() {
        for (calls, service, patience, agents) in
            [(200.0, 400.0, 430.0, 22), (200.0, 400.0, 430.0, 5), (30.0, 600.0, 60.0, 8), (900.0, 300.0, 4_000.0, 70)]
        {
            let (waiting, lost) = by_states(calls, service, patience, agents);
            let line = erlang_a(calls, service, patience, agents, MINUTE).expect("somebody is on duty");
            assert!((line.waiting - waiting).abs() < 1e-7, "{agents}: {line:?}, not {waiting}");
            assert!((line.lost - lost).abs() < 1e-7, "{agents}: {line:?}, not {lost}");
        }
    }

    #[test]
    fn citizens_of_endless_patience_make_erlang_c() {
        let patient = erlang_a(200.0, 400.0, 1e9, 26, MINUTE).expect("26 agents are on duty");
        let never_leaving = erlang_c(200.0, 400.0, 26, MINUTE).expect("26 agents are enough");
        assert!((patient.service_level - never_leaving.service_level).abs() < 1e-5, "{patient:?}");
        assert!((patient.waiting - never_leaving.waiting).abs() < 1e-5, "{patient:?}");
    }

    #[test]
    fn a_target_far_away_is_met_by_all_who_stay() {
        let line = erlang_a(200.0, 400.0, 430.0, 22, Duration::from_secs(86_400)).expect("22 agents are on duty");
        assert!((line.service_level - (1.0 - line.lost)).abs() < 1e-6, "{line:?}");
    }

    #[test]
    fn a_thousand_agents_in_a_flood_and_in_a_quiet_hour() {
        let flood = erlang_a(100_000.0, 400.0, 430.0, 1_000, MINUTE).expect("1,000 agents are on duty");
        assert!((flood.lost - 0.91).abs() < 1e-3, "11,111 erlang for 1,000 agents: {flood:?}");
        assert!(flood.occupancy > 0.999 && flood.service_level < 1e-6, "{flood:?}");
        let quiet = erlang_a(1.0, 400.0, 430.0, 1_000, MINUTE).expect("1,000 agents are on duty");
        assert!(quiet.service_level > 0.999_999 && quiet.lost < 1e-9, "{quiet:?}");
    }
}
