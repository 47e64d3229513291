//! Between 8 and 16 kHz: every second sample between two others, or every second one left out, behind a filter that lets
//! a telephone's band pass (−0.2 dB at 3.4 kHz) and holds back what would fold into it (−32 dB at 4.6 kHz).
//!
//! A half-band filter under a Kaiser window: half of its weights are zero, the others are the same on both sides. Knows
//! nothing of codecs.

/// Its weights at the odd distances 1, 3 … 15, in 65536ths; the middle one is one half.
const WEIGHTS: [i32; 8] = [20_741, -6_495, 3_431, -2_010, 1_182, -661, 333, -137];
/// Samples that the filter looks at, of those that it weighs.
const REACH: usize = 2 * WEIGHTS.len();

/// From 8 to 16 kHz.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubler {
    past: [i16; REACH],
}

impl Doubler {
    /// Writes two samples for each; as many as fit.
    pub(crate) fn double(&mut self, narrow: &[i16], wide: &mut [i16]) {
        for (sample, pair) in narrow.iter().zip(wide.chunks_exact_mut(2)) {
            shift_in(&mut self.past, *sample);
            pair[0] = self.past[REACH / 2 - 1];
            pair[1] = rounded(2 * weighed(&self.past));
        }
    }
}

/// From 16 to 8 kHz.
#[derive(Clone, Debug, Default)]
pub(crate) struct Halver {
    odd: [i16; REACH],
    /// The other samples, the one in the middle of the weighed ones first.
    even: [i16; REACH / 2],
}

impl Halver {
    /// Writes a sample for each two; a last odd one is left out.
    pub(crate) fn halve(&mut self, wide: &[i16], narrow: &mut [i16]) {
        for (pair, sample) in wide.chunks_exact(2).zip(narrow) {
            shift_in(&mut self.odd, pair[0]);
            let middle = i64::from(self.even[0]) << 15;
            self.even.copy_within(1.., 0);
            self.even[REACH / 2 - 1] = pair[1];
            *sample = rounded(middle + weighed(&self.odd));
        }
    }
}

fn shift_in(past: &mut [i16; REACH], sample: i16) {
    past.copy_within(1.., 0);
    past[REACH - 1] = sample;
}

/// The sum over both sides, the nearest first.
fn weighed(past: &[i16; REACH]) -> i64 {
    let (before, after) = past.split_at(REACH / 2);
    let pairs = before.iter().rev().zip(after).zip(WEIGHTS);
    pairs.map(|((before, after), weight)| i64::from(weight * (i32::from(*before) + i32::from(*after)))).sum()
}

fn rounded(sum: i64) -> i16 {
    ((sum + (1 << 15)) >> 16).clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn tone(hertz: f64, rate: f64) -> Vec<i16> {
        (0..rate as usize).map(|n| ((TAU * hertz * n as f64 / rate).sin() * 10_000.0) as i16).collect()
    }

    /// How strong a tone is, 1.0 for what `tone` makes.
    fn strength(sound: &[i16], hertz: f64, rate: f64) -> f64 {
        let middle = &sound[sound.len() / 4..sound.len() * 3 / 4];
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (n, sample) in middle.iter().enumerate() {
            let angle = TAU * hertz * n as f64 / rate;
            (sine, cosine) = (sine + f64::from(*sample) * angle.sin(), cosine + f64::from(*sample) * angle.cos());
        }
        2.0 * sine.hypot(cosine) / (middle.len() as f64 * 10_000.0)
    }

    #[test]
    fn a_telephones_band_is_doubled_without_a_mirror_image() {
        for hertz in [300.0, 1_000.0, 3_000.0, 3_300.0] {
            let mut wide = vec![0; 16_000];
            Doubler::default().double(&tone(hertz, 8_000.0), &mut wide);
            assert!((strength(&wide, hertz, 16_000.0) - 1.0).abs() < 0.03, "{hertz}");
            assert!(strength(&wide, 8_000.0 - hertz, 16_000.0) < 0.03, "{hertz}");
        }
    }

    #[test]
    fn what_a_telephone_does_not_carry_is_gone_when_halved() {
        for hertz in [300.0, 1_000.0, 3_000.0, 3_300.0] {
            let mut narrow = vec![0; 8_000];
            Halver::default().halve(&tone(hertz, 16_000.0), &mut narrow);
            assert!((strength(&narrow, hertz, 8_000.0) - 1.0).abs() < 0.03, "{hertz}");
        }
        for hertz in [4_700.0, 5_000.0, 6_000.0, 7_500.0] {
            let mut narrow = vec![0; 8_000];
            Halver::default().halve(&tone(hertz, 16_000.0), &mut narrow);
            assert!(strength(&narrow, 8_000.0 - hertz, 8_000.0) < 0.03, "{hertz}");
        }
    }

    #[test]
    fn the_loudest_sound_is_cut_and_never_turns_over() {
        let mut wide = [0; 200];
        Doubler::default().double(&[i16::MAX; 100], &mut wide);
        assert!(wide[40..].iter().all(|sample| *sample > 32_000), "{wide:?}");
        let mut narrow = [0; 100];
        Halver::default().halve(&[i16::MIN; 200], &mut narrow);
        assert!(narrow[20..].iter().all(|sample| *sample < -32_000), "{narrow:?}");
    }
}
