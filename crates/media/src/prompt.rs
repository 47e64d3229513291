//! A prompt or piece of music, ready to be sent: frames of 20 ms in each codec, made once from a sound file's bytes.
//!
//! Everything that could be wrong with a file is found here, when the store is read, and never while a citizen listens.
//! Knows nothing of names, folders or who hears it.

use std::time::Duration;

use crate::checks::{PromptWarning, warnings};
use crate::loudness::{gain, lifted};
use crate::resample::resampled;
use crate::sound_file::{BadPrompt, PROMPT_SECONDS_MAX, RATES, SoundFile};
use crate::{Codec, Encoder, FRAME_BYTES_MAX, Rate};

/// A telephone's rate: sound of this rate is never made wideband.
const TELEPHONE_RATE: u32 = 8_000;
const FRAMES_IN_SECOND: usize = 50;

/// A prompt in each codec. Share it by `Arc`: a second of it takes about 27 kB (8 kB each in G.711 and G.722, 3 kB in
/// Opus), a minute 1.6 MB.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    frames: usize,
    a_law: Box<[u8]>,
    mu_law: Box<[u8]>,
    g722: Box<[u8]>,
    opus: Box<[u8]>,
    /// Where each frame of `opus` ends.
    opus_ends: Box<[u32]>,
}

impl Prompt {
    /// From a sound file's bytes, mono or stereo (both channels are mixed): WAV of 8 to 48 kHz in 8 to 32 bits, float, A-law,
    /// µ-law or G.722; or Ogg with Opus.
    pub fn from_file(bytes: &[u8]) -> Result<Self, BadPrompt> {
        let file = SoundFile::read(bytes).map_err(|mut faults| faults.swap_remove(0))?;
        Self::from_samples(&file.sound, file.rate)
    }

    /// From a sound file's bytes, brought to that loudness (in LUFS; `None`: left as it is), with all that is unfortunate
    /// about it; or all reasons why it can't be a prompt.
    pub fn read(bytes: &[u8], loudness: Option<f64>) -> Result<(Self, Vec<PromptWarning>), Vec<BadPrompt>> {
        let file = SoundFile::read(bytes)?;
        let (gain, lacks) = loudness.map_or((0.0, 0.0), |target| gain(&file.sound, file.rate, target));
        let warnings = warnings(&file, lacks);
        let prompt = Self::from_samples(&lifted(file.sound, gain), file.rate).map_err(|fault| vec![fault])?;
        Ok((prompt, warnings))
    }

    /// From samples at one of the rates that are read, −1 to 1; louder ones are cut. The last frame is filled up with
    /// silence. A second of sound takes about 10 ms to encode, nearly all of it for Opus.
    pub fn from_samples(sound: &[f32], rate: u32) -> Result<Self, BadPrompt> {
        if !RATES.contains(&rate) {
            return Err(BadPrompt::Rate(rate));
        }
        if sound.is_empty() {
            return Err(BadPrompt::Empty);
        }
        if sound.len() as u64 > u64::from(PROMPT_SECONDS_MAX) * u64::from(rate) {
            return Err(BadPrompt::TooLong);
        }
        let frames = (sound.len() * FRAMES_IN_SECOND).div_ceil(rate as usize);
        let narrow = samples(sound, rate, Rate::Narrow, frames);
        // What has only a telephone's band is not made wider than it is.
        let wide = (rate > TELEPHONE_RATE).then(|| samples(sound, rate, Rate::Wide, frames));
        let (best, best_rate) = wide.as_ref().map_or((&narrow, Rate::Narrow), |wide| (wide, Rate::Wide));
        let (a_law, _) = encoded(Codec::Pcma, &narrow, Rate::Narrow);
        let (mu_law, _) = encoded(Codec::Pcmu, &narrow, Rate::Narrow);
        let (g722, _) = encoded(Codec::G722, best, best_rate);
        let (opus, opus_ends) = encoded(Codec::Opus, best, best_rate);
        Ok(Self { frames, a_law, mu_law, g722, opus, opus_ends })
    }

    /// The `number`th frame of 20 ms, at most 160 bytes; `None` after the end.
    pub fn frame(&self, codec: Codec, number: usize) -> Option<&[u8]> {
        let fixed = |encoded| frame_of(encoded, number.checked_mul(FRAME_BYTES_MAX)?);
        match codec {
            Codec::Pcma => fixed(&self.a_law),
            Codec::Pcmu => fixed(&self.mu_law),
            Codec::G722 => fixed(&self.g722),
            Codec::Opus => {
                let end = *self.opus_ends.get(number)? as usize;
                let start = number.checked_sub(1).map_or(0, |before| self.opus_ends[before] as usize);
                self.opus.get(start..end)
            }
        }
    }

    /// How many frames of 20 ms it has; at least one.
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// How long it plays.
    pub fn length(&self) -> Duration {
        Duration::from_millis(20) * self.frames() as u32
    }
}

fn frame_of(encoded: &[u8], at: usize) -> Option<&[u8]> {
    encoded.get(at..at + FRAME_BYTES_MAX)
}

/// So many frames of the sound at this rate.
fn samples(sound: &[f32], from: u32, to: Rate, frames: usize) -> Vec<i16> {
    let sound = resampled(sound, from, to.samples_in_second() as u32);
    let mut samples: Vec<i16> = sound.iter().map(|sample| (sample.clamp(-1.0, 1.0) * 32_767.0) as i16).collect();
    samples.resize(frames * to.frame(), 0);
    samples
}

