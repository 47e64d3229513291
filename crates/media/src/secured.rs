//! What protects a leg's sound: the keys of a SIP phone or trunk (SDES, RFC 4568), or a browser's ICE and DTLS (RFC 8827).
//!
//! Only values that a session description settled. Knows no packet, no socket, and no cipher; keys never show in a log.

use std::fmt;

/// Bytes of the longest master key with its salt (AES-256: 32 and 14).
pub const KEY_AND_SALT_BYTES_MAX: usize = 46;

/// Where a leg's packets come and go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A port pair of its own: RTP on this even port, RTCP on the next.
    Pair(u16),
    /// The one port of all browsers, found there by our side's ICE name.
    Web(Box<IceLocal>),
}

/// Our side's ICE name and password (RFC 8839 §5.4), as our description says them.
#[derive(Clone, PartialEq, Eq)]
pub struct IceLocal {
    /// 4 to 256 ICE characters.
    pub ufrag: Box<str>,
    /// 22 to 256 ICE characters.
    pub pwd: Box<str>,
}

/// How a leg's sound is protected. A leg that has this never sends or takes plain packets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Secured {
    /// SRTP with keys out of the session descriptions (RFC 4568).
    Sdes(SdesKeys),
    /// A browser: ICE, DTLS, and SRTP with the keys that DTLS gives.
    Web(WebPeer),
}

/// The two keys of a leg.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SdesKeys {
    /// What we send with.
    pub ours: SrtpKey,
    /// What the other side sends with.
    pub theirs: SrtpKey,
}

/// One direction's master key with its salt.
#[derive(Clone, PartialEq, Eq)]
pub struct SrtpKey {
    /// How packets are protected with it.
    pub suite: SrtpSuite,
    key_and_salt: [u8; KEY_AND_SALT_BYTES_MAX],
}

impl SrtpKey {
    /// A key of this suite; `None` unless there are exactly [`SrtpSuite::key_and_salt_bytes`].
    pub fn new(suite: SrtpSuite, bytes: &[u8]) -> Option<Self> {
        let mut key_and_salt = [0; KEY_AND_SALT_BYTES_MAX];
        (bytes.len() == suite.key_and_salt_bytes()).then(|| key_and_salt[..bytes.len()].copy_from_slice(bytes))?;
        Some(Self { suite, key_and_salt })
    }

    /// The master key.
    pub fn key(&self) -> &[u8] {
        &self.key_and_salt[..self.suite.key_bytes()]
    }

    /// The master salt.
    pub fn salt(&self) -> &[u8] {
        &self.key_and_salt[self.suite.key_bytes()..self.suite.key_and_salt_bytes()]
    }

    /// Both, as they stand in `a=crypto` before they are written in base 64.
    pub fn key_and_salt(&self) -> &[u8] {
        &self.key_and_salt[..self.suite.key_and_salt_bytes()]
    }
}

/// How packets are protected (RFC 4568 §6.2, RFC 6188, RFC 7714).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SrtpSuite {
    /// AES-128 in counter mode, a tag of 80 bits: what every phone speaks.
    AesCm128Sha1Tag80,
    /// The same with a tag of 32 bits on RTP.
    AesCm128Sha1Tag32,
    /// AES-256 in counter mode, a tag of 80 bits.
    AesCm256Sha1Tag80,
    /// AES-128 in Galois counter mode.
    AeadAes128Gcm,
    /// AES-256 in Galois counter mode.
    AeadAes256Gcm,
}

impl SrtpSuite {
    /// All of them, in the order in which we like them.
    pub const ALL: [Self; 5] = [
        Self::AeadAes256Gcm,
        Self::AeadAes128Gcm,
        Self::AesCm256Sha1Tag80,
        Self::AesCm128Sha1Tag80,
        Self::AesCm128Sha1Tag32,
    ];

    /// Its name in `a=crypto`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm128Sha1Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128Sha1Tag32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AesCm256Sha1Tag80 => "AES_256_CM_HMAC_SHA1_80",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// Bytes of its master key.
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::AesCm128Sha1Tag80 | Self::AesCm128Sha1Tag32 | Self::AeadAes128Gcm => 16,
            Self::AesCm256Sha1Tag80 | Self::AeadAes256Gcm => 32,
        }
    }

    /// Bytes of its master key with the salt after it.
    pub const fn key_and_salt_bytes(self) -> usize {
        match self {
            Self::AesCm128Sha1Tag80 | Self::AesCm128Sha1Tag32 | Self::AesCm256Sha1Tag80 => self.key_bytes() + 14,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => self.key_bytes() + 12,
        }
    }
}

/// The browser at the other end, as its description says.
#[derive(Clone, PartialEq, Eq)]
pub struct WebPeer {
    /// Our own ICE name and password that go with this; new ones when the browser begins ICE anew.
    pub local: IceLocal,
    /// Its ICE name.
    pub ufrag: Box<str>,
    /// Its ICE password.
    pub pwd: Box<str>,
    /// SHA-256 of the certificate that it will show (RFC 8122 §5).
    pub fingerprint: [u8; 32],
    /// Our part in the DTLS handshake.
    pub role: DtlsRole,
    /// The media line's name (RFC 5888).
    pub mid: Box<str>,
    /// The source number of its sound, where it says one.
    pub ssrc: Option<u32>,
    /// Every payload type that may come or go, with its clock in ticks a second.
    pub payload_types: Box<[(u8, u32)]>,
}

/// Who begins the DTLS handshake (RFC 5763 §5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DtlsRole {
    /// We begin: `a=setup:active`.
    Client,
    /// The other side begins: `a=setup:passive`.
    Server,
}

impl fmt::Debug for IceLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceLocal({}, secret)", self.ufrag)
    }
}

impl fmt::Debug for SrtpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SrtpKey({}, secret)", self.suite.name())
    }
}

impl fmt::Debug for WebPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebPeer({}, {}, {:?}, secret)", self.ufrag, self.mid, self.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_suites_length_and_never_shows() {
        for suite in SrtpSuite::ALL {
            let bytes: Vec<u8> = (65..).take(suite.key_and_salt_bytes()).collect();
            assert_eq!(SrtpKey::new(suite, &bytes[1..]), None);
            let key = SrtpKey::new(suite, &bytes).expect("its length");
            assert_eq!([key.key(), key.salt()].concat(), bytes);
            assert_eq!(format!("{key:?}"), format!("SrtpKey({}, secret)", suite.name()));
        }
    }
}
