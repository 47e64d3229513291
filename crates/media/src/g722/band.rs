//! One band of G.722: a prediction of the next sample from those before, and the difference in steps that grow with the
//! sound. The same arithmetic runs on both sides, so that they stay alike by the bits alone.
//!
//! Knows nothing of two bands; whole numbers only, as the recommendation lays down to the last bit.

use super::tables::{LOWER_4, LOWER_6, LOWER_EDGES, LOWER_GROWTH, POWERS, UPPER_2, UPPER_GROWTH};

/// The lower band's step may grow to this (logarithm, block LOGSCL).
const LOWER_LOG_MAX: i32 = 18_432;
/// The upper band's step may grow to this (block LOGSCH).
const UPPER_LOG_MAX: i32 = 22_528;
/// Where the upper band's larger step begins (table 20, Q2).
const UPPER_EDGE: i32 = 564;

/// A band's memory.
#[derive(Clone, Debug)]
pub(super) struct Band {
    /// The prediction: by what was heard, and by the differences.
    predicted: i32,
    by_differences: i32,
    /// The step, and its logarithm.
    step: i32,
    log: i32,
    /// The last two reconstructed samples, and their parts that the differences explain; the newest first.
    heard: [i32; 2],
    part: [i32; 2],
    pole: [i32; 2],
    /// The last six differences and their weights, the newest first.
    difference: [i32; 6],
    zero: [i32; 6],
}

impl Band {
    pub(super) const fn lower() -> Self {
        Self::with_step(32)
    }

    pub(super) const fn upper() -> Self {
        Self::with_step(8)
    }

    pub(super) const fn with_step(step: i32) -> Self {
        Self {
            predicted: 0,
            by_differences: 0,
            step,
            log: 0,
            heard: [0; 2],
            part: [0; 2],
            pole: [0; 2],
            difference: [0; 6],
            zero: [0; 6],
        }
    }

    /// Six bits for a sample of the lower band (blocks SUBTRA, QUANTL).
    pub(super) fn encode_lower(&mut self, sample: i32) -> u8 {
        let away = clamp16(sample - self.predicted);
        let size = if away < 0 { -(away + 1) } else { away };
        let interval = LOWER_EDGES.partition_point(|edge| size >= (edge * self.step) >> 12) as u8;
        let code = match (away < 0, interval) {
            (false, _) => 61 - interval,
            (true, 0..=1) => 63 - interval,
            (true, _) => 33 - interval,
        };
        self.adapt_lower(code);
        code
    }

    /// The sample that six bits mean (blocks INVQBL, RECONS, LIMIT).
    pub(super) fn decode_lower(&mut self, code: u8) -> i32 {
        let difference = (self.step * LOWER_6[usize::from(code & 0x3f)]) >> 15;
        let sample = (self.predicted + difference).clamp(-16_384, 16_383);
        self.adapt_lower(code);
        sample
    }

    /// Two bits for a sample of the upper band (blocks SUBTRA, QUANTH).
    pub(super) fn encode_upper(&mut self, sample: i32) -> u8 {
        let away = clamp16(sample - self.predicted);
        let size = if away < 0 { -(away + 1) } else { away };
        let large = size >= (UPPER_EDGE * self.step) >> 12;
        let code = match (away < 0, large) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        self.adapt_upper(code);
        code
    }

    /// The sample that two bits mean (blocks INVQAH, RECONS, LIMIT).
    pub(super) fn decode_upper(&mut self, code: u8) -> i32 {
        let difference = (self.step * UPPER_2[usize::from(code & 3)]) >> 15;
        let sample = (self.predicted + difference).clamp(-16_384, 16_383);
        self.adapt_upper(code);
        sample
    }

    /// Blocks INVQAL, LOGSCL, SCALEL.
    fn adapt_lower(&mut self, code: u8) {
        let leading = usize::from(code >> 2) & 15;
        let difference = (self.step * LOWER_4[leading]) >> 15;
        self.log = (((self.log * 127) >> 7) + LOWER_GROWTH[leading]).clamp(0, LOWER_LOG_MAX);
        self.step = step(self.log, 8);
        self.predict(difference);
    }

    /// Blocks LOGSCH, SCALEH.
    fn adapt_upper(&mut self, code: u8) {
        let code = usize::from(code & 3);
        let difference = (self.step * UPPER_2[code]) >> 15;
        self.log = (((self.log * 127) >> 7) + UPPER_GROWTH[code]).clamp(0, UPPER_LOG_MAX);
        self.step = step(self.log, 10);
        self.predict(difference);
    }

    /// Takes in a difference, and predicts the next sample (blocks RECONS, PARREC, UPPOL1, UPPOL2, UPZERO, FILTEP,
    /// FILTEZ, PREDIC).
    fn predict(&mut self, difference: i32) {
        let heard = clamp16(self.predicted + difference);
        let part = clamp16(self.by_differences + difference);
        self.turn_poles(part);
        self.turn_zeros(difference);
        self.heard = [heard, self.heard[0]];
        self.part = [part, self.part[0]];
        self.difference.copy_within(..5, 1);
        self.difference[0] = difference;

        let by_heard = self.pole.iter().zip(self.heard).map(|(weight, heard)| (weight * clamp16(heard * 2)) >> 15);
        let by_heard = clamp16(by_heard.sum());
        let weighed = self.zero.iter().zip(self.difference).map(|(weight, was)| (weight * clamp16(was * 2)) >> 15);
        self.by_differences = clamp16(weighed.sum());
        self.predicted = clamp16(by_heard + self.by_differences);
    }

    /// Blocks UPPOL2 and UPPOL1: the weights of the last two samples, kept where the prediction can't run away.
    fn turn_poles(&mut self, part: i32) {
        let (same_1, same_2) = (same_sign(part, self.part[0]), same_sign(part, self.part[1]));
        let quarter = clamp16(self.pole[0] * 4);
        let lean = (if same_1 { -quarter } else { quarter }).min(32_767) >> 7;
        let nudge = if same_2 { 128 } else { -128 };
        let second = lean + nudge + ((self.pole[1] * 32_512) >> 15);
        let second = second.clamp(-12_288, 12_288);
        let first = clamp16((if same_1 { 192 } else { -192 }) + ((self.pole[0] * 32_640) >> 15));
        let bound = clamp16(15_360 - second);
        self.pole = [first.clamp(-bound, bound), second];
    }

    /// Block UPZERO: the weights of the last six differences.
    fn turn_zeros(&mut self, difference: i32) {
        let nudge = if difference == 0 { 0 } else { 128 };
        for (weight, was) in self.zero.iter_mut().zip(self.difference) {
            let nudge = if same_sign(difference, was) { nudge } else { -nudge };
            *weight = clamp16(nudge + ((*weight * 32_640) >> 15));
        }
    }
}

const fn same_sign(a: i32, b: i32) -> bool {
    (a < 0) == (b < 0)
}

/// The step of a logarithm (blocks SCALEL, SCALEH).
fn step(log: i32, whole: i32) -> i32 {
    let power = POWERS[(log >> 6) as usize & 31];
    let shift = whole - (log >> 11);
    (if shift < 0 { power << -shift } else { power >> shift }) << 2
}

/// Saturates to 16 bits.
pub(super) fn clamp16(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}
