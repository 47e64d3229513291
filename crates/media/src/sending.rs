//! What one leg hears, as one continuous stream: one SSRC, sequence and timestamp over music, voice and hold.
//!
//! The other side never sees who speaks: a switch from music to an agent is a marker bit, no new stream. Loss and
//! disorder of a relayed voice stay visible, because its numbers are shifted, not counted anew.

mod keys;

use model::Moment;

use self::keys::PressSent;

use crate::rtp::{RtpHeader, ticks};

/// Ticks a second of the streams that begin before a codec is known.
const CLOCK_RATE: u32 = 8000;
/// A jump of the relayed numbers beyond this begins a new shift (the speaker's phone started over).
const JUMP_MAX: i16 = 3000;

/// The outgoing stream of one leg.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    ssrc: u32,
    clock_rate: u32,
    /// Last sent.
    sequence: u16,
    /// Last sent.
    timestamp: u32,
    last_at: Option<Moment>,
    /// Something new begins with the next packet.
    fresh: bool,
    shift: Option<Shift>,
    key: Option<PressSent>,
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
            clock_rate: CLOCK_RATE,
            sequence: (seed >> 32) as u16,
            timestamp: (seed >> 20) as u32,
            last_at: None,
            fresh: true,
            shift: None,
            key: None,
            packets: 0,
            bytes: 0,
        }
    }

    /// The codec's clock, in ticks a second. Another one than before begins anew.
    pub(crate) const fn set_clock(&mut self, clock_rate: u32) {
        if self.clock_rate != clock_rate {
            self.clock_rate = clock_rate;
            self.switch();
        }
    }

    /// What comes next is something else: music, another voice, the end of a hold.
    pub(crate) const fn switch(&mut self) {
        self.fresh = true;
        self.shift = None;
        self.key = None;
    }

    /// The header of the next frame of 20 ms that we encoded ourselves, after so many milliseconds that aren't sent.
    pub(crate) fn next_frame(
        &mut self,
        payload_type: u8,
        payload: std::ops::Range<usize>,
        pause_ms: u32,
        at: Moment,
    ) -> RtpHeader {
        let fresh = std::mem::take(&mut self.fresh);
        let pause = (self.clock_rate / 1000).wrapping_mul(pause_ms);
        let after = self.timestamp.wrapping_add(self.frame_ticks()).wrapping_add(pause);
        self.timestamp = if fresh { self.timestamp_after_pause(at) } else { after };
        self.sequence = self.sequence.wrapping_add(1);
        (self.last_at, self.shift) = (Some(at), None);
        self.count(payload.len());
        let (sequence, timestamp, ssrc) = (self.sequence, self.timestamp, self.ssrc);
        RtpHeader { payload_type, marker: fresh || pause_ms > 0, sequence, timestamp, ssrc, payload }
    }

    /// A relayed stream's packet that this leg can't hear leaves no gap in its numbers.
    pub(crate) fn leave_out(&mut self, heard: &RtpHeader) {
        let last = self.sequence;
        if let Some(shift) = self.shift.as_mut().filter(|shift| shift.ssrc == heard.ssrc)
            && heard.sequence.wrapping_add(shift.sequence) == last.wrapping_add(1)
        {
            shift.sequence = shift.sequence.wrapping_sub(1);
        }
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
        self.last_at = Some(at);
        self.count(heard.payload.len());
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
        self.last_at.map_or(self.timestamp, |last| self.timestamp.wrapping_add(self.ticks_between(last, at)))
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
        let passed = self.ticks_between(last, at) as i32;
        self.timestamp.wrapping_add(passed.max(self.frame_ticks() as i32) as u32)
    }

    fn ticks_between(&self, from: Moment, to: Moment) -> u32 {
        ticks(to, self.clock_rate).wrapping_sub(ticks(from, self.clock_rate))
    }

    const fn frame_ticks(&self) -> u32 {
        self.clock_rate / 50
    }

    const fn count(&mut self, payload_bytes: usize) {
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
        let first = sending.next_frame(8, 12..172, 0, at(0));
        let (sequence, timestamp, marker) = seen(&first);
        assert!(marker);
        let second = sending.next_frame(8, 12..172, 0, at(20));
        assert_eq!(seen(&second), (sequence.wrapping_add(1), timestamp.wrapping_add(160), false));
        sending.switch();
        let agent = sending.forward(&voice(60_000, 999, 42), 8, at(30));
        assert_eq!(seen(&agent), (sequence.wrapping_add(2), timestamp.wrapping_add(320), true));
        let more = sending.forward(&voice(60_001, 1159, 42), 8, at(50));
        assert_eq!(seen(&more), (sequence.wrapping_add(3), timestamp.wrapping_add(480), false));
        sending.switch();
        let music = sending.next_frame(8, 12..172, 0, at(1050));
        assert_eq!(seen(&music), (sequence.wrapping_add(4), timestamp.wrapping_add(480 + 8000), true));
        assert!([first, second, agent, more, music].iter().all(|header| header.ssrc == sending.ssrc()));
        assert_eq!(sending.packets(), 5);
    }

    #[test]
    fn frames_of_our_own_keep_time_over_pauses_and_keys_in_any_clock() {
        for clock_rate in [8_000, 48_000] {
            let (mut sending, frame) = (Sending::new(1), clock_rate / 50);
            sending.set_clock(clock_rate);
            let first = sending.next_frame(111, 12..60, 0, at(0));
            let since = |header: &RtpHeader| {
                (header.sequence.wrapping_sub(first.sequence), header.timestamp.wrapping_sub(first.timestamp))
            };
            let after_pause = sending.next_frame(111, 12..60, 100, at(120));
            assert_eq!((since(&after_pause), after_pause.marker), ((1, 6 * frame), true));
            let press = [voice(1, 700, 9), voice(2, 700, 9), voice(3, 700, 9)].map(|packet| {
                let header = sending.key(&packet, 110, at(140)).expect("in time");
                since(&header)
            });
            assert_eq!(press, [(2, 7 * frame), (3, 7 * frame), (4, 7 * frame)]);
            assert_eq!(sending.key(&voice(1, 650, 9), 110, at(145)), None, "of an earlier press");
            assert_eq!(since(&sending.next_frame(111, 12..60, 60, at(200))), (5, 10 * frame));
        }
    }

    #[test]
    fn what_a_leg_can_not_hear_leaves_no_gap() {
        let mut sending = Sending::new(1);
        let first = sending.forward(&voice(10, 0, 9), 8, at(0));
        sending.leave_out(&voice(11, 160, 9));
        sending.leave_out(&voice(30, 160, 9));
        assert_eq!(sending.forward(&voice(12, 320, 9), 8, at(40)).sequence, first.sequence.wrapping_add(1));
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
