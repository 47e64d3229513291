//! Where agents' phones can be called: what is registered, and what is fixed. Shared by all shards.
//!
//! Written by the registrar alone, read by every shard whenever it calls an agent, without a lock.

use std::sync::Arc;

use arc_swap::ArcSwap;
use model::{AgentId, Moment};
use smallvec::SmallVec;

use crate::message::Uri;
use crate::stack::{Path, PhoneBook, PhoneEntry};

/// Most contacts of one agent; a further one pushes out the one that was registered first.
pub const CONTACTS_MAX: usize = 4;

/// One place where an agent's phone can be called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// The address that the phone gave.
    pub uri: Uri,
    /// The path by which it registered, and is called (a phone behind a NAT has no other); none for fixed contacts.
    pub path: Option<Path>,
}

/// A registered contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// Where.
    pub contact: Contact,
    /// Until when.
    pub expires_at: Moment,
    /// The registration's Call-ID and CSeq, which say what is newer (RFC 3261 §10.3).
    pub call_id: Box<str>,
    /// See `call_id`.
    pub cseq: u32,
}

/// All agents' phones: read-mostly.
pub struct Bindings {
    registered: papaya::HashMap<AgentId, Arc<[Binding]>>,
    /// Agents whose registered phone was called in vain; at most one entry for each registered agent.
    doubted: papaya::HashSet<AgentId>,
    book: ArcSwap<PhoneBook>,
}

impl Bindings {
    /// Nobody is registered yet.
    pub fn new(book: PhoneBook) -> Self {
        Self { registered: papaya::HashMap::new(), doubted: papaya::HashSet::new(), book: ArcSwap::from_pointee(book) }
    }
    /// A new plan's phones. Registrations stay; those of agents that are gone run out.
    pub fn replace_book(&self, book: PhoneBook) {
        self.book.store(Arc::new(book));
    }
    /// An agent's entry in the plan.
    pub fn entry(&self, agent: &str) -> Option<PhoneEntry> {
        self.book.load().get(agent).cloned()
    }
    /// Where an agent can be called at `at`: the registered contacts, newest first; without any the fixed one.
    pub fn contacts_of(&self, agent: &AgentId, at: Moment) -> SmallVec<[Contact; CONTACTS_MAX]> {
        let registered = self.registered.pin();
        let mut contacts: SmallVec<[Contact; CONTACTS_MAX]> = registered
            .get(agent)
            .into_iter()
            .flat_map(|bindings| bindings.iter().rev())
            .filter(|binding| binding.expires_at > at)
            .map(|binding| binding.contact.clone())
            .collect();
        if contacts.is_empty() {
            let book = self.book.load();
            let fixed = book.get(agent).and_then(|entry| entry.fixed.as_deref());
            contacts.extend(fixed.and_then(|text| Uri::parse(text).ok()).map(|uri| Contact { uri, path: None }));
        }
        contacts
    }
    /// An agent's registered phone could not be reached: the next registration is news, though the last one still stands.
    pub(crate) fn doubt(&self, agent: &AgentId) {
        self.doubted.pin().insert(agent.clone());
    }
    /// Whether the phone was called in vain since this was asked last.
    pub(crate) fn settle_doubt(&self, agent: &AgentId) -> bool {
        self.doubted.pin().remove(agent)
    }
    /// What is registered for an agent, oldest first.
    pub(crate) fn registered(&self, agent: &AgentId) -> Vec<Binding> {
        self.registered.pin().get(agent).map(|bindings| bindings.to_vec()).unwrap_or_default()
    }
    /// Replaces what is registered for an agent.
    pub(crate) fn set(&self, agent: &AgentId, bindings: Vec<Binding>) {
        let registered = self.registered.pin();
        if bindings.is_empty() {
            registered.remove(agent);
        } else {
            registered.insert(agent.clone(), Arc::from(bindings));
        }
    }
    /// How many agents have a registered phone.
    pub fn len(&self) -> usize {
        self.registered.len()
    }
    /// Whether nobody is registered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Bindings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bindings({} agents)", self.len())
    }
}
