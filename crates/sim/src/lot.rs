//! The one source of chance: everything that a world draws comes from its seed, in one order.
//! Knows numbers and spans; doesn't know what is decided by them.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws lots.
#[derive(Debug)]
pub(crate) struct Lot {
    rng: ChaCha8Rng,
    /// All spans are multiples of this, in µs: a coarse grain makes things happen at the same moment.
    grain_us: u64,
}

impl Lot {
    /// Streams of one seed are independent of each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { rng, grain_us: 1 }
    }

    pub(crate) fn set_grain(&mut self, grain: Duration) {
        self.grain_us = (grain.as_micros() as u64).max(1);
    }

    /// 0 … `count` − 1; `count` is at least 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.rng.random_range(0..count)
    }

    /// Both ends included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        self.rng.random_range(least..=most)
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.between(0, 99) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A number that orders what happens at the same moment.
    pub(crate) fn tie(&mut self) -> u32 {
        self.rng.random_range(0..=u32::MAX)
    }

    /// A span of so many milliseconds, in whole grains.
    pub(crate) fn millis(&mut self, least: u64, most: u64) -> Duration {
        let drawn = self.between(least * 1_000, most * 1_000);
        Duration::from_micros(drawn / self.grain_us * self.grain_us)
    }

    /// A span around a mean: mostly shorter, sometimes none at all, seldom four times as long.
    pub(crate) fn around(&mut self, mean: Duration) -> Duration {
        let mean = mean.as_millis() as u64;
        match self.between(0, 99) {
            0..4 => Duration::ZERO,
            4..60 => self.millis(0, mean),
            60..90 => self.millis(mean, mean * 2),
            _ => self.millis(mean * 2, mean * 4),
        }
    }
}
