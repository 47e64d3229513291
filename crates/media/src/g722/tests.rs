//! G.722 bit for bit beside an implementation that others wrote, and as an ear would judge it.
//! Knows samples and bytes; doesn't know packets.

use std::f64::consts::TAU;

use ezk_g722::libg722::{Bitrate, decoder, encoder};
use proptest::prelude::*;

use super::*;

fn theirs_encodes(sound: &[i16]) -> Vec<u8> {
    encoder::Encoder::new(Bitrate::Mode1_64000, false, false).encode(sound)
}

fn theirs_decodes(bytes: &[u8]) -> Vec<i16> {
    decoder::Decoder::new(Bitrate::Mode1_64000, false, false).decode(bytes)
}

/// Theirs begins with steps of 0 in place of the recommendation's 32 and 8 (§3.3), so for these comparisons ours does, too.
fn begins_as_theirs() -> (Band, Band) {
    (Band::with_step(0), Band::with_step(0))
}

fn alike_encoded(sound: &[i16]) -> Vec<u8> {
    let (lower, upper) = begins_as_theirs();
    let mut bytes = vec![0; sound.len() / 2];
    G722Encoder { lower, upper, past: [0; REACH] }.encode_wide(sound, &mut bytes);
    bytes
}

fn alike_decoded(bytes: &[u8]) -> Vec<i16> {
    let (lower, upper) = begins_as_theirs();
    let mut sound = vec![0; bytes.len() * 2];
    G722Decoder { lower, upper, past: [0; REACH] }.decode_wide(bytes, &mut sound);
    sound
}

fn encoded(sound: &[i16]) -> Vec<u8> {
    let mut bytes = vec![0; sound.len() / 2];
    G722Encoder::new().encode_wide(sound, &mut bytes);
    bytes
}

fn decoded(bytes: &[u8]) -> Vec<i16> {
    let mut sound = vec![0; bytes.len() * 2];
    G722Decoder::new().decode_wide(bytes, &mut sound);
    sound
}

fn tone(hertz: f64, rate: f64, samples: usize) -> Vec<i16> {
    (0..samples).map(|n| ((TAU * hertz * n as f64 / rate).sin() * 8_000.0) as i16).collect()
}

/// The tone's share of all that is heard, once the start is over.
fn purity(sound: &[i16], hertz: f64, rate: f64) -> f64 {
    let sound = &sound[sound.len() / 2..];
    let (mut sine, mut cosine, mut all) = (0.0, 0.0, 0.0);
    for (n, sample) in sound.iter().enumerate() {
        let (angle, sample) = (TAU * hertz * n as f64 / rate, f64::from(*sample));
        (sine, cosine, all) = (sine + sample * angle.sin(), cosine + sample * angle.cos(), all + sample * sample);
    }
    2.0 * (sine * sine + cosine * cosine) / (all * sound.len() as f64)
}

proptest! {
    #[test]
    fn another_maker_of_phones_writes_the_same_bits(sound in prop::collection::vec(any::<i16>(), 2..2000)) {
        let sound = &sound[..sound.len() & !1];
        prop_assert_eq!(alike_encoded(sound), theirs_encodes(sound));
    }

    #[test]
    fn another_maker_of_phones_hears_the_same_sound(bytes in prop::collection::vec(any::<u8>(), 1..1000)) {
        prop_assert_eq!(alike_decoded(&bytes), theirs_decodes(&bytes));
    }
}

#[test]
fn speech_like_sound_is_alike_to_the_last_bit_too() {
    let sound: Vec<i16> = (0..32_000)
        .map(|n| {
            let swell = (TAU * 3.0 * f64::from(n) / 16_000.0).sin().abs();
            let buzz: f64 = (1..30).map(|k| (TAU * 130.0 * f64::from(k * n) / 16_000.0).sin() / f64::from(k)).sum();
            (buzz * swell * 9_000.0) as i16
        })
        .collect();
    let bytes = alike_encoded(&sound);
    assert_eq!(bytes, theirs_encodes(&sound));
    assert_eq!(alike_decoded(&bytes), theirs_decodes(&bytes));
}

#[test]
fn wideband_is_heard_and_a_telephones_band_passes_without_the_upper_one() {
    for hertz in [300.0, 1_000.0, 3_000.0, 5_000.0, 6_500.0] {
        let heard = decoded(&encoded(&tone(hertz, 16_000.0, 16_000)));
        assert!(purity(&heard, hertz, 16_000.0) > 0.95, "{hertz} Hz");
    }
    for hertz in [300.0, 1_000.0, 3_000.0] {
        let mut bytes = vec![0; 8_000];
        G722Encoder::new().encode_narrow(&tone(hertz, 8_000.0, 8_000), &mut bytes);
        let heard = decoded(&bytes);
        assert!(purity(&heard, hertz, 16_000.0) > 0.98, "{hertz} Hz made wide");
        let mut narrow = vec![0; 8_000];
        G722Decoder::new().decode_narrow(&encoded(&tone(hertz, 16_000.0, 16_000)), &mut narrow);
        assert!(purity(&narrow, hertz, 8_000.0) > 0.98, "{hertz} Hz made narrow");
    }
}

#[test]
fn a_telephones_sound_keeps_its_loudness_through_the_lower_band() {
    let sound = tone(700.0, 8_000.0, 8_000);
    let mut bytes = vec![0; 8_000];
    G722Encoder::new().encode_narrow(&sound, &mut bytes);
    let mut heard = vec![0; 8_000];
    G722Decoder::new().decode_narrow(&bytes, &mut heard);
    let energy = |sound: &[i16]| sound[4_000..].iter().map(|s| f64::from(*s) * f64::from(*s)).sum::<f64>();
    let ratio = energy(&heard) / energy(&sound);
    assert!((0.95..1.05).contains(&ratio), "{ratio}");
}
