//! Tapes played back by another's decoder: who is on which side, what is silence, and that each file is whole.
//! Knows tones and moments; no packet here was ever on a wire.

use std::f64::consts::TAU;
use std::io::Cursor;

use ropus::OpusMSDecoder;

use super::*;

const BEGAN: Moment = Moment::from_secs(1_000);

/// A phone that speaks a tone in a codec.
struct Voice {
    codec: Codec,
    mouth: Encoder,
    hertz: f64,
    packets: u32,
    lost: fn(u32) -> bool,
}

impl Voice {
    fn new(codec: Codec, hertz: f64) -> Self {
        let mouth = Encoder::new(codec, Rate::Wide);
        Self { codec, mouth, hertz, packets: 0, lost: |_| false }
    }

    /// Its next packet comes at this moment.
    fn say(&mut self, reel: &mut Reel, side: Side, at: Moment) {
        let n = self.packets;
        let tone = |sample: u32| ((f64::from(sample) * self.hertz * TAU / 16_000.0).sin() * 8_000.0) as i16;
        let sound: [i16; FRAME] = std::array::from_fn(|sample| tone(n * FRAME as u32 + sample as u32));
        let mut bytes = [0; FRAME_BYTES_MAX];
        let length = self.mouth.encode(&sound, &mut bytes);
        let timestamp = (n * self.codec.frame_ticks()).wrapping_sub(1_000);
        let packet = Taped { side, codec: self.codec, ssrc: 7, timestamp, at, payload: &bytes[..length] };
        if !(self.lost)(n) {
            reel.hear(&packet);
        }
        self.packets += 1;
    }
}

fn after(ms: u64) -> Moment {
    BEGAN + Duration::from_millis(ms)
}

/// Left and right, at 16 kHz, as a player gives them.
fn played(file: Vec<u8>) -> [Vec<i16>; 2] {
    let mut reader = ogg::PacketReader::new(Cursor::new(file));
    let head = reader.read_packet_expected().expect("a head").data;
    assert_eq!((&head[..8], &head[18..]), (&b"OpusHead"[..], &[1, 2, 0, 0, 1][..]));
    assert!(reader.read_packet_expected().expect("tags").data.ends_with(b"TITLE=one"));
    let mut decoder = OpusMSDecoder::new(16_000, 2, 2, 0, &[0, 1]).expect("two mono streams");
    let (mut sides, mut is_ended) = ([Vec::new(), Vec::new()], false);
    while let Some(packet) = reader.read_packet().expect("pages that fit") {
        let mut sound = [0; 2 * FRAME];
        let length = decoder.decode(Some(&packet.data), packet.data.len() as i32, &mut sound, FRAME as i32, false);
        assert_eq!(length, Ok(FRAME as i32));
        for pair in sound.chunks_exact(2) {
            sides[0].push(pair[0]);
            sides[1].push(pair[1]);
        }
        is_ended = packet.last_in_stream();
    }
    assert!(is_ended, "the file says that it is whole");
    sides
}

/// How strong a tone is, 1.0 for what a voice says.
fn strength(sound: &[i16], hertz: f64) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in sound.iter().enumerate() {
        let angle = TAU * hertz * n as f64 / 16_000.0;
        (sine, cosine) = (sine + f64::from(*sample) * angle.sin(), cosine + f64::from(*sample) * angle.cos());
    }
    2.0 * sine.hypot(cosine) / (sound.len() as f64 * 8_000.0)
}

fn reel() -> Reel {
    Reel::new(BEGAN, "one", 5)
}

#[test]
fn citizen_and_agent_are_on_their_own_sides_whatever_codec_they_speak() {
    for (left, right) in [(Codec::Pcma, Codec::Opus), (Codec::G722, Codec::Pcmu), (Codec::Opus, Codec::G722)] {
        let (mut reel, mut file) = (reel(), Vec::new());
        let (mut citizen, mut agent) = (Voice::new(left, 440.0), Voice::new(right, 880.0));
        for n in 0..150 {
            citizen.say(&mut reel, Side::Left, after(n * 20));
            agent.say(&mut reel, Side::Right, after(n * 20 + 7));
            reel.roll(after(n * 20 + 8));
            file.extend(reel.take());
        }
        reel.end(after(3_000));
        file.extend(reel.take());
        let sides = played(file);
        for (sound, right, wrong) in [(&sides[0], 440.0, 880.0), (&sides[1], 880.0, 440.0)] {
            assert_eq!(sound.len(), 48_000, "three seconds");
            let middle = &sound[8_000..40_000];
            let (right, wrong) = (strength(middle, right), strength(middle, wrong));
            assert!(right > 0.7 && wrong < 0.02, "{left:?}: {right} {wrong}");
        }
    }
}

#[test]
fn what_never_came_is_silence_and_the_rest_stays_where_it_was() {
    let (mut reel, mut file) = (reel(), Vec::new());
    let mut citizen = Voice { lost: |n| (50..100).contains(&n), ..Voice::new(Codec::Pcma, 440.0) };
    for n in 0..150 {
        citizen.say(&mut reel, Side::Left, after(n * 20));
        reel.roll(after(n * 20));
        file.extend(reel.take());
    }
    reel.end(after(3_000));
    file.extend(reel.take());
    let [left, right] = played(file);
    assert!(strength(&left[4_000..15_000], 440.0) > 0.7 && strength(&left[33_000..47_000], 440.0) > 0.7);
    assert!(left[17_000..31_000].iter().all(|sample| sample.abs() < 200), "a gap is silence");
    assert!(right.iter().all(|sample| sample.abs() < 50), "nobody spoke on the right");
}

#[test]
fn packets_that_come_in_bursts_and_late_are_heard_without_a_gap() {
    let (mut reel, mut file) = (reel(), Vec::new());
    let mut citizen = Voice::new(Codec::Pcma, 440.0);
    for burst in 0..40 {
        // Five packets at once when the last one is spoken, each third burst two bursts late.
        let at = after((burst + 1) * 100 + if burst % 3 == 1 { 200 } else { 0 });
        (0..5).for_each(|_| citizen.say(&mut reel, Side::Left, at));
        reel.roll(at);
        file.extend(reel.take());
    }
    reel.end(after(4_300));
    file.extend(reel.take());
    let [left, _] = played(file);
    let frames = left[4_000..60_000].chunks_exact(FRAME);
    let quiet = frames.filter(|frame| frame.iter().all(|sample| sample.abs() < 1_000)).count();
    assert_eq!(quiet, 0, "frames of silence in a steady tone");
}

#[test]
fn a_stream_that_starts_anew_is_laid_where_it_came() {
    let mut reel = reel();
    Voice::new(Codec::Pcma, 440.0).say(&mut reel, Side::Right, after(0));
    let mut other = Voice::new(Codec::Opus, 880.0);
    (0..50).for_each(|n| other.say(&mut reel, Side::Right, after(1_000 + n * 20 - 900)));
    reel.end(after(2_000));
    let [_, right] = played(reel.take());
    assert!(strength(&right[4_000..16_000], 880.0) > 0.7);
    assert!(right[19_000..].iter().all(|sample| sample.abs() < 200));
}

#[test]
fn a_recording_that_ends_at_once_is_a_whole_file() {
    let mut reel = reel();
    reel.end(BEGAN);
    let [left, right] = played(reel.take());
    assert_eq!((left.len(), right.len()), (FRAME, FRAME));
}
