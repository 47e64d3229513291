//! Sound as samples: one leg's codec decoded to 8 or 16 kHz, and samples of either encoded for another leg.
//!
//! Each keeps its codec's memory from frame to frame, so there is one for each direction of each speaker. Knows nothing
//! of packets, order or time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::conceal::Conceal;
use crate::g722::{G722Decoder, G722Encoder};
use crate::halfband::{Doubler, Halver};
use crate::opus::{OpusDecoder, OpusEncoder};
use crate::{Codec, Law};

/// Longest sound in one packet, in samples: 120 ms, the most that Opus can carry (RFC 6716 §3.2), at 16 kHz.
pub const SOUND_SAMPLES_MAX: usize = 1920;
/// Longest encoded frame of 20 ms, in bytes: that of G.711 and G.722. Opus is held to it.
pub const FRAME_BYTES_MAX: usize = 160;

/// How many samples a second sound has between decoding and encoding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rate {
    /// 8 kHz: what a telephone carries.
    Narrow,
    /// 16 kHz: what G.722 carries, and Opus for speech.
    Wide,
}

impl Rate {
    /// Samples in a second.
    pub const fn samples_in_second(self) -> usize {
        match self {
            Self::Narrow => 8_000,
            Self::Wide => 16_000,
        }
    }

    /// Samples in a millisecond.
    pub const fn samples_in_ms(self) -> usize {
        self.samples_in_second() / 1000
    }

    /// Samples in a frame of 20 ms.
    pub const fn frame(self) -> usize {
        self.samples_in_second() / 50
    }

    /// All that a codec carries of a voice, and no more.
    pub const fn of(codec: Codec) -> Self {
        match codec {
            Codec::Pcma | Codec::Pcmu => Self::Narrow,
            Codec::G722 | Codec::Opus => Self::Wide,
        }
    }
}

/// From one speaker's packets to samples.
#[derive(Debug)]
pub struct Decoder {
    rate: Rate,
    kind: DecoderKind,
}

#[derive(Debug)]
enum DecoderKind {
    Law(Law, Conceal, Doubler),
    G722(Box<G722Decoder>, Conceal),
    Opus(Box<OpusDecoder>),
}

impl Decoder {
    /// For a codec, to samples of this rate. Opus allocates about 66 kB, the others less than 2.
    pub fn new(codec: Codec, rate: Rate) -> Self {
        let kind = match codec {
            Codec::Pcma => DecoderKind::Law(Law::A, Conceal::new(rate), Doubler::default()),
            Codec::Pcmu => DecoderKind::Law(Law::Mu, Conceal::new(rate), Doubler::default()),
            Codec::G722 => DecoderKind::G722(Box::new(G722Decoder::new()), Conceal::new(rate)),
            Codec::Opus => DecoderKind::Opus(Box::new(OpusDecoder::new(rate))),
        };
        Self { rate, kind }
    }

    /// What its samples' rate is.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Decodes a packet's payload of any length; gives how many samples it wrote, at most `sound.len()`. What can't be
    /// decoded (Opus from a stranger may be anything) is none.
    pub fn decode(&mut self, payload: &[u8], sound: &mut [i16]) -> usize {
        let (wide, room) = (self.rate == Rate::Wide, sound.len());
        match &mut self.kind {
            DecoderKind::Law(law, conceal, doubler) => {
                let length = decode_law(*law, payload, sound, wide.then_some(doubler));
                conceal.heard(&sound[..length]);
                length
            }
            DecoderKind::G722(decoder, conceal) => {
                let length = (payload.len() * if wide { 2 } else { 1 }).min(room);
                let sound = &mut sound[..length];
                if wide {
                    decoder.decode_wide(payload, sound);
                } else {
                    decoder.decode_narrow(payload, sound);
                }
                conceal.heard(sound);
                length
            }
            DecoderKind::Opus(opus) => {
                // The decoder is not ours: should it ever panic, one packet is lost.
                let decoded = catch_unwind(AssertUnwindSafe(|| opus.decode(payload, sound)));
                decoded.unwrap_or_else(|_| {
                    **opus = OpusDecoder::new(self.rate);
                    0
                })
            }
        }
    }

