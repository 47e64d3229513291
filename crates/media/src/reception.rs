//! How well a leg's packets arrive: how many never came, and how unevenly the others did.
//!
//! The counting rules of RFC 3550 A.1, A.3 and A.8. Knows no addresses; fed only with packets that were accepted.

use model::Moment;

use crate::rtp::{RtpHeader, ticks};

/// A forward jump of sequence numbers beyond this is a new stream, not loss (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3000;
/// A packet later than this is a new stream, not disorder (RFC 3550 A.1).
const MISORDER_MAX: u16 = 100;

/// What came of one leg's incoming stream. A new stream begins a new count and keeps the old one's sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reception {
    stream: Option<Stream>,
    /// Of streams before this one.
    lost_before: u64,
    received: u64,
    /// Interarrival jitter, in sixteenths of a tick (RFC 3550 A.8).
    jitter_16: u32,
}

#[derive(Clone, Debug)]
struct Stream {
    ssrc: u32,
    first: u32,
    /// Highest sequence number, with its wraps in the upper half.
    highest: u32,
    received: u32,
    transit: Option<u32>,
    expected_reported: u32,
    received_reported: u32,
}

/// What a receiver report says of a stream (RFC 3550 §6.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ReportBlock {
    pub(crate) ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub(crate) fraction_lost: u8,
    pub(crate) lost: u32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
}

impl Reception {
    /// Nothing came.
    pub(crate) const fn new() -> Self {
        Self { stream: None, lost_before: 0, received: 0, jitter_16: 0 }
    }

    /// Counts a packet. Only voice, whose clock is given, says something about jitter: a key press repeats its timestamp.
    pub(crate) fn note(&mut self, header: &RtpHeader, clock_rate: Option<u32>, at: Moment) {
        self.received += 1;
        let goes_on = self.stream.as_mut().is_some_and(|s| s.ssrc == header.ssrc && s.advance(header.sequence));
        if !goes_on {
            self.lost_before = self.lost();
            self.stream = None;
        }
        let stream = self.stream.get_or_insert_with(|| Stream::new(header));
        stream.received += 1;
        let Some(clock_rate) = clock_rate else { return };
        let transit = ticks(at, clock_rate).wrapping_sub(header.timestamp);
        if let Some(before) = stream.transit.replace(transit) {
            let step = (transit.wrapping_sub(before) as i32).unsigned_abs().min(u32::from(u16::MAX));
            self.jitter_16 = self.jitter_16 + step - ((self.jitter_16 + 8) >> 4);
        }
    }

    /// Packets that came.
    pub(crate) const fn received(&self) -> u64 {
        self.received
    }

    /// Packets that never came.
    pub(crate) fn lost(&self) -> u64 {
        self.lost_before + self.stream.as_ref().map_or(0, Stream::lost)
    }

    /// Interarrival jitter, in ticks of the stream's clock.
    pub(crate) const fn jitter(&self) -> u32 {
        self.jitter_16 >> 4
    }

    /// The next report on the stream that comes now; none before its first packet.
    pub(crate) fn report(&mut self) -> Option<ReportBlock> {
        let jitter = self.jitter();
        let stream = self.stream.as_mut()?;
        let expected = stream.expected();
        let expected_now = expected.wrapping_sub(stream.expected_reported);
        let received_now = stream.received.wrapping_sub(stream.received_reported);
        (stream.expected_reported, stream.received_reported) = (expected, stream.received);
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction_lost =
            (u64::from(lost_now) * 256).checked_div(u64::from(expected_now)).unwrap_or(0).min(255) as u8;
        let lost = stream.lost().min(0x7f_ffff) as u32;
        Some(ReportBlock { ssrc: stream.ssrc, fraction_lost, lost, highest: stream.highest, jitter })
    }
}

impl Stream {
    fn new(header: &RtpHeader) -> Self {
        let first = u32::from(header.sequence);
        let (expected_reported, received_reported) = (0, 0);
        Self {
            ssrc: header.ssrc,
            first,
            highest: first,
            received: 0,
            transit: None,
            expected_reported,
            received_reported,
        }
    }

    /// Takes a sequence number in; `false` when it is too far off to be of this stream.
    fn advance(&mut self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead < DROPOUT_MAX {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
            return true;
        }
        ahead > u16::MAX - MISORDER_MAX
    }

    fn expected(&self) -> u32 {
        self.highest.wrapping_sub(self.first).wrapping_add(1)
    }

    fn lost(&self) -> u64 {
        u64::from(self.expected().saturating_sub(self.received))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn packet(sequence: u16, ssrc: u32) -> RtpHeader {
        let timestamp = u32::from(sequence).wrapping_mul(160);
        RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc, payload: 12..172 }
    }

    fn heard(sequences: impl IntoIterator<Item = u16>) -> Reception {
        let mut reception = Reception::default();
        for (n, sequence) in sequences.into_iter().enumerate() {
            reception.note(&packet(sequence, 1), Some(8_000), Moment::EPOCH + Duration::from_millis(20 * n as u64));
        }
        reception
    }

    #[test]
    fn lost_packets_are_counted_over_the_wrap() {
        let reception = heard((65_500..=65_535).chain(3..50));
        assert_eq!((reception.received(), reception.lost()), (83, 3));
    }

    #[test]
    fn disorder_is_no_loss() {
        assert_eq!(heard([1, 3, 2, 4, 6, 5]).lost(), 0);
    }

    #[test]
    fn a_new_stream_is_no_loss_and_keeps_the_sums() {
        let mut reception = heard([1, 2, 4]);
        reception.note(&packet(9000, 1), Some(8_000), Moment::EPOCH);
        reception.note(&packet(77, 2), Some(8_000), Moment::EPOCH);
        assert_eq!((reception.received(), reception.lost()), (5, 1));
    }

    #[test]
    fn an_even_stream_has_no_jitter_and_a_report_tells_the_loss_since_the_last() {
        let mut reception = heard((0..100).filter(|n| n % 4 != 3));
        assert_eq!(heard(0..100).jitter(), 0);
        let report = reception.report().expect("a stream");
        assert_eq!((report.lost, report.highest), (24, 98));
        assert!((60..=64).contains(&report.fraction_lost), "{report:?}");
        assert_eq!(reception.report().expect("a stream").fraction_lost, 0);
    }
}
