//! WAV files whose samples are coded as on a telephone line: A-law, µ-law or G.722.
//!
//! What telephone systems export. Reads only these forms; all others are left
//! to the general reader.

use crate::Law;
use crate::g722::G722Decoder;

const FORMAT_A_LAW: u16 = 6;
const FORMAT_MU_LAW: u16 = 7;
const FORMAT_G722: u16 = 0x028f;
/// The only rate of G.722, whatever the file says.
const G722_RATE: u32 = 16_000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coding {
    Law(Law),
    G722,
}

/// A file in this form, still encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CompandedWav<'a> {
    coding: Coding,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    encoded: &'a [u8],
}

impl<'a> CompandedWav<'a> {
    /// `None`: another form, or cut short.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
            return None;
        }
        let form = chunk(bytes, *b"fmt ")?;
        let u16_at = |at: usize| Some(u16::from_le_bytes([*form.get(at)?, *form.get(at + 1)?]));
        let channels = u16_at(2)?;
        let sample_rate = u32::from(u16_at(4)?) | u32::from(u16_at(6)?) << 16;
        let (coding, sample_rate) = match u16_at(0)? {
            FORMAT_A_LAW => (Coding::Law(Law::A), sample_rate),
            FORMAT_MU_LAW => (Coding::Law(Law::Mu), sample_rate),
            // Its two channels would be two streams of bits; nobody makes such files.
            FORMAT_G722 if channels == 1 => (Coding::G722, G722_RATE),
            _ => return None,
        };
        Some(Self { coding, channels, sample_rate, encoded: chunk(bytes, *b"data")? })
    }

    /// Samples of each channel.
    pub(crate) fn frames(&self) -> u64 {
        match self.coding {
            Coding::Law(_) => self.encoded.len() as u64 / u64::from(self.channels.max(1)),
            Coding::G722 => self.encoded.len() as u64 * 2,
        }
    }

    /// The samples, −1 to 1, channels interleaved.
    pub(crate) fn samples(&self) -> Vec<f32> {
        let decoded = match self.coding {
            Coding::Law(law) => self.encoded.iter().map(|byte| law.decode(*byte)).collect(),
            Coding::G722 => {
                let mut sound = vec![0; self.encoded.len() * 2];
                G722Decoder::new().decode_wide(self.encoded, &mut sound);
                sound
            }
        };
        decoded.into_iter().map(|sample| f32::from(sample) / 32_768.0).collect()
    }
}

/// The content of the first chunk of that name. Each step goes forward, so the walk ends with the file.
fn chunk(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        if rest.first_chunk() == Some(&name) {
            return rest.get(8..8_usize.checked_add(length)?);
        }
        rest = rest.get(8_usize.checked_add(length.checked_next_multiple_of(2)?)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Codec, Prompt};

    fn file(format: u16, encoded: &[u8]) -> Vec<u8> {
        let form =
            [&format.to_le_bytes()[..], &[1, 0], &8000_u32.to_le_bytes(), &8000_u32.to_le_bytes(), &[1, 0, 8, 0]];
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        bytes.extend(form.concat());
        bytes.extend(b"fact\x04\0\0\0\0\0\0\0data");
        bytes.extend((encoded.len() as u32).to_le_bytes());
        bytes.extend(encoded);
        bytes
    }

    #[test]
    fn what_is_encoded_already_is_sent_as_it_is() {
        let sound: Vec<u8> = (0..320).map(|n| Law::A.encode((n * 50) as i16)).collect();
        let prompt = Prompt::from_file(&file(FORMAT_A_LAW, &sound)).expect("readable");
        let sent = prompt.frame(Codec::Pcma, 1).expect("two frames");
        let difference = |(a, b): (&u8, &u8)| (Law::A.decode(*a) - Law::A.decode(*b)).unsigned_abs();
        assert!(sent.iter().zip(&sound[160..]).map(difference).all(|difference| difference < 64));
        assert!(Prompt::from_file(&file(FORMAT_MU_LAW, &[0xff; 160])).is_ok());
    }

    #[test]
    fn other_forms_and_damaged_files_are_left_alone() {
        let whole = file(FORMAT_A_LAW, &[0; 160]);
        assert_eq!(CompandedWav::read(&file(1, &[0; 160])), None);
        for length in 0..whole.len() {
            assert_eq!(CompandedWav::read(&whole[..length]), None, "cut at {length}");
        }
    }
}
