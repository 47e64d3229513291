//! Telephone numbers: what was dialled, and who rang.
//!
//! Danish rules (`+45`, 8 digits `[2-9]\d{7}`; `45` + 8 digits and `0045` + 8 digits are +45, but
//! `45xxxxxx` is a subscriber's number). A caller's number is personal data and masks itself.

use std::fmt;
use std::sync::Arc;

/// Longest user part that we read as a number, in characters (E.164 allows 15 digits; machines use 12 + prefix).
const DIALLED_CHARS_MAX: usize = 32;

/// The text is no telephone number. Says why in English, for logs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadNumber {
    /// Nothing was given.
    #[error("the number is empty")]
    Empty,
    /// More than 32 characters.
    #[error("the number is longer than 32 characters")]
    TooLong,
    /// Something else than digits after an optional `+`.
    #[error("the number has a character that is no digit")]
    NotDigits,
}

/// A number as it was dialled, in the one form in which the plan compares: national where it is Danish.
///
/// It belongs to a line, not to a person, so it is shown unmasked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dialled(Arc<str>);

impl Dialled {
    /// Reads the user part of a SIP or tel URI. Visual separators (`-`, `.`, `(`, `)`, space) are dropped (RFC 3966 §5.1.1);
    /// anything else that is no digit is refused, so that nothing in it can mean more than a number.
    pub fn parse(user: &str) -> Result<Self, BadNumber> {
        Ok(Self(Arc::from(normalise(user)?)))
    }
    /// As it was kept ([`Dialled::as_str`]): only its characters are checked, and no rule changes it, so that old facts
    /// read the same when the rules have changed.
    pub fn from_kept(text: &str) -> Result<Self, BadNumber> {
        Ok(Self(Arc::from(check_kept(text)?)))
    }
    /// `7000`, `89402222`, `+4940123456`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Dialled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Dialled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's telephone number. `Debug` and `Display` mask it; [`PhoneNumber::reveal`] is the only way to the digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(Arc<str>);

impl PhoneNumber {
    /// Reads a caller's number; the same rules as for what is dialled.
    pub fn parse(text: &str) -> Result<Self, BadNumber> {
        Ok(Self(Arc::from(normalise(text)?)))
    }
    /// As it was kept ([`PhoneNumber::reveal`]), unchanged.
    pub fn from_kept(text: &str) -> Result<Self, BadNumber> {
        Ok(Self(Arc::from(check_kept(text)?)))
    }
    /// The digits, for the agent's display, the phone's wire and the one table that keeps them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
    /// The number as people write it: Danish ones in pairs, `xx xx xx xx`.
    pub fn reveal_in_pairs(&self) -> String {
        let digits = &*self.0;
        if digits.len() != 8 || digits.starts_with('+') {
            return digits.to_owned();
        }
        format!("{} {} {} {}", &digits[..2], &digits[2..4], &digits[4..6], &digits[6..])
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("number withheld from logs")
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(masked)")
    }
}

fn normalise(text: &str) -> Result<String, BadNumber> {
    if text.is_empty() {
        return Err(BadNumber::Empty);
    }
    if text.len() > DIALLED_CHARS_MAX {
        return Err(BadNumber::TooLong);
    }
    let (plus, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut digits = String::with_capacity(rest.len());
    for c in rest.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '.' | '(' | ')' | ' ' => {}
            _ => return Err(BadNumber::NotDigits),
        }
    }
    if digits.is_empty() {
        return Err(BadNumber::Empty);
    }
    Ok(national(plus, &digits))
}

fn check_kept(text: &str) -> Result<&str, BadNumber> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if text.is_empty() {
        Err(BadNumber::Empty)
    } else if text.len() > DIALLED_CHARS_MAX {
        Err(BadNumber::TooLong)
    } else if !digits.bytes().all(|b| b.is_ascii_digit()) {
        Err(BadNumber::NotDigits)
    } else {
        Ok(text)
    }
}

/// Danish numbers without their country code; foreign ones with `+`.
fn national(plus: bool, digits: &str) -> String {
    let after_prefix = if plus { Some(digits) } else { digits.strip_prefix("00") };
    match after_prefix {
        Some(rest) if is_danish(rest) => rest[2..].to_owned(),
        Some(rest) => format!("+{rest}"),
        None if is_danish(digits) => digits[2..].to_owned(),
        None => digits.to_owned(),
    }
}

fn is_danish(digits: &str) -> bool {
    digits.len() == 10 && digits.starts_with("45")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_found_however_it_is_written() {
        for text in ["+4589402222", "004589402222", "4589402222", "89402222", "+45 89-40.22(22)"] {
            assert_eq!(Dialled::parse(text).expect(text).as_str(), "89402222");
        }
    }

    #[test]
    fn a_subscriber_whose_number_begins_with_45_is_not_abroad() {
        assert_eq!(Dialled::parse("45123456").expect("8 digits").as_str(), "45123456");
    }

    #[test]
    fn foreign_numbers_and_short_codes_stay_what_they_are() {
        assert_eq!(Dialled::parse("+4940123456").expect("Hamburg").as_str(), "+4940123456");
        assert_eq!(Dialled::parse("004940123456").expect("Hamburg").as_str(), "+4940123456");
        assert_eq!(Dialled::parse("7000").expect("a bench line").as_str(), "7000");
        assert_eq!(Dialled::parse("112").expect("emergency").as_str(), "112");
    }

    #[test]
    fn what_could_mean_more_than_a_number_is_refused() {
        for text in ["", "+", "7000&7001", "7000;x=1", "7000\r\n", "7000\0", "70#0", "*70", "anna", "٣٤"] {
            assert!(Dialled::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Dialled::parse(&"1".repeat(33)), Err(BadNumber::TooLong));
    }

    #[test]
    fn a_persons_number_masks_itself() {
        let number = PhoneNumber::parse("+4520123456").expect("a mobile");
        assert!(!format!("{number} {number:?}").contains("2012"));
        assert_eq!(number.reveal_in_pairs(), "20 12 34 56");
    }
}
