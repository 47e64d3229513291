//! Key presses as sound (DTMF, ITU-T Q.23): each of the sixteen keys is a pair of tones, found by Goertzel's method.
//!
//! A press is told once, 33 to 46 ms after it began, by the limits of Q.24. Speech and music hold such a pair for a moment, but
//! hardly ever alone and steadily: that is what is asked for. Knows samples; doesn't know packets, or who listens.

use std::f32::consts::TAU;

use crate::{Codec, Decoder, Rate, SOUND_SAMPLES_MAX};

/// The tones of the rows and of the columns of a telephone's keys, in hertz (Q.23 §6).
const TONES: [f32; 8] = [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0];
/// The keys, row by row.
const KEYS: &[u8; 16] = b"123A456B789C*0#D";
/// Samples that are judged together: 13 ms.
const WINDOW: usize = 104;
/// From one window to the next: 6.5 ms.
const STEP: usize = WINDOW / 2;
/// So many windows in a row make a press: 40 ms of a tone always do, 20 ms never (Q.24 table A-1).
const AGREED: u8 = 4;
/// So many windows in a row without it end a press: a gap of 40 ms always does, one of 10 ms never (Q.24 table A-1).
const MISSED: u8 = 4;
/// A tone is also looked for a little below and above its place: telephones' may be 1.8 % off (Q.24 table A-1).
const BESIDE: [f32; 3] = [1.0 - 0.009, 1.0, 1.0 + 0.009];
/// The least share of all sound that both tones have together. Voices hold such a pair, but not alone.
const SHARE_MIN: f32 = 0.86;
/// The quietest tone, as mean square of samples: −36 dBm0.
const POWER_MIN: f32 = 65_000.0;
/// How much stronger than the row's tone the column's may be: 6 dB.
const COLUMN_STRONGER_MAX: f32 = 4.0;
/// How much stronger than the column's tone the row's may be: 6 dB.
const ROW_STRONGER_MAX: f32 = 4.0;
/// How much stronger than the other tones of its group a key's tone is, at least: 6 dB. 4 dB would let
/// a voice press a key each ten minutes.
const ABOVE_OTHERS: f32 = 4.0;

/// Finds the keys in sound of 8 kHz.
#[derive(Clone, Debug)]
pub struct InBandKeys {
    turns: [[f32; 3]; 8],
    window: [i16; WINDOW],
    filled: usize,
    candidate: Option<u8>,
    agreed: u8,
    down: Option<u8>,
    missed: u8,
}

impl Default for InBandKeys {
    fn default() -> Self {
        let turn = |hz: f32| 2.0 * (TAU * hz / Rate::Narrow.samples_in_second() as f32).cos();
        let turns = TONES.map(|tone| BESIDE.map(|beside| turn(tone * beside)));
        Self { turns, window: [0; WINDOW], filled: 0, candidate: None, agreed: 0, down: None, missed: 0 }
    }
}

impl InBandKeys {
    /// Takes in what was said next, and tells each press as soon as it is one: `0`–`9`, `*`, `#`, `A`–`D`.
    pub fn hear(&mut self, mut sound: &[i16], mut told: impl FnMut(char)) {
        while !sound.is_empty() {
            let (now, later) = sound.split_at(sound.len().min(WINDOW - self.filled));
            self.window[self.filled..self.filled + now.len()].copy_from_slice(now);
            (self.filled, sound) = (self.filled + now.len(), later);
            if self.filled == WINDOW {
                if let Some(key) = self.judge() {
                    told(char::from(key));
                }
                self.window.copy_within(STEP.., 0);
                self.filled = WINDOW - STEP;
            }
        }
    }

    /// One more window is full: the key, when it is the one by which a press is sure.
    fn judge(&mut self) -> Option<u8> {
        let key = self.key_in_window();
        if key.is_some() && key == self.down {
            (self.missed, self.candidate) = (0, None);
            return None;
        }
        self.missed = self.missed.saturating_add(1);
        if self.missed >= MISSED {
            self.down = None;
        }
        self.agreed = if key == self.candidate { self.agreed.saturating_add(1) } else { 1 };
        self.candidate = key;
        let pressed = key.filter(|_| self.agreed == AGREED)?;
        (self.down, self.missed) = (Some(pressed), 0);
        Some(pressed)
    }

    fn key_in_window(&self) -> Option<u8> {
        let power = self.window.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>() / WINDOW as f32;
        if power < 2.0 * POWER_MIN {
            return None;
        }
        let powers = self.turns.map(|turns| turns.map(|turn| self.power_at(turn)).into_iter().fold(0.0, f32::max));
        let (row, row_power) = strongest(&powers[..4])?;
        let (column, column_power) = strongest(&powers[4..])?;
        let fits = row_power.min(column_power) >= POWER_MIN
            && row_power + column_power >= SHARE_MIN * power
            && column_power <= COLUMN_STRONGER_MAX * row_power
            && row_power <= ROW_STRONGER_MAX * column_power;
        KEYS.get(4 * row + column).copied().filter(|_| fits)
    }

    /// Goertzel: the mean square of the tone that turns so far each sample.
    fn power_at(&self, turn: f32) -> f32 {
        let (mut last, mut before) = (0.0, 0.0);
        for sample in self.window {
            (last, before) = (f32::from(sample) + turn * last - before, last);
        }
        2.0 * (last * last + before * before - turn * last * before) / (WINDOW * WINDOW) as f32
    }
}

/// The strongest of a group's four tones and its power, if it stands out from the other three.
fn strongest(powers: &[f32]) -> Option<(usize, f32)> {
    let (place, power) = powers.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let others = powers.iter().enumerate().filter(|(other, _)| *other != place);
    others.map(|(_, other)| other * ABOVE_OTHERS).all(|other| other <= power).then_some((place, power))
}

/// Listens for keys in what comes from one leg. Costs a decoding of its own: only while somebody waits for a key.
#[derive(Debug, Default)]
pub struct KeyEar {
    decoder: Option<(Codec, Decoder)>,
    keys: InBandKeys,
}

impl KeyEar {
    /// Takes in a voice packet's payload, and tells each press once.
    pub fn hear(&mut self, codec: Codec, payload: &[u8], told: impl FnMut(char)) {
        if self.decoder.as_ref().is_none_or(|(before, _)| *before != codec) {
            self.decoder = Some((codec, Decoder::new(codec, Rate::Narrow)));
        }
        let Some((_, decoder)) = &mut self.decoder else { return };
        let mut sound = [0; SOUND_SAMPLES_MAX];
        let samples = decoder.decode(payload, &mut sound);
        self.keys.hear(&sound[..samples], told);
    }
}

#[cfg(test)]
mod tests;
