//! One direction's cipher for RTP or for RTCP: a packet is sealed and opened in place.
//!
//! Session keys are derived as RFC 3711 §4.3 says; ciphers and codes are aws-lc's. Knows no stream: the number of
//! a packet is told.

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::{constant_time, hmac, iv};

use super::{ENCRYPTED, INDEX_BYTES, RTCP_CLEAR_BYTES};
use crate::{SrtpKey, SrtpSuite};

/// Bytes of the authentication key (RFC 3711 §5.2).
const AUTH_KEY_BYTES: usize = 20;
/// Bytes of a tag of Galois counter mode (RFC 7714 §5).
const GCM_TAG_BYTES: usize = 16;
/// Bytes of a counter-mode tag in SRTCP, whichever the suite's for RTP (RFC 4568 §6.2.2).
const LONG_TAG_BYTES: usize = 10;

/// A cipher with its session keys.
pub(super) enum Guard {
    /// AES in counter mode with HMAC-SHA-1.
    Counter { cipher: Box<EncryptingKey>, code: Box<hmac::Key>, salt: [u8; 16], tag: usize },
    /// AES in Galois counter mode.
    Galois { cipher: Box<LessSafeKey>, salt: [u8; 12] },
}

impl Guard {
    /// For RTP under this master key.
    pub(super) fn rtp(key: &SrtpKey) -> Self {
        let tag = if key.suite == SrtpSuite::AesCm128Sha1Tag32 { 4 } else { LONG_TAG_BYTES };
        Self::derived(key, 0, tag)
    }

    /// For RTCP under this master key.
    pub(super) fn rtcp(key: &SrtpKey) -> Self {
        Self::derived(key, 3, LONG_TAG_BYTES)
    }

    fn derived(key: &SrtpKey, label: u8, tag: usize) -> Self {
        let (mut session, mut salt) = ([0; 32], [0; 16]);
        let session = &mut session[..key.suite.key_bytes()];
        derive(key, label, session);
        derive(key, label + 2, &mut salt[..key.salt().len()]);
        match key.suite {
            SrtpSuite::AesCm128Sha1Tag80 | SrtpSuite::AesCm128Sha1Tag32 | SrtpSuite::AesCm256Sha1Tag80 => {
                let mut auth = [0; AUTH_KEY_BYTES];
                derive(key, label + 1, &mut auth);
                let code = Box::new(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &auth));
                Self::Counter { cipher: Box::new(counter(session)), code, salt, tag }
            }
            SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm => {
                let algorithm = if session.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
                let unbound = UnboundKey::new(algorithm, session).expect("as long as its suite says");
                let salt = *salt.first_chunk().expect("twelve of sixteen");
                Self::Galois { cipher: Box::new(LessSafeKey::new(unbound)), salt }
            }
        }
    }

    /// Bytes that its tag adds.
    pub(super) const fn tail(&self) -> usize {
        match self {
            Self::Counter { tag, .. } => *tag,
            Self::Galois { .. } => GCM_TAG_BYTES,
        }
    }

    /// Seals a packet that has room for the tag at its end.
    pub(super) fn seal_rtp(&self, packet: &mut [u8], header: usize, index: u64) -> Option<()> {
        let end = packet.len().checked_sub(self.tail())?;
        match self {
            Self::Counter { cipher, code, salt, tag } => {
                apply(cipher, counter_iv(salt, ssrc(packet, 8), index), &mut packet[header..end])?;
                let made = rtp_code(code, packet, end, index)?;
                packet[end..].copy_from_slice(&made.as_ref()[..*tag]);
            }
            Self::Galois { cipher, salt } => {
                let nonce = rtp_nonce(salt, ssrc(packet, 8), index);
                let (clear, rest) = packet.split_at_mut(header);
                let (body, tag) = rest.split_at_mut(end - header);
                let made = cipher.seal_in_place_separate_tag(nonce, Aad::from(&*clear), body).ok()?;
                tag.copy_from_slice(made.as_ref());
            }
        }
        Some(())
    }

    /// Opens a packet in place; gives its length.
    pub(super) fn open_rtp(&self, packet: &mut [u8], header: usize, index: u64) -> Option<usize> {
        let end = packet.len().checked_sub(self.tail()).filter(|end| *end >= header)?;
        match self {
            Self::Counter { cipher, code, salt, tag } => {
                let mut told = [0; LONG_TAG_BYTES];
                told[..*tag].copy_from_slice(&packet[end..]);
                let made = rtp_code(code, packet, end, index)?;
                constant_time::verify_slices_are_equal(&made.as_ref()[..*tag], &told[..*tag]).ok()?;
                apply(cipher, counter_iv(salt, ssrc(packet, 8), index), &mut packet[header..end])?;
            }
            Self::Galois { cipher, salt } => {
                let nonce = rtp_nonce(salt, ssrc(packet, 8), index);
                let (clear, body) = packet.split_at_mut(header);
                cipher.open_in_place(nonce, Aad::from(&*clear), body).ok()?;
            }
        }
        Some(end)
    }

    /// Seals a report of `length` bytes that has room for its number and the tag at its end.
    pub(super) fn seal_rtcp(&self, packet: &mut [u8], length: usize, number: u32) -> Option<()> {
        let word = (number | ENCRYPTED).to_be_bytes();
        match self {
            Self::Counter { cipher, code, salt, .. } => {
                let iv = counter_iv(salt, ssrc(packet, 4), u64::from(number));
                apply(cipher, iv, &mut packet[RTCP_CLEAR_BYTES..length])?;
                let (coded, tag) = packet.split_at_mut_checked(length + INDEX_BYTES)?;
                coded[length..].copy_from_slice(&word);
                tag.copy_from_slice(&hmac::sign(code, coded).as_ref()[..LONG_TAG_BYTES]);
            }
            Self::Galois { cipher, salt } => {
                let (nonce, aad) = (rtcp_nonce(salt, ssrc(packet, 4), number), rtcp_aad(packet, word)?);
                let body = &mut packet[RTCP_CLEAR_BYTES..length];
                let made = cipher.seal_in_place_separate_tag(nonce, Aad::from(aad), body).ok()?;
                let (tag, last) = packet[length..].split_at_mut_checked(GCM_TAG_BYTES)?;
                tag.copy_from_slice(made.as_ref());
                last.copy_from_slice(&word);
            }
        }
        Some(())
    }

    /// The number that a report carries, with the bit that says that it is encrypted.
    pub(super) fn report_number(&self, packet: &[u8]) -> Option<u32> {
        let behind = match self {
            Self::Counter { .. } => LONG_TAG_BYTES,
            Self::Galois { .. } => 0,
        };
        let place = packet.len().checked_sub(behind + INDEX_BYTES).filter(|place| *place >= RTCP_CLEAR_BYTES)?;
        Some(u32::from_be_bytes(*packet[place..].first_chunk()?))
    }

    /// Opens a report in place; gives its length. One that is not encrypted is refused: nobody agreed to that.
    pub(super) fn open_rtcp(&self, packet: &mut [u8]) -> Option<usize> {
        let word = self.report_number(packet).filter(|word| word & ENCRYPTED != 0)?;
        let number = word & !ENCRYPTED;
        let tail = self.tail() + INDEX_BYTES;
        let end = packet.len().checked_sub(tail).filter(|end| *end >= RTCP_CLEAR_BYTES)?;
        match self {
            Self::Counter { cipher, code, salt, .. } => {
                let (coded, tag) = packet.split_at(end + INDEX_BYTES);
                let made = hmac::sign(code, coded);
                constant_time::verify_slices_are_equal(&made.as_ref()[..LONG_TAG_BYTES], tag).ok()?;
                let iv = counter_iv(salt, ssrc(packet, 4), u64::from(number));
                apply(cipher, iv, &mut packet[RTCP_CLEAR_BYTES..end])?;
            }
            Self::Galois { cipher, salt } => {
                let nonce = rtcp_nonce(salt, ssrc(packet, 4), number);
                let aad = rtcp_aad(packet, word.to_be_bytes())?;
                let body = &mut packet[RTCP_CLEAR_BYTES..end + GCM_TAG_BYTES];
                cipher.open_in_place(nonce, Aad::from(aad), body).ok()?;
            }
        }
        Some(end)
    }
}

