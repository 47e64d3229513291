//! Sound without sockets: session descriptions, codecs, packets, prompts, and what is asked of the packet workers.

mod command;

pub use command::{MediaCommand, MediaEvent, PlayNo, Sound, Times, Traffic};

/// A codec that we speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 µ-law, payload type 0.
    Pcmu,
}
