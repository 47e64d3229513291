//! Packets on their way from a worker to the scribe, one after the other in one piece of memory.
//! Knows how a packet is written into it and read back; nothing of recordings.

use media::{Codec, Side, Taped};
use model::Moment;

/// Bytes of a strip: some 150 packets of G.711.
const STRIP_BYTES: usize = 32 * 1024;
/// Bytes before each payload.
const HEAD_BYTES: usize = 24;

/// A piece of memory full of packets. It never grows.
#[derive(Debug)]
pub(super) struct Strip {
    bytes: Vec<u8>,
    /// When it was handed over: what comes later is in another one.
    pub(super) until: Moment,
}

/// Whose tape a packet is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct TapeNo(pub(crate) u32);

impl Strip {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::with_capacity(STRIP_BYTES), until: Moment::EPOCH }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// False: it is full.
    pub(super) fn put(&mut self, tape: TapeNo, packet: &Taped<'_>) -> bool {
        let Ok(length) = u16::try_from(packet.payload.len()) else { return true };
        if self.bytes.len() + HEAD_BYTES + packet.payload.len() > STRIP_BYTES {
            return false;
        }
        let kind = codec_no(packet.codec) | u8::from(packet.side == Side::Right) << 7;
        let mut head = [0; HEAD_BYTES];
        head[..4].copy_from_slice(&tape.0.to_ne_bytes());
        head[4..8].copy_from_slice(&packet.ssrc.to_ne_bytes());
        head[8..12].copy_from_slice(&packet.timestamp.to_ne_bytes());
        head[12..20].copy_from_slice(&packet.at.as_micros().to_ne_bytes());
        head[20..22].copy_from_slice(&length.to_ne_bytes());
        head[22] = kind;
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(packet.payload);
        true
    }

    /// All packets in their order.
    pub(super) fn packets(&self) -> impl Iterator<Item = (TapeNo, Taped<'_>)> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || {
            let (head, after) = rest.split_first_chunk::<HEAD_BYTES>()?;
            let length = usize::from(u16::from_ne_bytes([head[20], head[21]]));
            let (payload, after) = after.split_at_checked(length)?;
            rest = after;
            let word = |from: usize| u32::from_ne_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]]);
            let at = i64::from_ne_bytes(*head[12..].first_chunk().expect("eight of 24 bytes"));
            let side = if head[22] & 0x80 == 0 { Side::Left } else { Side::Right };
            let codec = Codec::ALL[usize::from(head[22] & 0x7f)];
            let packet = Taped { side, codec, ssrc: word(4), timestamp: word(8), at: Moment::from_micros(at), payload };
            Some((TapeNo(word(0)), packet))
        })
    }
}

/// Its place in [`Codec::ALL`].
fn codec_no(codec: Codec) -> u8 {
    Codec::ALL.iter().position(|one| *one == codec).expect("all codecs are listed") as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_out_as_they_went_in_until_the_strip_is_full() {
        let (mut strip, payloads) = (Strip::new(), [vec![], vec![7; 160], vec![9; 1_300]]);
        let mut all = Vec::new();
        for n in 0.. {
            let (side, codec) = ([Side::Left, Side::Right][n % 2], Codec::ALL[n % 4]);
            let at = Moment::from_micros(1_795_000_000_000_000 + n as i64);
            let payload = &payloads[n % 3];
            let packet = Taped { side, codec, ssrc: n as u32, timestamp: u32::MAX - n as u32, at, payload };
            if !strip.put(TapeNo(n as u32), &packet) {
                break;
            }
            all.push((TapeNo(n as u32), packet));
        }
        assert!(all.len() > 50 && strip.packets().eq(all));
        assert!(strip.bytes.capacity() == STRIP_BYTES, "it never grows");
    }
}
