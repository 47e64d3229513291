//! What a stack must be told: our addresses, the protocol's spans, who has which phone.
//!
//! Checked by whoever reads the settings file; here only the defaults and the reasons for them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::{AgentId, Dialled};

use super::seam::Transport;
use super::trunks::Trunks;
use crate::bindings::Contact;
use crate::digest::Algorithm;
use crate::message::{Host, Uri};
use crate::whereabouts::Whereabouts;

/// Settings of one stack, the same for all shards.
#[derive(Clone, Debug)]
pub struct StackSettings {
    /// Our addresses, in the order of the listeners; never empty.
    pub addresses: Vec<OurAddress>,
    /// The spans of RFC 3261 §17.
    pub spans: Spans,
    /// How long an agent's phone may stay silent (no answer of any kind) before it counts as unreachable. Below 64·T1, so
    /// that a citizen doesn't wait 32 s for a phone that is off. Default 4 s.
    pub unreachable_after: Duration,
    /// How often ringing is repeated to an unanswered citizen (RFC 3261 §13.3.1.1 asks for at least each minute). Default 55 s.
    pub ring_repeat: Duration,
    /// The session timer that we offer (RFC 4028). Default 1,800 s, at least 90 s.
    pub session_expires: Duration,
    /// Whether ringing is made reliable (RFC 3262) for every trunk that supports it; for one that requires it, it always is.
    /// Default no: a PRACK for each ringing is two more messages, and its loss ends a call that would have been answered.
    pub reliable_ringing: bool,
    /// Legs that one shard carries at most; more are refused with 503. Default 20,000.
    pub legs_max: usize,
    /// The registrar; none where all phones have fixed contacts.
    pub registrar: Option<RegistrarSettings>,
    /// Names of ours beside the addresses and the realm, that phones may call each other and us by.
    pub domains: Vec<Box<str>>,
    /// Numbers that pass from agents' phones whatever the load. Default 112.
    pub emergency: Vec<Dialled>,
    /// Where agents speak; shared by all shards and by whoever deals messages to them.
    pub whereabouts: Arc<Whereabouts>,
    /// Trunks, with their calls and their health; shared by all shards. One that is not listed only brings calls, and is
    /// believed.
    pub trunks: Arc<Trunks>,
}

impl StackSettings {
    /// Defaults, for a node that is reached at these addresses.
    pub fn new(addresses: Vec<OurAddress>) -> Self {
        Self {
            addresses,
            spans: Spans::default(),
            unreachable_after: Duration::from_secs(4),
            ring_repeat: Duration::from_secs(55),
            session_expires: Duration::from_secs(1_800),
            reliable_ringing: false,
            legs_max: 20_000,
            registrar: None,
            domains: Vec::new(),
            emergency: vec![Dialled::parse("112").expect("112 is a number")],
            whereabouts: Arc::new(Whereabouts::default()),
            trunks: Arc::new(Trunks::default()),
        }
    }
    /// Whether a host is one of our own names: an address of ours, the realm, or a further domain.
    pub(crate) fn is_our_name(&self, host: &str) -> bool {
        let host_of =
            |sent_by: &str| Uri::parse(&format!("sip:{sent_by}")).is_ok_and(|uri| is_host(uri.host_text(), host));
        self.addresses.iter().any(|address| host_of(&address.sent_by))
            || self.registrar.as_ref().is_some_and(|registrar| is_host(&registrar.realm, host))
            || self.domains.iter().any(|domain| is_host(domain, host))
    }
    /// Our address on a listener; of the first where there is no such listener.
    pub(crate) fn address(&self, listener: u16) -> &OurAddress {
        self.addresses.get(usize::from(listener)).or(self.addresses.first()).expect("a node has at least one address")
    }
    /// The listener from which something can be sent by that transport and address family: `near` itself if it can.
    pub(crate) fn listener_for(&self, transport: Transport, v6: bool, near: u16) -> u16 {
        let fits = |address: &OurAddress| address.transport == transport && address.sent_by.starts_with('[') == v6;
        if fits(self.address(near)) {
            return near;
        }
        self.addresses.iter().position(fits).map_or(near, |found| found as u16)
    }
    /// Listeners may stand in another order after a restart: a path of before goes by one of its kind.
    pub(crate) fn rehome(&self, contact: &mut Contact) {
        if let Some(path) = &mut contact.path {
            path.listener = self.listener_for(path.transport, path.peer.is_ipv6(), path.listener);
        }
    }
}

