//! Challenges and credentials as they are written: `Digest realm="x", nonce="y", qop=auth` (RFC 3261 §25.1, RFC 8760).
//!
//! Reads the grammar; whether a password is right is known by `digest`.

use std::borrow::Cow;

use super::params::{split_outside_quotes, unquote};

/// Most parameters that are read; the rest is not seen.
const AUTH_PARAMS_MAX: usize = 24;

/// The value of an Authorization or WWW-Authenticate line.
#[derive(Clone, Copy)]
pub struct AuthParams<'a> {
    scheme: &'a str,
    rest: &'a str,
}

impl<'a> AuthParams<'a> {
    /// Splits the scheme from the parameters.
    pub fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once([' ', '\t'])?;
        Some(Self { scheme, rest })
    }
    /// Whether the scheme is Digest.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest")
    }
    /// The value of a parameter, without quotes; the first where it is repeated.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        split_outside_quotes(self.rest, b',').take(AUTH_PARAMS_MAX).find_map(|param| {
            let (found, value) = param.split_once('=')?;
            found.trim().eq_ignore_ascii_case(name).then(|| unquote(value.trim()))
        })
    }
}

impl std::fmt::Debug for AuthParams<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthParams({}, masked)", self.scheme)
    }
}
