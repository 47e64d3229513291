//! What is heard in place of sound that never came: the voice's last period again, softer and softer.
//!
//! A vowel is nearly the same from one period to the next, so a short gap filled with it isn't noticed; after 60 ms the
//! gap is silence, for a voice that hangs on is worse than none. Knows nothing of packets.

use super::coding::Rate;

/// Sound that is kept to look for the period, in milliseconds …
const KEPT_MS: usize = 30;
/// … of which the newest is compared with what came before.
const COMPARED_MS: usize = 10;
/// The highest and lowest voice that is looked for, as periods in tenths of a millisecond.
const PERIODS: (usize, usize) = (25, 150);
/// The gap fades to nothing over this time, in milliseconds.
const FADE_MS: usize = 60;

/// The last sound of one speaker.
#[derive(Clone, Debug)]
pub(crate) struct Conceal {
    rate: Rate,
    kept: [i16; KEPT_MS * 16],
    /// Samples that were concealed in this gap, and the period that is repeated.
    concealed: usize,
    period: usize,
}

impl Conceal {
    pub(crate) const fn new(rate: Rate) -> Self {
        Self { rate, kept: [0; KEPT_MS * 16], concealed: 0, period: 0 }
    }

    /// Sound came.
    pub(crate) fn heard(&mut self, sound: &[i16]) {
        self.concealed = 0;
        self.keep(sound);
    }

    /// Fills a gap.
    pub(crate) fn fill(&mut self, gap: &mut [i16]) {
        let (kept, fade) = (self.kept_samples(), FADE_MS * self.rate.samples_in_ms());
        if self.concealed == 0 {
            self.period = self.find_period();
        }
        for (n, sample) in gap.iter_mut().enumerate() {
            let gone = self.concealed + n;
            let again = self.kept[kept - self.period + gone % self.period];
            let left = fade.saturating_sub(gone) as i32;
            *sample = (i32::from(again) * left / fade as i32) as i16;
        }
        self.concealed = (self.concealed + gap.len()).min(fade);
    }

    fn kept_samples(&self) -> usize {
        KEPT_MS * self.rate.samples_in_ms()
    }

    fn keep(&mut self, sound: &[i16]) {
        let kept = self.kept_samples();
        let newest = &sound[sound.len().saturating_sub(kept)..];
        self.kept.copy_within(newest.len()..kept, 0);
        self.kept[kept - newest.len()..kept].copy_from_slice(newest);
    }

    /// The distance at which the newest sound is most like the sound before it.
    fn find_period(&self) -> usize {
        let (kept, ms) = (self.kept_samples(), self.rate.samples_in_ms());
        let newest = &self.kept[kept - COMPARED_MS * ms..kept];
        let likeness = |period: usize| {
            let before = &self.kept[kept - COMPARED_MS * ms - period..kept - period];
            let (mut alike, mut energy) = (0.0, 1.0);
            for (a, b) in newest.iter().zip(before) {
                let (a, b) = (f32::from(*a), f32::from(*b));
                (alike, energy) = (alike + a * b, energy + b * b);
            }
            alike / energy.sqrt()
        };
        let periods = PERIODS.0 * ms / 10..=PERIODS.1 * ms / 10;
        periods.max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap_or(10 * ms)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn voice(rate: Rate, from: usize, samples: usize) -> Vec<i16> {
        let hertz = rate.samples_in_second() as f64;
        let at = |n: usize| {
            (1..8).map(|k| (TAU * 140.0 * (k * n) as f64 / hertz).sin() / f64::from(k as u8)).sum::<f64>() * 6_000.0
        };
        (from..from + samples).map(|n| at(n) as i16).collect()
    }

    #[test]
    fn a_short_gap_sounds_like_the_voice_that_it_cuts() {
        for rate in [Rate::Narrow, Rate::Wide] {
            let (frame, mut conceal) = (rate.frame(), Conceal::new(rate));
            (0..5).for_each(|n| conceal.heard(&voice(rate, n * frame, frame)));
            let mut gap = vec![0; frame];
            conceal.fill(&mut gap);
            let missed = voice(rate, 5 * frame, frame);
            let (mut alike, mut ours, mut theirs) = (0.0, 0.0, 0.0);
            for (a, b) in gap.iter().zip(&missed) {
                let (a, b) = (f64::from(*a), f64::from(*b));
                (alike, ours, theirs) = (alike + a * b, ours + a * a, theirs + b * b);
            }
            assert!(alike / (ours * theirs).sqrt() > 0.9, "{rate:?}: {}", alike / (ours * theirs).sqrt());
        }
    }

    #[test]
    fn a_long_gap_is_silence_and_the_next_one_begins_anew() {
        let mut conceal = Conceal::new(Rate::Narrow);
        conceal.heard(&voice(Rate::Narrow, 0, 480));
        let mut gap = [0; 160];
        let loudness = |gap: &[i16]| gap.iter().map(|s| i32::from(*s).abs()).max().unwrap_or(0);
        let loud: Vec<i32> = (0..4)
            .map(|_| {
                conceal.fill(&mut gap);
                loudness(&gap)
            })
            .collect();
        assert!(loud[0] > loud[1] && loud[1] > loud[2] && loud[3] == 0, "{loud:?}");
        conceal.heard(&voice(Rate::Narrow, 0, 480));
        conceal.fill(&mut gap);
        assert!(loudness(&gap) > 5_000);
    }

    #[test]
    fn before_anything_was_heard_a_gap_is_silence() {
        let mut gap = [7; 320];
        Conceal::new(Rate::Wide).fill(&mut gap);
        assert_eq!(gap, [0; 320]);
    }
}
