//! RTP packets (RFC 3550): reading a header from bytes that anyone may have sent, and writing ours.
//!
//! A view, never a copy: what is passed on gets its twelve new bytes right before the payload. Knows nothing of who
//! sent a packet or to whom it goes.

use std::ops::Range;

use model::Moment;

/// Length of a header without sources and extension, in bytes.
pub const RTP_HEADER_BYTES: usize = 12;
/// Longest packet that is read, in bytes; the rest of a longer one is cut off, so it is refused.
pub const PACKET_BYTES_MAX: usize = 1500;

const VERSION: u8 = 2;

/// What an RTP packet's header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RtpHeader {
    /// 0–127.
    pub payload_type: u8,
    /// First packet after a pause, or of a key press.
    pub marker: bool,
    /// Counts packets, and wraps.
    pub sequence: u16,
    /// Counts samples, and wraps.
    pub timestamp: u32,
    /// The stream that it belongs to.
    pub ssrc: u32,
    /// Where in the packet the payload lies; at least twelve bytes come before it.
    pub payload: Range<usize>,
}

impl RtpHeader {
    /// Reads a header by the checks of RFC 3550 A.1. `None`: no RTP, or its lengths contradict each other.
    pub fn read(packet: &[u8]) -> Option<Self> {
        if packet.len() < RTP_HEADER_BYTES || packet.len() >= PACKET_BYTES_MAX || packet[0] >> 6 != VERSION {
            return None;
        }
        let payload_type = packet[1] & 0x7f;
        // 72–76 are RTCP's packet types without their top bit (RFC 3550 §12).
        if (72..=76).contains(&payload_type) {
            return None;
        }
        let start = payload_start(packet)?;
        let padding = if packet[0] & 0x20 == 0 { 0 } else { usize::from(*packet.last()?).max(1) };
        let end = packet.len().checked_sub(padding)?;
        if end < start {
            return None;
        }
        Some(Self {
            payload_type,
            marker: packet[1] & 0x80 != 0,
            sequence: u16::from_be_bytes([packet[2], packet[3]]),
            timestamp: u32_at(packet, 4),
            ssrc: u32_at(packet, 8),
            payload: start..end,
        })
    }

    /// Writes a plain header right before the payload, over whatever stood there. Gives the packet to send.
    pub fn write<'a>(&self, packet: &'a mut [u8]) -> &'a [u8] {
        let from = self.payload.start - RTP_HEADER_BYTES;
        let header = &mut packet[from..self.payload.start];
        header[0] = VERSION << 6;
        header[1] = (u8::from(self.marker) << 7) | self.payload_type;
        header[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        header[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        header[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        &packet[from..self.payload.end]
    }
}

/// Ticks of a clock (so many a second, whole thousands) from the epoch to a moment, which wraps as timestamps do.
pub(crate) fn ticks(at: Moment, clock_rate: u32) -> u32 {
    (at.as_micros() * i64::from(clock_rate / 1000) / 1000) as u32
}

/// After the contributing sources and the extension.
fn payload_start(packet: &[u8]) -> Option<usize> {
    let after_sources = RTP_HEADER_BYTES + 4 * usize::from(packet[0] & 0x0f);
    if packet[0] & 0x10 == 0 {
        return Some(after_sources);
    }
    let words = packet.get(after_sources + 2..after_sources + 4)?;
    Some(after_sources + 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]])))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let header = RtpHeader {
            payload_type: 8,
            marker: true,
            sequence: 65_535,
            timestamp: u32::MAX - 3,
            ssrc: 0xdead_beef,
            payload: 12..16,
        };
        let mut packet = [7; 20];
        let sent = header.write(&mut packet);
        assert_eq!(sent.len(), 16);
        assert_eq!(RtpHeader::read(sent), Some(header));
    }

    #[test]
    fn sources_extension_and_padding_are_left_out() {
        let mut packet = vec![0xb1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        packet.extend([9; 4]);
        packet.extend([0xbe, 0xde, 0, 1, 5, 5, 5, 5]);
        packet.extend([1, 2, 3, 0, 0, 3]);
        assert_eq!(RtpHeader::read(&packet).expect("valid").payload, 24..27);
    }

    #[test]
    fn what_is_no_rtp_is_refused() {
        let plain = |first: u8, second: u8| [vec![first, second], vec![0; 10]].concat();
        let more_padding_than_bytes = [plain(0xa0, 8), vec![200]].concat();
        let extension_beyond_the_end = [plain(0x90, 8), vec![0, 0, 255, 255]].concat();
        for packet in [
            vec![],
            plain(0x80, 8)[..11].to_vec(),
            plain(0x40, 8),
            plain(0x80, 200),
            plain(0x8f, 8),
            more_padding_than_bytes,
            extension_beyond_the_end,
            [plain(0x80, 8), vec![0; 1500]].concat(),
        ] {
            assert_eq!(RtpHeader::read(&packet), None, "{packet:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(mut packet in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(header) = RtpHeader::read(&packet) {
                prop_assert!(header.payload.start >= RTP_HEADER_BYTES && header.payload.end <= packet.len());
                let length = header.payload.len();
                prop_assert_eq!(header.write(&mut packet).len(), RTP_HEADER_BYTES + length);
            }
        }
    }
}
