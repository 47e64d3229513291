//! Days of a whole centre on virtual time, drawn by seeds: citizens, agents, phones, packet workers and their troubles.
//! The invariants stand in the crate; `examples/many.rs` runs a million calls.

use model::{About, Moment, What};
use sim::{Day, Keep, World};
use tally::NumberedFact;

/// Days of the ordinary test; `cargo run --release -p sim --example many 1000 1100` is the long one.
const SEEDS: u64 = 120;

fn day(seed: u64, calls: u64) -> Day {
    Day { seed, calls, keep: Keep::Nothing, slow_core: false, callbacks: true }
}

#[test]
fn whatever_people_do_every_call_has_one_end_and_every_agent_is_ready_in_the_evening() {
    let mut calls = 0;
    for seed in 1..=SEEDS {
        let summary = World::new(day(seed, 200)).run().unwrap_or_else(|broken| panic!("{broken}"));
        calls += summary.calls;
    }
    assert_eq!(calls, SEEDS * 200);
}

#[test]
fn the_same_seed_gives_the_same_log_byte_for_byte() {
    for seed in 7_000..7_008 {
        let run = || {
            let mut world = World::new(Day { keep: Keep::Lines, ..day(seed, 150) });
            let summary = world.run().unwrap_or_else(|broken| panic!("{broken}"));
            (summary.log_digest, world.log().lines().join("\n"))
        };
        let (first, second) = (run(), run());
        assert!(first.1.len() > 10_000, "a day has a long log");
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn the_core_decides_what_the_slow_and_obvious_matcher_decides() {
    for seed in 8_000..8_020 {
        let decided = |slow_core| {
            let mut world = World::new(Day { slow_core, callbacks: false, ..day(seed, 150) });
            world.run().unwrap_or_else(|broken| panic!("{broken}"));
            world.facts().iter().filter_map(as_decided).collect::<Vec<_>>()
        };
        assert_eq!(decided(false), decided(true), "seed {seed}");
    }
}

/// What happened, without what only the core says of it: how long a wait may be, and what else was compared.
fn as_decided(numbered: &NumberedFact) -> Option<(Moment, String, What)> {
    let who = match &numbered.fact.about {
        About::Call { call, .. } => format!("{call:?}"),
        About::Agent { agent, .. } => agent.to_string(),
        About::Node => "node".to_owned(),
    };
    let mut what = numbered.fact.what.clone();
    if let What::Promised { .. } = what {
        return None;
    }
    if let What::Offered { because, .. } = &mut what {
        *because = None;
    }
    Some((numbered.fact.at, who, what))
}

#[test]
fn days_of_every_kind_are_drawn() {
    let mut outcomes = [0; model::Outcome::ALL.len()];
    let (mut turned_away, mut offers, mut recordings, mut transfers, mut own_calls) = (0, 0, 0, 0, 0);
    let (mut called_again, mut agents_lost) = (0, 0);
    for seed in 1..=60 {
        let summary = World::new(day(seed, 60)).run().unwrap_or_else(|broken| panic!("{broken}"));
        outcomes.iter_mut().zip(summary.outcomes).for_each(|(all, one)| *all += one);
        turned_away += summary.turned_away;
        offers += summary.offers;
        recordings += summary.recordings;
        transfers += summary.transfers;
        own_calls += summary.own_calls;
        called_again += summary.called_again;
        agents_lost += summary.agents_lost;
    }
    // A cut needs a node that ends: the centre's stories tell of that.
    let elsewhere = [model::Outcome::Cut];
    for outcome in model::Outcome::ALL.into_iter().filter(|outcome| !elsewhere.contains(outcome)) {
        assert!(outcomes[outcome as usize] > 0, "no call was ever {}", outcome.name());
    }
    assert!(turned_away > 0 && offers > 0 && recordings > 0 && transfers > 0 && own_calls > 0);
    assert!(called_again > 0 && agents_lost > 0, "{called_again} pages called anew, {agents_lost} agents lost");
}
