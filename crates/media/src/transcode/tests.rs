//! Two phones that share no codec, as the listener hears it: the tone, its length, and what became of gaps and pauses.
//! Knows speakers and listeners; doesn't know a leg's numbers.

use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;

/// A speaker whose packets last so many milliseconds.
struct Speaker {
    codec: Codec,
    rate: Rate,
    encoder: Encoder,
    sequence: u16,
    sample: usize,
}

impl Speaker {
    fn new(codec: Codec) -> Self {
        let rate = Rate::of(codec);
        Self { codec, rate, encoder: Encoder::new(codec, rate), sequence: u16::MAX - 3, sample: 0 }
    }

    /// 20 ms of a tone.
    fn says(&mut self) -> (RtpHeader, Vec<u8>) {
        let hertz = self.rate.samples_in_second() as f64;
        let at = |n: usize| ((TAU * 500.0 * n as f64 / hertz).sin() * 8_000.0) as i16;
        let sound: Vec<i16> = (self.sample..self.sample + self.rate.frame()).map(at).collect();
        let mut bytes = [0; FRAME_BYTES_MAX];
        let length = self.encoder.encode(&sound, &mut bytes);
        (self.header(self.rate.frame(), length), bytes[..length].to_vec())
    }

    fn header(&mut self, samples: usize, length: usize) -> RtpHeader {
        let ticks = self.codec.clock_rate() as usize * self.sample / self.rate.samples_in_second();
        self.sequence = self.sequence.wrapping_add(1);
        self.sample += samples;
        let (sequence, timestamp) = (self.sequence, (ticks as u32).wrapping_sub(500));
        RtpHeader { payload_type: 96, marker: false, sequence, timestamp, ssrc: 7, payload: 12..12 + length }
    }
}

/// What a listener hears, and the pauses in milliseconds.
struct Listener {
    decoder: Decoder,
    sound: Vec<i16>,
    pauses: Vec<u32>,
}

impl Listener {
    fn new(codec: Codec) -> Self {
        Self { decoder: Decoder::new(codec, Rate::Narrow), sound: Vec::new(), pauses: Vec::new() }
    }

    fn hears(&mut self, transcoder: &mut Transcoder) -> usize {
        let mut frames = 0;
        while let Some(packet) = transcoder.packet() {
            let mut sound = [0; 160];
            assert_eq!(self.decoder.decode(&packet.bytes[RTP_HEADER_BYTES..], &mut sound), 160);
            self.sound.extend(sound);
            self.pauses.extend((packet.pause_ms > 0).then_some(packet.pause_ms));
            frames += 1;
        }
        frames
    }

    /// The quietest 20 ms (root mean square) after the start; the tone has 5657.
    fn quietest(&self) -> f64 {
        let energy = |frame: &[i16]| frame.iter().map(|s| f64::from(*s) * f64::from(*s)).sum::<f64>() / 160.0;
        self.sound[480..].chunks_exact(160).map(|frame| energy(frame).sqrt()).fold(f64::MAX, f64::min)
    }

    /// The tone's strength in the last half second, 1.0 for what was said.
    fn strength(&self) -> f64 {
        let last = &self.sound[self.sound.len().saturating_sub(4_000)..];
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (n, sample) in last.iter().enumerate() {
            let angle = TAU * 500.0 * n as f64 / 8_000.0;
            (sine, cosine) = (sine + f64::from(*sample) * angle.sin(), cosine + f64::from(*sample) * angle.cos());
        }
        2.0 * sine.hypot(cosine) / (last.len() as f64 * 8_000.0)
    }
}

fn pairs() -> impl Iterator<Item = (Codec, Codec)> {
    Codec::ALL.into_iter().flat_map(|from| Codec::ALL.map(|to| (from, to))).filter(|(from, to)| from != to)
}

#[test]
fn two_who_share_no_codec_hear_each_other_frame_by_frame() {
    for (from, to) in pairs() {
        let (mut speaker, mut listener) = (Speaker::new(from), Listener::new(to));
        let mut transcoder = Transcoder::new(from, to);
        for _ in 0..50 {
            let (header, payload) = speaker.says();
            transcoder.take(&header, &payload);
            assert_eq!(listener.hears(&mut transcoder), 1, "{from:?} to {to:?}: each packet goes on at once");
        }
        let strength = listener.strength();
        assert!((0.8..1.2).contains(&strength), "{from:?} to {to:?}: {strength}");
        assert_eq!(listener.pauses, [], "{from:?} to {to:?}");
    }
}

