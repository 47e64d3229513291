//! A recording of a talk: its number, whom it belongs to, and the key that it is sealed for.
//!
//! Knows how they are written down. Doesn't know consent, sound, files, or how anything is sealed.

use std::fmt;
use std::sync::Arc;

use crate::{AgentId, CallId, LineId, Moment, MunicipalityId, PersonRef};

/// What an age recipient begins with: its bech32 name and the separator (<https://age-encryption.org/v1>, "The X25519 recipient type").
const KEY_NAME: &str = "age";
/// Characters of a recipient: the name, `1`, 52 for 32 bytes, 6 of checksum.
const KEY_LENGTH: usize = 62;
/// Bech32's 32 characters in their order (BIP 173).
const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Bech32's generator (BIP 173), one word for each bit that leaves the register.
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

/// One recording: the `number`th of its call, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordingId {
    /// Whose sound it is.
    pub call: CallId,
    /// Which of the call's, from 1.
    pub number: u16,
}

impl RecordingId {
    /// From how it is shown; `None`: no such form.
    pub fn parse(text: &str) -> Option<Self> {
        let (call, number) = text.split_once('-')?;
        let digits =
            |text: &str, least: usize| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if call.len() != 32 || !digits(call, 32) || !digits(number, 2) {
            return None;
        }
        let id = Self { call: CallId::from_bits(u128::from_str_radix(call, 16).ok()?), number: number.parse().ok()? };
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for RecordingId {
    /// `<call>-01`: also the name of its file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.call, self.number)
    }
}

/// The public key for which a municipality's recordings are sealed: an age recipient, `age1…`. The secret half is the
/// municipality's and never comes here.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordingKey(Arc<str>);

/// Why a text is no such key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadRecordingKey {
    /// The secret half, which has no business here.
    #[error("this is the secret key: keep it away from here, and write the public one (age1…) in its place")]
    Secret,
    /// Another length or beginning.
    #[error("no recording key: write age1 and 58 more characters, as `samkald recordings make-key` prints them")]
    Form,
    /// A character is wrong: the checksum doesn't fit.
    #[error("a character of this recording key is wrong (its checksum doesn't fit): write it again, better by copying")]
    Checksum,
}

impl RecordingKey {
    /// Checks form and checksum (bech32, BIP 173).
    pub fn parse(text: &str) -> Result<Self, BadRecordingKey> {
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY") {
            return Err(BadRecordingKey::Secret);
        }
        let letters = text.strip_prefix("age1").filter(|_| text.len() == KEY_LENGTH).ok_or(BadRecordingKey::Form)?;
        let value = |letter: u8| ALPHABET.iter().position(|known| *known == letter);
        let values: Option<Vec<usize>> = letters.bytes().map(value).collect();
        let values = values.ok_or(BadRecordingKey::Form)?;
        let all = expanded(KEY_NAME).chain(values.into_iter().map(|value| value as u32));
        if all.fold(1, polymod) != 1 {
            return Err(BadRecordingKey::Checksum);
        }
        Ok(Self(Arc::from(text)))
    }

    /// From the 32 bytes of an X25519 public key.
    pub fn of(public: [u8; 32]) -> Self {
        Self(Arc::from(bech32(KEY_NAME, &public)))
    }

    /// The 32 bytes of the X25519 public key.
    pub fn bytes(&self) -> [u8; 32] {
        let value = |letter: u8| ALPHABET.iter().position(|known| *known == letter).unwrap_or(0) as u32;
        let mut letters = self.0["age1".len()..].bytes().map(value);
        let (mut bits, mut held) = (0_u32, 0);
        std::array::from_fn(|_| {
            while held < 8 {
                bits = bits << 5 | letters.next().unwrap_or(0);
                held += 5;
            }
            held -= 8;
            let byte = (bits >> held) as u8;
            bits &= (1 << held) - 1;
            byte
        })
    }

    /// How the secret half is written (`AGE-SECRET-KEY-1…`), from its 32 bytes.
    pub fn secret_text(secret: &[u8; 32]) -> String {
        bech32("age-secret-key-", secret).to_ascii_uppercase()
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bytes under a name, with a checksum (BIP 173).
fn bech32(name: &str, bytes: &[u8]) -> String {
    let (mut values, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            values.push(bits >> held & 31);
        }
    }
    if held > 0 {
        values.push(bits << (5 - held) & 31);
    }
    let sum = expanded(name).chain(values.iter().copied()).chain([0; 6]).fold(1, polymod) ^ 1;
    values.extend((0..6).map(|n| sum >> (5 * (5 - n)) & 31));
    let letters: String = values.iter().map(|value| char::from(ALPHABET[*value as usize])).collect();
    format!("{name}1{letters}")
}

