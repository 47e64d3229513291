//! What a description settles, and why one is refused.
//! Only values; the rules stand in `local`.

use bytes::Bytes;

use crate::{Secured, Sound};

/// Why there is no sound that both sides can speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// No codec in common, or another address family.
    #[error("there is no codec, or no kind of address, that both sides have")]
    NothingInCommon,
    /// Plain RTP, where it is not allowed or the leg is encrypted already.
    #[error("the sound is not encrypted, and must be (setting srtp: required)")]
    Plain,
    /// SRTP with keys in the description, where that is switched off.
    #[error("the sound is encrypted with keys in its description, which is switched off (setting srtp: off)")]
    Encrypted,
    /// Encrypted, with no key that we could use.
    #[error("the sound is encrypted in a way that we don't speak")]
    NoKeys,
    /// A browser's, where browsers have no port, or where a phone is expected; or one that says too little to be reached.
    #[error(
        "the sound is a browser's, and browsers have no port here (setting media.web_listen), or the other way round"
    )]
    Browser,
}

/// What a description settled: what the packet workers are told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// How the leg sends and receives.
    pub sound: Sound,
    /// What protects it; told before the sound. None: plain RTP.
    pub secured: Option<Box<Secured>>,
}

/// Our answer to an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answered {
    /// To be sent.
    pub description: Bytes,
    /// What it settles.
    pub settled: Settled,
}
