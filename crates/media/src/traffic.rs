//! What went through a leg, as it is told when the leg is closed.
//! Knows sums; what they mean for how it sounded is `quality`'s matter.

use std::time::Duration;

use crate::Quality;

/// What went through a leg.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Traffic {
    /// RTP packets that came.
    pub received: u64,
    /// RTP packets that went.
    pub sent: u64,
    /// Packets that never came (RFC 3550 A.3).
    pub lost: u64,
    /// Packets from elsewhere than the locked source, or that were no RTP: dropped.
    pub refused: u64,
    /// Interarrival jitter at the end, in RTP timestamp units (RFC 3550 §6.4.1).
    pub jitter: u32,
    /// The same in time.
    pub jitter_time: Duration,
    /// The way to the phone and back at the end, where its reports tell.
    pub round_trip: Option<Duration>,
    /// Of the packets sent, those that never came there, where its reports tell.
    pub lost_there: Option<u32>,
    /// How what came from the leg sounded; none when nothing came.
    pub quality: Option<Quality>,
}
