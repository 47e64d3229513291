//! Our reports on a leg's sound (RTCP, RFC 3550 §6.4), and what we read of the other side's.
//!
//! Each leg is a stream of its own towards us, so reports end here and are never passed on. The name in them (CNAME)
//! is random and says nothing of a person or of our network.

use model::Moment;

use crate::reception::ReportBlock;
use crate::rtp::u32_at;
use crate::sending::Sending;

/// Longest report that we write: sender report with one block, and a name of eight characters.
pub const REPORT_BYTES_MAX: usize = 28 + 24 + 20;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
/// From 1900 to 1970.
const NTP_EPOCH_S: u64 = 2_208_988_800;

/// The other side's last sender report, which our next one mentions so that it can measure the way there and back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SenderSeen {
    ntp_middle: u32,
    at: Moment,
}

impl SenderSeen {
    /// From a valid compound packet that begins with a sender report.
    pub(crate) fn read(packet: &[u8], at: Moment) -> Option<Self> {
        let is_report = packet.len() >= 28 && packet[1] == SENDER_REPORT;
        is_report.then(|| Self { ntp_middle: u32_at(packet, 10), at })
    }
}

/// Whether bytes look like a compound packet (RFC 3550 A.2): it begins with a report.
pub(crate) fn is_valid(packet: &[u8]) -> bool {
    packet.len() >= 8
        && packet.len().is_multiple_of(4)
        && packet[0] >> 6 == 2
        && matches!(packet[1], SENDER_REPORT | RECEIVER_REPORT)
        && 4 + 4 * usize::from(u16::from_be_bytes([packet[2], packet[3]])) <= packet.len()
}

/// Writes a sender report (a receiver report while nothing was sent) and our name; gives its length.
pub(crate) fn write_report(
    packet: &mut [u8; REPORT_BYTES_MAX],
    sending: &Sending,
    block: Option<ReportBlock>,
    seen: Option<SenderSeen>,
    at: Moment,
) -> usize {
    let mut out = Writer { packet, at: 0 };
    let sends = sending.packets() > 0;
    let words = 1 + if sends { 5 } else { 0 } + if block.is_some() { 6 } else { 0 };
    out.head(u8::from(block.is_some()), if sends { SENDER_REPORT } else { RECEIVER_REPORT }, words);
    out.word(sending.ssrc());
    if sends {
        let ntp = ntp_time(at);
        for word in
            [(ntp >> 32) as u32, ntp as u32, sending.timestamp_at(at), sending.packets() as u32, sending.bytes()]
        {
            out.word(word);
        }
    }
    if let Some(block) = block {
        write_block(&mut out, block, seen, at);
    }
    write_name(&mut out, sending.ssrc());
    out.at
}

fn write_block(out: &mut Writer<'_>, block: ReportBlock, seen: Option<SenderSeen>, at: Moment) {
    let delay = seen.map_or(0, |seen| (at.since(seen.at).as_micros() * 65_536 / 1_000_000) as u32);
    out.word(block.ssrc);
    out.word(u32::from(block.fraction_lost) << 24 | block.lost);
    out.word(block.highest);
    out.word(block.jitter);
    out.word(seen.map_or(0, |seen| seen.ntp_middle));
    out.word(delay);
}

/// A CNAME of eight hexadecimal characters (RFC 3550 §6.5.1).
fn write_name(out: &mut Writer<'_>, ssrc: u32) {
    out.head(1, SOURCE_DESCRIPTION, 4);
    out.word(ssrc);
    let digit = |n: u32| b"0123456789abcdef"[(ssrc.rotate_left(4 * (n + 1)) & 0xf) as usize];
    let name: [u8; 8] = std::array::from_fn(|n| digit(n as u32));
    out.word(u32::from_be_bytes([1, 8, name[0], name[1]]));
    out.word(u32::from_be_bytes([name[2], name[3], name[4], name[5]]));
    out.word(u32::from_be_bytes([name[6], name[7], 0, 0]));
}

fn ntp_time(at: Moment) -> u64 {
    let micros = at.as_micros().max(0) as u64;
    let fraction = ((micros % 1_000_000) << 32) / 1_000_000;
    ((micros / 1_000_000 + NTP_EPOCH_S) << 32) | fraction
}

struct Writer<'a> {
    packet: &'a mut [u8; REPORT_BYTES_MAX],
    at: usize,
}

impl Writer<'_> {
    fn word(&mut self, word: u32) {
        self.packet[self.at..self.at + 4].copy_from_slice(&word.to_be_bytes());
        self.at += 4;
    }
    /// `words` counts what follows the head.
    fn head(&mut self, count: u8, packet_type: u8, words: u16) {
        let [high, low] = words.to_be_bytes();
        self.word(u32::from_be_bytes([0x80 | count, packet_type, high, low]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: ReportBlock = ReportBlock { ssrc: 9, fraction_lost: 3, lost: 4, highest: 500, jitter: 6 };

    #[test]
    fn our_reports_are_valid_and_carry_what_was_seen() {
        let noon = Moment::from_secs(1_800_000_000);
        let mut sending = Sending::new(0xabcd_ef01);
        let mut packet = [0; REPORT_BYTES_MAX];
        let empty = write_report(&mut packet, &sending, Some(BLOCK), None, noon);
        assert!(is_valid(&packet[..empty]) && packet[1] == RECEIVER_REPORT);
        sending.next_frame(8, 12..172, 0, noon);
        let full = write_report(&mut packet, &sending, Some(BLOCK), None, noon);
        assert_eq!(full, REPORT_BYTES_MAX);
        assert!(is_valid(&packet) && packet[1] == SENDER_REPORT);
        assert_eq!((u32_at(&packet, 20), u32_at(&packet, 24), u32_at(&packet, 28)), (1, 160, 9));
        assert_eq!(&packet[62..70], b"abcdef01");
    }

    #[test]
    fn the_delay_since_their_report_is_told_in_65536ths_of_a_second() {
        let noon = Moment::from_secs(1_800_000_000);
        let mut packet = [0; REPORT_BYTES_MAX];
        let sending = Sending::new(1);
        let theirs = SenderSeen { ntp_middle: 0x1234_5678, at: noon };
        let half_a_second_later = noon + std::time::Duration::from_millis(500);
        write_report(&mut packet, &sending, Some(BLOCK), Some(theirs), half_a_second_later);
        assert_eq!((u32_at(&packet, 24), u32_at(&packet, 28)), (0x1234_5678, 32_768));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for packet in
            [&[][..], &[0x80, 200, 0, 9, 0, 0, 0, 0], &[0x80, 8, 0, 1, 0, 0, 0, 0], &[0x40, 201, 0, 1, 0, 0, 0, 0]]
        {
            assert!(!is_valid(packet), "{packet:?}");
        }
    }
}
