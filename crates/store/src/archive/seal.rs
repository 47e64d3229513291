//! Sealing for a municipality's key alone, as a stream, in the age format (<https://age-encryption.org/v1>).
//!
//! Any age program opens it with the secret half of the key. Knows bytes and ciphers (aws-lc-rs); nothing of recordings.

use std::io::{self, Write};

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use model::RecordingKey;

/// Plain bytes of a chunk.
const CHUNK_BYTES: usize = 64 * 1024;
const FILE_KEY_BYTES: usize = 16;
const NONCE_BYTES: usize = 16;

/// Seals what is written, until [`Sealer::finish`]. Nothing plain ever reaches what it writes to.
pub(super) struct Sealer<W> {
    to: W,
    key: LessSafeKey,
    /// Less than a chunk, or just one.
    plain: Vec<u8>,
    chunks: u128,
}

/// A new key pair: the public half, and how the secret half is written.
pub(super) fn make_key() -> Result<(RecordingKey, String), Unspecified> {
    let secret = agreement::PrivateKey::generate(&X25519)?;
    let public = secret.compute_public_key()?.as_ref().try_into().map_err(|_| Unspecified)?;
    let seed: Curve25519SeedBin<'_> = secret.as_be_bytes()?;
    let seed = seed.as_ref().try_into().map_err(|_| Unspecified)?;
    Ok((RecordingKey::of(public), RecordingKey::secret_text(seed)))
}

impl<W: Write> Sealer<W> {
    /// Begins with a fresh file key that only the holder of the secret half can unwrap.
    pub(super) fn begin(recipient: &RecordingKey, mut to: W) -> io::Result<Self> {
        let sealed = || -> Result<_, Unspecified> {
            let mut drawn = [0; FILE_KEY_BYTES + NONCE_BYTES];
            SystemRandom::new().fill(&mut drawn)?;
            let (file_key, nonce) = drawn.split_at(FILE_KEY_BYTES);
            let header = header(recipient, file_key)?;
            let payload_key = Salt::new(HKDF_SHA256, nonce).extract(file_key);
            let key: UnboundKey = payload_key.expand(&[b"payload"], &CHACHA20_POLY1305)?.into();
            Ok((header, nonce.to_vec(), LessSafeKey::new(key)))
        };
        let (header, nonce, key) = sealed().map_err(|_| io::Error::other("the recording key can't be sealed for"))?;
        to.write_all(header.as_bytes())?;
        to.write_all(&nonce)?;
        Ok(Self { to, key, plain: Vec::with_capacity(CHUNK_BYTES), chunks: 0 })
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.plain.len() == CHUNK_BYTES {
                self.seal(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK_BYTES - self.plain.len()));
            self.plain.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Seals the last chunk, by which a reader knows that nothing is missing.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.to)
    }

    /// What was sealed so far, for a file that can't go on.
    pub(super) fn give_up(self) -> W {
        self.to
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let mut nonce = [0; 12];
        nonce[..11].copy_from_slice(&self.chunks.to_be_bytes()[5..]);
        nonce[11] = u8::from(is_last);
        self.chunks += 1;
        let sealed =
            self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut self.plain);
        sealed.map_err(|_| io::Error::other("a chunk can't be sealed"))?;
        let written = self.to.write_all(&self.plain);
        self.plain.clear();
        written
    }
}

/// The header with one recipient ("The X25519 recipient type").
fn header(recipient: &RecordingKey, file_key: &[u8]) -> Result<String, Unspecified> {
    let once = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new())?;
    let share = once.compute_public_key()?;
    let peer = recipient.bytes();
    let salt = [share.as_ref(), &peer].concat();
    let mut body = file_key.to_vec();
    // A key of small order agrees on zero, which is refused here.
    agreement::agree_ephemeral(once, UnparsedPublicKey::new(&X25519, &peer), Unspecified, |shared| {
        let wrap = Salt::new(HKDF_SHA256, &salt).extract(shared);
        let wrap: UnboundKey = wrap.expand(&[b"age-encryption.org/v1/X25519"], &CHACHA20_POLY1305)?.into();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        LessSafeKey::new(wrap).seal_in_place_append_tag(nonce, Aad::empty(), &mut body)
    })?;
    let (share, body) = (STANDARD_NO_PAD.encode(share.as_ref()), STANDARD_NO_PAD.encode(body));
    let header = format!("age-encryption.org/v1\n-> X25519 {share}\n{body}\n---");
    let mac_key = Salt::new(HKDF_SHA256, &[]).extract(file_key);
    let mac_key: hmac::Key = mac_key.expand(&[b"header"], hmac::HMAC_SHA256)?.into();
    let mac = STANDARD_NO_PAD.encode(hmac::sign(&mac_key, header.as_bytes()).as_ref());
    Ok(format!("{header} {mac}\n"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use age::x25519::Identity;

    use super::*;

    fn opened(sealed: &[u8], secret: &str) -> Option<Vec<u8>> {
        let identity: Identity = secret.parse().expect("a secret key");
        let mut plain = Vec::new();
        let decryptor = age::Decryptor::new(sealed).ok()?;
        decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).ok()?.read_to_end(&mut plain).ok()?;
        Some(plain)
    }

    #[test]
    fn a_municipality_opens_its_recordings_with_any_age_program_and_nobody_else_does() {
        let ((key, secret), (_, other)) = (make_key().expect("a key"), make_key().expect("a key"));
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let plain: Vec<u8> = (0..length).map(|n| (n * 7 % 251) as u8).collect();
            let mut sealer = Sealer::begin(&key, Vec::new()).expect("a key of ours");
            plain.chunks(10_000).for_each(|part| sealer.write(part).expect("memory"));
            let sealed = sealer.finish().expect("memory");
            assert_eq!(opened(&sealed, &secret).as_ref(), Some(&plain), "{length} bytes");
            assert_eq!(opened(&sealed, &other), None);
            assert_eq!(opened(&sealed[..sealed.len() - 1], &secret), None, "a cut file is told from a whole one");
        }
    }

    #[test]
    fn a_key_that_seals_for_everybody_is_refused() {
        assert!(Sealer::begin(&RecordingKey::of([0; 32]), Vec::new()).is_err());
    }
}
