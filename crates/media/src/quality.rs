//! How a leg sounded, as one figure: the rating R of the E-model (ITU-T G.107) from loss, unevenness and delay, and the
//! mean opinion score that belongs to it.
//!
//! An estimate from what is known on the way, at the model's default values; nobody listens. The scale is that of the telephone band:
//! G.722 and Opus are judged on it as G.711 is, so good wideband sounds better than its figure says.

use std::time::Duration;

/// R at the defaults of G.107 (table 3), with nothing lost and nothing late.
const BEST: f64 = 93.2;
/// Robustness of G.711 with concealment against random loss, in percent (G.113 appendix I, table I.4).
const LOSS_ROBUSTNESS: f64 = 25.1;
/// What a phone waits at least before it plays: its own frame and one more in its buffer.
const PHONE_DELAY: Duration = Duration::from_millis(40);

/// How what came from a leg sounded.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quality {
    rating: f64,
}

impl Quality {
    /// From packets that came and that never came, interarrival jitter, and the way there and back where it is known.
    /// `None`: nothing came to be judged.
    pub fn estimate(received: u64, lost: u64, jitter: Duration, round_trip: Option<Duration>) -> Option<Self> {
        if received == 0 {
            return None;
        }
        let loss_percent = 100.0 * lost as f64 / (received + lost) as f64;
        // A buffer that loses little is about twice as deep as the jitter.
        let delay = PHONE_DELAY + jitter * 2 + round_trip.unwrap_or_default() / 2;
        Some(Self { rating: (BEST - by_delay(delay) - by_loss(loss_percent)).clamp(0.0, 100.0) })
    }

    /// The rating R, 0 to 93.2: from 80 on most are content, below 60 hardly anybody is (G.109).
    pub const fn rating(self) -> f64 {
        self.rating
    }

    /// The mean opinion score, 1 (bad) to 4.4 (G.107 annex B).
    pub fn opinion(self) -> f64 {
        let r = self.rating;
        (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
    }
}

/// Impairment by delay alone, Idd (G.107 §7.4): none up to 100 ms.
fn by_delay(delay: Duration) -> f64 {
    let ms = delay.as_secs_f64() * 1000.0;
    if ms <= 100.0 {
        return 0.0;
    }
    let x = (ms / 100.0).log2();
    let sixth = |x: f64| (1.0 + x.powi(6)).powf(1.0 / 6.0);
    25.0 * (sixth(x) - 3.0 * sixth(x / 3.0) + 2.0)
}

/// Effective equipment impairment, Ie-eff, of G.711 (Ie = 0) under random loss (G.107 §7.5, BurstR = 1).
fn by_loss(percent: f64) -> f64 {
    95.0 * percent / (percent + LOSS_ROBUSTNESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinion(lost: u64, jitter_ms: u64, round_trip_ms: u64) -> f64 {
        let (jitter, round_trip) = (Duration::from_millis(jitter_ms), Duration::from_millis(round_trip_ms));
        Quality::estimate(1000 - lost, lost, jitter, Some(round_trip)).expect("something came").opinion()
    }

    #[test]
    fn an_even_stream_without_loss_is_as_good_as_a_telephone_can_be() {
        let quality = Quality::estimate(1000, 0, Duration::ZERO, None).expect("something came");
        assert!((quality.rating() - 93.2).abs() < 0.01, "{quality:?}");
        assert!((quality.opinion() - 4.41).abs() < 0.01, "{quality:?}");
    }

    #[test]
    fn the_delays_of_the_recommendation_cost_what_it_says() {
        // G.107: Idd is 0 at 100 ms, and grows from 150 ms on to some 30 points at half a second.
        assert!(by_delay(Duration::from_millis(100)) < f64::EPSILON);
        assert!(by_delay(Duration::from_millis(150)) < 0.5);
        let half_a_second = by_delay(Duration::from_millis(500));
        assert!((23.0..33.0).contains(&half_a_second), "{half_a_second}");
    }

    #[test]
    fn loss_unevenness_and_delay_each_make_it_worse_and_never_better() {
        let steps = [(0, 0, 0), (10, 0, 0), (30, 0, 0), (30, 40, 0), (30, 40, 200), (30, 40, 600), (200, 40, 600)];
        let scores: Vec<f64> = steps.iter().map(|(lost, jitter, there)| opinion(*lost, *jitter, *there)).collect();
        assert!(scores.is_sorted_by(|better, worse| better > worse), "{scores:?}");
        assert!(opinion(30, 0, 0) > 3.5, "3 % of loss is concealed: {scores:?}");
    }

    #[test]
    fn whatever_was_counted_the_figures_stay_on_their_scale() {
        for (received, lost) in [(1, 0), (1, u64::from(u32::MAX)), (u64::from(u32::MAX), 1)] {
            for seconds in [0, 1, 100_000] {
                let far = Duration::from_secs(seconds);
                let quality = Quality::estimate(received, lost, far, Some(far)).expect("something came");
                assert!((0.0..=100.0).contains(&quality.rating()) && (1.0..=4.5).contains(&quality.opinion()));
            }
        }
        assert_eq!(Quality::estimate(0, 5, Duration::ZERO, None), None);
    }
}
