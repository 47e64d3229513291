//! Any sampling rate to 8 kHz, once, when a prompt is read.
//!
//! A windowed sinc: each new sample is a weighted sum of the old ones around it, which also takes away what lies above
//! a telephone's band and would fold back as noise. Knows nothing of files.

use std::f32::consts::PI;

/// What a telephone speaks, in samples per second.
pub(crate) const TELEPHONE_RATE: u32 = 8000;
/// Highest pitch that is kept, as a share of the telephone's half rate.
const PASS_SHARE: f32 = 0.92;
/// How far the sum reaches to each side, in periods of the telephone's rate.
const REACH: f32 = 16.0;

/// The same sound at 8 kHz.
pub(crate) fn to_telephone_rate(sound: &[f32], rate: u32) -> Vec<f32> {
    if rate == TELEPHONE_RATE {
        return sound.to_vec();
    }
    let ratio = rate as f32 / TELEPHONE_RATE as f32;
    let length = sound.len() as u64 * u64::from(TELEPHONE_RATE) / u64::from(rate);
    let reach = (REACH * ratio) as i64;
    let sample = |n: u64| {
        let centre = (n * u64::from(rate)) as f64 / f64::from(TELEPHONE_RATE);
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

/// A sinc under a Hann window; `distance` in periods of the telephone's rate.
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
    fn speech_keeps_its_loudness_and_what_no_telephone_carries_is_gone() {
        for rate in [16_000, 44_100, 48_000] {
            for (hertz, kept) in [(300.0, true), (1000.0, true), (3000.0, true), (5000.0, false), (7000.0, false)] {
                let out = to_telephone_rate(&tone(hertz, rate), rate);
                assert_eq!(out.len(), 8000);
                let loudness = loudness(&out);
                assert!(
                    if kept { (loudness - 1.0).abs() < 0.03 } else { loudness < 0.02 },
                    "{rate} {hertz}: {loudness}"
                );
            }
        }
    }
}
