//! Sound files to samples, WAV and Opus: what can't be used is refused with every reason at once.
//!
//! Two channels are mixed into one. Knows the forms of files; not how loud they should be, or what they are for.

use std::io::Cursor;
use std::panic::catch_unwind;

use hound::{SampleFormat, WavReader, WavSpec};

use crate::companded_wav::CompandedWav;
use crate::opus_file::{self, NoSound};

/// Longest prompt, in seconds. Longer: [`BadPrompt::TooLong`].
pub(crate) const PROMPT_SECONDS_MAX: u32 = 600;
/// Rates that are read, in samples per second.
pub(crate) const RATES: [u32; 6] = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000];

/// Why a sound file can't be a prompt; the words are for who made the file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPrompt {
    /// The file isn't WAV, or is cut short.
    #[error("is no WAV file that can be read (it must be PCM, A-law, µ-law or G.722, and whole)")]
    NotWav,
    /// An Ogg file that holds no Opus, or is cut short.
    #[error("is no Opus file that can be read (it must be one stream of one or two channels, and whole)")]
    NotOpus,
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

/// A sound as it was read.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SoundFile {
    /// Samples per second, one of [`RATES`].
    pub(crate) rate: u32,
    /// One or two, before they were mixed.
    pub(crate) channels: u16,
    /// −1 to 1, mixed.
    pub(crate) sound: Vec<f32>,
}

impl SoundFile {
    /// WAV of 8 to 48 kHz, mono or stereo; 8 to 32 bits, float, A-law, µ-law or G.722. Or Ogg with Opus, mono or stereo.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Vec<BadPrompt>> {
        // The readers are not ours: should one ever panic, one file is refused.
        if opus_file::is_ogg(bytes) {
            return catch_unwind(|| read_opus(bytes)).unwrap_or_else(|_| Err(vec![BadPrompt::NotOpus]));
        }
        catch_unwind(|| read(bytes)).unwrap_or_else(|_| Err(vec![BadPrompt::NotWav]))
    }
}

fn read_opus(bytes: &[u8]) -> Result<SoundFile, Vec<BadPrompt>> {
    let (rate, longest) = (opus_file::RATE, opus_file::RATE * PROMPT_SECONDS_MAX);
    let file = opus_file::read(bytes, longest as usize).map_err(|why| match why {
        NoSound::Unreadable => vec![BadPrompt::NotOpus],
        NoSound::Longer => vec![BadPrompt::TooLong],
    })?;
    let frames = file.samples.len() as u64 / u64::from(file.channels);
    check_form(rate, file.channels, frames)?;
    let samples: Vec<f32> = file.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    Ok(SoundFile { rate, channels: file.channels, sound: mixed(&samples, file.channels) })
}

fn read(bytes: &[u8]) -> Result<SoundFile, Vec<BadPrompt>> {
    if let Some(wav) = CompandedWav::read(bytes) {
        check_form(wav.sample_rate, wav.channels, wav.frames())?;
        let (rate, channels) = (wav.sample_rate, wav.channels);
        return Ok(SoundFile { rate, channels, sound: mixed(&wav.samples(), channels) });
    }
    let reader = WavReader::new(Cursor::new(bytes)).map_err(|_| vec![BadPrompt::NotWav])?;
    let spec = reader.spec();
    check_form(spec.sample_rate, spec.channels, u64::from(reader.duration()))?;
    let samples = read_samples(reader, spec).map_err(|_| vec![BadPrompt::NotWav])?;
    Ok(SoundFile { rate: spec.sample_rate, channels: spec.channels, sound: mixed(&samples, spec.channels) })
}

/// `frames`: samples of each channel.
fn check_form(rate: u32, channels: u16, frames: u64) -> Result<(), Vec<BadPrompt>> {
    let mut faults = Vec::new();
    if !RATES.contains(&rate) {
        faults.push(BadPrompt::Rate(rate));
    }
    if !(1..=2).contains(&channels) {
        faults.push(BadPrompt::Channels(channels));
    }
    if frames == 0 {
        faults.push(BadPrompt::Empty);
    }
    if frames > u64::from(PROMPT_SECONDS_MAX) * u64::from(rate) {
        faults.push(BadPrompt::TooLong);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
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

    fn file(sample_rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
        let spec = WavSpec { channels, sample_rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).expect("a valid form");
        for sample in samples {
            writer.write_sample(*sample).expect("memory");
        }
        writer.finalize().expect("memory");
        file.into_inner()
    }

    #[test]
    fn both_channels_are_heard() {
        let wav = SoundFile::read(&file(16_000, 2, &[16_384, 0, 0, -16_384])).expect("readable");
        assert_eq!((wav.rate, wav.channels, wav.sound), (16_000, 2, vec![0.25, -0.25]));
    }

    #[test]
    fn every_reason_against_a_file_is_told_at_once() {
        let faults = SoundFile::read(&file(11_025, 6, &[])).expect_err("bad");
        assert_eq!(faults, [BadPrompt::Rate(11_025), BadPrompt::Channels(6), BadPrompt::Empty]);
        assert_eq!(SoundFile::read(b"ID3 an mp3").expect_err("bad"), [BadPrompt::NotWav]);
        let whole = file(8_000, 1, &[1; 1000]);
        assert_eq!(SoundFile::read(&whole[..whole.len() - 500]).expect_err("bad"), [BadPrompt::NotWav]);
        assert_eq!(SoundFile::read(&file(8_000, 1, &vec![1; 8_000 * 601])).expect_err("bad"), [BadPrompt::TooLong]);
    }
}