/// A name as the checksum sees it.
fn expanded(name: &str) -> impl Iterator<Item = u32> {
    let high = name.bytes().map(|byte| u32::from(byte) >> 5);
    high.chain([0]).chain(name.bytes().map(|byte| u32::from(byte) & 31))
}

fn polymod(sum: u32, value: u32) -> u32 {
    let top = sum >> 25;
    let shifted = ((sum & 0x1ff_ffff) << 5) ^ value;
    GENERATOR.iter().enumerate().fold(shifted, |sum, (bit, word)| if top >> bit & 1 == 1 { sum ^ word } else { sum })
}

/// What a recording is born with. None of it changes later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tape {
    /// Which one.
    pub recording: RecordingId,
    /// Whose voice it is, where the caller's number was told.
    pub person: Option<PersonRef>,
    /// Whose it is, and who has the secret key.
    pub municipality: MunicipalityId,
    /// The line whose call it is: that which was rung, or handed on to.
    pub line: LineId,
    /// Who talks to the citizen.
    pub agent: AgentId,
    /// What it is sealed for.
    pub key: RecordingKey,
    /// Days after which it is deleted, from 1.
    pub keep_days: u16,
    /// When the talk's recording began.
    pub began: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the age specification's own examples of a recipient.
    const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    #[test]
    fn a_recording_key_with_one_wrong_letter_is_refused() {
        assert!(RecordingKey::parse(KEY).is_ok());
        for at in 4..KEY.len() {
            let other = if &KEY[at..=at] == "q" { "p" } else { "q" };
            let wrong = format!("{}{other}{}", &KEY[..at], &KEY[at + 1..]);
            assert_eq!(RecordingKey::parse(&wrong), Err(BadRecordingKey::Checksum), "{wrong}");
        }
    }

    #[test]
    fn a_recording_key_is_written_from_its_bytes_as_it_was_read() {
        let key = RecordingKey::parse(KEY).expect("a key");
        assert_eq!(RecordingKey::of(key.bytes()), key);
        let secret = RecordingKey::secret_text(&[7; 32]);
        assert!(secret.starts_with("AGE-SECRET-KEY-1") && secret.len() == 74, "{secret}");
    }

    #[test]
    fn a_secret_key_or_another_text_is_refused_with_a_word_on_what_to_do() {
        let secret = "AGE-SECRET-KEY-1QQQQ";
        assert_eq!(RecordingKey::parse(secret), Err(BadRecordingKey::Secret));
        for text in ["", "age1", &KEY[1..], "ssh-ed25519 AAAA", &KEY.to_uppercase(), &KEY.replace('z', "ø")] {
            assert_eq!(RecordingKey::parse(text), Err(BadRecordingKey::Form), "{text}");
        }
    }

    #[test]
    fn a_recordings_number_is_read_as_it_is_written() {
        for number in [1, 99, 65_535] {
            let id = RecordingId { call: CallId::from_bits(0xabc), number };
            assert_eq!(RecordingId::parse(&id.to_string()), Some(id));
        }
        let text = RecordingId { call: CallId::from_bits(0xabc), number: 1 }.to_string();
        for wrong in ["", "../x", &text.to_uppercase(), &format!("{text}0/"), &text.replace('-', "-+"), &text[1..]] {
            assert_eq!(RecordingId::parse(wrong), None, "{wrong}");
        }
    }
}
