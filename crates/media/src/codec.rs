//! The codecs that we speak, and turning one into the other in place.
//!
//! Both are G.711 at 8 kHz, one byte a sample, so a packet never changes its length. Knows nothing of sessions
//! or packets. More codecs (G.722, Opus) become variants here; every `match` on `Codec` then asks for its answer.

use audio_codec_algorithms::{
    convert_alaw_to_ulaw, convert_ulaw_to_alaw, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw,
};

/// A codec that we speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 µ-law, payload type 0.
    Pcmu,
}

impl Codec {
    /// All of them, in the order in which we like them: A-law is what Danish trunks speak.
    pub const ALL: [Self; 2] = [Self::Pcma, Self::Pcmu];

    /// Its static RTP payload type (RFC 3551 §6, table 4).
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// The codec of a static payload type, if we speak it.
    pub const fn from_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::Pcma),
            0 => Some(Self::Pcmu),
            _ => None,
        }
    }

    /// Its name in `a=rtpmap` (RFC 3551 §6).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }

    /// One sample, encoded.
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Pcma => encode_alaw(sample),
            Self::Pcmu => encode_ulaw(sample),
        }
    }

    /// One sample, decoded.
    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Self::Pcma => decode_alaw(byte),
            Self::Pcmu => decode_ulaw(byte),
        }
    }

    /// Turns sound of this codec into `to`, in place, by the conversion tables of G.711 (tables 3 and 4).
    pub fn transcode(self, to: Self, sound: &mut [u8]) {
        match (self, to) {
            (Self::Pcma, Self::Pcmu) => sound.iter_mut().for_each(|byte| *byte = convert_alaw_to_ulaw(*byte)),
            (Self::Pcmu, Self::Pcma) => sound.iter_mut().for_each(|byte| *byte = convert_ulaw_to_alaw(*byte)),
            (Self::Pcma, Self::Pcma) | (Self::Pcmu, Self::Pcmu) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_its_own_codec() {
        for codec in Codec::ALL {
            for byte in 0..=255 {
                let again = codec.encode(codec.decode(byte));
                // µ-law has two zeros (0x7f and 0xff); both mean silence.
                assert_eq!(codec.decode(again), codec.decode(byte), "{codec:?} {byte:#x}");
            }
        }
    }

    #[test]
    fn a_transcoded_sample_keeps_its_loudness() {
        for byte in 0..=255_u8 {
            let mut sound = [byte];
            Codec::Pcma.transcode(Codec::Pcmu, &mut sound);
            let (before, after) = (i32::from(Codec::Pcma.decode(byte)), i32::from(Codec::Pcmu.decode(sound[0])));
            assert!((before - after).abs() <= 8 + before.abs() / 16, "{byte:#x}: {before} became {after}");
        }
    }
}
