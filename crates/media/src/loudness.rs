//! How loud a sound is to the ear, and the gain that brings it to the loudness of the house.
//!
//! Measured by EBU R 128 (ITU-R BS.1770), which leaves pauses out of the measure. Knows samples; not what they say.

use std::time::Duration;

use ebur128::{EbuR128, Mode};

use crate::BadPrompt;
use crate::sound_file::SoundFile;

/// What is said, in LUFS: the target of EBU R 128. That is about 3 dB above a telephone's nominal speech level (−26 dBov by
/// ITU-T P.56), where headsets and browsers with automatic gain also lie; it leaves room for the peaks of a voice.
pub const SPEECH_LUFS: f64 = -23.0;
/// Music: so much softer that words in between are words, and an hour of it is bearable.
pub const MUSIC_LUFS: f64 = -29.0;
/// Nothing is lifted by more: what would need it is mostly noise.
pub const GAIN_DB_MAX: f64 = 20.0;
/// No peak is lifted above this, in dB below full scale.
const PEAK_DB_MAX: f64 = -1.0;
/// The measure looks at blocks of 400 ms; a shorter sound is measured as if it were said again and again.
const MEASURED_MIN: Duration = Duration::from_millis(1_600);

/// A sound file as it is heard before anything is done to it.
#[derive(Clone, PartialEq, Debug)]
pub struct HeardFile {
    /// Samples per second.
    pub rate: u32,
    /// −1 to 1.
    pub sound: Vec<f32>,
    /// In LUFS; none: silence.
    pub loudness: Option<f64>,
}

/// Reads a sound file's bytes without preparing it for anybody; or all reasons why it can't be read.
pub fn heard(bytes: &[u8]) -> Result<HeardFile, Vec<BadPrompt>> {
    let SoundFile { rate, sound, .. } = SoundFile::read(bytes)?;
    Ok(HeardFile { rate, loudness: loudness(&sound, rate), sound })
}

/// Loudness in LUFS; none: silence.
pub(crate) fn loudness(sound: &[f32], rate: u32) -> Option<f64> {
    let mut meter = EbuR128::new(1, rate, Mode::I).ok()?;
    let samples = (u64::from(rate) * MEASURED_MIN.as_millis() as u64 / 1_000) as usize;
    for _ in 0..samples.div_ceil(sound.len().max(1)).clamp(1, samples) {
        meter.add_frames_f32(sound).ok()?;
    }
    meter.loudness_global().ok().filter(|loudness| loudness.is_finite())
}

/// The gain in dB that brings a sound to `target`, and by how many dB its peaks or its softness kept it from more.
pub(crate) fn gain(sound: &[f32], rate: u32, target: f64) -> (f64, f64) {
    let Some(loudness) = loudness(sound, rate) else { return (0.0, 0.0) };
    let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let room = PEAK_DB_MAX - 20.0 * f64::from(peak).log10();
    let (wanted, most) = (target - loudness, room.min(GAIN_DB_MAX));
    // What is softer is never made softer still because its peaks are high.
    let gain = if wanted > 0.0 { wanted.min(most.max(0.0)) } else { wanted };
    (gain, wanted - gain)
}

/// The sound with that gain.
pub(crate) fn lifted(mut sound: Vec<f32>, gain_db: f64) -> Vec<f32> {
    let factor = 10_f64.powf(gain_db / 20.0) as f32;
    for sample in &mut sound {
        *sample *= factor;
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(level: f32, millis: u32) -> Vec<f32> {
        (0..16 * millis).map(|n| level * (std::f32::consts::TAU * 1_000.0 * n as f32 / 16_000.0).sin()).collect()
    }

    #[test]
    fn a_full_tone_is_as_loud_as_the_standard_says() {
        // EBU Tech 3341: a 1 kHz tone at −23 dBFS in both channels is −23 LUFS; in one channel 3 less.
        let heard = loudness(&tone(10_f32.powf(-23.0 / 20.0), 20_000), 16_000).expect("sound");
        assert!((heard + 26.0).abs() < 0.2, "{heard}");
    }

    #[test]
    fn a_short_word_is_as_loud_as_a_long_one() {
        let (word, sentence) = (loudness(&tone(0.1, 250), 16_000), loudness(&tone(0.1, 5_000), 16_000));
        assert!((word.expect("sound") - sentence.expect("sound")).abs() < 0.3, "{word:?} {sentence:?}");
        assert_eq!(loudness(&[], 16_000), None);
        assert_eq!(loudness(&[0.0; 400], 16_000), None);
    }

    #[test]
    fn loud_and_soft_voices_come_out_alike_unless_they_are_too_soft() {
        for level in [0.02, 0.1, 0.9] {
            let sound = tone(level, 2_000);
            let (gain, lacks) = gain(&sound, 16_000, SPEECH_LUFS);
            let after = loudness(&lifted(sound, gain), 16_000).expect("sound");
            assert!(lacks < 0.1 && (after - SPEECH_LUFS).abs() < 0.1, "{level}: {after}");
        }
        let (most, lacks) = gain(&tone(0.001, 2_000), 16_000, SPEECH_LUFS);
        assert!((most - GAIN_DB_MAX).abs() < 0.01 && lacks > 15.0, "{most} {lacks}");
        let mut peak = tone(0.02, 2_000);
        peak[5] = 0.9;
        let (gain, lacks) = gain(&peak, 16_000, SPEECH_LUFS);
        assert!(lacks > 10.0 && gain < 0.1, "a peak keeps it down: {gain}");
    }
}
