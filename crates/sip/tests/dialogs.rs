//! Calls in which everything happens in any order: the fuzzer's stories, drawn by a seed instead of by the fuzzer.
//! What must hold stands in `tests/fuzz/src/dialog.rs`.

#[path = "../../../tests/fuzz/src/dialog.rs"]
mod dialog;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Stories that are played.
const SEEDS: u64 = 600;
/// Longest story, in bytes.
const BYTES_MAX: u64 = 900;

#[test]
fn in_whatever_order_things_happen_each_leg_ends_once_and_nothing_is_left() {
    for seed in 0..SEEDS {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut story = vec![0; (rng.next_u64() % BYTES_MAX) as usize];
        rng.fill_bytes(&mut story);
        let played = std::panic::catch_unwind(|| dialog::run(&story));
        assert!(played.is_ok(), "seed {seed}");
    }
}
