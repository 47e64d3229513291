//! Erlang A and C beside a simulation: what the formulas say of the same half-hours if everyone could do everything.
//! Knows half-hours and formulas; a simulation that is far better than them has a fault.

use std::time::Duration;

use forecast::{Steady, erlang_a, erlang_c};

use crate::figures::Sums;
use crate::scenario::Scenario;

/// The formulas' answers, over all half-hours weighted by their calls.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ErlangCheck {
    /// With patience.
    pub a: Steady,
    /// Without; none when some half-hour has more work than agents.
    pub c: Option<Steady>,
    /// Mean talk and wrap-up that they were given, in seconds: the simulation's own.
    pub service_s: f64,
}

/// For a scenario and the sums of its simulation; none where nobody was served.
pub fn erlang_check(scenario: &Scenario, sums: &Sums) -> Option<ErlangCheck> {
    if sums.all.served <= 0.0 {
        return None;
    }
    let service_s = sums.hours_s.1 / sums.all.served;
    let target = Duration::from_secs_f64(scenario.queues.target_s);
    let patience_s = scenario.patience_mean_s();
    let mut a = Mean::default();
    let mut c = Some(Mean::default());
    for half_hour in 0..scenario.profile.len() {
        let an_hour = scenario.expected_in(half_hour) * 2.0;
        let agents = on_duty(scenario, half_hour);
        if an_hour <= 0.0 {
            continue;
        }
        a.add(&erlang_a(an_hour, service_s, patience_s, agents, target)?, an_hour);
        c = c.and_then(|mut mean| {
            mean.add(&erlang_c(an_hour, service_s, agents, target)?, an_hour);
            Some(mean)
        });
    }
    Some(ErlangCheck { a: a.steady(), c: c.map(Mean::steady), service_s })
}

/// How many the roster has on duty in the middle of a half-hour.
fn on_duty(scenario: &Scenario, half_hour: usize) -> u32 {
    let minute = scenario.opens.0 + half_hour as u32 * 30 + 15;
    let rostered = scenario.shifts.iter().filter(|shift| (shift.from.0..shift.to.0).contains(&minute));
    let added: i32 = scenario.added.iter().map(|(_, more)| more).sum();
    rostered.map(|shift| shift.agents).sum::<u32>().saturating_add_signed(added)
}

#[derive(Clone, Copy, Default)]
struct Mean {
    weight: f64,
    waiting: f64,
    lost: f64,
    wait_s: f64,
    service_level: f64,
    occupancy: f64,
}

impl Mean {
    fn add(&mut self, one: &Steady, weight: f64) {
        self.weight += weight;
        self.waiting += weight * one.waiting;
        self.lost += weight * one.lost;
        self.wait_s += weight * one.mean_wait_s;
        self.service_level += weight * one.service_level;
        self.occupancy += weight * one.occupancy;
    }

    fn steady(self) -> Steady {
        let mean = |sum: f64| sum / self.weight.max(f64::MIN_POSITIVE);
        Steady {
            waiting: mean(self.waiting),
            lost: mean(self.lost),
            mean_wait_s: mean(self.wait_s),
            service_level: mean(self.service_level),
            occupancy: mean(self.occupancy),
        }
    }
}
