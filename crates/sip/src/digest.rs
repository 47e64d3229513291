//! Digest authentication (RFC 3261 §22, RFC 8760): MD5 and SHA-256, `qop=auth` only.
//!
//! A nonce is a moment, a salt and an HMAC of both, so a challenge leaves no state behind. Whether a nonce count was used
//! before is the registrar's to know. An unknown user costs the same work and gets the same answer as a wrong password.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use md5::Md5;
use model::Moment;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::message::{AuthParams, Method, Uri};

/// Hex digits of a nonce: 16 of the moment, 8 of the salt, 32 of the HMAC.
const NONCE_CHARS: usize = 56;
const NONCE_STAMP_CHARS: usize = 24;

/// How the hash is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// Broken as a hash, but the only one that most desk phones know.
    Md5,
    /// RFC 8760.
    Sha256,
}

/// Makes challenges and judges what comes back. The same key in all shards; a new one at each start.
#[derive(Clone)]
pub struct Guard {
    realm: Box<str>,
    key: [u8; 32],
    nonce_life: Duration,
}

/// What credentials are worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The password is right and the nonce is ours and fresh. The count is still to be checked against replay.
    Right,
    /// The password is right, but the nonce is too old: challenge again with `stale=true`.
    Stale,
    /// Wrong password, unknown user, foreign nonce or other realm, all alike.
    Wrong,
}

/// Credentials as a phone sent them.
#[derive(Clone)]
pub struct Credentials<'a> {
    /// Who it says it is; the agent's id.
    pub user: Cow<'a, str>,
    /// The nonce, for the bookkeeping of counts.
    pub nonce: Cow<'a, str>,
    /// How often this nonce was used, this time included.
    pub count: u32,
    count_text: Cow<'a, str>,
    realm: Cow<'a, str>,
    uri: Cow<'a, str>,
    cnonce: Cow<'a, str>,
    response: Cow<'a, str>,
    algorithm: Algorithm,
}

impl<'a> Credentials<'a> {
    /// Reads an Authorization value; `None` if a part is missing, is malformed, or asks for what we don't do.
    pub fn read(params: &AuthParams<'a>) -> Option<Self> {
        if !params.is_digest() || !params.get("qop")?.eq_ignore_ascii_case("auth") {
            return None;
        }
        let count_text = params.get("nc").filter(|text| text.len() == 8)?;
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
    fn response_for(&self, method: &Method, password: &str) -> String {
        let secret = self.algorithm.hash(&[&self.user, &self.realm, password]);
        let asked = self.algorithm.hash(&[method.as_str(), &self.uri]);
        self.algorithm.hash(&[&secret, &self.nonce, &self.count_text, &self.cnonce, "auth", &asked])
    }
}

impl Guard {
    /// For a realm. A nonce lives for `nonce_life`; after that it is stale.
    pub fn new(realm: &str, key: [u8; 32], nonce_life: Duration) -> Self {
        Self { realm: realm.into(), key, nonce_life }
    }

    /// The value of a WWW-Authenticate line. `salt` keeps two phones' nonces of one moment apart. Send one line for SHA-256,
    /// then one for MD5 (RFC 8760 §2.4: the one preferred first).
    pub fn challenge(&self, algorithm: Algorithm, at: Moment, salt: u32, stale: bool) -> String {
        let nonce = self.nonce(at, salt);
        let stale = if stale { ", stale=true" } else { "" };
        let realm = &self.realm;
        format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={}, qop=\"auth\"{stale}", algorithm.name())
    }

    /// Judges credentials for a request. `password` is `None` for an unknown user, who costs the same work.
    pub fn judge(
        &self,
        credentials: &Credentials<'_>,
        method: &Method,
        uri: &Uri,
        password: Option<&str>,
        at: Moment,
    ) -> Verdict {
        let nobody = hex(&self.key);
        let expected = credentials.response_for(method, password.unwrap_or(&nobody));
        let right = expected.as_bytes().ct_eq(credentials.response.to_ascii_lowercase().as_bytes());
        let ours = self.stamp_of(&credentials.nonce);
        let same_uri = Uri::parse(&credentials.uri).is_ok_and(|theirs| is_same_place(&theirs, uri));
        if !bool::from(right) || password.is_none() || credentials.realm != *self.realm || !same_uri {
            return Verdict::Wrong;
        }
        match ours {
            None => Verdict::Wrong,
            Some(made) if made > at || at.since(made) > self.nonce_life => Verdict::Stale,
            Some(_) => Verdict::Right,
        }
    }

    fn nonce(&self, at: Moment, salt: u32) -> String {
        let stamp = format!("{:016x}{salt:08x}", at.as_micros());
        let seal = self.seal(&stamp);
        stamp + &seal
    }

    /// When a nonce was made, if it is ours.
    fn stamp_of(&self, nonce: &str) -> Option<Moment> {
        let stamp = nonce.get(..NONCE_STAMP_CHARS).filter(|_| nonce.len() == NONCE_CHARS)?;
        let seal = nonce.get(NONCE_STAMP_CHARS..)?;
        let ours = bool::from(self.seal(stamp).as_bytes().ct_eq(seal.as_bytes()));
        let micros = u64::from_str_radix(stamp.get(..16)?, 16).ok()?;
        ours.then(|| Moment::from_micros(micros as i64))
    }

