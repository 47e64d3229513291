//! Any sampling rate to another, once, when a prompt is read.
//!
//! A windowed sinc: each new sample is a weighted sum of the old ones around it, which also takes away what lies above
//! the lower rate's band and would fold back as noise. Knows nothing of files.

use std::f32::consts::PI;

/// Highest pitch that is kept, as a share of half the lower rate.
const PASS_SHARE: f32 = 0.92;
/// How far the sum reaches to each side, in periods of the lower rate.
const REACH: f32 = 16.0;

/// The same sound at another rate, both in samples per second.
pub(crate) fn resampled(sound: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return sound.to_vec();
    }
    // Old samples in a period of the lower rate.
    let ratio = (from as f32 / to as f32).max(1.0);
    let length = sound.len() as u64 * u64::from(to) / u64::from(from);
    let reach = (REACH * ratio) as i64;
    let sample = |n: u64| {
        let centre = (n * u64::from(from)) as f64 / f64::from(to);
        let whole = centre.floor();
        let weights = (-reach..=reach).map(|offset| {
            let distance = (offset as f64 - (centre - whole)) as f32 / ratio;
            (whole as i64 + offset, weight(distance) / ratio)
        });
        weights
            .map(|(at, weight)| weight * usize::try_from(at).map_or(0.0, |at| sound.get(at).copied().unwrap_or(0.0)))
            .sum()
    };
    (0..length).map(sample).collect()
}

/// A sinc under a Hann window; `distance` in periods of the lower rate.
fn weight(distance: f32) -> f32 {
    if distance.abs() >= REACH {
        return 0.0;
    }
    let window = 0.5 + 0.5 * (PI * distance / REACH).cos();
    let angle = PI * PASS_SHARE * distance;
    let sinc = if angle.abs() < 1e-4 { 1.0 } else { angle.sin() / angle };
    PASS_SHARE * sinc * window
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, rate: u32) -> Vec<f32> {
        (0..rate).map(|n| (2.0 * PI * hertz * n as f32 / rate as f32).sin()).collect()
    }

    /// Root mean square of the middle, times √2: 1.0 for a full tone.
    fn loudness(sound: &[f32]) -> f32 {
        let middle = &sound[sound.len() / 4..sound.len() * 3 / 4];
        (2.0 * middle.iter().map(|s| s * s).sum::<f32>() / middle.len() as f32).sqrt()
    }

    #[test]
    fn speech_keeps_its_loudness_and_what_the_lower_rate_does_not_carry_is_gone() {
        for (from, to) in [(16_000, 8_000), (44_100, 8_000), (48_000, 16_000), (22_050, 16_000), (8_000, 16_000)] {
            let half = from.min(to) as f32 / 2.0;
            for (hertz, kept) in [(300.0, true), (1000.0, true), (0.75 * half, true), (1.25 * half, false)] {
                if 2.0 * hertz >= from as f32 {
                    continue;
                }
                let out = resampled(&tone(hertz, from), from, to);
                assert_eq!(out.len(), to as usize);
                let loudness = loudness(&out);
                assert!(
                    if kept { (loudness - 1.0).abs() < 0.03 } else { loudness < 0.02 },
                    "{from} {to} {hertz}: {loudness}"
                );
            }
        }
    }
}
