//! Every codec as an ear would judge it: the right tone at the right loudness, through both rates, with packets missing,
//! and with packets that nobody meant well.

use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;

const RATES: [Rate; 2] = [Rate::Narrow, Rate::Wide];

fn tone(hertz: f64, rate: Rate, frames: usize) -> Vec<i16> {
    let per_second = rate.samples_in_second() as f64;
    (0..frames * rate.frame()).map(|n| ((TAU * hertz * n as f64 / per_second).sin() * 8_000.0) as i16).collect()
}

/// How strong a tone is, 1.0 for what `tone` makes, and its share of all that is heard.
fn heard(sound: &[i16], hertz: f64, rate: Rate) -> (f64, f64) {
    let (per_second, later) = (rate.samples_in_second() as f64, &sound[sound.len() / 2..]);
    let (mut sine, mut cosine, mut all) = (0.0, 0.0, 1.0);
    for (n, sample) in later.iter().enumerate() {
        let (angle, sample) = (TAU * hertz * n as f64 / per_second, f64::from(*sample));
        (sine, cosine, all) = (sine + sample * angle.sin(), cosine + sample * angle.cos(), all + sample * sample);
    }
    let power = sine * sine + cosine * cosine;
    (2.0 * power.sqrt() / (later.len() as f64 * 8_000.0), 2.0 * power / (all * later.len() as f64))
}

fn packets(codec: Codec, sound: &[i16], rate: Rate) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(codec, rate);
    let frames = sound.chunks_exact(rate.frame());
    frames
        .map(|frame| {
            let mut bytes = [0; FRAME_BYTES_MAX];
            let length = encoder.encode(frame, &mut bytes);
            bytes[..length].to_vec()
        })
        .collect()
}

#[test]
fn a_tone_is_heard_through_every_codec_at_both_rates() {
    for codec in Codec::ALL {
        for (encoded, decoded) in RATES.into_iter().flat_map(|a| RATES.map(|b| (a, b))) {
            let mut decoder = Decoder::new(codec, decoded);
            let mut sound = Vec::new();
            for packet in packets(codec, &tone(600.0, encoded, 50), encoded) {
                let mut frame = [0; SOUND_SAMPLES_MAX];
                let length = decoder.decode(&packet, &mut frame);
                assert_eq!(length, decoded.frame(), "{codec:?}");
                sound.extend_from_slice(&frame[..length]);
            }
            let (strength, share) = heard(&sound, 600.0, decoded);
            assert!((0.8..1.2).contains(&strength), "{codec:?} {encoded:?} {decoded:?}: {strength}");
            assert!(share > 0.9, "{codec:?} {encoded:?} {decoded:?}: {share}");
        }
    }
}

#[test]
fn what_only_wideband_carries_is_heard_where_both_have_it() {
    for (codec, carried) in [(Codec::Pcma, false), (Codec::Pcmu, false), (Codec::G722, true), (Codec::Opus, true)] {
        let mut decoder = Decoder::new(codec, Rate::Wide);
        let mut sound = Vec::new();
        for packet in packets(codec, &tone(5_500.0, Rate::Wide, 50), Rate::Wide) {
            let mut frame = [0; 320];
            decoder.decode(&packet, &mut frame);
            sound.extend(frame);
        }
        let (strength, _) = heard(&sound, 5_500.0, Rate::Wide);
        assert!(if carried { strength > 0.5 } else { strength < 0.05 }, "{codec:?}: {strength}");
    }
}

#[test]
fn a_lost_packet_is_not_heard_as_a_hole() {
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec, Rate::Narrow);
        let packets = packets(codec, &tone(500.0, Rate::Narrow, 30), Rate::Narrow);
        let mut frame = [0; 160];
        packets[..20].iter().for_each(|packet| assert_eq!(decoder.decode(packet, &mut frame), 160));
        decoder.recover(&packets[21], &mut frame);
        let (strength, _) = heard(&frame, 500.0, Rate::Narrow);
        assert!(strength > 0.3, "{codec:?}: {strength}");
        assert_eq!(decoder.decode(&packets[21], &mut frame), 160);
    }
}

#[test]
fn opus_stays_small_and_within_a_frames_room() {
    let mut seed = 1_u32;
    let noise: Vec<i16> = (0..320 * 50)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16
        })
        .collect();
    let packets = packets(Codec::Opus, &noise, Rate::Wide);
    assert!(packets.iter().all(|packet| (1..=FRAME_BYTES_MAX).contains(&packet.len())));
    let bytes: usize = packets.iter().map(Vec::len).sum();
    assert!(bytes < 24_000 / 8 * 5 / 4, "{bytes} bytes in a second of noise");
}

#[test]
fn sound_of_another_length_or_without_room_is_no_packet() {
    for codec in Codec::ALL {
        let mut encoder = Encoder::new(codec, Rate::Narrow);
        assert_eq!(encoder.encode(&[0; 159], &mut [0; 160]), 0);
        assert_eq!(encoder.encode(&[0; 160], &mut [0; 159]), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_payload_is_borne(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 1..6), wide in any::<bool>()
    ) {
        for codec in Codec::ALL {
            let mut decoder = Decoder::new(codec, if wide { Rate::Wide } else { Rate::Narrow });
            for payload in &payloads {
                let mut sound = [0; SOUND_SAMPLES_MAX];
                prop_assert!(decoder.decode(payload, &mut sound) <= SOUND_SAMPLES_MAX);
                prop_assert!(decoder.decode(payload, &mut sound[..160]) <= 160);
                decoder.recover(payload, &mut sound[..160]);
                decoder.conceal(&mut sound[..320]);
            }
        }
    }
}
