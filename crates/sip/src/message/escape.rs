//! Percent escapes of URIs (RFC 3261 §19.1.2), and which characters need none.
//! Knows characters only, not what they name.

use std::borrow::Cow;
use std::fmt;

/// A user part with everything escaped that may not stand there (RFC 3261 §25.1, `user`).
pub fn escape_user(user: &str) -> Cow<'_, str> {
    use fmt::Write as _;
    if user.bytes().all(|byte| is_user_byte(byte) && !matches!(byte, b'%' | b':')) {
        return Cow::Borrowed(user);
    }
    let mut escaped = String::with_capacity(user.len() * 2);
    for byte in user.bytes() {
        if byte.is_ascii() && is_user_byte(byte) && !matches!(byte, b'%' | b':') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    Cow::Owned(escaped)
}

/// `user`, `password` and the colon between them.
pub(super) const fn is_user_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' | b'%')
        || matches!(byte, b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/' | b':')
}

pub(super) const fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'+' | b'-' | b'.' | b'(' | b')' | b'*' | b'#')
}

/// Whether every `%` is followed by two hex digits.
pub(super) fn escapes_are_whole(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.contains(&b'%')
        || bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| {
            bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit) && bytes.get(at + 2).is_some_and(u8::is_ascii_hexdigit)
        })
}

/// With escapes resolved; what is then no UTF-8 stays as it was.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8(plain).map_or(Cow::Borrowed(text), Cow::Owned)
}
