//! `name-addr` and `addr-spec`: `"Anna Ø" <sip:anna@host>;tag=x` (RFC 3261 §20.10, §25.1).
//!
//! A view into the message's text. The URI inside is read when it is asked for.

use std::borrow::Cow;
use std::fmt;

use super::params::{Params, are_params, unquote};
use super::uri::{BadUri, Uri};

/// An address with its display name and parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NameAddr<'a> {
    display: &'a str,
    uri: &'a str,
    params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one value; `None` if it is malformed. The URI is looked at only by [`NameAddr::uri`].
    pub fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let open = if text.starts_with('"') {
            let closed = closing_quote(text)?;
            let rest = &text[closed + 1..];
            let gap = rest.len() - rest.trim_start().len();
            rest[gap..].starts_with('<').then_some(closed + 1 + gap)?
        } else {
            match text.find('<') {
                Some(open) => open,
                None => return Self::read_bare(text),
            }
        };
        let close = open + text[open..].find('>')?;
        let display = text[..open].trim_end();
        let params = text[close + 1..].trim();
        let uri = &text[open + 1..close];
        if uri.is_empty() || !is_display(display) || !are_params(params) {
            return None;
        }
        Some(Self { display, uri, params: Params::new(params) })
    }

    /// Without brackets, what follows `;` belongs to the header and a `?` may not stand there (§20.10).
    fn read_bare(text: &'a str) -> Option<Self> {
        let end = text.find(';').unwrap_or(text.len());
        let uri = text[..end].trim_end();
        let params = text[end..].trim();
        let fits = !uri.is_empty() && !uri.contains(['?', ',', ' ', '\t', '"', '>']) && are_params(params);
        fits.then_some(Self { display: "", uri, params: Params::new(params) })
    }

    /// The display name without quotes; empty if there is none.
    pub fn display(&self) -> Cow<'a, str> {
        unquote(self.display)
    }
    /// The URI's text.
    pub const fn uri_text(&self) -> &'a str {
        self.uri
    }
    /// The URI.
    pub fn uri(&self) -> Result<Uri, BadUri> {
        Uri::parse(self.uri)
    }
    /// The parameters after the address.
    pub const fn params(&self) -> Params<'a> {
        self.params
    }
    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }
    /// Whether this is `Contact: *` (RFC 3261 §10.2.2).
    pub fn is_star(&self) -> bool {
        self.uri == "*"
    }
}

impl fmt::Debug for NameAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameAddr(masked)")
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A quoted string, or words. Words are read generously (many exchanges do not quote `ø` or brackets), but
/// without the characters that separate values or parts of one.
fn is_display(text: &str) -> bool {
    text.starts_with('"') || !text.contains(['"', '>', ',', ';', ':', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> NameAddr<'_> {
        NameAddr::read(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn display_uri_and_tag_are_found_in_every_form() {
        let full = read("\"Anna \\\"A\\\" <x>\" <sip:anna@host;lr>;tag=7 ");
        assert_eq!(full.display(), "Anna \"A\" <x>");
        assert_eq!((full.uri_text(), full.tag()), ("sip:anna@host;lr", Some("7")));
        let words = read("Borgerservice Aarhus<sip:1@h>");
        assert_eq!((&*words.display(), words.uri_text(), words.tag()), ("Borgerservice Aarhus", "sip:1@h", None));
        let bare = read("sip:anna@host;tag=7");
        assert_eq!((bare.uri_text(), bare.tag()), ("sip:anna@host", Some("7")));
        assert!(read("*").is_star());
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for text in
            ["\"Anna <sip:a@b>", "Bell, Alexander <sip:a@b>", "<sip:a@b", "<>", "", "sip:a@b?x=y", "<sip:a@b> x"]
        {
            assert!(NameAddr::read(text).is_none(), "{text}");
        }
    }
}
