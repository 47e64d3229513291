//! SRTP with keys out of the session descriptions (RFC 3711, RFC 6188, RFC 7714): one leg's packets, both ways.
//!
//! `guard` protects one packet, `window` knows which number a packet has and whether it came before. Nothing is
//! allocated for a packet, and a packet that is not authentic changes nothing. Knows no socket.

mod guard;
#[cfg(test)]
mod tests;
mod window;

use guard::Guard;
use window::Sources;

use crate::SdesKeys;

/// Bytes by which a protected RTP packet is longer, at most.
pub const SRTP_TAIL_BYTES_MAX: usize = 16;
/// Bytes by which a protected RTCP packet is longer, at most.
pub const SRTCP_TAIL_BYTES_MAX: usize = SRTP_TAIL_BYTES_MAX + INDEX_BYTES;
/// The fixed part of an RTP header.
const RTP_BYTES_MIN: usize = 12;
/// What of an RTCP packet stays readable: its first header and the sender's number.
const RTCP_CLEAR_BYTES: usize = 8;
/// The number of an SRTCP packet, which it carries (RFC 3711 §3.4).
const INDEX_BYTES: usize = 4;
/// In that number: whether the packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;

/// One leg's protection, both ways.
#[derive(Debug)]
pub struct Srtp {
    keys: SdesKeys,
    out: Way,
    into: Way,
    /// The number of the next report of ours.
    next_report: u32,
}

#[derive(Debug)]
struct Way {
    rtp: Guard,
    rtcp: Guard,
    sources: Sources,
}

impl Srtp {
    /// With what the descriptions settled.
    pub fn new(keys: &SdesKeys) -> Self {
        let way = |key| Way { rtp: Guard::rtp(key), rtcp: Guard::rtcp(key), sources: Sources::default() };
        Self { keys: keys.clone(), out: way(&keys.ours), into: way(&keys.theirs), next_report: 1 }
    }

    /// Descriptions were exchanged again. A direction whose key is the same goes on counting; with a new key it begins
    /// anew, as phones do.
    pub fn settle(&mut self, keys: &SdesKeys) {
        let Self { keys: before, .. } = self;
        if before == keys {
            return;
        }
        let fresh = Self::new(keys);
        if self.keys.ours != keys.ours {
            self.out = fresh.out;
            self.next_report = fresh.next_report;
        }
        if self.keys.theirs != keys.theirs {
            self.into = fresh.into;
        }
        self.keys = fresh.keys;
    }

    /// Writes an RTP packet of ours, protected, into `out`, which has [`SRTP_TAIL_BYTES_MAX`] more than the packet. `None`:
    /// it is no RTP, has no room, or its number was used before (which would give away both).
    pub fn protect<'a>(&mut self, packet: &[u8], out: &'a mut [u8]) -> Option<&'a mut [u8]> {
        let header = header_bytes(packet)?;
        let out = out.get_mut(..packet.len() + self.out.rtp.tail())?;
        let source = self.out.sources.of(ssrc_at(packet, 8)?);
        let index = source.rtp.index_of(sequence(packet)?)?;
        if !source.rtp.is_new(index) {
            return None;
        }
        out[..packet.len()].copy_from_slice(packet);
        self.out.rtp.seal_rtp(out, header, index)?;
        self.out.sources.keep(source, |source| source.rtp.note(index));
        Some(out)
    }

    /// Opens an RTP packet in place; gives its length. `None`: it is not authentic, or came before.
    pub fn unprotect(&mut self, packet: &mut [u8]) -> Option<usize> {
        let header = header_bytes(packet)?;
        let source = self.into.sources.of(ssrc_at(packet, 8)?);
        let index = source.rtp.index_of(sequence(packet)?)?;
        if !source.rtp.is_new(index) {
            return None;
        }
        let length = self.into.rtp.open_rtp(packet, header, index)?;
        self.into.sources.keep(source, |source| source.rtp.note(index));
        Some(length)
    }

    /// Writes an RTCP packet of ours, protected, into `out`, which has [`SRTCP_TAIL_BYTES_MAX`] more than the packet.
    pub fn protect_report<'a>(&mut self, packet: &[u8], out: &'a mut [u8]) -> Option<&'a mut [u8]> {
        if packet.len() < RTCP_CLEAR_BYTES || self.next_report >= ENCRYPTED {
            return None;
        }
        let out = out.get_mut(..packet.len() + self.out.rtcp.tail() + INDEX_BYTES)?;
        out[..packet.len()].copy_from_slice(packet);
        self.out.rtcp.seal_rtcp(out, packet.len(), self.next_report)?;
        self.next_report += 1;
        Some(out)
    }

    /// Opens an RTCP packet in place; gives its length. `None`: it is not authentic, or came before.
    pub fn unprotect_report(&mut self, packet: &mut [u8]) -> Option<usize> {
        let source = self.into.sources.of(ssrc_at(packet, 4)?);
        let index = u64::from(self.into.rtcp.report_number(packet)? & !ENCRYPTED);
        if !source.rtcp.is_new(index) {
            return None;
        }
        let length = self.into.rtcp.open_rtcp(packet)?;
        self.into.sources.keep(source, |source| source.rtcp.note(index));
        Some(length)
    }
}

/// Bytes of an RTP header with its sources and extension (RFC 3550 §5.1, §5.3.1), which stay readable.
fn header_bytes(packet: &[u8]) -> Option<usize> {
    let first = *packet.first().filter(|first| *first >> 6 == 2)?;
    let fixed = RTP_BYTES_MIN + 4 * usize::from(first & 0x0f);
    if first & 0x10 == 0 {
        return (packet.len() >= fixed).then_some(fixed);
    }
    let words = packet.get(fixed + 2..fixed + 4)?;
    let whole = fixed + 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    (packet.len() >= whole).then_some(whole)
}

fn sequence(packet: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(*packet.get(2..)?.first_chunk()?))
}

fn ssrc_at(packet: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*packet.get(place..)?.first_chunk()?))
}
