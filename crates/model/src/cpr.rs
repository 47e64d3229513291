//! Danish personal numbers (CPR) in what people write: found and masked, before anything of it is kept.
//!
//! Ten digits that begin with a date, `ddmmyy-xxxx`, however they are spaced. No check digit is asked for: modulus 11 has
//! not held for every number since 2007. Knows no one's number, and nothing of where the text comes from.

use std::borrow::Cow;

/// Digits of a personal number.
const DIGITS: usize = 10;
/// Of these, the date.
const DATE_DIGITS: usize = 6;
/// Most characters between the date and the last four: `010203 - 1234`.
const BETWEEN_MAX: usize = 3;

/// The text with every digit of a personal number in it as `*`. What stands between them stays, so that a reader sees what it was.
/// A telephone number, with 45 before it or not, begins with no date of ten digits, or has fewer: it stays.
pub fn mask_cpr(text: &str) -> Cow<'_, str> {
    let mut masked: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < text.len() {
        match number_at(text, at) {
            Some(end) => {
                let bytes = masked.get_or_insert_with(|| text.as_bytes().to_vec());
                bytes[at..end].iter_mut().filter(|byte| byte.is_ascii_digit()).for_each(|digit| *digit = b'*');
                at = end;
            }
            None => at += 1,
        }
    }
    let masked = masked.map(|bytes| String::from_utf8(bytes).expect("one digit's byte became another character's"));
    masked.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Where a personal number that begins at this byte ends.
fn number_at(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes[start].is_ascii_digit() || start > 0 && bytes[start - 1].is_ascii_digit() {
        return None;
    }
    let (mut digits, mut found, mut end) = ([0; DIGITS], 0, start);
    let (mut between, mut hyphen, mut spaced, mut apart) = (0, false, false, false);
    for (place, c) in text[start..].char_indices() {
        match c.to_digit(10) {
            Some(_) if found == DIGITS => return None,
            Some(digit) => {
                (digits[found], found, end, between) = (digit, found + 1, start + place + 1, 0);
            }
            None if found == DIGITS => break,
            None if is_between(c) && found == DATE_DIGITS && between < BETWEEN_MAX => {
                between += 1;
                hyphen |= is_hyphen(c);
            }
            // The parts of the date apart, as in 01.02.03-1234.
            None if is_between(c) && matches!(found, 2 | 4) && between == 0 => {
                (between, apart, spaced) = (1, true, spaced || matches!(c, '.' | '/'));
            }
            // The last four apart, as in 010203 12 34; not in what may be two telephone numbers.
            None if is_between(c) && found == 8 && between == 0 && !apart => between = 1,
            None => return None,
        }
    }
    // A date and a time of day are no personal number: "12.10.24 1430".
    (found == DIGITS && is_date(&digits) && (hyphen || !spaced)).then_some(end)
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '/') || is_hyphen(c)
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Whether the first six digits are a day of some year; the century lies in the seventh and isn't asked for.
fn is_date(digits: &[u32; DIGITS]) -> bool {
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let (day, month, year) = (two(0), two(2), two(4));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        // 1900 was no leap year, 2000 was: of the two the kinder one.
        2 => 28 + u32::from(year.is_multiple_of(4)),
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_is_masked_however_it_is_written() {
        for (written, kept) in [
            ("Borger 010203-1234 ringede", "Borger ******-**** ringede"),
            ("0102031234", "**********"),
            ("010203 1234.", "****** ****."),
            ("cpr:010203 - 1234", "cpr:****** - ****"),
            ("010203–1234 (tankestreg)", "******–**** (tankestreg)"),
            ("01.02.03-1234", "**.**.**-****"),
            ("01 02 03-1234", "** ** **-****"),
            ("01 02 03 1234", "** ** ** ****"),
            ("010203 12 34", "****** ** **"),
            ("010203\n1234", "******\n****"),
            ("010203\u{2212}1234", "******\u{2212}****"),
            ("010203\u{202f}1234", "******\u{202f}****"),
            ("290204-1234 og 311299-0001", "******-**** og ******-****"),
            ("æ010203-1234ø", "æ******-****ø"),
        ] {
            assert_eq!(mask_cpr(written), kept, "{written}");
        }
    }

    #[test]
    fn what_is_no_personal_number_stays() {
        for text in [
            "",
            "Ring 45 20 12 34 56",
            "20 12 34 56 70 10 10 10",
            "20123456 20123457",
            "4520123456",
            "+4520123456",
            "20123456",
            "310299-1234",
            "001203-1234",
            "011303-1234",
            "290203-1234",
            "sag 10203041234567",
            "110203-12345",
            "12.10.24 1430",
            "12/10/24 1430",
            "010203",
            "010203----1234",
            "konto 0102031234567",
        ] {
            assert!(matches!(mask_cpr(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn a_number_hidden_in_others_that_touch_it_by_a_comma_is_found() {
        assert_eq!(mask_cpr("1,0102031234,5"), "1,**********,5");
        assert_eq!(mask_cpr("0102031234 0102031234"), "********** **********");
        assert_eq!(mask_cpr("30 010203-1234"), "30 ******-****");
    }
}
