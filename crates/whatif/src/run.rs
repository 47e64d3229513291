//! One replication of a scenario under one policy: its world, its days, replayed one after the other.
//! Knows seeds and order; doesn't know threads: the caller may run replications beside each other.

use plan::Routing;
use routing::TooBig;

use crate::day::draw_day;
use crate::figures::Sums;
use crate::house::House;
use crate::policy::Policy;
use crate::replay::replay;
use crate::scenario::Scenario;
use crate::world::World;

/// What to replay.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// The scenario.
    pub scenario: Scenario,
    /// Under which policy.
    pub policy: Policy,
    /// With which constants; its policy is replaced by the one above.
    pub routing: Routing,
}

impl Run {
    /// A scenario under a policy, with the constants' defaults.
    pub fn new(scenario: Scenario, policy: Policy) -> Self {
        Self { scenario, policy, routing: Routing::default() }
    }

    /// The seed of a replication: the same for every policy.
    pub fn seed(&self, replication: u32) -> u64 {
        self.scenario.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(replication))
    }

    /// One replication.
    pub fn replication(&self, replication: u32) -> Result<Sums, TooBig> {
        let seed = self.seed(replication);
        let world = World::draw(&self.scenario, seed);
        let house = House::new(&self.scenario, &world, self.policy, self.routing);
        let mut sums = Sums::default();
        for number in 0..self.scenario.days {
            let day = draw_day(&self.scenario, &world, seed, number);
            let told = replay(&house, &day)?;
            sums.add(&Sums::of_day(&house, &day, &told, self.scenario.queues.target_s), 1.0);
        }
        Ok(sums)
    }
}
