//! One replication of a scenario under one policy: its world, its days, replayed one after the other.
//! Knows seeds and order; doesn't know threads: the caller may run replications beside each other.

use std::sync::Arc;

use plan::Routing;
use routing::TooBig;

use crate::day::{Day, draw_day};
use crate::figures::Sums;
use crate::given::Given;
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
    /// Days that are given instead of drawn.
    pub given: Option<Arc<Given>>,
}

impl Run {
    /// A scenario under a policy, with the constants' defaults.
    pub fn new(scenario: Scenario, policy: Policy) -> Self {
        Self { scenario, policy, routing: Routing::default(), given: None }
    }

    /// The seed of a replication: the same for every policy.
    pub fn seed(&self, replication: u32) -> u64 {
        self.scenario.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(replication))
    }

    /// The agents of a replication: as given, with those that a change adds; or drawn.
    pub fn world(&self, seed: u64) -> World {
        match self.given.as_deref().and_then(|given| given.world.clone()) {
            Some(given) => given.with_added(&self.scenario, seed),
            None => World::draw(&self.scenario, seed),
        }
    }

    /// The `number`th day of a replication.
    pub fn day(&self, world: &World, seed: u64, number: u32) -> Day {
        let given = self.given.as_deref().and_then(|given| given.days.get(number as usize));
        draw_day(&self.scenario, world, seed, number, given)
    }

    /// One replication.
    pub fn replication(&self, replication: u32) -> Result<Sums, TooBig> {
        let seed = self.seed(replication);
        let world = self.world(seed);
        let house = House::new(&self.scenario, &world, self.policy, self.routing);
        let mut sums = Sums::default();
        for number in 0..self.scenario.days {
            let day = self.day(&world, seed, number);
            let told = replay(&house, &day)?;
            sums.add(&Sums::of_day(world.classes.len(), &day, &told, self.scenario.queues.target_s), 1.0);
        }
        Ok(sums)
    }
}
