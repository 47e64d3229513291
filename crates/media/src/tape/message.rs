//! A citizen's message on tape: one voice, as the samples of a WAV file.
//!
//! It begins with the first packet that is heard, so nothing that came before is in it. Knows no header and no disk: bytes come
//! in their order, and [`wav_head`] says what stands before them.

use std::time::Duration;

use model::Moment;

use super::track::{FRAME, Track};
use super::{HELD_BACK, Side, Taped};
use crate::coding::Rate;

/// Bytes of [`wav_head`].
pub const WAV_HEAD_BYTES: usize = 44;
/// Bytes of one sample.
const SAMPLE_BYTES: u32 = 2;
/// How a message is kept: 16 kHz, what a wideband phone says.
const RATE: Rate = Rate::Wide;

/// A message that is being written.
#[derive(Debug)]
pub struct MessageReel {
    /// When its first packet came.
    began: Option<Moment>,
    track: Track,
    /// Samples that were given out.
    written: u64,
    bytes: Vec<u8>,
}

impl MessageReel {
    /// Empty. Takes some 70 kB while it runs.
    pub fn new() -> Self {
        Self { began: None, track: Track::new(), written: 0, bytes: Vec::new() }
    }

    /// A packet of voice, in about the order in which they came; what the citizen is sent is no part of it.
    pub fn hear(&mut self, packet: &Taped<'_>) {
        if packet.side == Side::Left {
            let began = *self.began.get_or_insert(packet.at);
            self.track.hear(packet, samples(packet.at.since(began)), self.written);
        }
    }

    /// Time goes on: gives out what can't change any more.
    pub fn roll(&mut self, to: Moment) {
        self.write_to(to - HELD_BACK);
    }

    /// The end: gives out all that is left.
    pub fn end(&mut self, at: Moment) {
        self.write_to(at);
    }

    /// What it has grown by since the last time: 16-bit samples, little-endian.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn write_to(&mut self, to: Moment) {
        let Some(began) = self.began else { return };
        let ready = samples(to.since(began));
        while self.written + FRAME as u64 <= ready {
            let frame = self.track.take(self.written);
            self.bytes.extend(frame.iter().flat_map(|sample| sample.to_le_bytes()));
            self.written += FRAME as u64;
        }
    }
}

impl Default for MessageReel {
    fn default() -> Self {
        Self::new()
    }
}

fn samples(time: Duration) -> u64 {
    (time.as_micros() * RATE.samples_in_second() as u128 / 1_000_000) as u64
}

/// What stands before so many bytes of a message's samples, so that they are a WAV file (RIFF, PCM, one channel).
pub fn wav_head(bytes: u32) -> [u8; WAV_HEAD_BYTES] {
    let rate = RATE.samples_in_second() as u32;
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(bytes.saturating_add(WAV_HEAD_BYTES as u32 - 8)).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        // PCM.
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * SAMPLE_BYTES).to_le_bytes(),
        &(SAMPLE_BYTES as u16).to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &bytes.to_le_bytes(),
    ];
    let mut head = [0; WAV_HEAD_BYTES];
    let mut at = 0;
    for field in fields {
        head[at..at + field.len()].copy_from_slice(field);
        at += field.len();
    }
    head
}

/// How long a message of so many bytes of samples is.
pub fn wav_length(bytes: u64) -> Duration {
    Duration::from_micros(bytes / u64::from(SAMPLE_BYTES) * 1_000_000 / RATE.samples_in_second() as u64)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::Codec;
    use crate::coding::{Encoder, FRAME_BYTES_MAX};

    const BEGAN: Moment = Moment::from_secs(1_000);

    /// Seconds of a tone as a phone sends them from then on, and what the message is.
    fn message(codec: Codec, side: Side, frames: u32, end: Duration) -> Vec<i16> {
        let (mut reel, mut mouth) = (MessageReel::new(), Encoder::new(codec, Rate::Wide));
        let mut bytes = Vec::new();
        for n in 0..frames {
            let tone =
                |s: usize| ((f64::from(n * FRAME as u32 + s as u32) * 440.0 * TAU / 16_000.0).sin() * 8_000.0) as i16;
            let sound: [i16; FRAME] = std::array::from_fn(tone);
            let mut payload = [0; FRAME_BYTES_MAX];
            let length = mouth.encode(&sound, &mut payload);
            let at = BEGAN + Duration::from_millis(5_000) + Duration::from_millis(20) * n;
            let timestamp = n * codec.frame_ticks();
            reel.hear(&Taped { side, codec, ssrc: 1, timestamp, at, payload: &payload[..length] });
            reel.roll(at);
            bytes.extend(reel.take());
        }
        reel.end(BEGAN + end);
        bytes.extend(reel.take());
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn a_message_begins_with_the_first_word_and_ends_when_it_is_over_in_every_codec() {
        for codec in Codec::ALL {
            let samples = message(codec, Side::Left, 150, Duration::from_secs(9));
            // Four seconds: three of the tone, and one of nothing until the end.
            assert_eq!(samples.len(), 4 * 16_000, "{codec:?}");
            let energy = |part: &[i16]| part.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / part.len() as f64;
            assert!(energy(&samples[3_200..47_000]) > 10_000_000.0, "{codec:?}: {}", energy(&samples[3_200..47_000]));
            assert!(energy(&samples[50_000..]) < 1_000.0, "{codec:?}: {}", energy(&samples[50_000..]));
        }
    }

    #[test]
    fn what_the_citizen_is_sent_is_no_part_of_the_message() {
        assert_eq!(message(Codec::Pcma, Side::Right, 150, Duration::from_secs(9)), []);
    }

    #[test]
    fn a_head_and_its_samples_are_a_wav_file_as_another_reads_it() {
        let samples = message(Codec::Pcma, Side::Left, 50, Duration::from_secs(6));
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let file = [&wav_head(bytes.len() as u32)[..], &bytes].concat();
        let mut reader = hound::WavReader::new(std::io::Cursor::new(&file)).expect("a WAV file");
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 16_000, 16));
        let read: Vec<i16> = reader.samples().map(|sample| sample.expect("a sample")).collect();
        assert_eq!(read, samples);
        assert_eq!(wav_length(bytes.len() as u64), Duration::from_secs(1));
    }
}
