//! Chance: every number that a scenario draws comes from its seed and a stream of its own, so that two policies, or two
//! staffings, meet the same citizens. Knows distributions; doesn't know what is drawn for.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::scenario::file::Patience;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Draw(ChaCha8Rng);

/// What a stream is for. Streams of one seed are independent of each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stream {
    /// Skills, pace and languages of the agents.
    Agents,
    /// Noise, arrivals and citizens of the `n`th day.
    Calls(u32),
    /// Who works when on the `n`th day.
    Shifts(u32),
    /// What a file of calls leaves open.
    Given,
    /// A change's own calls on the `n`th day (a flood, a new member); the number tells changes apart.
    Extra(u32, u32),
}

impl Draw {
    /// The stream of a seed.
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let number = match stream {
            Stream::Agents => 1 << 60,
            Stream::Calls(day) => (2 << 60) | u64::from(day),
            Stream::Shifts(day) => (3 << 60) | u64::from(day),
            Stream::Given => 5 << 60,
            Stream::Extra(day, change) => (4 << 60) | u64::from(change) << 32 | u64::from(day),
        };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        Self(rng)
    }

    /// 0 to below 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0.random_range(0.0..1.0)
    }

    /// 0 … `count` − 1; `count` is at least 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0.random_range(0..count)
    }

    /// True with that chance.
    pub(crate) fn chance(&mut self, chance: f64) -> bool {
        self.uniform() < chance
    }

    /// Mean 0, standard deviation 1 (Box and Muller; the second of the pair is not kept, so that each draw takes two numbers).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Lognormal with mean 1 and the standard deviation `sigma` of its logarithm.
    pub(crate) fn lognormal(&mut self, sigma: f64) -> f64 {
        (sigma * self.normal() - sigma * sigma / 2.0).exp()
    }

    /// Exponential with that mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.uniform()).ln()
    }

    /// Gamma with mean 1 and that coefficient of variation; 1 for none (Marsaglia and Tsang 2000).
    pub(crate) fn gamma(&mut self, cv: f64) -> f64 {
        if cv <= 0.0 {
            return 1.0;
        }
        let shape = 1.0 / (cv * cv);
        // Below 1, a gamma of shape + 1 is drawn and made smaller.
        let (drawn, boost) = if shape < 1.0 { (shape + 1.0, self.uniform().powf(1.0 / shape)) } else { (shape, 1.0) };
        let d = drawn - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let cube = (1.0 + c * normal).powi(3);
            if cube > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * normal * normal + d - d * cube + d * cube.ln() {
                return boost * d * cube / shape;
            }
        }
    }

    /// How long a citizen waits.
    pub(crate) fn patience_s(&mut self, patience: &Patience) -> f64 {
        let is_impatient = self.chance(patience.impatient_share);
        self.exponential(if is_impatient { patience.impatient_s } else { patience.patient_s })
    }

    /// The place of a weight drawn from a list; 0 for an empty one.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Brings a list into a random order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_cv(mut one: impl FnMut(&mut Draw) -> f64) -> (f64, f64) {
        let mut draw = Draw::new(7, Stream::Agents);
        let drawn: Vec<f64> = (0..200_000).map(|_| one(&mut draw)).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
        (mean, variance.sqrt() / mean)
    }

    #[test]
    fn what_is_drawn_has_the_mean_and_spread_that_it_says() {
        let near = |(mean, cv): (f64, f64), want: (f64, f64)| {
            assert!(
                (mean - want.0).abs() < 0.02 * want.0 && (cv - want.1).abs() < 0.03 * want.1,
                "{mean} {cv} {want:?}"
            );
        };
        near(mean_and_cv(|draw| draw.gamma(0.1)), (1.0, 0.1));
        near(mean_and_cv(|draw| draw.gamma(1.5)), (1.0, 1.5));
        near(mean_and_cv(|draw| draw.exponential(480.0)), (480.0, 1.0));
        near(mean_and_cv(|draw| draw.lognormal(0.5)), (1.0, (0.25_f64.exp() - 1.0).sqrt()));
    }

    #[test]
    fn streams_of_one_seed_differ_and_one_stream_repeats() {
        let first = |stream| Draw::new(1, stream).uniform();
        assert_ne!(first(Stream::Calls(1)).to_bits(), first(Stream::Calls(2)).to_bits());
        assert_ne!(first(Stream::Calls(1)).to_bits(), first(Stream::Shifts(1)).to_bits());
        assert_eq!(first(Stream::Extra(1, 2)).to_bits(), first(Stream::Extra(1, 2)).to_bits());
    }
}
