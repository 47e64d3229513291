//! Key presses in a stream whose numbers are ours: one timestamp for all packets of a press.
//! Knows presses; what is heard beside them goes on by its own numbers.

use std::ops::Range;
use std::time::Duration;

use model::Moment;

use super::Sending;
use crate::rtp::RtpHeader;

/// Who presses a key this soon after another's last packet presses at the same time: one stream can't tell of both.
const AT_ONCE: Duration = Duration::from_millis(150);

/// Which of our timestamps stands for a press.
#[derive(Clone, Copy, Debug)]
pub(super) struct PressSent {
    /// Who presses; our own stream for one that no packet told of.
    ssrc: u32,
    heard: u32,
    timestamp: u32,
    /// Of its last packet.
    at: Moment,
}

impl Sending {
    /// The header of a key press's packet in a stream of frames that we encode: all packets of one press keep one
    /// timestamp. `None`: it is late, of a press before the last, or somebody else's who presses at the same time.
    pub(crate) fn key(&mut self, heard: &RtpHeader, payload_type: u8, at: Moment) -> Option<RtpHeader> {
        let (ssrc, pressed) = (heard.ssrc, heard.timestamp);
        let step = match self.key {
            Some(key) if key.ssrc == ssrc => pressed.wrapping_sub(key.heard) as i32,
            Some(key) if at.since(key.at) < AT_ONCE => return None,
            Some(_) | None => 1,
        };
        if step < 0 {
            return None;
        }
        let timestamp = self.key.filter(|_| step == 0).map_or_else(|| self.next_press(at), |key| key.timestamp);
        self.key = Some(PressSent { ssrc, heard: pressed, timestamp, at });
        // The voice's own time goes on beside the press.
        self.sequence = self.sequence.wrapping_add(1);
        self.count(heard.payload.len());
        let (sequence, ssrc, marker, payload) = (self.sequence, self.ssrc, heard.marker, heard.payload.clone());
        Some(RtpHeader { payload_type, marker, sequence, timestamp, ssrc, payload })
    }

    /// The header of a packet of a press that came without packets, by the signalling. A relayed voice beside it makes room.
    pub(crate) fn press(&mut self, is_first: bool, payload_type: u8, payload: Range<usize>, at: Moment) -> RtpHeader {
        let known = self.key.filter(|key| !is_first && key.ssrc == self.ssrc);
        let timestamp = known.map_or_else(|| self.next_press(at), |key| key.timestamp);
        self.key = Some(PressSent { ssrc: self.ssrc, heard: timestamp, timestamp, at });
        self.sequence = self.sequence.wrapping_add(1);
        if let Some(shift) = &mut self.shift {
            shift.sequence = shift.sequence.wrapping_add(1);
        }
        self.count(payload.len());
        RtpHeader { payload_type, marker: is_first, sequence: self.sequence, timestamp, ssrc: self.ssrc, payload }
    }

    /// After the press before it, however soon it comes.
    fn next_press(&self, at: Moment) -> u32 {
        let timestamp = self.timestamp_after_pause(at);
        let after = |key: PressSent| key.timestamp.wrapping_add(self.frame_ticks());
        self.key.map(after).filter(|after| (after.wrapping_sub(timestamp) as i32) > 0).unwrap_or(timestamp)
    }
}
