//! What one leg hears, as one continuous stream: one SSRC, sequence and timestamp over music, voice and hold.
//!
//! The other side never sees who speaks: a switch from music to an agent is a marker bit, no new stream. Loss and
//! disorder of a relayed voice stay visible, because its numbers are shifted, not counted anew.

use model::Moment;

use crate::rtp::{RtpHeader, samples};

/// Samples in a frame of 20 ms.
pub(crate) const FRAME_SAMPLES: u32 = 160;
/// A jump of the relayed numbers beyond this begins a new shift (the speaker's phone started over).
const JUMP_MAX: i16 = 3000;

/// The outgoing stream of one leg.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    ssrc: u32,
    /// Last sent.
    sequence: u16,
    /// Last sent.
    timestamp: u32,
    last_at: Option<Moment>,
    /// Something new begins with the next packet.
    fresh: bool,
    shift: Option<Shift>,
    packets: u64,
    bytes: u32,
}

/// What is added to a relayed stream's numbers.
#[derive(Clone, Copy, Debug)]
struct Shift {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
}

impl Sending {
    /// Begins at numbers drawn from a seed (RFC 3550 §5.1: unpredictable).
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            ssrc: seed as u32,
            sequence: (seed >> 32) as u16,
            timestamp: (seed >> 20) as u32,
            last_at: None,
            fresh: true,
            shift: None,
            packets: 0,
            bytes: 0,
        }
    }

    /// What comes next is something else: music, another voice, the end of a hold.
    pub(crate) const fn switch(&mut self) {
        self.fresh = true;
        self.shift = None;
    }

    /// The header of the next frame of 20 ms that we play.
    pub(crate) fn next_frame(&mut self, payload_type: u8, payload: std::ops::Range<usize>, at: Moment) -> RtpHeader {
        let marker = std::mem::take(&mut self.fresh);
        self.timestamp =
            if marker { self.timestamp_after_pause(at) } else { self.timestamp.wrapping_add(FRAME_SAMPLES) };
        self.sequence = self.sequence.wrapping_add(1);
        self.shift = None;
        self.count(payload.len(), at);
        let (sequence, timestamp, ssrc) = (self.sequence, self.timestamp, self.ssrc);
        RtpHeader { payload_type, marker, sequence, timestamp, ssrc, payload }
    }

    /// A relayed packet's header, as this leg shall see it.
    pub(crate) fn forward(&mut self, heard: &RtpHeader, payload_type: u8, at: Moment) -> RtpHeader {
        let known = self.shift.filter(|shift| shift.ssrc == heard.ssrc && !self.jumps(*shift, heard));
        let fresh = std::mem::take(&mut self.fresh) || known.is_none();
        let shift = known.unwrap_or_else(|| self.shift_for(heard, at));
        self.shift = Some(shift);
        let sequence = heard.sequence.wrapping_add(shift.sequence);
        let timestamp = heard.timestamp.wrapping_add(shift.timestamp);
        if (sequence.wrapping_sub(self.sequence) as i16) > 0 {
            (self.sequence, self.timestamp) = (sequence, timestamp);
        }
        self.count(heard.payload.len(), at);
        let (marker, ssrc, payload) = (heard.marker || fresh, self.ssrc, heard.payload.clone());
        RtpHeader { payload_type, marker, sequence, timestamp, ssrc, payload }
    }

    /// The stream's own number.
    pub(crate) const fn ssrc(&self) -> u32 {
        self.ssrc
    }
    /// Packets sent.
    pub(crate) const fn packets(&self) -> u64 {
        self.packets
    }
    /// Payload bytes sent; wraps (RFC 3550 §6.4.1).
    pub(crate) const fn bytes(&self) -> u32 {
        self.bytes
    }
    /// The timestamp that belongs to a moment.
    pub(crate) fn timestamp_at(&self, at: Moment) -> u32 {
        self.last_at.map_or(self.timestamp, |last| self.timestamp.wrapping_add(samples(at).wrapping_sub(samples(last))))
    }

    fn jumps(&self, shift: Shift, heard: &RtpHeader) -> bool {
        let step = heard.sequence.wrapping_add(shift.sequence).wrapping_sub(self.sequence) as i16;
        !(-JUMP_MAX..=JUMP_MAX).contains(&step)
    }

    /// Lets the speaker's next packet follow our last one.
    fn shift_for(&self, heard: &RtpHeader, at: Moment) -> Shift {
        Shift {
            ssrc: heard.ssrc,
            sequence: self.sequence.wrapping_add(1).wrapping_sub(heard.sequence),
            timestamp: self.timestamp_after_pause(at).wrapping_sub(heard.timestamp),
        }
    }

    /// At least a frame after the last, and as much later as time went by.
    fn timestamp_after_pause(&self, at: Moment) -> u32 {
        let Some(last) = self.last_at else { return self.timestamp };
        let passed = samples(at).wrapping_sub(samples(last)) as i32;
        self.timestamp.wrapping_add(passed.max(FRAME_SAMPLES as i32) as u32)
    }

    const fn count(&mut self, payload_bytes: usize, at: Moment) {
        self.last_at = Some(at);
        self.packets += 1;
        self.bytes = self.bytes.wrapping_add(payload_bytes as u32);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(ms: u64) -> Moment {
        Moment::from_secs(43_200) + Duration::from_millis(ms)
    }

    fn voice(sequence: u16, timestamp: u32, ssrc: u32) -> RtpHeader {
        RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc, payload: 12..172 }
    }

    fn seen(header: &RtpHeader) -> (u16, u32, bool) {
        (header.sequence, header.timestamp, header.marker)
    }

    #[test]
    fn music_voice_and_music_again_are_one_stream() {
        let mut sending = Sending::new(0xffff_0000_0007);
        let first = sending.next_frame(8, 12..172, at(0));
        let (sequence, timestamp, marker) = seen(&first);
        assert!(marker);
        let second = sending.next_frame(8, 12..172, at(20));
        assert_eq!(seen(&second), (sequence.wrapping_add(1), timestamp.wrapping_add(160), false));
        sending.switch();
        let agent = sending.forward(&voice(60_000, 999, 42), 8, at(30));
        assert_eq!(seen(&agent), (sequence.wrapping_add(2), timestamp.wrapping_add(320), true));
        let more = sending.forward(&voice(60_001, 1159, 42), 8, at(50));
        assert_eq!(seen(&more), (sequence.wrapping_add(3), timestamp.wrapping_add(480), false));
        sending.switch();
        let music = sending.next_frame(8, 12..172, at(1050));
        assert_eq!(seen(&music), (sequence.wrapping_add(4), timestamp.wrapping_add(480 + 8000), true));
        assert!([first, second, agent, more, music].iter().all(|header| header.ssrc == sending.ssrc()));
        assert_eq!(sending.packets(), 5);
    }

    #[test]
    fn loss_and_disorder_of_a_voice_stay_visible() {
        let mut sending = Sending::new(1);
        let sequences = [10, 12, 11, 14].map(|n| sending.forward(&voice(n, u32::from(n) * 160, 9), 8, at(0)).sequence);
        assert_eq!(sequences.map(|n| n - sequences[0]), [0, 2, 1, 4]);
    }

    #[test]
    fn a_new_speaker_or_one_who_starts_over_does_not_break_the_stream() {
        let mut sending = Sending::new(1);
        let speakers = [voice(10, 0, 9), voice(40_000, 77, 9), voice(5, 1_000_000, 10)];
        let heard = speakers.map(|speaker| sending.forward(&speaker, 8, at(0)));
        assert_eq!(heard.clone().map(|header| header.sequence - heard[0].sequence), [0, 1, 2]);
        assert_eq!(heard.clone().map(|header| header.timestamp - heard[0].timestamp), [0, 160, 320]);
        assert!(heard.iter().all(|header| header.marker));
    }
}
