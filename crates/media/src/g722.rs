//! G.722 at 64 kbit/s: wideband speech in two bands, six bits for the lower one and two for the upper, a byte for two
//! samples of 16 kHz.
//!
//! The lower band alone is a telephone's sound at 8 kHz: towards and from G.711 only that band is reckoned, at less than
//! half the price and without a filter's delay. Written after ITU-T G.722 (09/2012), whose blocks are named at each step.

mod band;
mod tables;

use band::{Band, clamp16};

/// The filter that splits the sound into two bands and joins them (§3.1, table 11): every second coefficient, the others
/// are the same backwards.
const MIRROR: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
/// Samples that the filter looks at.
const REACH: usize = 24;

/// From samples to bytes.
#[derive(Clone, Debug)]
pub(crate) struct G722Encoder {
    lower: Band,
    upper: Band,
    past: [i32; REACH],
}

impl G722Encoder {
    pub(crate) const fn new() -> Self {
        Self { lower: Band::lower(), upper: Band::upper(), past: [0; REACH] }
    }

    /// Two samples of 16 kHz become a byte; a last odd one is left out.
    pub(crate) fn encode_wide(&mut self, sound: &[i16], bytes: &mut [u8]) {
        for (pair, byte) in sound.chunks_exact(2).zip(bytes) {
            let (lower, upper) = self.split(pair[0], pair[1]);
            *byte = self.lower.encode_lower(lower) | self.upper.encode_upper(upper) << 6;
        }
    }

    /// A sample of 8 kHz becomes a byte, whose upper band is silent.
    pub(crate) fn encode_narrow(&mut self, sound: &[i16], bytes: &mut [u8]) {
        for (sample, byte) in sound.iter().zip(bytes) {
            *byte = self.lower.encode_lower(i32::from(*sample) >> 1) | self.upper.encode_upper(0) << 6;
        }
    }

    /// The transmit filter (§3.1): both bands at 8 kHz, 15 bits each.
    fn split(&mut self, first: i16, second: i16) -> (i32, i32) {
        shift_in(&mut self.past, i32::from(first), i32::from(second));
        let (odd, even) = filtered(&self.past);
        ((even + odd) >> 14, (even - odd) >> 14)
    }
}

/// From bytes to samples.
#[derive(Clone, Debug)]
pub(crate) struct G722Decoder {
    lower: Band,
    upper: Band,
    past: [i32; REACH],
}

impl G722Decoder {
    pub(crate) const fn new() -> Self {
        Self { lower: Band::lower(), upper: Band::upper(), past: [0; REACH] }
    }

    /// Each byte becomes two samples of 16 kHz.
    pub(crate) fn decode_wide(&mut self, bytes: &[u8], sound: &mut [i16]) {
        for (byte, pair) in bytes.iter().zip(sound.chunks_exact_mut(2)) {
            let (lower, upper) = (self.lower.decode_lower(byte & 0x3f), self.upper.decode_upper(byte >> 6));
            shift_in(&mut self.past, lower + upper, lower - upper);
            let (second, first) = filtered(&self.past);
            pair[0] = clamp16(first >> 11) as i16;
            pair[1] = clamp16(second >> 11) as i16;
        }
    }

    /// Each byte becomes a sample of 8 kHz; the upper band is left out.
    pub(crate) fn decode_narrow(&mut self, bytes: &[u8], sound: &mut [i16]) {
        for (byte, sample) in bytes.iter().zip(sound) {
            *sample = (self.lower.decode_lower(byte & 0x3f) * 2) as i16;
        }
    }
}

fn shift_in(past: &mut [i32; REACH], first: i32, second: i32) {
    past.copy_within(2.., 0);
    past[REACH - 2] = first;
    past[REACH - 1] = second;
}

/// The filter's sums over every second sample, and over those between.
fn filtered(past: &[i32; REACH]) -> (i32, i32) {
    let (mut one, mut other) = (0, 0);
    for (n, pair) in past.chunks_exact(2).enumerate() {
        one += pair[0] * MIRROR[n];
        other += pair[1] * MIRROR[MIRROR.len() - 1 - n];
    }
    (one, other)
}

#[cfg(test)]
mod tests;
