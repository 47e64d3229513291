//! The registrar: where agents' phones are (RFC 3261 §10), and who a request comes from (digest, RFC 3261 §22).
//!
//! Each shard's stack has one: any of them proves requests by nonces of its own, only the first shard's registers. What that
//! learns stands in [`Bindings`], which all shards read. A request without the right password leaves no trace: challenges
//! are stateless, refusals are sent once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::{AgentId, Moment, ShardNo};
use smallvec::SmallVec;

use crate::bindings::{Binding, Bindings, CONTACTS_MAX, Contact};
use crate::digest::{Guard, Verdict};
use crate::message::{HeaderName, Headers, Request, Scheme, Uri};
use crate::stack::{Path, RegistrarSettings};

/// Nonces of one agent whose counts are remembered. At the bound the oldest goes, and all as old as it count as stale.
const NONCES_MAX: usize = 8;
/// Longest Contact that is kept, in bytes.
const CONTACT_BYTES_MAX: usize = 512;
/// Hex digits at the start of a nonce that say when it was made.
const NONCE_TIME_CHARS: usize = 16;

/// The registrar's memory.
pub(crate) struct Registrar {
    shard: ShardNo,
    guard: Guard,
    expires_min: Duration,
    expires_default: Duration,
    expires_max: Duration,
    /// Per agent, for agents of the plan only: what was used of which nonce.
    used: BTreeMap<AgentId, Used>,
    /// When an agent's first binding runs out; one entry an agent.
    due: BTreeSet<(Moment, AgentId)>,
}

/// Counts of an agent's nonces (RFC 2617 §3.2.2: each count once).
#[derive(Default)]
struct Used {
    /// Nonce and highest count, oldest nonce first.
    counts: Vec<(Box<str>, u32)>,
    /// Nonces made at or before this are not remembered any more.
    forgotten: Box<str>,
}

/// Who asks, if it was proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Proof {
    /// This agent's phone.
    Agent(AgentId),
    /// Nobody says who it is, or not so that it can be read: challenge.
    Absent,
    /// The password is right, but the nonce or its count can't be used any more: challenge with `stale`.
    Stale,
    /// Somebody who knows no agent's password: the same challenge as for `Absent`, and a mark against the sender.
    Wrong,
}

/// What a registration asks for, read and checked as a whole before anything changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// Tell what is registered.
    Fetch,
    /// Remove all.
    RemoveAll,
    /// Add, refresh (for so long) or remove (for zero) each of these.
    Change(Vec<(Uri, Duration)>),
}