    fn seal(&self, stamp: &str) -> String {
        hex(&hmac_sha256(&self.key, &[self.realm.as_bytes(), b"\n", stamp.as_bytes()])[..16])
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guard({})", self.realm)
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

impl Algorithm {
    /// Its name (RFC 8760 §2.2).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }
    /// Absent means MD5 (RFC 2617 §3.2.1).
    fn read(name: Option<&str>) -> Option<Self> {
        match name {
            None => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }
    /// The hash of texts joined with colons, in hex.
    fn hash(self, texts: &[&str]) -> String {
        let joined = texts.join(":");
        match self {
            Self::Md5 => hex(&Md5::digest(joined.as_bytes())),
            Self::Sha256 => hex(&Sha256::digest(joined.as_bytes())),
        }
    }
}

/// Phones leave out parameters of the Request-URI in `uri`, or write it in another case; who and where must agree.
fn is_same_place(theirs: &Uri, ours: &Uri) -> bool {
    let host = theirs.host_text().eq_ignore_ascii_case(ours.host_text());
    host && theirs.port() == ours.port() && theirs.user_unescaped() == ours.user_unescaped()
}

/// RFC 2104 with SHA-256, for keys of 32 bytes.
fn hmac_sha256(key: &[u8; 32], texts: &[&[u8]]) -> [u8; 32] {
    let padded = |with: u8| {
        let mut block = [with; 64];
        for (byte, of_key) in block.iter_mut().zip(key) {
            *byte ^= of_key;
        }
        block
    };
    let mut inner = Sha256::new();
    inner.update(padded(0x36));
    for text in texts {
        inner.update(text);
    }
    let mut outer = Sha256::new();
    outer.update(padded(0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::from_secs(1_800_000_000);

    fn guard() -> Guard {
        Guard::new("hotline.example", [7; 32], Duration::from_secs(300))
    }

    fn uri() -> Uri {
        Uri::parse("sip:hotline.example").expect("a URI")
    }

    fn sent(challenge: &str, password: &str) -> String {
        let challenge = AuthParams::read(challenge).expect("a challenge");
        answer(&challenge, "agent0001", password, &Method::Register, uri().as_str(), "c0ffee", 1).expect("an answer")
    }

    fn judged(guard: &Guard, sent: &str, password: Option<&str>, at: Moment) -> Verdict {
        let credentials = Credentials::read(&AuthParams::read(sent).expect("params")).expect("credentials");
        guard.judge(&credentials, &Method::Register, &uri(), password, at)
    }

    #[test]
    fn a_phone_with_the_right_password_is_let_in_with_either_hash() {
        for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
            let sent = sent(&guard().challenge(algorithm, NOON, 1, false), "hemmelig");
            assert_eq!(judged(&guard(), &sent, Some("hemmelig"), NOON), Verdict::Right);
            assert_eq!(judged(&guard(), &sent, Some("andet"), NOON), Verdict::Wrong);
            assert_eq!(judged(&guard(), &sent, None, NOON), Verdict::Wrong);
        }
    }

    #[test]
    fn an_old_nonce_is_stale_only_if_the_password_was_right() {
        let later = NOON + Duration::from_secs(301);
        let sent = sent(&guard().challenge(Algorithm::Sha256, NOON, 1, false), "hemmelig");
        assert_eq!(judged(&guard(), &sent, Some("hemmelig"), later), Verdict::Stale);
        assert_eq!(judged(&guard(), &sent, Some("andet"), later), Verdict::Wrong);
    }

    #[test]
    fn a_nonce_that_somebody_made_up_or_changed_is_wrong() {
        let foreign = Guard::new("hotline.example", [8; 32], Duration::from_secs(300));
        let made_up = sent(&foreign.challenge(Algorithm::Md5, NOON, 1, false), "hemmelig");
        assert_eq!(judged(&guard(), &made_up, Some("hemmelig"), NOON), Verdict::Wrong);
        let changed = guard().challenge(Algorithm::Md5, NOON, 1, false).replace("nonce=\"0", "nonce=\"1");
        assert_eq!(judged(&guard(), &sent(&changed, "hemmelig"), Some("hemmelig"), NOON), Verdict::Wrong);
    }

    #[test]
    fn credentials_for_another_method_or_address_do_not_open_this_one() {
        let sent = sent(&guard().challenge(Algorithm::Md5, NOON, 1, false), "hemmelig");
        let credentials = Credentials::read(&AuthParams::read(&sent).expect("params")).expect("credentials");
        let elsewhere = Uri::parse("sip:other.example").expect("a URI");
        assert_eq!(guard().judge(&credentials, &Method::Invite, &uri(), Some("hemmelig"), NOON), Verdict::Wrong);
        assert_eq!(guard().judge(&credentials, &Method::Register, &elsewhere, Some("hemmelig"), NOON), Verdict::Wrong);
    }

    #[test]
    fn the_example_of_rfc_8760_comes_out() {
        // RFC 7616 §3.9.1, from which RFC 8760 takes the rules.
        let of = |algorithm, response: &str| {
            let text = format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\""
            );
            let params = AuthParams::read(&text).expect("params");
            let credentials = Credentials::read(&params).expect("credentials");
            credentials.response_for(&Method::Other("GET".into()), "Circle of Life") == response
        };
        assert!(of("MD5", "8ca523f5e9506fed4657c9700eebdbec"));
        assert!(of("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"));
    }

    #[test]
    fn half_of_the_parts_is_no_credential() {
        for text in ["Digest username=\"x\"", "Basic abc", "Digest ", "Digest qop=auth, nc=00000000, username=\"x\""] {
            assert!(AuthParams::read(text).and_then(|params| Credentials::read(&params)).is_none(), "{text}");
        }
    }
}
