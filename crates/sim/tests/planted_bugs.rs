//! Wrongdoings planted at the seams of the heart: each must be found within a thousand seeds, or the invariants are
//! worth nothing. `cargo test -p sim --test planted_bugs -- --nocapture` prints after how many, and by which sentence.

use sim::{Bug, Day, Keep, World};

/// Seeds within which each must be found.
const SEEDS_MAX: u64 = 1_000;
/// Calls of a day.
const CALLS: u64 = 120;

#[test]
fn every_planted_bug_is_found_within_a_thousand_seeds() {
    assert!(Bug::ALL.len() >= 20);
    let missed: Vec<&Bug> = Bug::ALL.iter().filter(|bug| !is_found(**bug)).collect();
    assert!(missed.is_empty(), "nobody noticed {missed:?}");
}

fn is_found(bug: Bug) -> bool {
    for seed in 1..=SEEDS_MAX {
        let day = Day { seed, calls: CALLS, keep: Keep::Nothing, slow_core: false, callbacks: true };
        if let Err(broken) = World::with_bug(day, bug).run() {
            assert!(World::new(day).run().is_ok(), "without {bug:?} the same day is whole");
            println!("{bug:?} is found after {seed} seeds: {broken}");
            return true;
        }
    }
    false
}
