//! The codecs that we speak: their names, clocks and frames, and G.711 turned from one law into the other in place.
//!
//! Which payload type stands for a codec is a matter of a session, except for the three that RFC 3551 gave numbers.
//! Knows nothing of sessions or packets, nor how G.722 and Opus are encoded.

use audio_codec_algorithms::{
    convert_alaw_to_ulaw, convert_ulaw_to_alaw, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw,
};

/// A codec that we speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// G.711 A-law.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
    /// G.722 at 64 kbit/s, up to 7 kHz.
    G722,
    /// Opus (RFC 6716, RFC 7587).
    Opus,
}

impl Codec {
    /// All of them, in the order in which we like them: A-law is what Danish trunks speak, and what passes from leg to
    /// leg as it came costs nothing and loses nothing.
    pub const ALL: [Self; 4] = [Self::Pcma, Self::Pcmu, Self::G722, Self::Opus];

    /// Ticks of its RTP clock in a second. G.722 counts 8000 though it samples 16000 times (RFC 3551 §4.5.2); Opus
    /// always counts 48000 (RFC 7587 §4.1).
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }

    /// Samples in a second of what it encodes.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu => 8_000,
            Self::G722 => 16_000,
            Self::Opus => 48_000,
        }
    }

    /// Ticks of its RTP clock in a frame of 20 ms.
    pub const fn frame_ticks(self) -> u32 {
        self.clock_rate() / 50
    }

    /// Its static RTP payload type (RFC 3551 §6, table 4); Opus has none.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcma => Some(Law::A.payload_type()),
            Self::Pcmu => Some(Law::Mu.payload_type()),
            Self::G722 => Some(9),
            Self::Opus => None,
        }
    }

    /// The codec of a static payload type, if we speak it.
    pub const fn from_static_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::Pcma),
            0 => Some(Self::Pcmu),
            9 => Some(Self::G722),
            _ => None,
        }
    }

    /// Its name (RFC 3551 §6, RFC 7587 §6.1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// What `a=rtpmap` says of it: name, clock and channels. Opus always says two, and carries one if it likes
    /// (RFC 7587 §7).
    pub const fn rtp_map(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA/8000",
            Self::Pcmu => "PCMU/8000",
            Self::G722 => "G722/8000",
            Self::Opus => "opus/48000/2",
        }
    }

    /// The codec that `a=rtpmap` means, if we speak it. One channel may be said or left out (RFC 8866 §6.6).
    pub fn from_rtp_map(map: &str) -> Option<Self> {
        let map = map.strip_suffix("/1").unwrap_or(map);
        Self::ALL.into_iter().find(|codec| codec.rtp_map().eq_ignore_ascii_case(map))
    }

    /// Its law, if it is G.711: a byte a sample, at 8 kHz.
    pub const fn law(self) -> Option<Law> {
        match self {
            Self::Pcma => Some(Law::A),
            Self::Pcmu => Some(Law::Mu),
            Self::G722 | Self::Opus => None,
        }
    }
}

/// One of the two laws of G.711, by which a sample becomes a byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Law {
    /// A-law.
    A,
    /// µ-law.
    Mu,
}

impl Law {
    /// The codec that speaks it.
    pub const fn codec(self) -> Codec {
        match self {
            Self::A => Codec::Pcma,
            Self::Mu => Codec::Pcmu,
        }
    }

    /// Its static RTP payload type.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::A => 8,
            Self::Mu => 0,
        }
    }

    /// One sample, encoded.
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => encode_alaw(sample),
            Self::Mu => encode_ulaw(sample),
        }
    }

    /// One sample, decoded.
    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Self::A => decode_alaw(byte),
            Self::Mu => decode_ulaw(byte),
        }
    }

    /// Turns sound of this law into `to`, in place, by the conversion tables of G.711 (tables 3 and 4).
    pub fn convert(self, to: Self, sound: &mut [u8]) {
        match (self, to) {
            (Self::A, Self::Mu) => sound.iter_mut().for_each(|byte| *byte = convert_alaw_to_ulaw(*byte)),
            (Self::Mu, Self::A) => sound.iter_mut().for_each(|byte| *byte = convert_ulaw_to_alaw(*byte)),
            (Self::A, Self::A) | (Self::Mu, Self::Mu) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_its_own_law() {
        for law in [Law::A, Law::Mu] {
            for byte in 0..=255 {
                let again = law.encode(law.decode(byte));
                // µ-law has two zeros (0x7f and 0xff); both mean silence.
                assert_eq!(law.decode(again), law.decode(byte), "{law:?} {byte:#x}");
            }
        }
    }

    #[test]
    fn a_converted_sample_keeps_its_loudness() {
        for byte in 0..=255_u8 {
            let mut sound = [byte];
            Law::A.convert(Law::Mu, &mut sound);
            let (before, after) = (i32::from(Law::A.decode(byte)), i32::from(Law::Mu.decode(sound[0])));
            assert!((before - after).abs() <= 8 + before.abs() / 16, "{byte:#x}: {before} became {after}");
        }
    }

    #[test]
    fn a_codec_is_known_by_its_number_and_by_what_a_description_calls_it() {
        for codec in Codec::ALL {
            assert_eq!(codec.static_payload_type().and_then(Codec::from_static_payload_type).unwrap_or(codec), codec);
            assert_eq!(Codec::from_rtp_map(codec.rtp_map()), Some(codec));
            assert_eq!(Codec::from_rtp_map(&codec.rtp_map().to_lowercase()), Some(codec));
            assert!(codec.rtp_map().starts_with(codec.name()));
        }
        assert_eq!(Codec::from_rtp_map("pcma/8000/1"), Some(Codec::Pcma));
        for other in ["opus/48000", "opus/16000/2", "G722/16000", "PCMA/8000/2", "telephone-event/8000", ""] {
            assert_eq!(Codec::from_rtp_map(other), None, "{other}");
        }
    }
}