#[test]
fn packets_of_any_length_become_frames_of_20_ms() {
    for (ms, packets) in [(10, 100), (20, 50), (30, 33), (40, 25), (60, 16)] {
        let (mut speaker, mut listener) = (Speaker::new(Codec::Pcma), Listener::new(Codec::Opus));
        let mut transcoder = Transcoder::new(Codec::Pcma, Codec::Opus);
        let mut frames = 0;
        for _ in 0..packets {
            let at = |n: usize| crate::Law::A.encode(((TAU * 500.0 * n as f64 / 8_000.0).sin() * 8_000.0) as i16);
            let payload: Vec<u8> = (speaker.sample..speaker.sample + ms * 8).map(at).collect();
            let header = speaker.header(ms * 8, payload.len());
            transcoder.take(&header, &payload);
            frames += listener.hears(&mut transcoder);
        }
        assert_eq!(frames, packets * ms / 20, "{ms} ms");
        assert!((0.8..1.2).contains(&listener.strength()), "{ms} ms: {}", listener.strength());
    }
}

#[test]
fn a_lost_packet_is_filled_and_the_talk_keeps_its_time() {
    for (from, to) in pairs() {
        let (mut speaker, mut listener) = (Speaker::new(from), Listener::new(to));
        let mut transcoder = Transcoder::new(from, to);
        for n in 0..50 {
            let (header, payload) = speaker.says();
            if n % 10 != 5 {
                transcoder.take(&header, &payload);
            }
            listener.hears(&mut transcoder);
        }
        assert_eq!(listener.sound.len(), 50 * 160, "{from:?} to {to:?}");
        // The first frame after a gap leans on the lost one in Opus, and comes softly.
        let least = if from == Codec::Opus { 200.0 } else { 1_500.0 };
        assert!(listener.quietest() > least, "{from:?} to {to:?}: a hole of {}", listener.quietest());
        assert_eq!(listener.pauses, []);
    }
}

#[test]
fn a_long_gap_and_a_speakers_pause_stay_a_pause() {
    for lost in [true, false] {
        let (mut speaker, mut listener) = (Speaker::new(Codec::Opus), Listener::new(Codec::Pcma));
        let mut transcoder = Transcoder::new(Codec::Opus, Codec::Pcma);
        for n in 0..30 {
            let (mut header, payload) = speaker.says();
            if !lost && n >= 20 {
                // The speaker's phone was silent for ten frames, and numbered none of them (DTX).
                header.sequence = header.sequence.wrapping_sub(10);
            }
            if !(10..20).contains(&n) {
                transcoder.take(&header, &payload);
            }
            listener.hears(&mut transcoder);
        }
        assert_eq!((listener.sound.len(), listener.pauses), (20 * 160, vec![200]), "lost: {lost}");
    }
}

#[test]
fn late_and_doubled_packets_and_other_payloads_make_no_sound() {
    let (mut speaker, mut listener) = (Speaker::new(Codec::Pcma), Listener::new(Codec::G722));
    let mut transcoder = Transcoder::new(Codec::Pcma, Codec::G722);
    let said: Vec<_> = (0..6).map(|_| speaker.says()).collect();
    for n in [0, 1, 1, 0, 2] {
        transcoder.take(&said[n].0, &said[n].1);
    }
    // The third is a key press, the fourth goes on in time.
    transcoder.pass_by(&said[3].0);
    let after = RtpHeader { timestamp: said[3].0.timestamp, ..said[4].0.clone() };
    transcoder.take(&after, &said[4].1);
    assert_eq!((listener.hears(&mut transcoder), listener.pauses), (4, vec![]));
}

#[test]
fn another_speaker_is_heard_at_once() {
    let mut listener = Listener::new(Codec::Pcma);
    let mut transcoder = Transcoder::new(Codec::G722, Codec::Pcma);
    let (mut first, mut second) = (Speaker::new(Codec::G722), Speaker::new(Codec::G722));
    let (header, payload) = first.says();
    transcoder.take(&header, &payload);
    let (header, payload) = second.says();
    transcoder.take(&RtpHeader { ssrc: 8, sequence: 9, timestamp: 1 << 31, ..header }, &payload);
    assert_eq!((listener.hears(&mut transcoder), listener.pauses), (2, vec![]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_comes_frames_stay_frames(
        packets in prop::collection::vec((any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..1488)), 1..8)
    ) {
        for (from, to) in pairs() {
            let mut transcoder = Transcoder::new(from, to);
            for (sequence, timestamp, payload) in &packets {
                let (sequence, timestamp) = (sequence % 4, timestamp % 4_000);
                let header =
                    RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc: 1, payload: 0..payload.len() };
                transcoder.take(&header, payload);
                let mut frames = 0;
                while let Some(packet) = transcoder.packet() {
                    prop_assert!((13..=12 + FRAME_BYTES_MAX).contains(&packet.bytes.len()));
                    frames += 1;
                }
                prop_assert!(frames <= WAITING_SAMPLES_MAX / 160, "bounded by what one packet may bring");
            }
        }
    }
}
