//! What is unfortunate about a sound that can be played all the same, in words for who made it.
//! Knows samples and limits; not names or folders.

use crate::loudness::GAIN_DB_MAX;
use crate::sound_file::SoundFile;

/// Silence before the first word that a citizen would notice, in seconds.
const LEAD_SECONDS_MAX: f32 = 1.0;
/// And after the last.
const TAIL_SECONDS_MAX: f32 = 2.0;
/// Softer than this is silence: −50 dB below full scale.
const SILENCE: f32 = 0.003;
/// Full scale, or so near that a recorder ran into it.
const FULL: f32 = 0.999;
/// So many samples at full scale one after the other were cut.
const CUT_SAMPLES: usize = 4;
/// A first or last sample above this is heard as a click.
const EDGE: f32 = 0.05;

/// What is unfortunate about a sound. It is played all the same.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum PromptWarning {
    /// Nothing is to be heard.
    #[error("is silent from beginning to end")]
    Silent,
    /// Two channels.
    #[error("has two channels, which are mixed; record it in mono")]
    Stereo,
    /// A telephone's rate.
    #[error(
        "has 8000 samples per second: phones and browsers with wideband sound hear it duller than need be; 16000 is better"
    )]
    Narrow,
    /// The recorder was set too high.
    #[error("is cut off at full level at {0:.1} s, which crackles; record it softer")]
    Clipped(f32),
    /// Too soft to be lifted to the house's loudness.
    #[error("is so soft, or has such a loud peak, that it stays {0:.0} dB softer than other prompts; record it louder")]
    Soft(f64),
    /// Silence before.
    #[error("begins with {0:.1} s of silence; cut it off")]
    Lead(f32),
    /// Silence after.
    #[error("ends with {0:.1} s of silence; cut it off")]
    Tail(f32),
    /// An edge that is no silence.
    #[error("begins or ends in the middle of a sound, which clicks; fade it over some milliseconds")]
    Edge,
}

/// All that is unfortunate about a sound that was read. `lacks`: dB by which it stays below the house's loudness.
pub(crate) fn warnings(file: &SoundFile, lacks: f64) -> Vec<PromptWarning> {
    let sound = &file.sound;
    let seconds = |samples: usize| samples as f32 / file.rate as f32;
    let mut warnings = Vec::new();
    if file.channels == 2 {
        warnings.push(PromptWarning::Stereo);
    }
    if file.rate == 8_000 {
        warnings.push(PromptWarning::Narrow);
    }
    let loud = |sample: &f32| sample.abs() > SILENCE;
    let (Some(first), Some(last)) = (sound.iter().position(loud), sound.iter().rposition(loud)) else {
        warnings.push(PromptWarning::Silent);
        return warnings;
    };
    if let Some(at) = sound.windows(CUT_SAMPLES).position(|run| run.iter().all(|sample| sample.abs() >= FULL)) {
        warnings.push(PromptWarning::Clipped(seconds(at)));
    }
    if lacks >= 1.0 {
        warnings.push(PromptWarning::Soft(lacks.min(10.0 * GAIN_DB_MAX)));
    }
    if seconds(first) > LEAD_SECONDS_MAX {
        warnings.push(PromptWarning::Lead(seconds(first)));
    }
    if seconds(sound.len() - 1 - last) > TAIL_SECONDS_MAX {
        warnings.push(PromptWarning::Tail(seconds(sound.len() - 1 - last)));
    }
    if [sound.first(), sound.last()].into_iter().flatten().any(|sample| sample.abs() > EDGE) {
        warnings.push(PromptWarning::Edge);
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(sound: Vec<f32>, channels: u16, lacks: f64) -> String {
        let file = SoundFile { rate: 16_000, channels, sound };
        warnings(&file, lacks).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    /// Two seconds of a voice between silences, in seconds.
    fn voice(before: f32, after: f32, level: f32) -> Vec<f32> {
        let silence = |seconds: f32| std::iter::repeat_n(0.0, (seconds * 16_000.0) as usize);
        let voice = (0..32_000).map(|n| level * (n as f32 * 0.3).sin());
        silence(before).chain(voice).chain(silence(after)).collect()
    }

    #[test]
    fn a_good_recording_is_not_complained_of() {
        assert_eq!(warned(voice(0.2, 0.4, 0.3), 1, 0.0), "");
    }

    #[test]
    fn everything_that_a_citizen_would_mind_is_told_at_once() {
        let mut sound = voice(3.0, 4.0, 0.5);
        sound[60_000..60_010].fill(1.0);
        sound[0] = 0.2;
        let words = warned(sound, 2, 7.0);
        for word in ["two channels", "cut off at full level at 3.8 s", "7 dB softer", "ends with 4.0 s", "clicks"] {
            assert!(words.contains(word), "{word}: {words}");
        }
        assert!(warned(voice(3.0, 0.0, 0.5), 1, 0.0).contains("begins with 3.0 s of silence"));
        assert!(warned(vec![0.0; 16_000], 1, 0.0).contains("silent from beginning to end"));
    }
}