/// A session key out of the master key (RFC 3711 §4.3.1, RFC 7714 §11): the cipher's own stream, labelled.
pub(super) fn derive(key: &SrtpKey, label: u8, derived: &mut [u8]) {
    let mut block = [0; 16];
    block[..key.salt().len()].copy_from_slice(key.salt());
    block[7] ^= label;
    derived.fill(0);
    apply(&counter(key.key()), block, derived).expect("a stream of any length");
}

fn counter(key: &[u8]) -> EncryptingKey {
    let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
    let unbound = UnboundCipherKey::new(algorithm, key).expect("as long as its suite says");
    EncryptingKey::ctr(unbound).expect("AES has a counter mode")
}

fn apply(cipher: &EncryptingKey, iv: [u8; 16], bytes: &mut [u8]) -> Option<()> {
    cipher.less_safe_encrypt(bytes, EncryptionContext::Iv128(iv::FixedLength::from(iv))).ok().map(drop)
}

/// RFC 3711 §4.1.1: salt, source and number, each in its place.
fn counter_iv(salt: &[u8; 16], ssrc: [u8; 4], index: u64) -> [u8; 16] {
    let mut iv = *salt;
    xor(&mut iv[4..8], &ssrc);
    xor(&mut iv[8..14], &index.to_be_bytes()[2..]);
    iv
}

/// RFC 7714 §8.1.
fn rtp_nonce(salt: &[u8; 12], ssrc: [u8; 4], index: u64) -> Nonce {
    let mut nonce = *salt;
    xor(&mut nonce[2..6], &ssrc);
    xor(&mut nonce[6..12], &index.to_be_bytes()[2..]);
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 7714 §9.1.
fn rtcp_nonce(salt: &[u8; 12], ssrc: [u8; 4], number: u32) -> Nonce {
    let mut nonce = *salt;
    xor(&mut nonce[2..6], &ssrc);
    xor(&mut nonce[8..12], &number.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

/// What is readable of a report and authentic all the same (RFC 7714 §9.2).
fn rtcp_aad(packet: &[u8], word: [u8; 4]) -> Option<[u8; RTCP_CLEAR_BYTES + INDEX_BYTES]> {
    let mut aad = [0; RTCP_CLEAR_BYTES + INDEX_BYTES];
    aad[..RTCP_CLEAR_BYTES].copy_from_slice(packet.get(..RTCP_CLEAR_BYTES)?);
    aad[RTCP_CLEAR_BYTES..].copy_from_slice(&word);
    Some(aad)
}

/// The code over a packet and its round (RFC 3711 §4.2), which stands where the tag stands for that moment.
fn rtp_code(code: &hmac::Key, packet: &mut [u8], end: usize, index: u64) -> Option<hmac::Tag> {
    packet.get_mut(end..end + 4)?.copy_from_slice(&((index >> 16) as u32).to_be_bytes());
    Some(hmac::sign(code, &packet[..end + 4]))
}

fn ssrc(packet: &[u8], place: usize) -> [u8; 4] {
    packet.get(place..).and_then(|rest| rest.first_chunk().copied()).unwrap_or_default()
}

fn xor(bytes: &mut [u8], with: &[u8]) {
    bytes.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard(secret)")
    }
}
