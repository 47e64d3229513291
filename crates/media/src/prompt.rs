//! A prompt or piece of music, ready to be sent: frames of 20 ms in each codec, made once from a WAV file's bytes.
//!
//! Everything that could be wrong with a file is found here, when the store is read, and never while a citizen listens.
//! Knows nothing of names, folders or who hears it.

use std::io::Cursor;
use std::panic::catch_unwind;
use std::time::Duration;

use hound::{SampleFormat, WavReader, WavSpec};

use crate::companded_wav::CompandedWav;
use crate::resample::to_telephone_rate;
use crate::sending::FRAME_SAMPLES;
use crate::{Codec, Law};

/// Longest prompt. Longer: [`BadPrompt::TooLong`].
const PROMPT_SECONDS_MAX: u32 = 600;
/// Rates that are read, in samples per second.
const RATES: [u32; 6] = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000];
const FRAME_BYTES: usize = FRAME_SAMPLES as usize;

/// Why a sound file can't be a prompt; the words are for who made the file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPrompt {
    /// The file isn't WAV, or is cut short.
    #[error("is no WAV file that can be read (it must be PCM, A-law or µ-law, and whole)")]
    NotWav,
    /// The rate isn't one that we read.
    #[error("has {0} samples per second; 8000, 16000, 22050, 32000, 44100 and 48000 can be read")]
    Rate(u32),
    /// More than two channels.
    #[error("has {0} channels; one or two can be read")]
    Channels(u16),
    /// More than ten minutes.
    #[error("is longer than 10 minutes")]
    TooLong,
    /// No sound at all.
    #[error("is empty")]
    Empty,
}

/// A prompt in each codec. Share it by `Arc`: a minute takes about a megabyte.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    /// A-law and µ-law, in whole frames; the last is filled up with silence.
    encoded: [Box<[u8]>; 2],
}

impl Prompt {
    /// From a WAV file's bytes: 8 to 48 kHz, mono or stereo (both channels are mixed); 8 to 32 bits, float, A-law
    /// or µ-law.
    pub fn from_wav(bytes: &[u8]) -> Result<Self, BadPrompt> {
        // The reader is not ours: should it ever panic, one file is refused.
        let (spec, sound) = catch_unwind(|| read_wav(bytes)).unwrap_or(Err(BadPrompt::NotWav))?;
        Self::from_samples(&to_telephone_rate(&sound, spec.sample_rate))
    }

    /// From samples at 8 kHz, −1 to 1; louder ones are cut.
    pub fn from_samples(sound: &[f32]) -> Result<Self, BadPrompt> {
        if sound.is_empty() {
            return Err(BadPrompt::Empty);
        }
        if sound.len() > (PROMPT_SECONDS_MAX * crate::rtp::CLOCK_RATE) as usize {
            return Err(BadPrompt::TooLong);
        }
        let encode = |law: Law| {
            let padded = sound.len().next_multiple_of(FRAME_BYTES);
            let samples = sound.iter().copied().chain(std::iter::repeat(0.0)).take(padded);
            samples.map(|s| law.encode((s.clamp(-1.0, 1.0) * 32_767.0) as i16)).collect()
        };
        Ok(Self { encoded: [Law::A, Law::Mu].map(encode) })
    }

    /// The `number`th frame; `None` after the end, and in a codec that it isn't prepared in.
    pub fn frame(&self, codec: Codec, number: usize) -> Option<&[u8]> {
        let at = number.checked_mul(FRAME_BYTES)?;
        self.encoded(codec)?.get(at..at + FRAME_BYTES)
    }

    /// How many frames of 20 ms it has; at least one.
    pub fn frames(&self) -> usize {
        self.encoded[0].len() / FRAME_BYTES
    }

    /// How long it plays.
    pub fn length(&self) -> Duration {
        Duration::from_millis(20) * self.frames() as u32
    }

    fn encoded(&self, codec: Codec) -> Option<&[u8]> {
        let [a_law, mu_law] = &self.encoded;
        match codec {
            Codec::Pcma => Some(a_law),
            Codec::Pcmu => Some(mu_law),
            Codec::G722 | Codec::Opus => None,
        }
    }
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prompt({:?})", self.length())
    }
}

