//! A small jitter buffer: packets of one voice in the order in which they were sent, a little later than they came.
//!
//! It begins with two packets in hand, keeps more of them for a while where packets come late, and lets one go where the
//! sender's clock is faster than ours. Knows sequence numbers and bytes; no codec, no clock.

use crate::rtp::RtpHeader;

/// Packets that lie here at once. One that is further ahead begins the stream anew.
const SLOTS: usize = 16;
/// Longest payload that is kept, in bytes: 80 ms of G.711. A longer one is not heard.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 640;
/// Packets in hand before the first is played …
const DEPTH_MIN: usize = 2;
/// … and at most, where packets come late.
const DEPTH_MAX: usize = 6;
/// Turns with more than the wanted packets in hand, after which one is let go: the sender's clock is faster.
const TOO_DEEP_TURNS: u32 = 50;
/// Turns without a late packet, after which one packet less is kept in hand.
const CALM_TURNS: u32 = 500;

/// One voice's packets.
#[derive(Clone, Debug)]
pub(crate) struct Jitter {
    slots: Box<[Slot; SLOTS]>,
    /// The packet that is played next.
    next: u16,
    held: usize,
    /// Nothing is played until enough is in hand.
    filling: bool,
    wanted: usize,
    calm: u32,
    too_deep: u32,
    ssrc: Option<u32>,
}

#[derive(Clone, Debug)]
struct Slot {
    sequence: Option<u16>,
    length: usize,
    payload: [u8; PAYLOAD_BYTES_MAX],
}

/// What a turn plays.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Turn<'a> {
    /// This payload.
    Packet(&'a [u8]),
    /// A packet that never came, or comes too late: later ones are here.
    Lost,
    /// Nothing is here.
    Dry,
}

impl Jitter {
    pub(crate) fn new() -> Self {
        let empty = Slot { sequence: None, length: 0, payload: [0; PAYLOAD_BYTES_MAX] };
        let slots = Box::new(std::array::from_fn(|_| empty.clone()));
        Self { slots, next: 0, held: 0, filling: true, wanted: DEPTH_MIN, calm: 0, too_deep: 0, ssrc: None }
    }

    /// A packet came. One that comes twice, too late or too long is dropped.
    pub(crate) fn put(&mut self, header: &RtpHeader, payload: &[u8]) {
        if payload.len() > PAYLOAD_BYTES_MAX {
            return;
        }
        let ahead = header.sequence.wrapping_sub(self.next) as i16;
        let is_new = self.ssrc != Some(header.ssrc) || ahead >= SLOTS as i16 || ahead < -(SLOTS as i16);
        if is_new {
            self.begin(header);
        } else if ahead < 0 {
            return self.came_late();
        } else if self.filling && self.held == 0 && !header.marker {
            // We ran dry in the middle of a talk: what we waited for comes now.
            self.came_late();
        }
        let slot = &mut self.slots[usize::from(header.sequence) % SLOTS];
        if slot.sequence != Some(header.sequence) {
            slot.sequence = Some(header.sequence);
            slot.length = payload.len();
            slot.payload[..payload.len()].copy_from_slice(payload);
            self.held += 1;
        }
    }

