//! What it costs to turn a talk's frame of 20 ms into another codec, beside the bare codecs and beside what costs nothing:
//!   cargo bench -p media
//! Prints microseconds and ratios of the same run; ratios are what counts, for machines differ.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use media::{Codec, Decoder, Encoder, FRAME_BYTES_MAX, Rate, RtpHeader, SOUND_SAMPLES_MAX, Transcoder};

/// Frames of one round: ten seconds of a talk.
const FRAMES: usize = 500;
/// Rounds, of which the quickest counts: what else runs on the machine only adds.
const ROUNDS: usize = 5;
/// A frame lasts so many microseconds.
const FRAME_MICROS: f64 = 20_000.0;

fn main() {
    let table = micros(|| {
        let mut payload = [0x55; 160];
        move |_: usize| {
            media::Law::A.convert(media::Law::Mu, black_box(&mut payload));
        }
    });
    println!("one way, per frame of 20 ms; PCMA to PCMU by the table: {table:.2} µs");
    println!(
        "{:<14} {:>10} {:>10} {:>10} {:>8} {:>12} {:>10}",
        "", "decode µs", "encode µs", "all µs", "all/bare", "/ table", "% of core"
    );
    for from in Codec::ALL {
        for to in Codec::ALL {
            if from != to && !(from.law().is_some() && to.law().is_some()) {
                line(from, to, table);
            }
        }
    }
}

fn line(from: Codec, to: Codec, table: f64) {
    let rate = Rate::of(from).min(Rate::of(to));
    let packets = packets(from);
    let decode = micros(|| {
        let (mut decoder, packets) = (Decoder::new(from, rate), packets.clone());
        move |n: usize| {
            black_box(decoder.decode(&packets[n], &mut [0; SOUND_SAMPLES_MAX]));
        }
    });
    let sound = voice(rate);
    let encode = micros(|| {
        let (mut encoder, sound) = (Encoder::new(to, rate), sound.clone());
        move |n: usize| {
            let frame = &sound[n * rate.frame()..(n + 1) * rate.frame()];
            black_box(encoder.encode(frame, &mut [0; FRAME_BYTES_MAX]));
        }
    });
    let all = micros(|| {
        let (mut transcoder, packets) = (Transcoder::new(from, to), packets.clone());
        move |n: usize| {
            let (sequence, timestamp) = (n as u16, n as u32 * from.frame_ticks());
            let payload = 12..12 + packets[n].len();
            let header = RtpHeader { payload_type: 96, marker: false, sequence, timestamp, ssrc: 1, payload };
            transcoder.take(&header, &packets[n]);
            while let Some(packet) = transcoder.packet() {
                black_box(packet.bytes);
            }
        }
    });
    let (ratio, beside, share) = (all / (decode + encode), all / table, 100.0 * all / FRAME_MICROS);
    let name = format!("{} → {}", from.name(), to.name());
    println!("{name:<14} {decode:>10.2} {encode:>10.2} {all:>10.2} {ratio:>8.2} {beside:>12.0} {share:>10.3}");
}

/// Microseconds of one frame, in the quickest round.
fn micros<W: FnMut(usize)>(begin: impl Fn() -> W) -> f64 {
    let round = |_| {
        let mut work = begin();
        let began = Instant::now();
        (0..FRAMES).for_each(&mut work);
        began.elapsed().as_secs_f64() * 1e6 / FRAMES as f64
    };
    (0..ROUNDS).map(round).fold(f64::MAX, f64::min)
}

/// A hum with overtones that swells and fades: neither silence nor noise.
fn voice(rate: Rate) -> Vec<i16> {
    let at = |n: usize| {
        let time = n as f64 / rate.samples_in_second() as f64;
        let buzz: f64 =
            (1..25_u8).map(|k| (std::f64::consts::TAU * 130.0 * f64::from(k) * time).sin() / f64::from(k)).sum();
        (buzz * (time * 7.0).sin().abs() * 6_000.0) as i16
    };
    (0..FRAMES * rate.frame()).map(at).collect()
}

fn packets(codec: Codec) -> Vec<Vec<u8>> {
    let rate = Rate::of(codec);
    let mut encoder = Encoder::new(codec, rate);
    let encode = |frame: &[i16]| {
        let mut bytes = [0; FRAME_BYTES_MAX];
        let length = encoder.encode(frame, &mut bytes);
        bytes[..length].to_vec()
    };
    voice(rate).chunks_exact(rate.frame()).map(encode).collect()
}
