//! G.711 from its definition, as another pair of ears than the server's tables: a byte is decoded by its segments,
//! and a sample becomes the byte that decodes nearest to it. Slow, and plainly right.

/// One of the two laws.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Law {
    /// A-law, payload type 8.
    A,
    /// µ-law, payload type 0.
    Mu,
}

impl Law {
    /// The payload type that names it (RFC 3551).
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::A => 8,
            Self::Mu => 0,
        }
    }

    /// The law of a payload type; none: no voice.
    pub const fn of(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::A),
            0 => Some(Self::Mu),
            _ => None,
        }
    }

    /// One byte as a sample.
    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Self::A => decode_a(byte),
            Self::Mu => decode_mu(byte),
        }
    }

    /// Samples as bytes.
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        let levels: Vec<i32> = (0..=255).map(|byte| i32::from(self.decode(byte))).collect();
        let nearest =
            |sample: i16| (0..=255_u8).min_by_key(|byte| (levels[usize::from(*byte)] - i32::from(sample)).abs());
        samples.iter().map(|sample| nearest(*sample).expect("there are 256 bytes")).collect()
    }
}

fn decode_a(byte: u8) -> i16 {
    let even = byte ^ 0x55;
    let (segment, step) = ((even >> 4) & 7, i16::from(even & 15));
    let size = if segment == 0 { (step << 4) + 8 } else { ((step << 4) + 0x108) << (segment - 1) };
    if even & 0x80 == 0 { -size } else { size }
}

fn decode_mu(byte: u8) -> i16 {
    let plain = !byte;
    let (segment, step) = ((plain >> 4) & 7, i16::from(plain & 15));
    let size = (((step << 3) + 0x84) << segment) - 0x84;
    if plain & 0x80 == 0 { size } else { -size }
}

#[test]
fn each_byte_comes_back_as_a_byte_of_the_same_sound() {
    for law in [Law::A, Law::Mu] {
        for byte in 0..=255_u8 {
            let again = law.encode(&[law.decode(byte)])[0];
            assert_eq!(law.decode(again), law.decode(byte), "{law:?} {byte}");
        }
    }
}
