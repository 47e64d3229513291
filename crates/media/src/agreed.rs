//! What a leg's session description has settled, as far as packets go by it.
//! Knows codec, addresses and directions; not the description.

use std::net::SocketAddr;

use crate::Codec;
use crate::session::usual_payload_type;

/// How a leg sends and receives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sound {
    /// Where the other side said that it receives; the first valid packet's source takes precedence (symmetric RTP).
    pub remote: SocketAddr,
    /// What is sent and received.
    pub codec: Codec,
    /// Its payload type in this session, 0 to 127, both ways.
    pub payload_type: u8,
    /// Key presses as RFC 4733 telephone events, where agreed.
    pub telephone_event: Option<KeyEvents>,
    /// Whether we send to it (not while it holds us).
    pub send: bool,
    /// Whether we expect to receive from it.
    pub receive: bool,
    /// Whether RTCP goes and comes on the RTP port (RFC 5761).
    pub rtcp_mux: bool,
}

impl Sound {
    /// Both ways in this codec with its usual payload type; without key presses, and RTCP on a port of its own.
    pub const fn plain(remote: SocketAddr, codec: Codec) -> Self {
        let payload_type = usual_payload_type(codec);
        Self { remote, codec, payload_type, telephone_event: None, send: true, receive: true, rtcp_mux: false }
    }
}

/// How key presses are sent and received (RFC 4733).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyEvents {
    /// Their payload type in this session, 0 to 127.
    pub payload_type: u8,
    /// RTP ticks a second in which their durations are told; that of the sound beside them (RFC 4733 §2.1).
    pub clock_rate: u32,
}

impl KeyEvents {
    /// Of this payload type, at 8 kHz.
    pub const fn narrow(payload_type: u8) -> Self {
        Self { payload_type, clock_rate: 8000 }
    }
}