/// Two ways to write one host; a name may end in a dot.
fn is_host(ours: &str, theirs: &str) -> bool {
    let theirs = theirs.strip_suffix('.').unwrap_or(theirs);
    ours.eq_ignore_ascii_case(theirs)
        || matches!((Host::read(ours), Host::read(theirs)), (Some(ours), Some(theirs)) if ours == theirs)
}

/// One address at which others reach us.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OurAddress {
    /// How.
    pub transport: Transport,
    /// `host:port` as Via and Contact write it: the address of the listener, or the one advertised for it.
    pub sent_by: Box<str>,
}

/// T1, T2, T4 (RFC 3261 §17.1.1.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spans {
    /// A round trip: first repetition after this. 500 ms.
    pub t1: Duration,
    /// Repetitions are never further apart. 4 s.
    pub t2: Duration,
    /// How long a message can be on its way. 5 s.
    pub t4: Duration,
}

impl Spans {
    /// 64·T1: when a transaction is given up.
    pub fn give_up(self) -> Duration {
        self.t1 * 64
    }
    /// The wait before the next repetition, of something repeated after `last`, capped at T2.
    pub fn doubled(self, last: Duration) -> Duration {
        (last * 2).min(self.t2)
    }
}

impl Default for Spans {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

/// How phones register.
#[derive(Clone)]
pub struct RegistrarSettings {
    /// The realm that phones are asked for; also the domain of their address of record.
    pub realm: Box<str>,
    /// The key under which nonces are made; the same in all shards, new at each start.
    pub key: [u8; 32],
    /// The shortest registration; shorter ones get 423. Default 60 s.
    pub expires_min: Duration,
    /// Where a phone says nothing. Default 600 s.
    pub expires_default: Duration,
    /// The longest; longer ones are shortened. Default 3,600 s.
    pub expires_max: Duration,
    /// By how many percent at most a registration is granted shorter than it is asked for, at random; so phones that came back
    /// all at once after a power cut do not do so for ever after. Default 15; never below `expires_min`.
    pub spread_percent: u8,
    /// How long a nonce may be used. Default 300 s; after that 401 with `stale`.
    pub nonce_life: Duration,
    /// The hashes that phones are offered and may use, the preferred one first; not empty. Default MD5 alone: baresip up to
    /// 1.0 gives up when it sees a challenge that it does not know, whichever comes first (RFC 8760 §2.4 asks for both).
    pub digest: Vec<Algorithm>,
}

impl RegistrarSettings {
    /// Defaults for a realm.
    pub fn new(realm: &str, key: [u8; 32]) -> Self {
        Self {
            realm: Box::from(realm),
            key,
            expires_min: Duration::from_secs(60),
            expires_default: Duration::from_secs(600),
            expires_max: Duration::from_secs(3_600),
            spread_percent: 15,
            nonce_life: Duration::from_secs(300),
            digest: vec![Algorithm::Md5],
        }
    }
}

impl std::fmt::Debug for RegistrarSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistrarSettings").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// One agent's phone.
#[derive(Clone)]
pub struct PhoneEntry {
    /// Whose.
    pub agent: AgentId,
    /// The password of its registration; none: it can't register.
    pub password: Option<Arc<str>>,
    /// A contact that is always called, as a SIP URI; none: what is registered.
    pub fixed: Option<Arc<str>>,
}

impl std::fmt::Debug for PhoneEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneEntry").field("agent", &self.agent).field("fixed", &self.fixed).finish_non_exhaustive()
    }
}

/// All agents' phones, as the plan has them; replaced as a whole.
#[derive(Clone, Debug, Default)]
pub struct PhoneBook {
    entries: BTreeMap<AgentId, PhoneEntry>,
    emergency: Vec<Dialled>,
}

impl PhoneBook {
    /// From the plan's agents; of two entries for one agent the last counts.
    pub fn new(entries: impl IntoIterator<Item = PhoneEntry>) -> Self {
        let entries = entries.into_iter().map(|entry| (entry.agent.clone(), entry)).collect();
        Self { entries, emergency: Vec::new() }
    }
    /// With the plan's own emergency numbers, beside those of [`StackSettings::emergency`].
    #[must_use]
    pub fn with_emergency(self, emergency: Vec<Dialled>) -> Self {
        Self { emergency, ..self }
    }
    /// Whether the plan calls the number an emergency's.
    pub fn is_emergency(&self, number: &Dialled) -> bool {
        self.emergency.contains(number)
    }
    /// The entry of an agent.
    pub fn get(&self, agent: &str) -> Option<&PhoneEntry> {
        self.entries.get(agent)
    }
}
