//! How numbers are written on a trunk, and how they are read from one.
//!
//! Inside the house a number has one form ([`Dialled`]): national where it is Danish, with `+` where it is foreign, and short
//! codes as they are. Only here it takes another shape.

use std::borrow::Cow;

/// Digits of a Danish subscriber's number.
const NATIONAL_DIGITS: usize = 8;
const COUNTRY: &str = "45";

/// One way to write numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberFormat {
    /// In: as it comes. `+45…`, `0045…`, `45` and ten digits, and national numbers are all understood. Out: as [`Self::E164`].
    AsWritten,
    /// `+4520123456`, `+4940123456`.
    E164,
    /// `4520123456`, `4940123456`.
    E164NoPlus,
    /// `20123456`, `004940123456`.
    National,
    /// `004520123456`, `004940123456`.
    ZeroZero,
}

impl NumberFormat {
    /// Writes a number of the house's form. Short codes (112, 1813, 116 111) are the same everywhere.
    pub(crate) fn write(self, number: &str) -> Cow<'_, str> {
        let foreign = number.strip_prefix('+');
        if foreign.is_none() && number.len() != NATIONAL_DIGITS {
            return Cow::Borrowed(number);
        }
        let (country, rest) = foreign.map_or((COUNTRY, number), |foreign| ("", foreign));
        match self {
            Self::National if foreign.is_none() => Cow::Borrowed(number),
            Self::AsWritten | Self::E164 => format!("+{country}{rest}").into(),
            Self::E164NoPlus => format!("{country}{rest}").into(),
            Self::National | Self::ZeroZero => format!("00{country}{rest}").into(),
        }
    }

    /// What a number that came in this format means, in a form that the house reads. Only one format is ambiguous: without
    /// a `+`, more digits than a national number has are a country's code first.
    pub(crate) fn read(self, written: &str) -> Cow<'_, str> {
        let digits = written.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::E164NoPlus if digits && written.len() > NATIONAL_DIGITS => format!("+{written}").into(),
            Self::AsWritten | Self::E164 | Self::E164NoPlus | Self::National | Self::ZeroZero => Cow::Borrowed(written),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Dialled;

    use super::*;

    const FORMATS: [NumberFormat; 4] =
        [NumberFormat::E164, NumberFormat::E164NoPlus, NumberFormat::National, NumberFormat::ZeroZero];

    #[test]
    fn a_number_is_written_as_the_trunk_wants_it() {
        let written = |number: &str| FORMATS.map(|format| format.write(number).into_owned());
        assert_eq!(written("20123456"), ["+4520123456", "4520123456", "20123456", "004520123456"]);
        assert_eq!(written("+4940123456"), ["+4940123456", "4940123456", "004940123456", "004940123456"]);
        assert_eq!(written("112"), ["112"; 4]);
        assert_eq!(written("116111"), ["116111"; 4]);
    }

    #[test]
    fn what_was_written_for_a_trunk_is_read_back_as_the_same_number() {
        for number in ["20123456", "45123456", "+4940123456", "+4721234567", "112", "1813", "7000"] {
            for format in FORMATS {
                let read = Dialled::parse(&format.read(&format.write(number))).expect("a number");
                assert_eq!(read.as_str(), number, "{format:?}");
            }
        }
    }
}
