//! Parameters of a header value or URI: `;name=value;flag` (RFC 3261 §25.1, `generic-param`).
//!
//! A view into the message's text; it keeps nothing.

use std::borrow::Cow;

use super::limits::PARAMS_MAX;

/// The parameters of one value, in the order in which they stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Params<'a>(&'a str);

impl<'a> Params<'a> {
    /// The parameters in a text that is empty or begins with `;`.
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }
    /// Name and value (quotes included) of each of the first 32; a flag has no value.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        split_outside_quotes(self.0, b';').map(str::trim).filter(|param| !param.is_empty()).take(PARAMS_MAX).map(
            |param| match param.split_once('=') {
                Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
                None => (param, None),
            },
        )
    }
    /// The value of the first parameter of that name, in any case; a flag has the value `""`. Quotes stay.
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.unwrap_or(""))
    }
    /// Whether a parameter of that name is there.
    pub fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }
    /// The text, `;` included.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

/// The content of a quoted string, with its quoted pairs resolved; any other text as it is.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(text);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// Splits at a separator that stands outside quoted strings and angle brackets.
pub(crate) fn split_outside_quotes(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match find_outside_quotes(text, separator) {
            Some(at) => {
                rest = Some(&text[at + 1..]);
                Some(&text[..at])
            }
            None => rest.take(),
        }
    })
}

/// Where the first such separator stands.
pub(crate) fn find_outside_quotes(text: &str, separator: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut quoted, mut bracketed, mut at) = (false, false, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'<' if !quoted => bracketed = true,
            b'>' if !quoted => bracketed = false,
            byte if byte == separator && !quoted && !bracketed => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A token of RFC 3261 §25.1.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Which bytes a token may have; a table, since every byte of every name is looked up.
const TOKEN_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~');
        byte += 1;
    }
    table
};

const fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES[byte as usize]
}

/// Without the blanks (space and tab) around it.
pub(crate) fn trim_blanks(text: &str) -> &str {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let Some(start) = text.bytes().position(|byte| !is_blank(&byte)) else { return "" };
    let end = text.as_bytes().iter().rposition(|byte| !is_blank(byte)).unwrap_or(start);
    &text[start..=end]
}

/// Whether quotes are closed and nothing but `;`-separated parameters stands there.
pub(crate) fn are_params(text: &str) -> bool {
    text.is_empty()
        || text.starts_with(';')
            && quotes_balance(text)
            && split_outside_quotes(&text[1..], b';').all(|param| {
                let name = param.split_once('=').map_or(param, |(name, _)| name).trim();
                is_token(name)
            })
}

/// The same inside a URI, where more may stand unescaped but no quote may (RFC 3261 §25.1, `paramchar`).
pub(crate) fn are_uri_params(text: &str) -> bool {
    let more = |byte: u8| matches!(byte, b'[' | b']' | b'/' | b':' | b'&' | b'+' | b'$' | b'(' | b')' | b',');
    let fits = |part: &str| !part.is_empty() && part.bytes().all(|byte| is_token_byte(byte) || more(byte));
    text.is_empty()
        || text.starts_with(';')
            && text[1..].split(';').all(|param| match param.split_once('=') {
                Some((name, value)) => fits(name) && fits(value),
                None => fits(param),
            })
}

/// Whether every quote that opens also closes.
pub(crate) fn quotes_balance(text: &str) -> bool {
    if !text.contains('"') {
        return true;
    }
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_with_quotes_spaces_and_flags() {
        let params = Params::new(" ;lr;Tag = abc ; text=\"a;b\\\"c\" ");
        assert_eq!(params.get("lr"), Some(""));
        assert_eq!(params.get("tag"), Some("abc"));
        assert_eq!(params.get("text").map(unquote).as_deref(), Some("a;b\"c"));
        assert!(!params.has("b"));
    }

    #[test]
    fn an_open_quote_is_no_parameter() {
        assert!(are_params(";tag=x;lr"));
        assert!(!are_params(";tag=\"x"));
        assert!(!are_params("tag"));
        assert!(!are_params(";;"));
    }
}
