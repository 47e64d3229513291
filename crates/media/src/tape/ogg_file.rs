//! A file of Ogg (RFC 3533) with two mono streams of Opus side by side (RFC 7845, mapping family 1 with two uncoupled
//! streams): every player takes it as stereo, and the sides never mix. Knows bytes; nothing of sound.

use ogg::{PacketWriteEndInfo, PacketWriter};

/// Frames of 20 ms on a page: one second, after which what was said is in the file.
const PAGE_FRAMES: u64 = 50;
/// What an Opus clock counts in 20 ms (RFC 7845 §4).
const FRAME_TICKS: u64 = 960;
/// Ticks at the beginning that a player leaves out: what the encoder looks ahead at 16 kHz, 6.5 ms.
const PRE_SKIP: u16 = 312;
/// A packet with nothing in it, 20 ms of wideband (RFC 6716 §3.1): what stands for a frame that couldn't be encoded.
const EMPTY: [u8; 1] = [9 << 3];
/// Longest packet whose length is told by one byte (RFC 6716 §3.2.1); ours are shorter.
const SHORT_MAX: usize = 251;

/// Whether more frames follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Inside,
    Last,
}

pub(super) struct OggFile {
    writer: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    frames: u64,
}

impl OggFile {
    pub(super) fn new(title: &str, serial: u32) -> Self {
        let mut file = Self { writer: PacketWriter::new(Vec::new()), serial, frames: 0 };
        file.write(head(), PacketWriteEndInfo::EndPage, 0);
        file.write(tags(title), PacketWriteEndInfo::EndPage, 0);
        file
    }

    /// 20 ms of both sides, each a packet of Opus with one frame.
    pub(super) fn put(&mut self, left: &[u8], right: &[u8], place: Place) {
        self.frames += 1;
        let end = match place {
            Place::Inside if self.frames.is_multiple_of(PAGE_FRAMES) => PacketWriteEndInfo::EndPage,
            Place::Inside => PacketWriteEndInfo::NormalPacket,
            Place::Last => PacketWriteEndInfo::EndStream,
        };
        self.write(side_by_side(single(left), single(right)), end, self.frames * FRAME_TICKS);
    }

    /// What is complete so far.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.writer.inner_mut())
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, ticks: u64) {
        self.writer.write_packet(packet, self.serial, end, ticks).expect("a Vec takes all that is written");
    }
}

/// A packet of one frame (code 0), or an empty one.
fn single(packet: &[u8]) -> &[u8] {
    let fits = packet.first().is_some_and(|toc| toc % 4 == 0) && packet.len() <= SHORT_MAX;
    if fits { packet } else { &EMPTY }
}

/// All packets but the last of a frame tell their own length (RFC 6716, appendix B).
fn side_by_side(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(left.len() + 1 + right.len());
    packet.extend_from_slice(&[left[0], (left.len() - 1) as u8]);
    packet.extend_from_slice(&left[1..]);
    packet.extend_from_slice(right);
    packet
}

/// RFC 7845 §5.1.
fn head() -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02".to_vec();
    head.extend_from_slice(&PRE_SKIP.to_le_bytes());
    head.extend_from_slice(&16_000_u32.to_le_bytes());
    // No gain; mapping family 1; two streams, none of them coupled; left is the first, right the second.
    head.extend_from_slice(&[0, 0, 1, 2, 0, 0, 1]);
    head
}

/// RFC 7845 §5.2.
fn tags(title: &str) -> Vec<u8> {
    let mut tags = b"OpusTags".to_vec();
    let text = |tags: &mut Vec<u8>, text: &str| {
        tags.extend_from_slice(&(text.len() as u32).to_le_bytes());
        tags.extend_from_slice(text.as_bytes());
    };
    text(&mut tags, "samkald");
    tags.extend_from_slice(&1_u32.to_le_bytes());
    text(&mut tags, &format!("TITLE={title}"));
    tags
}

impl std::fmt::Debug for OggFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OggFile({} frames)", self.frames)
    }
}
