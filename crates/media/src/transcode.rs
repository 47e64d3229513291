//! One speaker's voice in another codec: packets of any length in, frames of 20 ms out, with gaps made up for.
//!
//! Nothing waits here: what came is passed on at once, as far as it fills frames. A lost packet is noticed with the one
//! after it; a short gap is filled (by what Opus repeats of it, else by the voice going on), a longer one and a pause of
//! the speaker's stay a pause. Knows nothing of the listener's numbers.

use crate::rtp::{RTP_HEADER_BYTES, RtpHeader};
use crate::{Codec, Decoder, Encoder, FRAME_BYTES_MAX, Rate, SOUND_SAMPLES_MAX};

/// Longest gap that is filled, in milliseconds: beyond it nothing of the voice is left to fill with.
const FILLED_MS_MAX: usize = 60;
/// A timestamp this far ahead is no pause but a stream that starts over, in milliseconds.
const PAUSE_MS_MAX: u32 = 10_000;
/// What may wait to be sent: less than a frame, a filled gap, and the longest packet.
const WAITING_SAMPLES_MAX: usize = 320 + FILLED_MS_MAX * 16 + SOUND_SAMPLES_MAX;

/// One speaker's voice on its way to one listener.
#[derive(Debug)]
pub struct Transcoder {
    from: Codec,
    rate: Rate,
    decoder: Decoder,
    encoder: Encoder,
    waiting: [i16; WAITING_SAMPLES_MAX],
    /// Samples in `waiting` from here …
    start: usize,
    /// … to here.
    end: usize,
    next: Option<Next>,
    /// Silence before what waits, in samples.
    pause: usize,
    packet: [u8; RTP_HEADER_BYTES + FRAME_BYTES_MAX],
}

/// What the speaker's next packet would be.
#[derive(Clone, Copy, Debug)]
struct Next {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
}

/// 20 ms for the listener.
#[derive(PartialEq, Eq, Debug)]
pub struct TranscodedPacket<'a> {
    /// Room for a header ([`RTP_HEADER_BYTES`]), and after it the encoded sound, at most [`FRAME_BYTES_MAX`].
    pub bytes: &'a mut [u8],
    /// Milliseconds of silence before it that are not sent.
    pub pause_ms: u32,
}

impl Transcoder {
    /// From what the speaker sends to what the listener takes. With Opus on one side it holds up to 100 kB.
    pub fn new(from: Codec, to: Codec) -> Self {
        let rate = Rate::of(from).min(Rate::of(to));
        Self {
            from,
            rate,
            decoder: Decoder::new(from, rate),
            encoder: Encoder::new(to, rate),
            waiting: [0; WAITING_SAMPLES_MAX],
            start: 0,
            end: 0,
            next: None,
            pause: 0,
            packet: [0; RTP_HEADER_BYTES + FRAME_BYTES_MAX],
        }
    }

    /// The speaker's codec.
    pub const fn from(&self) -> Codec {
        self.from
    }

    /// Takes in a voice packet of the speaker's. One that comes after its successor is left out: the codecs' memories
    /// have gone on.
    pub fn take(&mut self, header: &RtpHeader, payload: &[u8]) {
        let next = self.next.filter(|next| next.ssrc == header.ssrc);
        if let Some(next) = next {
            let step = header.sequence.wrapping_sub(next.sequence) as i16;
            let ahead = header.timestamp.wrapping_sub(next.timestamp);
            if step < 0 && step > -i16::MAX / 2 {
                return;
            }
            self.bridge(step > 0, ahead, payload);
        } else if self.next.is_some() {
            self.decoder = Decoder::new(self.from, self.rate);
        }
        self.make_room();
        let samples = self.decoder.decode(payload, &mut self.waiting[self.end..]);
        self.end += samples;
        let ticks = samples as u64 * u64::from(self.from.clock_rate()) / self.rate.samples_in_second() as u64;
        let (sequence, timestamp) = (header.sequence.wrapping_add(1), header.timestamp.wrapping_add(ticks as u32));
        self.next = Some(Next { ssrc: header.ssrc, sequence, timestamp });
    }

    /// A packet of the speaker's stream that is no voice (a key, comfort noise) was no loss.
    pub fn pass_by(&mut self, header: &RtpHeader) {
        if let Some(next) = self.next.as_mut().filter(|next| next.ssrc == header.ssrc)
            && (header.sequence.wrapping_sub(next.sequence) as i16) >= 0
        {
            next.sequence = header.sequence.wrapping_add(1);
        }
    }

    /// The next frame that is full, until `None`.
    pub fn packet(&mut self) -> Option<TranscodedPacket<'_>> {
        let sound = self.waiting[..self.end].get(self.start..self.start + self.rate.frame())?;
        let length = RTP_HEADER_BYTES + self.encoder.encode(sound, &mut self.packet[RTP_HEADER_BYTES..]);
        self.start += self.rate.frame();
        let pause_ms = (std::mem::take(&mut self.pause) / self.rate.samples_in_ms()) as u32;
        Some(TranscodedPacket { bytes: &mut self.packet[..length], pause_ms })
    }

    /// Between what came last and a packet that begins so many ticks later.
    fn bridge(&mut self, lost: bool, ahead: u32, payload: &[u8]) {
        if ahead == 0 || ahead > self.from.clock_rate() / 1000 * PAUSE_MS_MAX {
            return;
        }
        let gap =
            (u64::from(ahead) * self.rate.samples_in_second() as u64 / u64::from(self.from.clock_rate())) as usize;
        if !lost || gap > FILLED_MS_MAX * self.rate.samples_in_ms() {
            // What waits is less than a frame, and the end of a word at most: it goes with the pause.
            self.pause += self.end - self.start + gap;
            (self.start, self.end) = (0, 0);
            return;
        }
        self.make_room();
        // Only the packet just before this one can be repeated in it.
        let repeated = gap.min(self.rate.frame());
        let (made_up, recovered) = self.waiting[self.end..self.end + gap].split_at_mut(gap - repeated);
        for part in made_up.chunks_mut(self.rate.frame()) {
            self.decoder.conceal(part);
        }
        self.decoder.recover(payload, recovered);
        self.end += gap;
    }

    fn make_room(&mut self) {
        self.waiting.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
    }
}

#[cfg(test)]
mod tests;
