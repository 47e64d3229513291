//! Presses of a made-up telephone, good and bad, and what only sounds like one. The house's prompts and its music are
//! tried in `media-net/tests/folders.rs`.

use super::*;
use crate::{Encoder, FRAME_BYTES_MAX};

const RATE: f32 = 8_000.0;
/// A tone at 0 dBm0 (G.711: full strength is +3.14 dBm0).
const AMPLITUDE_0_DBM0: f32 = 22_827.0;

/// A telephone's two tones: how strong each is (dBm0), and how far off (a part of its pitch).
#[derive(Clone, Copy)]
struct Press {
    row_dbm0: f32,
    column_dbm0: f32,
    off: f32,
    ms: usize,
    pause_ms: usize,
}

const USUAL: Press = Press { row_dbm0: -9.0, column_dbm0: -7.0, off: 0.0, ms: 70, pause_ms: 70 };

fn strength(dbm0: f32) -> f32 {
    AMPLITUDE_0_DBM0 * 10_f32.powf(dbm0 / 20.0)
}

fn pressed(keys: &str, how: Press) -> Vec<i16> {
    let mut sound = vec![0; 400];
    for key in keys.bytes() {
        let place = KEYS.iter().position(|k| *k == key).expect("a key");
        let (row, column) = (TONES[place / 4] * (1.0 + how.off), TONES[4 + place % 4] * (1.0 + how.off));
        sound.extend((0..how.ms * 8).map(|n| {
            let turn = TAU * n as f32 / RATE;
            (strength(how.row_dbm0) * (turn * row).sin() + strength(how.column_dbm0) * (turn * column + 1.0).sin())
                as i16
        }));
        sound.extend(std::iter::repeat_n(0, how.pause_ms * 8));
    }
    sound
}

fn found(sound: &[i16]) -> String {
    let (mut keys, mut told) = (InBandKeys::default(), String::new());
    for packet in sound.chunks(160) {
        keys.hear(packet, |key| told.push(key));
    }
    told
}

/// Numbers from −1 to 1 by a seed.
fn lots(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

const ALL: &str = "123A456B789C*0#D";

#[test]
fn every_key_is_told_once_however_long_it_is_pressed() {
    for (ms, pause_ms) in [(40, 40), (50, 50), (70, 70), (250, 60), (2_000, 100)] {
        assert_eq!(found(&pressed(ALL, Press { ms, pause_ms, ..USUAL })), ALL, "{ms} ms");
    }
    assert_eq!(found(&pressed("11555##", USUAL)), "11555##", "the same key again is another press");
}

#[test]
fn a_press_is_found_as_quiet_as_uneven_and_as_far_off_as_telephones_may_be() {
    let (all_offs, near) = ([-0.018, -0.015, 0.0, 0.015, 0.018], [-0.01, 0.0, 0.01]);
    let cases: [(f32, f32, &[f32]); 5] = [
        (-3.0, -3.0, &all_offs),
        (-29.0, -29.0, &all_offs),
        (-9.0, -5.0, &near),
        (-26.0, -22.0, &near),
        (-6.0, -11.0, &near),
    ];
    for (row_dbm0, column_dbm0, offs) in cases {
        for off in offs {
            let how = Press { row_dbm0, column_dbm0, off: *off, ms: 50, pause_ms: 50 };
            assert_eq!(found(&pressed(ALL, how)), ALL, "{row_dbm0}/{column_dbm0} dBm0, off by {off}");
        }
    }
}

#[test]
fn what_is_too_short_too_quiet_too_uneven_or_only_one_tone_is_no_press() {
    let refused = [
        Press { ms: 20, ..USUAL },
        Press { row_dbm0: -45.0, column_dbm0: -45.0, ..USUAL },
        Press { row_dbm0: -20.0, column_dbm0: -8.0, ..USUAL },
        Press { row_dbm0: -6.0, column_dbm0: -20.0, ..USUAL },
        Press { row_dbm0: -90.0, ..USUAL },
        Press { column_dbm0: -90.0, ..USUAL },
    ];
    for (number, how) in refused.into_iter().enumerate() {
        assert_eq!(found(&pressed(ALL, how)), "", "case {number}");
    }
}

#[test]
fn a_gap_of_ten_milliseconds_or_a_lost_packet_makes_no_second_press() {
    for gap_ms in [2, 5, 10] {
        let mut sound = pressed("7", Press { ms: 200, ..USUAL });
        sound[1200..1200 + gap_ms * 8].fill(0);
        assert_eq!(found(&sound), "7", "{gap_ms} ms");
    }
    let mut sound = pressed("7", Press { ms: 200, ..USUAL });
    sound.drain(1120..1280);
    assert_eq!(found(&sound), "7", "a lost packet");
}

#[test]
fn a_press_is_found_in_every_codec() {
    for codec in Codec::ALL {
        let sound = pressed(ALL, Press { ms: 80, pause_ms: 80, ..USUAL });
        let (mut encoder, mut ear, mut told) = (Encoder::new(codec, Rate::Narrow), KeyEar::default(), String::new());
        for frame in sound.as_chunks::<160>().0 {
            let mut bytes = [0; FRAME_BYTES_MAX];
            let length = encoder.encode(frame, &mut bytes);
            ear.hear(codec, &bytes[..length], |key| told.push(key));
        }
        assert_eq!(told, ALL, "{codec:?}");
    }
}

#[test]
fn a_press_is_found_in_a_noisy_room() {
    let mut lot = lots(3);
    let noisy: Vec<i16> = pressed(ALL, USUAL).iter().map(|s| s.saturating_add((lot() * 1_800.0) as i16)).collect();
    assert_eq!(found(&noisy), ALL);
}

/// Voices: a pitch that glides, its harmonics weighed by formants that wander, breath over it.
#[test]
fn nobody_who_only_speaks_presses_a_key() {
    let mut told = String::new();
    for seed in 1..=20 {
        let mut lot = lots(seed);
        let (mut phase, mut pitch, mut formants) = (0.0_f32, 100.0, [500.0, 1500.0, 2500.0]);
        let mut sound = Vec::new();
        for n in 0..80_000 {
            if n % 800 == 0 {
                pitch = 170.0 + 90.0 * lot();
                formants = [550.0 + 300.0 * lot(), 1400.0 + 600.0 * lot(), 2500.0 + 400.0 * lot()];
            }
            phase = (phase + pitch / RATE).fract();
            let weight = |hz: f32| formants.iter().map(|f| 1.0 / (1.0 + ((hz - f) / 90.0).powi(2))).sum::<f32>();
            let voice: f32 = (1..=18).map(|k| weight(pitch * k as f32) * (TAU * phase * k as f32).sin()).sum();
            sound.push((4_000.0 * voice + 300.0 * lot()).clamp(-32_000.0, 32_000.0) as i16);
        }
        told.push_str(&found(&sound));
    }
    assert_eq!(told, "", "in 200 s of voices");
}

#[test]
fn noise_and_a_steady_tone_press_no_key() {
    let mut lot = lots(9);
    let noise: Vec<i16> = (0..800_000).map(|_| (lot() * 12_000.0) as i16).collect();
    assert_eq!(found(&noise), "");
    for hz in (300..3_400).step_by(7) {
        let tone: Vec<i16> = (0..4_000).map(|n| (9_000.0 * (TAU * hz as f32 * n as f32 / RATE).sin()) as i16).collect();
        assert_eq!(found(&tone), "", "{hz} Hz");
    }
}