/// All frames one after the other, and where each ends.
fn encoded(codec: Codec, sound: &[i16], rate: Rate) -> (Box<[u8]>, Box<[u32]>) {
    let mut encoder = Encoder::new(codec, rate);
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for frame in sound.chunks_exact(rate.frame()) {
        let mut room = [0; FRAME_BYTES_MAX];
        let length = encoder.encode(frame, &mut room);
        bytes.extend_from_slice(&room[..length]);
        ends.push(bytes.len() as u32);
    }
    (bytes.into(), ends.into())
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prompt({:?})", self.length())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hound::{SampleFormat, WavSpec};

    use super::*;
    use crate::{Decoder, Law};

    fn wav(spec: WavSpec, samples: impl IntoIterator<Item = i32>) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).expect("a valid form");
        for sample in samples {
            writer.write_sample(sample).expect("memory");
        }
        writer.finalize().expect("memory");
        file.into_inner()
    }

    fn form(sample_rate: u32, channels: u16) -> WavSpec {
        WavSpec { channels, sample_rate, bits_per_sample: 16, sample_format: SampleFormat::Int }
    }

    fn heard(prompt: &Prompt, codec: Codec) -> Vec<i16> {
        let mut decoder = Decoder::new(codec, Rate::Wide);
        let mut sound = Vec::new();
        for number in 0..prompt.frames() {
            let mut frame = [0; 320];
            assert_eq!(decoder.decode(prompt.frame(codec, number).expect("a frame"), &mut frame), 320);
            sound.extend(frame);
        }
        sound
    }

    fn strength(sound: &[i16], hertz: f64) -> f64 {
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (n, sample) in sound.iter().enumerate() {
            let angle = std::f64::consts::TAU * hertz * n as f64 / 16_000.0;
            (sine, cosine) = (sine + f64::from(*sample) * angle.sin(), cosine + f64::from(*sample) * angle.cos());
        }
        2.0 * sine.hypot(cosine) / (sound.len() as f64 * 8_000.0)
    }

    fn tone(hertz: f64, rate: u32, channels: u16) -> Vec<i32> {
        let at = |n: u32| (std::f64::consts::TAU * hertz * f64::from(n) / f64::from(rate)).sin() * 8_000.0;
        (0..rate).flat_map(|n| std::iter::repeat_n(at(n) as i32, usize::from(channels))).collect()
    }

    #[test]
    fn a_file_of_any_rate_is_heard_at_its_own_pitch_in_every_codec() {
        for (rate, channels) in [(8000, 1), (16_000, 2), (44_100, 2), (48_000, 1)] {
            let prompt = Prompt::from_file(&wav(form(rate, channels), tone(700.0, rate, channels))).expect("readable");
            assert_eq!(prompt.length(), Duration::from_secs(1), "{rate} × {channels}");
            for codec in Codec::ALL {
                let strength = strength(&heard(&prompt, codec)[3_200..], 700.0);
                assert!((0.8..1.2).contains(&strength), "{rate} {codec:?}: {strength}");
                assert_eq!(prompt.frame(codec, 50), None);
                assert_eq!(prompt.frame(codec, usize::MAX), None);
            }
        }
    }

    #[test]
    fn who_has_a_wideband_phone_hears_wideband_prompts() {
        let prompt = Prompt::from_file(&wav(form(48_000, 1), tone(5_500.0, 48_000, 1))).expect("readable");
        for (codec, carried) in [(Codec::Pcma, false), (Codec::Pcmu, false), (Codec::G722, true), (Codec::Opus, true)] {
            let strength = strength(&heard(&prompt, codec)[3_200..], 5_500.0);
            assert!(if carried { strength > 0.5 } else { strength < 0.05 }, "{codec:?}: {strength}");
        }
    }

    #[test]
    fn the_last_frame_is_filled_up_with_silence() {
        let prompt = Prompt::from_file(&wav(form(8000, 1), vec![20_000; 170])).expect("readable");
        assert_eq!(prompt.frames(), 2);
        assert_eq!(Law::A.decode(prompt.frame(Codec::Pcma, 1).expect("a frame")[100]).abs(), 8);
        assert_eq!(Prompt::from_samples(&[0.0], 48_000).expect("short").frames(), 1);
    }

    #[test]
    fn a_file_that_can_not_be_a_prompt_says_why() {
        assert_eq!(Prompt::from_file(b"ID3 an mp3"), Err(BadPrompt::NotWav));
        assert_eq!(Prompt::from_file(&wav(form(11_025, 1), [1])), Err(BadPrompt::Rate(11_025)));
        assert_eq!(Prompt::from_file(&wav(form(8000, 6), [1; 6])), Err(BadPrompt::Channels(6)));
        assert_eq!(Prompt::from_file(&wav(form(8000, 1), [])), Err(BadPrompt::Empty));
        let whole = wav(form(8000, 1), vec![1; 1000]);
        assert_eq!(Prompt::from_samples(&[0.0], 12_345), Err(BadPrompt::Rate(12_345)));
        assert_eq!(Prompt::from_file(&whole[..whole.len() - 500]), Err(BadPrompt::NotWav));
    }
}
