//! Session descriptions (SDP, RFC 8866): reading the other side's, and offer and answer with it (RFC 3264).
//!
//! Bytes from strangers go in here, so everything is bounded and checked before anything believes it.

mod local;
mod remote;
#[cfg(test)]
mod tests;

pub use local::{LocalSession, NoCommonCodec};
pub use remote::{BadSession, Direction, RemoteSession, read_answer};

/// The payload type that our own offers give to Opus; the one that browsers use.
pub(crate) const OPUS_OFFERED: u8 = 111;
/// The payload type that our own offers give to RFC 4733 telephone events; the one that nearly all phones use.
pub(crate) const TELEPHONE_EVENT_OFFERED: u8 = 101;

/// The payload type that our own offers give to a codec.
pub(crate) const fn usual_payload_type(codec: crate::Codec) -> u8 {
    match codec.static_payload_type() {
        Some(payload_type) => payload_type,
        None => OPUS_OFFERED,
    }
}
