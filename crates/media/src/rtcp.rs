//! Our reports on a leg's sound (RTCP, RFC 3550 §6.4), and what we read of the other side's.
//!
//! Each leg is a stream of its own towards us, so reports end here and are never passed on. The name in them (CNAME)
//! is random and says nothing of a person or of our network.

use std::time::Duration;

use model::Moment;

use crate::reception::ReportBlock;
use crate::rtp::u32_at;
use crate::sending::Sending;

/// Longest report that we write: sender report with one block, and a name of eight characters.
pub const REPORT_BYTES_MAX: usize = 28 + 24 + 20;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const BLOCK_BYTES: usize = 24;
/// Packets of a compound that are looked at; those beyond are not.
const PACKETS_MAX: usize = 8;
/// A longer way there and back is none: clocks jumped, or somebody made it up.
const ROUND_TRIP_MAX: Duration = Duration::from_secs(10);
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

/// What the other side tells of the stream that we send it (RFC 3550 §6.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Told {
    /// Of our packets, those that it never got, until now.
    pub(crate) lost: u32,
    /// The way there and back, where it mentions a report of ours.
    pub(crate) round_trip: Option<Duration>,
}

impl Told {
    /// From a valid compound packet: the block of its first report that is on our stream.
    pub(crate) fn read(packet: &[u8], ours: u32, at: Moment) -> Option<Self> {
        let first = if packet[1] == SENDER_REPORT { 28 } else { 8 };
        let blocks = packet.get(first..)?.chunks_exact(BLOCK_BYTES).take(usize::from(packet[0] & 0x1f));
        let block = blocks.into_iter().find(|block| u32_at(block, 0) == ours)?;
        let (report, held_back) = (u32_at(block, 16), u32_at(block, 20));
        let passed = ((ntp_time(at) >> 16) as u32).wrapping_sub(report).wrapping_sub(held_back);
        let round_trip = Duration::from_micros(u64::from(passed) * 1_000_000 / 65_536);
        let round_trip = Some(round_trip).filter(|way| report != 0 && *way <= ROUND_TRIP_MAX);
        // The count is signed, 24 bits: packets that came twice make it negative.
        let lost = u32_at(block, 4) & 0xff_ffff;
        Some(Self { lost: if lost < 0x80_0000 { lost } else { 0 }, round_trip })
    }
}

/// Whether bytes on a port that RTP and RTCP share are RTCP (RFC 5761 §4).
pub(crate) fn is_rtcp(packet: &[u8]) -> bool {
    packet.len() >= 8 && packet[0] >> 6 == 2 && (192..=223).contains(&packet[1])
}

/// Whether a valid compound packet says goodbye for a stream (RFC 3550 §6.6).
pub(crate) fn says_goodbye(packet: &[u8], ssrc: u32) -> bool {
    let mut rest = packet;
    for _ in 0..PACKETS_MAX {
        let Some(head) = rest.first_chunk::<4>() else { return false };
        let bytes = 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
        let Some((one, more)) = rest.split_at_checked(bytes) else { return false };
        let streams = one[4..].chunks_exact(4).take(usize::from(head[0] & 0x1f));
        if head[1] == GOODBYE && streams.into_iter().any(|stream| u32_at(stream, 0) == ssrc) {
            return true;
        }
        rest = more;
    }
    false
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
        let half_a_second_later = noon + Duration::from_millis(500);
        write_report(&mut packet, &sending, Some(BLOCK), Some(theirs), half_a_second_later);
        assert_eq!((u32_at(&packet, 24), u32_at(&packet, 28)), (0x1234_5678, 32_768));
    }

    #[test]
    fn the_way_there_and_back_is_measured_by_their_answer_to_our_report() {
        let noon = Moment::from_secs(1_800_000_000);
        let mut ours = Sending::new(9);
        ours.next_frame(8, 12..172, 0, noon);
        let mut packet = [0; REPORT_BYTES_MAX];
        write_report(&mut packet, &ours, None, None, noon);
        // They got it after 30 ms, and answered half a second later; that took 30 ms again.
        let seen = SenderSeen::read(&packet, noon + Duration::from_millis(30));
        let block = ReportBlock { ssrc: ours.ssrc(), ..BLOCK };
        let length = write_report(&mut packet, &Sending::new(1), Some(block), seen, noon + Duration::from_millis(530));
        let told =
            Told::read(&packet[..length], ours.ssrc(), noon + Duration::from_millis(560)).expect("a block on us");
        let way = told.round_trip.expect("they mention our report");
        assert!((59..=61).contains(&way.as_millis()), "{way:?}");
        assert_eq!(told.lost, 4);
        assert_eq!(Told::read(&packet[..length], 12_345, noon), None, "a block on somebody else's stream");
        let before_it_was_sent = Told::read(&packet[..length], ours.ssrc(), noon).expect("a block on us");
        assert_eq!(before_it_was_sent.round_trip, None, "what can't be is not believed");
    }

    #[test]
    fn a_goodbye_is_for_the_streams_that_it_names() {
        let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
        let goodbye = [0x82, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 9];
        let both = [&report[..], &goodbye[..]].concat();
        assert!(is_valid(&both) && is_rtcp(&both));
        assert!(says_goodbye(&both, 9) && says_goodbye(&both, 7) && !says_goodbye(&both, 8));
        assert!(!says_goodbye(&both[..both.len() - 4], 9), "cut short");
        assert!(!says_goodbye(&report, 9));
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
