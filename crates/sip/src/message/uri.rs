//! SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966). Any other scheme is kept as opaque text.
//!
//! A URI owns one exactly sized text and offsets into it, so that a waiting call stays small.

use std::borrow::Cow;
use std::fmt;

use super::escape::{escapes_are_whole, is_number_byte, is_user_byte, unescape};
use super::host::{Host, host_length, read_port};
use super::limits::URI_BYTES_MAX;
use super::params::{Params, are_uri_params};

/// A URI that was read and found well formed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Uri {
    text: Box<str>,
    scheme: Scheme,
    user: Span,
    host: Span,
    port: Option<u16>,
    params: Span,
    /// From `?` to the end.
    headers: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Span(u16, u16);

/// What stands before the colon.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Anything else; the rest is not read.
    Other,
}

/// The text is no URI that we can read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadUri {
    /// Longer than 1,024 bytes.
    #[error("the URI is too long")]
    TooLong,
    /// No scheme, or one that is no token.
    #[error("the URI has no scheme")]
    Scheme,
    /// A character that must be escaped, or a bad escape.
    #[error("the URI has a character that is not allowed")]
    Character,
    /// No host, or one that is no host.
    #[error("the URI's host is malformed")]
    Host,
    /// A port outside 1–65535.
    #[error("the URI's port is malformed")]
    Port,
    /// Malformed parameters.
    #[error("the URI's parameters are malformed")]
    Params,
}

impl Uri {
    /// Reads a URI without angle brackets.
    pub fn parse(text: &str) -> Result<Self, BadUri> {
        if text.len() > URI_BYTES_MAX {
            return Err(BadUri::TooLong);
        }
        let colon = text.find(':').ok_or(BadUri::Scheme)?;
        let scheme = Scheme::read(&text[..colon])?;
        if !text.bytes().all(|byte| byte > b' ' && byte != 0x7f && !matches!(byte, b'<' | b'>' | b'"')) {
            return Err(BadUri::Character);
        }
        let empty = Self {
            text: text.into(),
            scheme,
            user: Span::default(),
            host: Span::default(),
            port: None,
            params: Span::default(),
            headers: Span::default(),
        };
        match scheme {
            Scheme::Sip | Scheme::Sips => empty.with_sip_parts(colon + 1),
            Scheme::Tel => empty.with_tel_parts(colon + 1),
            Scheme::Other => Ok(empty),
        }
    }

    fn with_sip_parts(mut self, start: usize) -> Result<Self, BadUri> {
        let text = &*self.text;
        let mut at = start;
        if let Some(sign) = text[start..].find('@') {
            let userinfo = &text[start..start + sign];
            // Some exchanges leave `#` unescaped, or the user empty; neither can be mistaken for anything else.
            if !userinfo.bytes().all(|byte| is_user_byte(byte) || byte == b'#') || !escapes_are_whole(userinfo) {
                return Err(BadUri::Character);
            }
            let user = userinfo.find(':').unwrap_or(sign);
            self.user = Span::new(start, start + user);
            at = start + sign + 1;
        }
        let host_end = at + host_length(&text[at..]).ok_or(BadUri::Host)?;
        self.host = Span::new(at, host_end);
        at = host_end;
        if text[at..].starts_with(':') {
            let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            self.port = Some(read_port(&text[at + 1..at + 1 + digits]).ok_or(BadUri::Port)?);
            at += 1 + digits;
        }
        self.with_params(at)
    }

    fn with_tel_parts(mut self, start: usize) -> Result<Self, BadUri> {
        let number = self.text[start..].find(';').map_or(self.text.len(), |at| start + at);
        if number == start || !self.text[start..number].bytes().all(is_number_byte) {
            return Err(BadUri::Character);
        }
        self.user = Span::new(start, number);
        self.with_params(number)
    }

