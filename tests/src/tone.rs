//! Is it the right sound? Tones made, written to and read from WAV files, and found again by Goertzel's method.
//! Knows samples at 8,000 a second; doesn't know how they travelled.

use std::f64::consts::TAU;
use std::path::Path;

/// Samples a second, everywhere in these tests.
pub const RATE: u32 = 8_000;
/// What the citizen says.
pub const CITIZEN_HZ: f64 = 600.0;
/// What the agent says.
pub const AGENT_HZ: f64 = 900.0;
/// A window of 100 ms holds whole periods of both tones.
const WINDOW: usize = 800;
/// A window belongs to a tone that holds this share of its power.
const SHARE_MIN: f64 = 0.8;
/// Quieter windows (mean square) belong to no tone.
const POWER_MIN: f64 = 10_000.0;

/// A tone of half the full strength.
pub fn tone(hz: f64, seconds: f64) -> Vec<i16> {
    let samples = (seconds * f64::from(RATE)) as u32;
    (0..samples).map(|n| (16_000.0 * (TAU * hz * f64::from(n) / f64::from(RATE)).sin()) as i16).collect()
}

/// For how many seconds a tone is what one hears.
pub fn seconds_of(samples: &[i16], hz: f64) -> f64 {
    let windows = samples.as_chunks::<WINDOW>().0;
    windows.iter().filter(|window| share_of(&window[..], hz) > SHARE_MIN).count() as f64 / 10.0
}

/// Goertzel: which share of the power lies at a frequency; none of what is all but silent.
pub fn share_of(window: &[i16], hz: f64) -> f64 {
    let power = window.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / window.len() as f64;
    if power < POWER_MIN {
        return 0.0;
    }
    let turn = 2.0 * (TAU * hz / f64::from(RATE)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in window {
        (last, before) = (f64::from(*sample) + turn * last - before, last);
    }
    let squared = last * last + before * before - turn * last * before;
    let amplitude_squared = 4.0 * squared / (window.len() as f64).powi(2);
    amplitude_squared / 2.0 / power
}

/// Writes a mono WAV file.
pub fn write_wav(path: &Path, samples: &[i16]) {
    let spec =
        hound::WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut file = hound::WavWriter::create(path, spec).expect("a WAV file can be made in the test's folder");
    for sample in samples {
        file.write_sample(*sample).expect("it can be written to");
    }
    file.finalize().expect("it can be closed");
}

/// Reads a WAV file of 16-bit samples, the first channel and only so many samples as [`RATE`] has (the tones here are far
/// below); also one whose writer was stopped before it could write the lengths.
pub fn read_wav(path: &Path) -> Vec<i16> {
    const HEADER_BYTES: usize = 44;
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let Some((header, body)) = bytes.split_at_checked(HEADER_BYTES) else { return Vec::new() };
    let channels = usize::from(u16::from_le_bytes([header[22], header[23]]));
    let rate = u32::from_le_bytes([header[24], header[25], header[26], header[27]]);
    let step = channels * (rate / RATE) as usize;
    body.as_chunks::<2>().0.iter().step_by(step.max(1)).map(|pair| i16::from_le_bytes(*pair)).collect()
}

#[test]
fn a_tone_is_found_and_another_is_not() {
    let sound = tone(CITIZEN_HZ, 1.0);
    assert!((seconds_of(&sound, CITIZEN_HZ) - 1.0).abs() < 1e-9);
    assert!(seconds_of(&sound, AGENT_HZ) < 1e-9);
    assert!(seconds_of(&vec![0; 8_000], CITIZEN_HZ) < 1e-9);
}