fn read_wav(bytes: &[u8]) -> Result<(WavSpec, Vec<f32>), BadPrompt> {
    if let Some(wav) = CompandedWav::read(bytes) {
        let (channels, sample_rate) = (wav.channels, wav.sample_rate);
        let spec = WavSpec { channels, sample_rate, bits_per_sample: 8, sample_format: SampleFormat::Int };
        check_form(spec)?;
        return Ok((spec, mixed(&wav.samples(), channels)));
    }
    let reader = WavReader::new(Cursor::new(bytes)).map_err(|_| BadPrompt::NotWav)?;
    let spec = reader.spec();
    check_form(spec)?;
    if reader.duration() > PROMPT_SECONDS_MAX * spec.sample_rate {
        return Err(BadPrompt::TooLong);
    }
    let samples = read_samples(reader, spec).map_err(|_| BadPrompt::NotWav)?;
    Ok((spec, mixed(&samples, spec.channels)))
}

fn check_form(spec: WavSpec) -> Result<(), BadPrompt> {
    if !RATES.contains(&spec.sample_rate) {
        return Err(BadPrompt::Rate(spec.sample_rate));
    }
    if !(1..=2).contains(&spec.channels) {
        return Err(BadPrompt::Channels(spec.channels));
    }
    Ok(())
}

fn mixed(samples: &[f32], channels: u16) -> Vec<f32> {
    let channels = usize::from(channels);
    samples.chunks_exact(channels).map(|sample| sample.iter().sum::<f32>() / channels as f32).collect()
}

fn read_samples(reader: WavReader<Cursor<&[u8]>>, spec: WavSpec) -> hound::Result<Vec<f32>> {
    match spec.sample_format {
        SampleFormat::Float => reader.into_samples::<f32>().collect(),
        SampleFormat::Int => {
            let full = 2_f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.into_samples::<i32>().map(|sample| Ok(sample? as f32 / full)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_file_of_any_rate_is_heard_at_its_own_speed() {
        for (rate, channels) in [(8000, 1), (16_000, 2), (44_100, 2), (48_000, 1)] {
            let samples = std::iter::repeat_n(8000, (rate * u32::from(channels)) as usize);
            let prompt = Prompt::from_wav(&wav(form(rate, channels), samples)).expect("readable");
            assert_eq!(prompt.length(), Duration::from_secs(1), "{rate} × {channels}");
            for (codec, law) in [(Codec::Pcma, Law::A), (Codec::Pcmu, Law::Mu)] {
                let middle = law.decode(prompt.frame(codec, 25).expect("a frame")[80]);
                assert!((i32::from(middle) - 8000).abs() < 400, "{rate} {codec:?}: {middle}");
            }
            assert_eq!(prompt.frame(Codec::Pcma, 50), None);
        }
    }

    #[test]
    fn the_last_frame_is_filled_up_with_silence() {
        let prompt = Prompt::from_wav(&wav(form(8000, 1), vec![20_000; 170])).expect("readable");
        assert_eq!(prompt.frames(), 2);
        assert_eq!(Law::A.decode(prompt.frame(Codec::Pcma, 1).expect("a frame")[100]).abs(), 8);
    }

    #[test]
    fn a_file_that_can_not_be_a_prompt_says_why() {
        assert_eq!(Prompt::from_wav(b"ID3 an mp3"), Err(BadPrompt::NotWav));
        assert_eq!(Prompt::from_wav(&wav(form(11_025, 1), [1])), Err(BadPrompt::Rate(11_025)));
        assert_eq!(Prompt::from_wav(&wav(form(8000, 6), [1; 6])), Err(BadPrompt::Channels(6)));
        assert_eq!(Prompt::from_wav(&wav(form(8000, 1), [])), Err(BadPrompt::Empty));
        let whole = wav(form(8000, 1), vec![1; 1000]);
        assert_eq!(Prompt::from_wav(&whole[..whole.len() - 500]), Err(BadPrompt::NotWav));
    }
}
