//! Whether a leg can be heard: that its packets come, and that there is sound in them of a certain loudness.
//!
//! Fed with each packet while somebody wants to know, and then thrown away: most legs have none. Knows no time; a quarter
//! second is counted in samples.

use crate::coding::{Decoder, Rate, SOUND_SAMPLES_MAX};
use crate::relay::Heard;
use crate::{Codec, Level};

/// How much sound a loudness is taken from, in samples: a quarter second.
const WINDOW: usize = Rate::Narrow.samples_in_second() / 4;

/// What an ear has found out; each is told once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hearing {
    /// The leg's packets come.
    Comes,
    /// There is sound in them, as loud as was asked for.
    Sounds,
}

/// Listens to one leg.
#[derive(Debug)]
pub struct Ear {
    loud: Level,
    comes: bool,
    sounds: bool,
    decoder: Option<(Codec, Decoder)>,
    /// Sum of squares, and how many samples it is of.
    energy: (u64, usize),
}

impl Ear {
    /// Until a quarter second is at least this loud.
    pub const fn new(loud: Level) -> Self {
        Self { loud, comes: false, sounds: false, decoder: None, energy: (0, 0) }
    }

    /// A packet came from the leg. A call of 120 ms at most is decoded; Opus allocates with its first packet.
    pub fn hear(&mut self, heard: &Heard, packet: &[u8]) -> Option<Hearing> {
        if *heard == Heard::Refused {
            return None;
        }
        if let Heard::Voice(header, codec) = heard {
            self.measure(*codec, packet.get(header.payload.clone()).unwrap_or_default());
        }
        if !self.comes {
            self.comes = true;
            return Some(Hearing::Comes);
        }
        self.take_if_loud()
    }

    /// Whether it has found out all there is.
    pub const fn is_done(&self) -> bool {
        self.sounds && self.comes
    }

    fn measure(&mut self, codec: Codec, payload: &[u8]) {
        if self.decoder.as_ref().is_none_or(|(known, _)| *known != codec) {
            self.decoder = Some((codec, Decoder::new(codec, Rate::Narrow)));
        }
        let Some((_, decoder)) = &mut self.decoder else { return };
        let mut samples = [0; SOUND_SAMPLES_MAX];
        let count = decoder.decode(payload, &mut samples);
        for sample in &samples[..count] {
            self.energy.0 += u64::from(sample.unsigned_abs()).pow(2);
        }
        self.energy.1 += count;
    }

    fn take_if_loud(&mut self) -> Option<Hearing> {
        let (energy, count) = self.energy;
        if count < WINDOW || self.sounds {
            return None;
        }
        self.energy = (0, 0);
        self.sounds = Level::of_energy(energy, count) >= self.loud;
        self.sounds.then_some(Hearing::Sounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encoder, FRAME_BYTES_MAX, RtpHeader};

    /// Seconds of a 400 Hz tone of this peak, in frames of 20 ms; what the ear tells, and after how many frames.
    fn told(codec: Codec, peak: f64, frames: usize) -> Vec<(usize, Hearing)> {
        let mut ear = Ear::new(Level::dbov(-50));
        let rate = Rate::of(codec);
        let mut encoder = Encoder::new(codec, rate);
        let mut told = Vec::new();
        for frame in 0..frames {
            let sample = |n: usize| {
                let seconds = (frame * rate.frame() + n) as f64 / rate.samples_in_second() as f64;
                (peak * (std::f64::consts::TAU * 400.0 * seconds).sin()) as i16
            };
            let samples: Vec<i16> = (0..rate.frame()).map(sample).collect();
            let mut payload = [0; FRAME_BYTES_MAX];
            let length = encoder.encode(&samples, &mut payload);
            let header =
                RtpHeader { payload_type: 8, marker: false, sequence: 1, timestamp: 1, ssrc: 1, payload: 0..length };
            let hearing = ear.hear(&Heard::Voice(header, codec), &payload[..length]);
            told.extend(hearing.map(|hearing| (frame, hearing)));
        }
        told
    }

    #[test]
    fn a_voice_is_heard_within_a_quarter_second_in_every_codec() {
        for codec in Codec::ALL {
            let told = told(codec, 3_000.0, 50);
            assert_eq!(told.first(), Some(&(0, Hearing::Comes)), "{codec:?}");
            // Coders begin a little late.
            assert!(matches!(told.get(1), Some((12..=26, Hearing::Sounds))), "{codec:?}: {told:?}");
            assert_eq!(told.len(), 2, "each is told once");
        }
    }

    #[test]
    fn digital_silence_and_a_muted_microphones_hiss_are_no_voice() {
        for codec in Codec::ALL {
            assert_eq!(told(codec, 0.0, 200), [(0, Hearing::Comes)], "{codec:?}");
            // -60 dBov.
            assert_eq!(told(codec, 46.0, 200), [(0, Hearing::Comes)], "{codec:?}");
        }
    }

    #[test]
    fn a_key_press_or_comfort_noise_shows_that_packets_come_and_is_no_sound() {
        let header = RtpHeader { payload_type: 13, marker: false, sequence: 1, timestamp: 1, ssrc: 1, payload: 12..13 };
        let mut ear = Ear::new(Level::dbov(-50));
        assert_eq!(ear.hear(&Heard::Refused, &[0; 13]), None);
        assert_eq!(ear.hear(&Heard::Nothing(header.clone()), &[0; 13]), Some(Hearing::Comes));
        assert_eq!(ear.hear(&Heard::Key(header, Some('1'), 8000), &[0; 13]), None);
        assert!(!ear.is_done());
    }
}
