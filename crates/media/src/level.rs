//! How loud a sound is, in dBov: below the loudest that 16 bits can say (RFC 6465 §3, ITU-T G.100.1).
//! Knows samples' sums; doesn't know whose sound it is.

/// The energy of full scale: the mean square of a square wave as loud as 16 bits can say.
const FULL_SCALE: f64 = 32_768.0 * 32_768.0;

/// A loudness from −127 (silence) to 0 dBov.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Level(i8);

impl Level {
    /// Nothing at all.
    pub const SILENCE: Self = Self(-127);

    /// Of so many dBov; what is beyond the ends is the end.
    pub const fn dbov(dbov: i8) -> Self {
        match dbov {
            i8::MIN..-127 => Self::SILENCE,
            -127..=0 => Self(dbov),
            1..=i8::MAX => Self(0),
        }
    }

    /// Of samples' sum of squares.
    pub(crate) fn of_energy(energy: u64, samples: usize) -> Self {
        if energy == 0 || samples == 0 {
            return Self::SILENCE;
        }
        let mean = energy as f64 / samples as f64 / FULL_SCALE;
        // Rounded towards silence: what is called −50 is at least that loud.
        Self((10.0 * mean.log10()).floor().clamp(-127.0, 0.0) as i8)
    }

    /// In dBov, −127 to 0.
    pub const fn as_dbov(self) -> i8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_is_nought_and_each_tenfold_of_the_voltage_is_twenty() {
        let of = |sample: u64| Level::of_energy(sample * sample * 100, 100).as_dbov();
        assert_eq!([of(32_768), of(3_277), of(328), of(33), of(1), of(0)], [0, -20, -40, -60, -91, -127]);
    }

    #[test]
    fn a_level_stays_within_what_can_be_said() {
        assert_eq!([i8::MIN, -50, 7].map(|dbov| Level::dbov(dbov).as_dbov()), [-127, -50, 0]);
    }
}
