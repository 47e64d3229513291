//! Headers that say how long, and reliable provisional answers (RFC 3261 §20.19, RFC 4028, RFC 3262).
//! Knows seconds and numbers; keeps no timer.

use super::params::Params;
use super::{HeaderName, Headers, Method};

/// Session-Expires (RFC 4028 §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionExpires {
    /// How long the session lives without a refresh, in seconds.
    pub seconds: u32,
    /// Who refreshes, where it is said.
    pub refresher: Option<Refresher>,
}

/// Who refreshes a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refresher {
    /// Who sent the request.
    Uac,
    /// Who answers it.
    Uas,
}

/// Which provisional answer a PRACK acknowledges (RFC 3262 §7.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RAck {
    /// The RSeq of the answer.
    pub rseq: u32,
    /// The CSeq of the request that was answered.
    pub cseq: u32,
    /// Its method.
    pub method: Method,
}

impl Headers {
    /// Expires in seconds; what is malformed counts as absent, what is too large as the largest (RFC 3261 §20.19).
    pub fn expires(&self) -> Option<u32> {
        self.get(HeaderName::Expires).and_then(seconds)
    }
    /// Session-Expires; `None` if it is absent or malformed.
    pub fn session_expires(&self) -> Option<SessionExpires> {
        let text = self.get(HeaderName::SessionExpires)?;
        let refresher = match parameters(text).get("refresher") {
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) | None => None,
        };
        Some(SessionExpires { seconds: seconds(first_word(text))?, refresher })
    }
    /// Min-SE in seconds.
    pub fn min_se(&self) -> Option<u32> {
        self.get(HeaderName::MinSe).map(first_word).and_then(seconds)
    }
    /// Retry-After in seconds; comment and parameters are left out.
    pub fn retry_after(&self) -> Option<u32> {
        self.get(HeaderName::RetryAfter).map(first_word).and_then(seconds)
    }
    /// RSeq of a provisional answer.
    pub fn rseq(&self) -> Option<u32> {
        self.get(HeaderName::RSeq).and_then(seconds)
    }
    /// RAck of a PRACK.
    pub fn rack(&self) -> Option<RAck> {
        let mut words = self.get(HeaderName::RAck)?.split_ascii_whitespace();
        Some(RAck { rseq: seconds(words.next()?)?, cseq: seconds(words.next()?)?, method: Method::read(words.next()?) })
    }
}

fn first_word(text: &str) -> &str {
    text.split([';', '(', ' ', '\t']).next().unwrap_or("")
}

fn parameters(text: &str) -> Params<'_> {
    Params::new(text.find(';').map_or("", |at| &text[at..]))
}

/// Digits to a number; more than fits becomes the largest.
pub(super) fn seconds(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}
