//! Opus as we speak it: mono, a voice, 20 ms a packet, at 8 or 16 kHz inside whatever the description says.
//!
//! Around a crate that computes it; its errors become silence or the absence of a packet. Knows nothing of packets'
//! order.

use ropus::{Application, Bitrate, Channels, DecodeMode, Decoder, Encoder, Signal};

use crate::coding::Rate;

/// Bits a second at 16 kHz: above the 16 to 20 kbit/s at which wideband speech is good (RFC 7587 §3.1.1), so that a voice
/// that was encoded once before, and music, keep what they have.
const WIDE_BITS: u32 = 24_000;
/// Bits a second at 8 kHz: twice the least for a telephone's band (8 to 12 kbit/s), for the same reason.
const NARROW_BITS: u32 = 16_000;
/// How hard the encoder works, of 10: from here on each step costs about a fifth more and is hardly heard in a voice.
const COMPLEXITY: u8 = 3;

/// Loss that the encoder reckons with: frames lean less on those before, so that one that is lost spoils fewer.
const LOSS_PERCENT: u8 = 5;

pub(crate) struct OpusEncoder(Encoder);

impl OpusEncoder {
    pub(crate) fn new(rate: Rate) -> Self {
        let bits = match rate {
            Rate::Narrow => NARROW_BITS,
            Rate::Wide => WIDE_BITS,
        };
        // No DTX: some phones take a pause in the stream for a dead line. No FEC: half of it would be spent on a path
        // that is mostly a cable; what the other side sends of it is used.
        let encoder = Encoder::builder(rate.samples_in_second() as u32, Channels::Mono, Application::Voip)
            .bitrate(Bitrate::Bits(bits))
            .complexity(COMPLEXITY)
            .signal(Signal::Voice)
            .packet_loss_perc(LOSS_PERCENT)
            .build();
        Self(encoder.expect("8 and 16 kHz, mono and these figures are what Opus allows"))
    }

    /// 20 ms of sound; gives the length in bytes.
    pub(crate) fn encode(&mut self, sound: &[i16], bytes: &mut [u8]) -> usize {
        self.0.encode(sound, bytes).unwrap_or(0)
    }
}

pub(crate) struct OpusDecoder(Decoder);

impl OpusDecoder {
    pub(crate) fn new(rate: Rate) -> Self {
        let decoder = Decoder::new(rate.samples_in_second() as u32, Channels::Mono);
        Self(decoder.expect("8 and 16 kHz, mono are what Opus allows"))
    }

    /// Gives how many samples were written; none of a packet that is no Opus.
    pub(crate) fn decode(&mut self, payload: &[u8], sound: &mut [i16]) -> usize {
        // An empty packet would mean a lost one here.
        if payload.is_empty() {
            return 0;
        }
        self.0.decode(payload, sound, DecodeMode::Normal).unwrap_or(0)
    }

    /// The packet before `payload`, from what `payload` repeats of it; without that, made up. Says whether it worked.
    pub(crate) fn recover(&mut self, payload: &[u8], sound: &mut [i16]) -> bool {
        !payload.is_empty() && self.0.decode(payload, sound, DecodeMode::Fec) == Ok(sound.len())
    }

    pub(crate) fn conceal(&mut self, sound: &mut [i16]) {
        if self.0.decode(&[], sound, DecodeMode::Normal).is_err() {
            sound.fill(0);
        }
    }
}

impl std::fmt::Debug for OpusEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpusEncoder")
    }
}

impl std::fmt::Debug for OpusDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpusDecoder")
    }
}
