//! A talk on tape: the citizen's voice on the left, what the citizen was sent on the right, as a file of Ogg and Opus.
//!
//! What comes is placed by its moment of arrival and its RTP clock; what doesn't come is silence, so both sides stay side by
//! side. The two sides are two mono streams of one file: no sound of one is ever in the other. Knows no key and no disk.

mod message;
mod ogg_file;
mod track;

use std::time::Duration;

use model::Moment;

pub use self::message::{MessageReel, WAV_HEAD_BYTES, wav_head, wav_length};
use self::ogg_file::{OggFile, Place};
use self::track::{FRAME, Track};
use crate::Codec;
use crate::coding::{Encoder, FRAME_BYTES_MAX, Rate};

/// How long a frame waits for packets that come late, or were long on their way to whoever writes. Later ones are left out.
const HELD_BACK: Duration = Duration::from_secs(1);

/// Which side of a tape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// What comes from the citizen.
    Left,
    /// What the citizen is sent.
    Right,
}

/// A packet of voice as it is laid on a tape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taped<'a> {
    /// Of whom.
    pub side: Side,
    /// In which codec.
    pub codec: Codec,
    /// Its stream.
    pub ssrc: u32,
    /// Its RTP time.
    pub timestamp: u32,
    /// When it came or went.
    pub at: Moment,
    /// What the codec made of the sound.
    pub payload: &'a [u8],
}

/// A tape that is being written.
#[derive(Debug)]
pub struct Reel {
    began: Moment,
    /// Left and right.
    tracks: [Track; 2],
    mouths: [Encoder; 2],
    /// Samples of each side that are in the file.
    written: u64,
    file: OggFile,
}

impl Reel {
    /// From this moment on. The title stands in the file; the serial number tells its stream from others (RFC 3533 §6).
    /// Takes some 300 kB while it runs.
    pub fn new(began: Moment, title: &str, serial: u32) -> Self {
        let mouth = || Encoder::new(Codec::Opus, Rate::Wide);
        Self {
            began,
            tracks: [Track::new(), Track::new()],
            mouths: [mouth(), mouth()],
            written: 0,
            file: OggFile::new(title, serial),
        }
    }

    /// A packet of voice; of each side in about the order in which they came.
    pub fn hear(&mut self, packet: &Taped<'_>) {
        let arrived = self.samples(packet.at);
        self.tracks[packet.side as usize].hear(packet, arrived, self.written);
    }

    /// Time goes on: writes what can't change any more.
    pub fn roll(&mut self, to: Moment) {
        let ready = self.samples(to - HELD_BACK);
        while self.written + FRAME as u64 <= ready {
            self.frame(Place::Inside);
        }
    }

    /// The end: writes all that is left. Nothing may come after it.
    pub fn end(&mut self, at: Moment) {
        let ready = self.samples(at);
        while self.written + 2 * FRAME as u64 <= ready {
            self.frame(Place::Inside);
        }
        self.frame(Place::Last);
    }

    /// What the file has grown by since the last time; never empty the first time.
    pub fn take(&mut self) -> Vec<u8> {
        self.file.take()
    }

    /// Samples from the beginning to a moment.
    fn samples(&self, at: Moment) -> u64 {
        (at.since(self.began).as_micros() * Rate::Wide.samples_in_second() as u128 / 1_000_000) as u64
    }

    fn frame(&mut self, place: Place) {
        let mut encoded = [[0; FRAME_BYTES_MAX]; 2];
        let mut lengths = [0; 2];
        for side in 0..2 {
            let sound = self.tracks[side].take(self.written);
            lengths[side] = self.mouths[side].encode(&sound, &mut encoded[side]);
        }
        self.written += FRAME as u64;
        self.file.put(&encoded[0][..lengths[0]], &encoded[1][..lengths[1]], place);
    }
}

#[cfg(test)]
mod tests;
