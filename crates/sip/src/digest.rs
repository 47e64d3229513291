//! Digest authentication (RFC 3261 §22, RFC 8760): MD5 and SHA-256, `qop=auth` only.
//!
//! A nonce is a moment, a salt and an HMAC of both and of its shard, so a challenge leaves no state behind, and its counts are
//! kept in one place: the shard that it names itself to. Whether a count was used before is the registrar's to know. An
//! unknown user costs the same work and gets the same answer as a wrong password.

mod credentials;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::time::Duration;

use md5::Md5;
use model::{Moment, ShardNo};
use sha2::{Digest as _, Sha256};
use smallvec::SmallVec;
use subtle::ConstantTimeEq as _;

pub use credentials::{Credentials, answer};

use crate::message::{Headers, Method, Uri};
use crate::stack::RegistrarSettings;

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
    seal: Seal,
    /// The password of nobody.
    nobody: Box<str>,
    nonce_life: Duration,
    /// What is offered and taken, preferred first.
    algorithms: SmallVec<[Algorithm; 2]>,
}

/// What credentials are worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The password is right and the nonce is this shard's and fresh. The count is still to be checked against replay.
    Right,
    /// The password is right, but the nonce is too old, another shard's, or of before the last start: challenge again with
    /// `stale=true`, and the phone comes back without asking the person.
    Stale,
    /// Wrong password, unknown user, other realm or a hash that was not offered, all alike.
    Wrong,
}

impl Guard {
    /// For the realm, key and nonces' life of these settings.
    pub fn new(settings: &RegistrarSettings) -> Self {
        Self {
            realm: settings.realm.clone(),
            seal: Seal::new(&settings.key),
            nobody: hex(&settings.key).into(),
            nonce_life: settings.nonce_life,
            algorithms: settings.digest.iter().copied().collect(),
        }
    }

    /// The values of the WWW-Authenticate lines that a request to `shard` gets, the preferred one first (RFC 8760 §2.4).
    /// `salt` keeps two phones' nonces of one moment apart. Leaves no state behind and says the same to everybody, so it may
    /// be sent before anything is known of the sender.
    pub fn challenges(&self, shard: ShardNo, at: Moment, salt: u32, stale: bool) -> SmallVec<[String; 2]> {
        let nonce = self.nonce(shard, at, salt);
        let stale = if stale { ", stale=true" } else { "" };
        let realm = &self.realm;
        let challenge = |algorithm: &Algorithm| {
            format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={}, qop=\"auth\"{stale}", algorithm.name())
        };
        self.algorithms.iter().map(challenge).collect()
    }

    /// Whether a request carries credentials for this realm that can be read, right or wrong; without, it is challenged.
    pub fn has_credentials(&self, headers: &Headers) -> bool {
        Credentials::of(headers, &self.realm).is_some()
    }

    /// The credentials of a request that are for this realm.
    pub(crate) fn credentials<'a>(&self, headers: &'a Headers) -> Option<Credentials<'a>> {
        Credentials::of(headers, &self.realm)
    }

    /// Judges credentials for a request in a shard. `password` is `None` for an unknown user, who costs the same work.
    pub fn judge(
        &self,
        shard: ShardNo,
        credentials: &Credentials<'_>,
        (method, uri): (&Method, &Uri),
        password: Option<&str>,
        at: Moment,
    ) -> Verdict {
        let expected = credentials.response_for(method, password.unwrap_or(&self.nobody));
        let right = expected.as_bytes().ct_eq(credentials.response.to_ascii_lowercase().as_bytes());
        let made = self.made_at(shard, &credentials.nonce);
        let same_uri = Uri::parse(&credentials.uri).is_ok_and(|theirs| is_same_place(&theirs, uri));
        let offered = self.algorithms.contains(&credentials.algorithm);
        if !bool::from(right) || password.is_none() || credentials.realm != *self.realm || !same_uri || !offered {
            return Verdict::Wrong;
        }
        match made {
            Some(made) if made <= at && at.since(made) <= self.nonce_life => Verdict::Right,
            Some(_) | None => Verdict::Stale,
        }
    }

    fn nonce(&self, shard: ShardNo, at: Moment, salt: u32) -> String {
        let mut nonce = String::with_capacity(NONCE_CHARS);
        // Writing to a String can't fail.
        let _ = write!(nonce, "{:016x}{salt:08x}", at.as_micros());
        let seal = self.seal.of(shard, &nonce);
        push_hex(&mut nonce, &seal);
        nonce
    }

    /// When a nonce was made, if it is ours and this shard's.
    fn made_at(&self, shard: ShardNo, nonce: &str) -> Option<Moment> {
        let stamp = nonce.get(..NONCE_STAMP_CHARS).filter(|_| nonce.len() == NONCE_CHARS)?;
        let sealed = nonce.get(NONCE_STAMP_CHARS..)?;
        let ours = bool::from(hex(&self.seal.of(shard, stamp)).as_bytes().ct_eq(sealed.as_bytes()));
        let micros = u64::from_str_radix(stamp.get(..16)?, 16).ok()?;
        ours.then(|| Moment::from_micros(micros as i64))
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guard({})", self.realm)
    }
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

/// HMAC with SHA-256 (RFC 2104), its key already mixed in, so that a seal costs two blocks.
#[derive(Clone)]
struct Seal {
    inner: Sha256,
    outer: Sha256,
}

impl Seal {
    fn new(key: &[u8; 32]) -> Self {
        let mixed = |with: u8| {
            let mut block = [with; 64];
            for (byte, of_key) in block.iter_mut().zip(key) {
                *byte ^= of_key;
            }
            Sha256::new_with_prefix(block)
        };
        Self { inner: mixed(0x36), outer: mixed(0x5c) }
    }

    /// The first half of the code, which is as much as a nonce has room for.
    fn of(&self, shard: ShardNo, stamp: &str) -> [u8; 16] {
        let mut inner = self.inner.clone();
        inner.update([shard.0]);
        inner.update(stamp.as_bytes());
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        let whole: [u8; 32] = outer.finalize().into();
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        half
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes);
    text
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}
