//! What all our descriptions say of us, and what the operator has decided about encryption.
//!
//! Keys, ICE names and passwords are derived from one seed, so that the same inputs give the same bytes. Knows no leg's reason.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use aws_lc_rs::hmac;
use model::LegId;

use crate::{Codec, IceLocal, SrtpKey, SrtpSuite};

/// Letters and figures of an ICE name and password: 64 of them (RFC 8839 §5.4).
const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Characters of our ICE names after the shard's two: 60 bits.
const UFRAG_CHARS: usize = 10;
/// Characters of our ICE passwords: 144 bits (RFC 8839 asks for 128).
const PWD_CHARS: usize = 24;

/// Our side of every session.
#[derive(Clone, Debug)]
pub struct OurSide {
    /// Where others reach our port pairs.
    pub address: IpAddr,
    /// What we speak, best first.
    pub codecs: Vec<Codec>,
    /// From what keys are made.
    pub seed: MediaSeed,
    /// How browsers reach us; none: they are refused.
    pub web: Option<OurWeb>,
}

/// Where browsers reach us, and what they will be shown there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OurWeb {
    /// The browsers' port by each address of ours (UDP), at least one.
    pub addresses: Vec<SocketAddr>,
    /// SHA-256 of the certificate that we show in DTLS.
    pub fingerprint: [u8; 32],
    /// Whether they reach us there by TCP as well.
    pub tcp: bool,
}

impl OurWeb {
    /// The port that the media line names; a browser goes by the candidates.
    pub(super) fn port(&self) -> u16 {
        self.addresses.first().map_or(9, SocketAddr::port)
    }
}

/// What is at the other end of a leg, as far as its sound goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FarEnd {
    /// A SIP phone or trunk: RTP, or SRTP with keys in the descriptions.
    Phone(Protection),
    /// A browser: DTLS-SRTP over ICE, always.
    Browser,
}

/// What the operator has decided about SRTP with keys in the descriptions (RFC 4568).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Protection {
    /// Plain RTP alone. Encrypted sound that is offered is refused.
    #[default]
    Off,
    /// We offer keys beside plain RTP (RFC 8643), and take whichever is answered or offered.
    Offered,
    /// Encrypted or not at all: plain RTP is neither offered nor accepted.
    Required,
}

/// The secret from which keys, ICE names and passwords are derived; drawn by whoever starts the node.
#[derive(Clone)]
pub struct MediaSeed(hmac::Key);

impl MediaSeed {
    /// From 32 bytes that nobody else knows.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    /// The key that a leg's sound is sent with under a suite.
    pub(super) fn srtp_key(&self, leg: LegId, suite: SrtpSuite) -> SrtpKey {
        let mut bytes = [0; crate::KEY_AND_SALT_BYTES_MAX];
        let bytes = &mut bytes[..suite.key_and_salt_bytes()];
        self.fill(leg, suite.name(), 0, bytes);
        SrtpKey::new(suite, bytes).expect("as long as the suite asks")
    }

    /// Our ICE name and password for a leg; `restart` counts ICE restarts. The name begins with the leg's shard.
    pub(super) fn ice(&self, leg: LegId, restart: u16) -> IceLocal {
        let mut bytes = [0; UFRAG_CHARS + PWD_CHARS];
        self.fill(leg, "ICE", restart, &mut bytes);
        let letters = |bytes: &[u8]| bytes.iter().map(|byte| char::from(ICE_CHARS[usize::from(byte & 63)])).collect();
        let (ufrag, pwd): (String, String) = (letters(&bytes[..UFRAG_CHARS]), letters(&bytes[UFRAG_CHARS..]));
        IceLocal { ufrag: format!("{:02x}{ufrag}", leg.shard().0).into(), pwd: pwd.into() }
    }

    /// HMAC-SHA-256 in counter mode (NIST SP 800-108 §4.1) over what it is for.
    fn fill(&self, leg: LegId, purpose: &str, number: u16, bytes: &mut [u8]) {
        for (block, chunk) in (0_u8..).zip(bytes.chunks_mut(32)) {
            let mut context = hmac::Context::with_key(&self.0);
            context.update(&[block]);
            context.update(purpose.as_bytes());
            context.update(&[0]);
            context.update(&leg.bits().to_be_bytes());
            context.update(&number.to_be_bytes());
            chunk.copy_from_slice(&context.sign().as_ref()[..chunk.len()]);
        }
    }
}

impl fmt::Debug for MediaSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaSeed(secret)")
    }
}

#[cfg(test)]
mod tests {
    use model::{LegSide, ShardNo};

    use super::*;

    #[test]
    fn keys_differ_by_leg_suite_and_seed_and_are_the_same_again() {
        let leg = |number| LegId::new(ShardNo(3), LegSide::Outbound, number);
        let (seed, other) = (MediaSeed::new([7; 32]), MediaSeed::new([8; 32]));
        for suite in SrtpSuite::ALL {
            let key = seed.srtp_key(leg(1), suite);
            assert_eq!(key, seed.srtp_key(leg(1), suite));
            assert_ne!(key, seed.srtp_key(leg(2), suite));
            assert_ne!(key, other.srtp_key(leg(1), suite));
            assert_ne!(key.key()[..16], key.key_and_salt()[key.key_and_salt().len() - 16..], "no block comes twice");
        }
        let (first, again) = (seed.ice(leg(1), 0), seed.ice(leg(1), 1));
        assert_ne!(first, again);
        assert!(first.ufrag.starts_with("03") && first.ufrag.len() == 12 && first.pwd.len() == 24, "{}", first.ufrag);
    }
}