impl Registrar {
    pub(crate) fn new(shard: ShardNo, settings: &RegistrarSettings) -> Self {
        Self {
            shard,
            guard: Guard::new(settings),
            expires_min: settings.expires_min,
            expires_default: settings.expires_default,
            expires_max: settings.expires_max,
            used: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Who asks, by the plan's passwords. Only who knows the password uses up a count, so that nobody else can lock a phone out.
    pub(crate) fn prove(&mut self, request: &Request, bindings: &Bindings, at: Moment) -> Proof {
        let Some(credentials) = self.guard.credentials(&request.headers) else { return Proof::Absent };
        let entry = bindings.entry(&credentials.user);
        let password = entry.as_ref().and_then(|entry| entry.password.as_deref());
        let asked = (&request.method, &request.uri);
        match (self.guard.judge(self.shard, &credentials, asked, password, at), entry) {
            (Verdict::Right, Some(entry)) => {
                let used = self.used.entry(entry.agent.clone()).or_default();
                if used.use_up(&credentials.nonce, credentials.count) {
                    Proof::Agent(entry.agent)
                } else {
                    Proof::Stale
                }
            }
            (Verdict::Stale, _) => Proof::Stale,
            (Verdict::Right | Verdict::Wrong, _) => Proof::Wrong,
        }
    }

    /// The challenges, one a line.
    pub(crate) fn challenges(&self, at: Moment, salt: u32, stale: bool) -> SmallVec<[String; 2]> {
        self.guard.challenges(self.shard, at, salt, stale)
    }

    /// Reads what is wanted, or says with which status it is refused.
    pub(crate) fn wanted(&self, headers: &Headers) -> Result<Wanted, u16> {
        let mut changes = Vec::new();
        let mut star = false;
        for contact in headers.contacts() {
            if contact.is_star() {
                star = true;
                continue;
            }
            let uri = contact.uri().map_err(|_| 400u16)?;
            if !matches!(uri.scheme(), Scheme::Sip) || uri.as_str().len() > CONTACT_BYTES_MAX {
                return Err(400);
            }
            let own = contact.params().get("expires").and_then(seconds);
            changes.push((uri, self.span(own.or(headers.expires()))?));
        }
        match (star, changes.is_empty()) {
            (true, true) if headers.expires() == Some(0) => Ok(Wanted::RemoveAll),
            (true, _) => Err(400),
            (false, true) if headers.get(HeaderName::Contact).is_some() => Err(400),
            (false, true) => Ok(Wanted::Fetch),
            (false, false) => Ok(Wanted::Change(changes)),
        }
    }

    /// The shortest registration in seconds, for Min-Expires.
    pub(crate) fn min_expires_s(&self) -> u64 {
        self.expires_min.as_secs()
    }

    /// When the first binding of anybody runs out.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.due.first().map(|(moment, _)| *moment)
    }

    /// An agent of whom a binding has run out.
    pub(crate) fn pop(&mut self, at: Moment) -> Option<AgentId> {
        let first = self.due.first().filter(|(moment, _)| *moment <= at)?.clone();
        self.due.remove(&first);
        Some(first.1)
    }

    /// Keeps the moment at which the first of these runs out.
    pub(crate) fn watch(&mut self, agent: &AgentId, before: &[Binding], after: &[Binding]) {
        if let Some(old) = before.iter().map(|binding| binding.expires_at).min() {
            self.due.remove(&(old, agent.clone()));
        }
        if let Some(new) = after.iter().map(|binding| binding.expires_at).min() {
            self.due.insert((new, agent.clone()));
        }
    }

    fn span(&self, seconds: Option<u32>) -> Result<Duration, u16> {
        let span = seconds.map_or(self.expires_default, |seconds| Duration::from_secs(u64::from(seconds)));
        if !span.is_zero() && span < self.expires_min {
            return Err(423);
        }
        Ok(span.min(self.expires_max))
    }
}

impl Used {
    /// Uses a count of a nonce; false where it, or a higher one, was used before.
    fn use_up(&mut self, nonce: &str, count: u32) -> bool {
        if let Some((_, highest)) = self.counts.iter_mut().find(|(known, _)| **known == *nonce) {
            let fresh = count > *highest;
            *highest = count.max(*highest);
            return fresh;
        }
        // The guard has found the nonce ours, so it begins with its moment in hex, which sorts as text.
        let made = nonce.get(..NONCE_TIME_CHARS).unwrap_or("");
        if made <= &*self.forgotten {
            return false;
        }
        self.counts.push((nonce.into(), count));
        self.counts.sort();
        if self.counts.len() > NONCES_MAX {
            let (oldest, _) = self.counts.remove(0);
            self.forgotten = oldest.get(..NONCE_TIME_CHARS).unwrap_or("").into();
        }
        true
    }
}

/// Digits to seconds, what is too large to the largest (RFC 3261 §20.19).
fn seconds(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// Applies changes to what is registered; all of them or, with a status, none.
pub(crate) fn apply(
    before: &[Binding],
    changes: &[(Uri, Duration)],
    headers: &Headers,
    path: Path,
    at: Moment,
) -> Result<Vec<Binding>, u16> {
    let mut after: Vec<Binding> = before.iter().filter(|binding| binding.expires_at > at).cloned().collect();
    for (uri, span) in changes {
        if let Some(known) = after.iter().position(|binding| binding.contact.uri.is_same_as(uri)) {
            // An older request that was overtaken (RFC 3261 §10.3, step 7).
            if is_overtaken(&after[known], headers) {
                return Err(500);
            }
            after.remove(known);
        }
        if span.is_zero() {
            continue;
        }
        if after.len() == CONTACTS_MAX {
            after.remove(0);
        }
        after.push(Binding {
            contact: Contact { uri: uri.clone(), path: Some(path) },
            expires_at: at + *span,
            call_id: headers.call_id().into(),
            cseq: headers.cseq(),
        });
    }
    Ok(after)
}

/// Whether a binding was made by a later request of the same registration.
pub(crate) fn is_overtaken(binding: &Binding, headers: &Headers) -> bool {
    *binding.call_id == *headers.call_id() && binding.cseq >= headers.cseq()
}
