//! Credentials as phones send them, and how a phone makes them (RFC 3261 §22.4, RFC 7616 §3.4).
//!
//! Reads and computes; what credentials are worth is judged by [`Guard`](super::Guard).

use std::borrow::Cow;

use super::Algorithm;
use crate::message::{AuthParams, HeaderName, Headers, Method};

/// Digits of a nonce count (RFC 7616 §3.4: exactly eight).
const COUNT_CHARS: usize = 8;

/// Credentials as a phone sent them.
#[derive(Clone)]
pub struct Credentials<'a> {
    /// Who it says it is; the agent's id.
    pub user: Cow<'a, str>,
    /// The nonce, for the bookkeeping of counts.
    pub nonce: Cow<'a, str>,
    /// How often this nonce was used, this time included.
    pub count: u32,
    pub(super) count_text: Cow<'a, str>,
    pub(super) realm: Cow<'a, str>,
    pub(super) uri: Cow<'a, str>,
    pub(super) cnonce: Cow<'a, str>,
    pub(super) response: Cow<'a, str>,
    pub(super) algorithm: Algorithm,
}

impl<'a> Credentials<'a> {
    /// Reads an Authorization value; `None` if a part is missing, is malformed, or asks for what we don't do. `qop=auth` must
    /// be there: without it (RFC 2069) nothing in the answer counts its uses, so whoever saw it once could use it again.
    pub fn read(params: &AuthParams<'a>) -> Option<Self> {
        if !params.is_digest() || !params.get("qop")?.eq_ignore_ascii_case("auth") {
            return None;
        }
        let is_count = |text: &str| text.len() == COUNT_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let count_text = params.get("nc").filter(|text| is_count(text))?;
        Some(Self {
            user: params.get("username")?,
            nonce: params.get("nonce")?,
            count: u32::from_str_radix(&count_text, 16).ok().filter(|count| *count > 0)?,
            count_text,
            realm: params.get("realm")?,
            uri: params.get("uri")?,
            cnonce: params.get("cnonce")?,
            response: params.get("response")?,
            algorithm: Algorithm::read(params.get("algorithm").as_deref())?,
        })
    }

    /// The first credentials for this realm in a request; those that can't be read count as none.
    pub fn of(headers: &'a Headers, realm: &str) -> Option<Self> {
        let read = headers.auth(HeaderName::Authorization).filter_map(|params| Self::read(&params));
        let mut ours = read.filter(|credentials| credentials.realm == realm);
        ours.next()
    }

    pub(super) fn response_for(&self, method: &Method, password: &str) -> String {
        let secret = self.algorithm.hash(&[&self.user, &self.realm, password]);
        let asked = self.algorithm.hash(&[method.as_str(), &self.uri]);
        self.algorithm.hash(&[&secret, &self.nonce, &self.count_text, &self.cnonce, "auth", &asked])
    }
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, masked)", self.user)
    }
}

/// The client's side: the value of an Authorization line that answers a challenge; `None` if we can't answer it.
pub fn answer(
    challenge: &AuthParams<'_>,
    user: &str,
    password: &str,
    method: &Method,
    uri: &str,
    cnonce: &str,
    count: u32,
) -> Option<String> {
    let algorithm = Algorithm::read(challenge.get("algorithm").as_deref())?;
    let offers_auth = challenge.get("qop")?.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth"));
    if !challenge.is_digest() || !offers_auth {
        return None;
    }
    let credentials = Credentials {
        user: user.into(),
        nonce: challenge.get("nonce")?,
        count,
        count_text: format!("{count:08x}").into(),
        realm: challenge.get("realm")?,
        uri: uri.into(),
        cnonce: cnonce.into(),
        response: "".into(),
        algorithm,
    };
    let response = credentials.response_for(method, password);
    let Credentials { realm, nonce, .. } = &credentials;
    let opaque = challenge.get("opaque").map(|opaque| format!(", opaque=\"{opaque}\"")).unwrap_or_default();
    Some(format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
         algorithm={}, qop=auth, nc={count:08x}, cnonce=\"{cnonce}\"{opaque}",
        algorithm.name()
    ))
}