    /// Decodes what `payload`, the packet after a lost one, repeats of the lost one (Opus, RFC 6716 §2.1.7), else makes
    /// up for it; fills `sound`, as long as the lost packet would have been.
    pub fn recover(&mut self, payload: &[u8], sound: &mut [i16]) {
        if let DecoderKind::Opus(opus) = &mut self.kind
            && let Ok(true) = catch_unwind(AssertUnwindSafe(|| opus.recover(payload, sound)))
        {
            return;
        }
        self.conceal(sound);
    }

    /// Fills `sound`, some milliseconds of a packet that never came, with what is noticed least: the voice going on, and
    /// fading.
    pub fn conceal(&mut self, sound: &mut [i16]) {
        match &mut self.kind {
            DecoderKind::Law(_, conceal, _) | DecoderKind::G722(_, conceal) => conceal.fill(sound),
            DecoderKind::Opus(opus) => {
                if catch_unwind(AssertUnwindSafe(|| opus.conceal(sound))).is_err() {
                    **opus = OpusDecoder::new(self.rate);
                    sound.fill(0);
                }
            }
        }
    }
}

fn decode_law(law: Law, payload: &[u8], sound: &mut [i16], doubler: Option<&mut Doubler>) -> usize {
    let decode =
        |sound: &mut [i16]| sound.iter_mut().zip(payload).for_each(|(sample, byte)| *sample = law.decode(*byte));
    let Some(doubler) = doubler else {
        decode(sound);
        return payload.len().min(sound.len());
    };
    let mut narrow = [0; SOUND_SAMPLES_MAX / 2];
    let length = payload.len().min(narrow.len()).min(sound.len() / 2);
    decode(&mut narrow[..length]);
    doubler.double(&narrow[..length], sound);
    2 * length
}

/// From samples to one listener's packets.
#[derive(Debug)]
pub struct Encoder {
    rate: Rate,
    kind: EncoderKind,
}

#[derive(Debug)]
enum EncoderKind {
    Law(Law, Halver),
    G722(Box<G722Encoder>),
    Opus(Box<OpusEncoder>),
}

impl Encoder {
    /// For a codec, from samples of this rate. Opus allocates about 30 kB.
    pub fn new(codec: Codec, rate: Rate) -> Self {
        let kind = match codec {
            Codec::Pcma => EncoderKind::Law(Law::A, Halver::default()),
            Codec::Pcmu => EncoderKind::Law(Law::Mu, Halver::default()),
            Codec::G722 => EncoderKind::G722(Box::new(G722Encoder::new())),
            Codec::Opus => EncoderKind::Opus(Box::new(OpusEncoder::new(rate))),
        };
        Self { rate, kind }
    }

    /// What rate it takes samples of.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Encodes 20 ms of sound ([`Rate::frame`] samples); gives the length in bytes, at most [`FRAME_BYTES_MAX`], for
    /// which there must be room: else, or with sound of another length, none.
    pub fn encode(&mut self, sound: &[i16], bytes: &mut [u8]) -> usize {
        let Some(bytes) = bytes.get_mut(..FRAME_BYTES_MAX).filter(|_| sound.len() == self.rate.frame()) else {
            return 0;
        };
        match (&mut self.kind, self.rate) {
            (EncoderKind::Law(law, _), Rate::Narrow) => encode_law(*law, sound, bytes),
            (EncoderKind::Law(law, halver), Rate::Wide) => {
                let mut narrow = [0; FRAME_BYTES_MAX];
                halver.halve(sound, &mut narrow);
                encode_law(*law, &narrow, bytes);
            }
            (EncoderKind::G722(encoder), Rate::Narrow) => encoder.encode_narrow(sound, bytes),
            (EncoderKind::G722(encoder), Rate::Wide) => encoder.encode_wide(sound, bytes),
            (EncoderKind::Opus(opus), _) => return opus.encode(sound, bytes),
        }
        FRAME_BYTES_MAX
    }
}

fn encode_law(law: Law, sound: &[i16], bytes: &mut [u8]) {
    bytes.iter_mut().zip(sound).for_each(|(byte, sample)| *byte = law.encode(*sample));
}

#[cfg(test)]
mod tests;
