//! Session descriptions (SDP, RFC 8866): reading the other side's, and offer and answer with it (RFC 3264).
//!
//! Bytes from strangers go in here, so everything is bounded and checked before anything believes it. `remote` and
//! `audio` read, `local` decides, `text` writes; `crypto` is SDES (RFC 4568), `web` is ICE and DTLS (RFC 8829).

mod audio;
mod browser;
mod crypto;
mod direction;
mod local;
mod numbers;
mod ours;
mod remote;
mod settled;
#[cfg(test)]
mod tests;
mod text;
mod web;

pub use direction::Direction;
pub use local::LocalSession;
pub use ours::{FarEnd, MediaSeed, OurSide, OurWeb, Protection};
pub use remote::{BadSession, RemoteSession};
pub use settled::{Answered, Refused, Settled};

/// The payload type that our own offers give to Opus; the one that browsers use.
pub(crate) const OPUS_OFFERED: u8 = 111;
/// The payload type that our own offers give to RFC 4733 telephone events; the one that nearly all phones use.
pub(crate) const TELEPHONE_EVENT_OFFERED: u8 = 101;
/// The same beside Opus, whose clock is another (RFC 4733 §2.1); the one that browsers use.
pub(crate) const WIDE_EVENT_OFFERED: u8 = 110;

/// The payload type that our own offers give to a codec.
pub(crate) const fn usual_payload_type(codec: crate::Codec) -> u8 {
    match codec.static_payload_type() {
        Some(payload_type) => payload_type,
        None => OPUS_OFFERED,
    }
}
