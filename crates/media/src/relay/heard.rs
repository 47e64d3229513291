//! What a packet from a leg turned out to be, so that whoever passes it on need not look into it again.
//! Knows packets; doesn't know who hears them.

use crate::Codec;
use crate::rtp::RtpHeader;

/// What a packet from a leg is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    /// From elsewhere, no RTP, or of a payload type that wasn't agreed: dropped and counted.
    Refused,
    /// Accepted, with nothing to pass on (comfort noise, or the leg shouldn't be sending now).
    Nothing(RtpHeader),
    /// Voice in this codec.
    Voice(RtpHeader, Codec),
    /// A key press; the digit with its first packet, and the clock in which its length is told.
    Key(RtpHeader, Option<char>, u32),
}
