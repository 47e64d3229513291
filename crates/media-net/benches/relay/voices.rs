//! What the two phones of a call say: plain both, or the second one in another codec or encrypted.
//! Knows codecs and keys; doesn't know sockets.

use std::net::SocketAddr;

use media::{Codec, Encoder, FRAME_BYTES_MAX, Rate, SdesKeys, Sound, Srtp, SrtpKey, SrtpSuite};

/// Which two phones meet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// G.711 A-law on both sides.
    Plain,
    /// A-law and µ-law: converted byte by byte, in place.
    TwoLaws,
    /// A-law and G.722: decoded and encoded anew.
    Wideband,
    /// A-law and Opus: decoded and encoded anew.
    Opus,
    /// Plain and SRTP with AES-128 and HMAC-SHA1.
    Encrypted,
}

impl Meeting {
    pub(crate) const OTHERS: [(Self, &str); 4] = [
        (Self::TwoLaws, "A-law and µ-law"),
        (Self::Encrypted, "RTP and SRTP"),
        (Self::Wideband, "A-law and G.722"),
        (Self::Opus, "A-law and Opus"),
    ];

    /// What a phone's session settles; every second phone is the other one.
    pub(crate) fn sound(self, phone: usize, remote: SocketAddr) -> Sound {
        let codec = match self {
            Self::TwoLaws if phone % 2 == 1 => Codec::Pcmu,
            Self::Wideband if phone % 2 == 1 => Codec::G722,
            Self::Opus if phone % 2 == 1 => Codec::Opus,
            Self::Plain | Self::TwoLaws | Self::Wideband | Self::Opus | Self::Encrypted => Codec::Pcma,
        };
        Sound::plain(remote, codec)
    }

    pub(crate) fn keys(self, phone: usize) -> Option<SdesKeys> {
        let key = |first: u8| {
            let suite = SrtpSuite::ALL[0];
            let bytes: Vec<u8> = (first..).take(suite.key_and_salt_bytes()).collect();
            SrtpKey::new(suite, &bytes).expect("its length")
        };
        (self == Self::Encrypted && phone % 2 == 1).then(|| SdesKeys { ours: key(1), theirs: key(101) })
    }

    /// Whether the time stamps in what a phone hears can be read.
    pub(crate) fn is_stamped(self, phone: usize) -> bool {
        self == Self::Plain || (self == Self::Encrypted && phone.is_multiple_of(2))
    }
}

/// What one phone says, again and again.
pub(crate) struct Voice {
    pub(crate) payload_type: u8,
    /// Ticks of a frame.
    pub(crate) ticks: u32,
    pub(crate) sound: Vec<u8>,
    pub(crate) srtp: Option<Srtp>,
}

impl Voice {
    pub(crate) fn new(sound: Sound, keys: Option<SdesKeys>) -> Self {
        let tone: Vec<i16> = (0..Rate::Narrow.frame()).map(|n| ((n as f32 * 0.5).sin() * 8000.0) as i16).collect();
        let mut bytes = [0; FRAME_BYTES_MAX];
        let length = Encoder::new(sound.codec, Rate::Narrow).encode(&tone, &mut bytes);
        let theirs = keys.map(|keys| SdesKeys { ours: keys.theirs, theirs: keys.ours });
        Self {
            payload_type: sound.payload_type,
            ticks: sound.codec.frame_ticks(),
            sound: bytes[..length].to_vec(),
            srtp: theirs.map(|keys| Srtp::new(&keys)),
        }
    }
}
