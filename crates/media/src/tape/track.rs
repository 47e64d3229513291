//! One side of a tape: packets decoded and laid where they belong in time.
//!
//! A packet lies where its RTP clock says, as long as that fits its arrival; where the two drift apart, or a stream begins,
//! the arrival counts. Knows samples from the tape's beginning; no clock, no file.

use super::Taped;
use crate::Codec;
use crate::coding::{Decoder, Rate, SOUND_SAMPLES_MAX};

/// Samples of a frame of 20 ms.
pub(super) const FRAME: usize = Rate::Wide.frame();
/// Samples that are held: two seconds, of which one waits to be written.
const HELD: usize = 32_768;
/// A packet may come this much later than its RTP clock says …
const LATE_MAX: i64 = 400 * Rate::Wide.samples_in_ms() as i64;
/// … and this much earlier; else the clock is set anew by its arrival.
const EARLY_MAX: i64 = 60 * Rate::Wide.samples_in_ms() as i64;

/// One side's sound that isn't written yet.
#[derive(Debug)]
pub(super) struct Track {
    sound: Box<[i16]>,
    stream: Option<Stream>,
}

/// The RTP stream that is heard.
#[derive(Debug)]
struct Stream {
    codec: Codec,
    ssrc: u32,
    ear: Decoder,
    /// The RTP time of the last packet, and where it lies on the tape.
    timestamp: u32,
    place: i64,
}

impl Track {
    pub(super) fn new() -> Self {
        Self { sound: vec![0; HELD].into_boxed_slice(), stream: None }
    }

    /// A packet that came when the tape was at `arrived`, of which `written` samples can't change any more.
    pub(super) fn hear(&mut self, packet: &Taped<'_>, arrived: u64, written: u64) {
        let stream = self.stream.take().filter(|stream| stream.codec == packet.codec && stream.ssrc == packet.ssrc);
        let stream = self.stream.insert(stream.unwrap_or_else(|| Stream {
            codec: packet.codec,
            ssrc: packet.ssrc,
            ear: Decoder::new(packet.codec, Rate::Wide),
            timestamp: packet.timestamp,
            place: arrived as i64,
        }));
        let place = stream.place_of(packet.timestamp, arrived as i64);
        let mut sound = [0; SOUND_SAMPLES_MAX];
        let length = stream.ear.decode(packet.payload, &mut sound);
        for (place, sample) in (place..).zip(&sound[..length]) {
            if (written as i64..written as i64 + HELD as i64).contains(&place) {
                self.sound[place as usize % HELD] = *sample;
            }
        }
    }

    /// The frame from this sample on; it is silence from now on.
    pub(super) fn take(&mut self, from: u64) -> [i16; FRAME] {
        let place = |n: usize| (from as usize + n) % HELD;
        let frame = std::array::from_fn(|n| self.sound[place(n)]);
        (0..FRAME).for_each(|n| self.sound[place(n)] = 0);
        frame
    }
}

impl Stream {
    fn place_of(&mut self, timestamp: u32, arrived: i64) -> i64 {
        let ticks = i64::from(timestamp.wrapping_sub(self.timestamp) as i32);
        let samples = ticks * Rate::Wide.samples_in_second() as i64 / i64::from(self.codec.clock_rate());
        let told = self.place + samples;
        let place = if (-EARLY_MAX..=LATE_MAX).contains(&(arrived - told)) { told } else { arrived };
        (self.timestamp, self.place) = (timestamp, place);
        place
    }
}
