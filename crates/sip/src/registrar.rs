//! The registrar: where agents' phones are (RFC 3261 §10), and who a request comes from (digest, RFC 3261 §22).
//!
//! Each shard's stack has one: any of them proves requests by nonces of its own, only the first shard's registers. What that
//! learns stands in [`Bindings`], which all shards read. A request without the right password leaves no trace: challenges
//! are stateless, refusals are sent once.

mod wanted;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{AgentId, Moment, ShardNo};
use smallvec::SmallVec;

use crate::bindings::{Binding, Bindings};
use crate::digest::{Guard, Verdict};
use crate::message::{Headers, Request};
use crate::stack::{Path, RegistrarSettings};
use wanted::Spans;
pub(crate) use wanted::{Change, Wanted, grants_outbound, is_overtaken};

/// Nonces of one agent whose counts are remembered. At the bound the oldest goes, and all as old as it count as stale.
const NONCES_MAX: usize = 8;
/// Closed connections that are remembered. At the bound the oldest is forgotten; whoever registers by it all the same is found
/// out by the first call.
const GONE_MAX: usize = 1_024;
/// Hex digits at the start of a nonce that say when it was made.
const NONCE_TIME_CHARS: usize = 16;

/// The registrar's memory.
pub(crate) struct Registrar {
    shard: ShardNo,
    guard: Guard,
    spans: Spans,
    /// Per agent, for agents of the plan only: what was used of which nonce.
    used: BTreeMap<AgentId, Used>,
    /// When an agent's first binding runs out; one entry an agent.
    due: BTreeSet<(Moment, AgentId)>,
    /// Whose bindings hang on which connection; at most one entry a binding.
    flows: BTreeSet<(u64, AgentId)>,
    /// Connections that closed last: what came on them may be read only now.
    gone: VecDeque<u64>,
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

impl Registrar {
    pub(crate) fn new(shard: ShardNo, settings: &RegistrarSettings) -> Self {
        Self {
            shard,
            guard: Guard::new(settings),
            spans: Spans::new(settings),
            used: BTreeMap::new(),
            due: BTreeSet::new(),
            flows: BTreeSet::new(),
            gone: VecDeque::new(),
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
    pub(crate) fn wanted(&self, headers: &Headers, path: Path) -> Result<Wanted, u16> {
        wanted::read(headers, path, &self.spans)
    }

    /// What an agent's changes come to; `draw` is a number drawn at random.
    pub(crate) fn applied(
        &self,
        before: &[Binding],
        changes: &[Change],
        asked: (&Headers, Path),
        draw: u64,
        at: Moment,
    ) -> Result<Vec<Binding>, u16> {
        let (headers, path) = asked;
        let live = !path.transport.reliable() || !self.gone.contains(&path.connection);
        wanted::apply(before, changes, (headers, path, live), |span| self.spans.granted(span, draw), at)
    }

    /// The shortest registration in seconds, for Min-Expires.
    pub(crate) fn min_expires_s(&self) -> u64 {
        self.spans.min.as_secs()
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

    /// Keeps in mind when the first of these runs out, and on which connections they hang.
    pub(crate) fn watch(&mut self, agent: &AgentId, before: &[Binding], after: &[Binding]) {
        if let Some(old) = before.iter().map(|binding| binding.expires_at).min() {
            self.due.remove(&(old, agent.clone()));
        }
        if let Some(new) = after.iter().map(|binding| binding.expires_at).min() {
            self.due.insert((new, agent.clone()));
        }
        for connection in before.iter().filter_map(Binding::connection) {
            self.flows.remove(&(connection, agent.clone()));
        }
        for connection in after.iter().filter(|binding| binding.live).filter_map(Binding::connection) {
            self.flows.insert((connection, agent.clone()));
        }
    }

    /// A connection has closed.
    pub(crate) fn forget_flow(&mut self, connection: u64) {
        if self.gone.len() == GONE_MAX {
            self.gone.pop_front();
        }
        self.gone.push_back(connection);
    }

    /// An agent with a phone on this connection.
    pub(crate) fn on_flow(&self, connection: u64) -> Option<AgentId> {
        let nobody = AgentId::new("");
        let first = self.flows.range((connection, nobody)..).next();
        first.filter(|(on, _)| *on == connection).map(|(_, agent)| agent.clone())
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