    /// The next packet's turn.
    pub(crate) fn turn(&mut self) -> Turn<'_> {
        if self.filling && self.held < self.wanted {
            return Turn::Dry;
        }
        self.filling = false;
        if self.held == 0 {
            self.filling = true;
            return Turn::Dry;
        }
        self.note_calm();
        if self.is_too_deep() {
            self.take();
        }
        let place = usize::from(self.next) % SLOTS;
        if self.take() {
            let slot = &self.slots[place];
            Turn::Packet(&slot.payload[..slot.length])
        } else {
            Turn::Lost
        }
    }

    /// Goes on to the packet after the next. False: the next one isn't here.
    fn take(&mut self) -> bool {
        let slot = &mut self.slots[usize::from(self.next) % SLOTS];
        let is_here = slot.sequence == Some(self.next);
        if is_here {
            slot.sequence = None;
            self.held -= 1;
        }
        self.next = self.next.wrapping_add(1);
        is_here
    }

    fn begin(&mut self, header: &RtpHeader) {
        for slot in self.slots.iter_mut() {
            slot.sequence = None;
        }
        (self.next, self.held, self.filling, self.ssrc) = (header.sequence, 0, true, Some(header.ssrc));
        (self.calm, self.too_deep) = (0, 0);
    }

    fn came_late(&mut self) {
        self.calm = 0;
        self.wanted = (self.wanted + 1).min(DEPTH_MAX);
    }

    fn note_calm(&mut self) {
        self.calm += 1;
        if self.calm >= CALM_TURNS {
            self.calm = 0;
            self.wanted = (self.wanted - 1).max(DEPTH_MIN);
        }
    }

    fn is_too_deep(&mut self) -> bool {
        self.too_deep = if self.held > self.wanted { self.too_deep + 1 } else { 0 };
        let full = self.held >= SLOTS - 2;
        if self.too_deep < TOO_DEEP_TURNS && !full {
            return false;
        }
        self.too_deep = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(sequence: u16) -> RtpHeader {
        RtpHeader { payload_type: 8, marker: false, sequence, timestamp: 0, ssrc: 1, payload: 12..13 }
    }

    fn put(jitter: &mut Jitter, sequence: u16) {
        jitter.put(&header(sequence), &sequence.to_be_bytes());
    }

    fn turn(jitter: &mut Jitter) -> Option<u16> {
        match jitter.turn() {
            Turn::Packet(payload) => Some(u16::from_be_bytes([payload[0], payload[1]])),
            Turn::Lost | Turn::Dry => None,
        }
    }

    #[test]
    fn packets_are_played_in_order_whatever_order_they_come_in() {
        let mut jitter = Jitter::new();
        for sequence in [65_534, 0, 65_535, 1, 1] {
            put(&mut jitter, sequence);
        }
        let played: Vec<_> = (0..5).map(|_| turn(&mut jitter)).collect();
        assert_eq!(played, [Some(65_534), Some(65_535), Some(0), Some(1), None]);
    }

    #[test]
    fn a_lost_packet_is_one_gap_and_what_comes_after_it_is_heard() {
        let mut jitter = Jitter::new();
        for sequence in [1, 2, 4, 5] {
            put(&mut jitter, sequence);
        }
        let played: Vec<_> = (0..5).map(|_| turn(&mut jitter)).collect();
        assert_eq!(played, [Some(1), Some(2), None, Some(4), Some(5)]);
    }

    #[test]
    fn who_sends_too_late_is_waited_for_longer_and_no_packet_is_missed_any_more() {
        let (mut jitter, mut missed) = (Jitter::new(), [0, 0]);
        // Packets come in bursts of five, every other burst three beats late.
        for beat in 0..400_u16 {
            let burst = beat - beat % 5;
            let is_late = (burst / 5) % 2 == 1;
            if beat == burst + if is_late { 3 } else { 0 } {
                (0..5).for_each(|n| put(&mut jitter, burst + n));
            }
            missed[usize::from(beat >= 200)] += usize::from(turn(&mut jitter).is_none());
        }
        assert!(missed[0] > 0 && missed[1] == 0, "{missed:?}");
    }

    #[test]
    fn who_sends_too_fast_never_fills_the_buffer() {
        let (mut jitter, mut sequence) = (Jitter::new(), 0_u16);
        for beat in 0..20_000_u32 {
            put(&mut jitter, sequence);
            sequence = sequence.wrapping_add(1);
            if beat.is_multiple_of(100) {
                put(&mut jitter, sequence);
                sequence = sequence.wrapping_add(1);
            }
            turn(&mut jitter);
            assert!(jitter.held <= DEPTH_MAX + 2, "{} packets in hand", jitter.held);
        }
    }

    #[test]
    fn a_phone_that_starts_over_is_heard_again() {
        let mut jitter = Jitter::new();
        (0..4).for_each(|sequence| put(&mut jitter, sequence));
        turn(&mut jitter);
        (30_000..30_003).for_each(|sequence| put(&mut jitter, sequence));
        assert_eq!(turn(&mut jitter), Some(30_000));
    }
}