    fn with_params(mut self, start: usize) -> Result<Self, BadUri> {
        let end = self.text[start..].find('?').map_or(self.text.len(), |at| start + at);
        let params = &self.text[start..end];
        if !are_uri_params(params) || !escapes_are_whole(&self.text[start..]) {
            return Err(BadUri::Params);
        }
        self.params = Span::new(start, end);
        self.headers = Span::new(end, self.text.len());
        Ok(self)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Its scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }
    /// The user part as it is written, without password; of `tel:` the number.
    pub fn user(&self) -> Option<&str> {
        Some(self.user.of(&self.text)).filter(|user| !user.is_empty())
    }
    /// The user part with its escapes resolved; what is then no UTF-8 stays escaped.
    pub fn user_unescaped(&self) -> Option<Cow<'_, str>> {
        self.user().map(unescape)
    }
    /// The host as it is written; empty for `tel:` and other schemes.
    pub fn host_text(&self) -> &str {
        self.host.of(&self.text)
    }
    /// The host; `None` for `tel:` and other schemes.
    pub fn host(&self) -> Option<Host<'_>> {
        Host::read(self.host_text())
    }
    /// The port, where one is written.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
    /// The parameters: `transport`, `user`, `lr` …
    pub fn params(&self) -> Params<'_> {
        Params::new(self.params.of(&self.text))
    }
    /// Headers that the URI carries (`?Reason=…`), without the `?`.
    pub fn embedded_headers(&self) -> &str {
        self.headers.of(&self.text).trim_start_matches('?')
    }
    /// The value of one of them, in any case, with its escapes resolved; the first where it is repeated.
    pub fn embedded_header(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self
            .embedded_headers()
            .split('&')
            .filter_map(|header| header.split_once('='))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(unescape(value))
    }
    /// Whether two URIs mean the same (RFC 3261 §19.1.4; embedded headers are compared as text).
    pub fn is_same_as(&self, other: &Self) -> bool {
        let same_user = match (self.user_unescaped(), other.user_unescaped()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (None, None) => true,
            _ => false,
        };
        if self.scheme == Scheme::Other {
            return self.text == other.text;
        }
        self.scheme == other.scheme
            && same_user
            && same_host(self.host_text(), other.host_text())
            && self.port == other.port
            && same_params(self.params(), other.params())
            && self.embedded_headers() == other.embedded_headers()
    }
}

impl Span {
    const fn new(start: usize, end: usize) -> Self {
        Self(start as u16, end as u16)
    }
    fn of(self, text: &str) -> &str {
        &text[self.0 as usize..self.1 as usize]
    }
}

impl Scheme {
    fn read(text: &str) -> Result<Self, BadUri> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || !text.bytes().all(token) {
            return Err(BadUri::Scheme);
        }
        Ok(match text.len() {
            3 if text.eq_ignore_ascii_case("sip") => Self::Sip,
            4 if text.eq_ignore_ascii_case("sips") => Self::Sips,
            3 if text.eq_ignore_ascii_case("tel") => Self::Tel,
            _ => Self::Other,
        })
    }
}

fn same_host(ours: &str, theirs: &str) -> bool {
    ours.eq_ignore_ascii_case(theirs) || matches!((Host::read(ours), Host::read(theirs)), (Some(a), Some(b)) if a == b)
}

/// Parameters in both must be equal; `user`, `ttl`, `method`, `maddr` and `transport` may not stand in only one.
fn same_params(ours: Params<'_>, theirs: Params<'_>) -> bool {
    const IN_BOTH: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];
    let equal = |a: Option<&str>, b: Option<&str>| match (a, b) {
        (Some(a), Some(b)) => unescape(a).eq_ignore_ascii_case(&unescape(b)),
        _ => true,
    };
    IN_BOTH.iter().all(|name| ours.has(name) == theirs.has(name))
        && ours.iter().all(|(name, value)| equal(Some(value.unwrap_or("")), theirs.get(name)))
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Uri {
    /// The user part may be a citizen's number, so it is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uri({:?}, masked@{})", self.scheme, self.host_text())
    }
}
