//! A leg whose other side is a program: what comes from it as even frames of samples, and frames of samples for it; and what
//! such a program is told and may wish.
//!
//! Sixteen thousand samples a second, 20 ms at a time, whatever codec the leg speaks. Knows no socket and no clock.

use std::sync::Arc;

use model::{CallId, Language, LineId, MunicipalityId};

use crate::Codec;
use crate::coding::{Decoder, Encoder, FRAME_BYTES_MAX, Rate, SOUND_SAMPLES_MAX};
use crate::jitter::{Jitter, Turn};
use crate::rtp::RtpHeader;

/// Samples of a streamed frame: 20 ms at 16 kHz.
pub const STREAM_FRAME: usize = 320;

/// Where a leg's sound is streamed, and what is told there first. Nothing in it is about the person who rings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamTo {
    /// `wss://…` or `ws://…`, from the plan alone.
    pub url: Arc<str>,
    /// The call.
    pub call: CallId,
    /// The line that was rung.
    pub line: LineId,
    /// The citizen's language.
    pub language: Language,
    /// The citizen's municipality; none when unknown.
    pub municipality: Option<MunicipalityId>,
}

/// What becomes of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StreamEvent {
    /// Its first sound has come: from now on it is heard. It has heard the leg since it was there.
    Began,
    /// It wants the citizen to talk with a person.
    WantsPerson,
    /// It is done: the citizen may be let go.
    WantsEnd,
    /// It is not there any more, or never was. The last one.
    Gone,
}

/// One leg's sound on its way to and from a program.
#[derive(Debug)]
pub struct Streamed {
    codec: Codec,
    /// What it says comes in this codec, mostly the same.
    heard: Codec,
    ear: Decoder,
    mouth: Encoder,
    jitter: Jitter,
    /// Decoded and not yet streamed: less than a frame, and a packet.
    ready: Vec<i16>,
}

impl Streamed {
    /// Of a leg that speaks and hears this codec.
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            heard: codec,
            ear: Decoder::new(codec, Rate::Wide),
            mouth: Encoder::new(codec, Rate::Wide),
            jitter: Jitter::new(),
            ready: Vec::with_capacity(STREAM_FRAME + SOUND_SAMPLES_MAX),
        }
    }

    /// Which codec it is for.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// A voice packet of the leg came. Who changes over to another codec that was offered is heard on; what had not been decoded
    /// by then is not.
    pub fn hear(&mut self, header: &RtpHeader, codec: Codec, payload: &[u8]) {
        if codec != self.heard {
            (self.heard, self.ear, self.jitter) = (codec, Decoder::new(codec, Rate::Wide), Jitter::new());
        }
        self.jitter.put(header, payload);
    }

    /// The next 20 ms of what came, in order. Silence where nothing did.
    pub fn frame(&mut self) -> [i16; STREAM_FRAME] {
        let (mut is_dry, mut sound) = (false, [0; SOUND_SAMPLES_MAX]);
        while self.ready.len() < STREAM_FRAME && !is_dry {
            match self.jitter.turn() {
                Turn::Packet(payload) => {
                    let samples = self.ear.decode(payload, &mut sound);
                    self.ready.extend_from_slice(&sound[..samples]);
                    is_dry = samples == 0;
                }
                Turn::Lost | Turn::Dry => is_dry = true,
            }
        }
        let mut frame = [0; STREAM_FRAME];
        if self.ready.len() >= STREAM_FRAME {
            frame.copy_from_slice(&self.ready[..STREAM_FRAME]);
            self.ready.drain(..STREAM_FRAME);
        }
        frame
    }

    /// 20 ms for the leg, in its codec.
    pub fn say<'a>(&mut self, frame: &[i16; STREAM_FRAME], room: &'a mut [u8; FRAME_BYTES_MAX]) -> &'a [u8] {
        let length = self.mouth.encode(frame, room);
        &room[..length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(turn: usize, mouth: &mut Encoder) -> (RtpHeader, Vec<u8>) {
        let sound: Vec<i16> = (0..STREAM_FRAME).map(|n| ((turn * STREAM_FRAME + n) % 32 * 400) as i16).collect();
        let mut room = [0; FRAME_BYTES_MAX];
        let length = mouth.encode(&sound, &mut room);
        let sequence = u16::try_from(turn).expect("few turns");
        let header =
            RtpHeader { payload_type: 8, marker: false, sequence, timestamp: 0, ssrc: 7, payload: 12..12 + length };
        (header, room[..length].to_vec())
    }

    #[test]
    fn a_program_hears_an_even_stream_in_order_and_silence_where_nothing_came() {
        let mut streamed = Streamed::new(Codec::Pcma);
        let mut mouth = Encoder::new(Codec::Pcma, Rate::Wide);
        assert_eq!(streamed.frame(), [0; STREAM_FRAME], "nothing has come");
        let packets: Vec<_> = (0..4).map(|turn| said(turn, &mut mouth)).collect();
        for place in [0, 2, 1, 3] {
            let (header, payload) = &packets[place];
            streamed.hear(header, Codec::Pcma, payload);
        }
        let heard: Vec<_> = (0..4).map(|_| streamed.frame()).collect();
        assert!(heard.iter().all(|frame| frame.iter().any(|sample| *sample > 4_000)), "four frames of sound");
        assert_eq!(streamed.frame(), [0; STREAM_FRAME], "and no fifth");
    }

    #[test]
    fn a_phone_that_sends_another_codec_than_it_hears_or_changes_over_is_heard() {
        let mut streamed = Streamed::new(Codec::G722);
        for (codec, turns) in [(Codec::Pcma, 0..6), (Codec::Pcmu, 6..12)] {
            let mut mouth = Encoder::new(codec, Rate::Wide);
            for (header, payload) in turns.map(|turn| said(turn, &mut mouth)) {
                streamed.hear(&header, codec, &payload);
            }
            let heard: Vec<_> = (0..6).map(|_| streamed.frame()).collect();
            let is_right = |frame: &[i16; STREAM_FRAME]| (4_000..20_000).contains(frame.iter().max().expect("samples"));
            assert!(heard[1..].iter().all(is_right), "{codec:?}");
        }
        let mut room = [0; FRAME_BYTES_MAX];
        assert_eq!((streamed.codec(), streamed.say(&[0; STREAM_FRAME], &mut room).len()), (Codec::G722, 160));
    }

    #[test]
    fn what_a_program_says_is_twenty_milliseconds_in_the_legs_codec() {
        for (codec, bytes) in [(Codec::Pcma, 160), (Codec::Pcmu, 160), (Codec::G722, 160)] {
            let mut room = [0; FRAME_BYTES_MAX];
            assert_eq!(Streamed::new(codec).say(&[1_000; STREAM_FRAME], &mut room).len(), bytes);
        }
    }
}
