//! Text that stands free: digits and names that are hidden elsewhere are found in it too.
//! Knows what may be shown as it is; knows no header.

use std::net::IpAddr;

use super::aliases::{Aliases, WINDOW};

/// Digits in a row that look like a number by themselves.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Whether an address tells nobody's place: private (RFC 1918, RFC 4193), shared (RFC 6598), local, or none at all.
pub fn says_nothing(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
            v4.is_private() || v4.is_loopback() || v4.is_unspecified() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Free text without what is hidden: runs of digits that share five with a hidden number, and hidden names.
pub(super) fn scrub(text: &str, aliases: &Aliases) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let run = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
        let (digits, end) = (&rest[start..start + run], start + run);
        clean.push_str(&rest[..start]);
        if digits.as_bytes().windows(WINDOW).any(|window| aliases.hides(window)) {
            clean.extend(std::iter::repeat_n('x', run));
        } else {
            clean.push_str(digits);
        }
        rest = &rest[end..];
    }
    clean.push_str(rest);
    aliases.hidden_names().fold(clean, without)
}

/// The same, and runs of 8 to 15 digits that stand alone go too: they look like numbers by themselves.
pub(super) fn scrub_numbers(text: &str, aliases: &Aliases) -> String {
    let scrubbed = scrub(text, aliases);
    let mut clean = String::with_capacity(scrubbed.len());
    for word in scrubbed.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            clean.extend(std::iter::repeat_n('x', digits.len()));
            clean.push_str(&word[digits.len()..]);
        } else {
            clean.push_str(word);
        }
    }
    clean
}

/// What a product says of itself, without the serial numbers and hardware addresses that some phones add.
pub(super) fn product(text: &str, aliases: &Aliases) -> String {
    let scrubbed = scrub_numbers(text, aliases);
    let mut clean = String::with_capacity(scrubbed.len());
    for word in scrubbed.split_inclusive([' ', '/', '(', ')', ';', ',']) {
        let core = word.trim_end_matches([' ', '/', '(', ')', ';', ',']);
        let hex = core.bytes().filter(u8::is_ascii_hexdigit).count();
        let others = core.bytes().filter(|byte| !byte.is_ascii_hexdigit() && !matches!(byte, b':' | b'-')).count();
        if hex >= 8 && others == 0 && core.bytes().any(|byte| byte.is_ascii_digit()) {
            clean.push('x');
            clean.push_str(&word[core.len()..]);
        } else {
            clean.push_str(word);
        }
    }
    clean
}

/// A text without every occurrence of a name, in any case of ASCII letters.
fn without(text: String, name: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    if wanted.is_empty() || !lower.contains(&wanted) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for (found, _) in lower.match_indices(&wanted) {
        clean.push_str(&text[at..found]);
        clean.push('x');
        at = found + wanted.len();
    }
    clean.push_str(&text[at..]);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_loses_hidden_numbers_and_names_and_keeps_the_rest() {
        let mut aliases = Aliases::default();
        aliases.user("+4520123456");
        aliases.name("Anna Agersø");
        let said = "Call from 004520123456 (anna agersø) barred, code 31005, seen 20:12";
        assert_eq!(scrub(said, &aliases), "Call from xxxxxxxxxxxx (x) barred, code 31005, seen 20:12");
        assert_eq!(scrub_numbers("31415926-7 a31415926", &aliases), "xxxxxxxx-7 a31415926");
    }

    #[test]
    fn a_phone_says_its_make_and_not_its_serial_number() {
        let aliases = Aliases::default();
        assert_eq!(product("Yealink SIP-T46S 66.84.0.15 80:5e:c0:11:22:33", &aliases), "Yealink SIP-T46S 66.84.0.15 x");
        assert_eq!(product("snomD785/10.1.54.13 000413ABCDEF", &aliases), "snomD785/10.1.54.13 x");
        assert_eq!(product("baresip v3.16.0 (x86_64/linux)", &aliases), "baresip v3.16.0 (x86_64/linux)");
    }
}
