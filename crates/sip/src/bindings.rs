//! Where agents' phones can be called: what is registered, and what is fixed. Shared by all shards.
//!
//! Written by the registrar alone, read by every shard whenever it calls an agent, without a lock.

mod binding;

use std::cmp::Reverse;
use std::sync::Arc;

use arc_swap::ArcSwap;
use model::{AgentId, Dialled, Moment};
use smallvec::SmallVec;

pub(crate) use binding::PREFERENCE_MAX;
pub use binding::{Binding, Contact, Device};

use crate::message::Uri;
use crate::stack::{Path, PhoneBook, PhoneEntry};

/// Most contacts of one agent; a further one pushes out the one that was registered first.
pub const CONTACTS_MAX: usize = 4;

/// All agents' phones: read-mostly.
pub struct Bindings {
    registered: papaya::HashMap<AgentId, Arc<[Binding]>>,
    /// Agents whose registered phone was called in vain; at most one entry for each registered agent.
    doubted: papaya::HashSet<AgentId>,
    /// By which path a phone is reached now that registered by this connection before; at most a few for each binding.
    moved: papaya::HashMap<u64, Path>,
    book: ArcSwap<PhoneBook>,
}

impl Bindings {
    /// Nobody is registered yet.
    pub fn new(book: PhoneBook) -> Self {
        Self {
            registered: papaya::HashMap::new(),
            doubted: papaya::HashSet::new(),
            moved: papaya::HashMap::new(),
            book: ArcSwap::from_pointee(book),
        }
    }
    /// A new plan's phones. Registrations stay; those of agents that are gone run out.
    pub fn replace_book(&self, book: PhoneBook) {
        self.book.store(Arc::new(book));
    }
    /// Whether the plan calls the number an emergency's.
    pub(crate) fn is_emergency(&self, number: &Dialled) -> bool {
        self.book.load().is_emergency(number)
    }
    /// An agent's entry in the plan.
    pub fn entry(&self, agent: &str) -> Option<PhoneEntry> {
        self.book.load().get(agent).cloned()
    }
    /// Where an agent can be called at `at`: the registered contacts that can be, the preferred ones first, then the newest;
    /// without any the fixed one.
    pub fn contacts_of(&self, agent: &AgentId, at: Moment) -> SmallVec<[Contact; CONTACTS_MAX]> {
        let registered = self.registered.pin();
        let bindings = registered.get(agent).into_iter().flat_map(|bindings| bindings.iter().rev());
        let mut callable: SmallVec<[&Binding; CONTACTS_MAX]> = bindings.filter(|one| one.is_callable(at)).collect();
        callable.sort_by_key(|binding| Reverse(binding.preference));
        let mut contacts: SmallVec<[Contact; CONTACTS_MAX]> =
            callable.into_iter().map(|binding| binding.contact.clone()).collect();
        if contacts.is_empty() {
            let book = self.book.load();
            let fixed = book.get(agent).and_then(|entry| entry.fixed.as_deref());
            contacts.extend(fixed.and_then(|text| Uri::parse(text).ok()).map(|uri| Contact { uri, path: None }));
        }
        contacts
    }
    /// Which of them ring for a call. A call is offered once, and what a browser can take no other phone can: so while a browser
    /// is registered, only browsers ring.
    pub fn contacts_called(&self, agent: &AgentId, at: Moment) -> SmallVec<[Contact; CONTACTS_MAX]> {
        let mut contacts = self.contacts_of(agent, at);
        if contacts.iter().any(Contact::is_web) {
            contacts.retain(|contact| contact.is_web());
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
    /// The path of a phone that has left this connection and registered again by another.
    pub fn moved(&self, connection: u64) -> Option<Path> {
        self.moved.pin().get(&connection).copied()
    }
    /// Replaces what is registered for an agent.
    pub(crate) fn set(&self, agent: &AgentId, bindings: &Arc<[Binding]>) {
        let (registered, moved) = (self.registered.pin(), self.moved.pin());
        let before = if bindings.is_empty() {
            registered.remove(agent)
        } else {
            registered.insert(agent.clone(), Arc::clone(bindings))
        };
        for connection in before.iter().flat_map(|before| before.iter()).flat_map(|binding| &binding.earlier) {
            moved.remove(connection);
        }
        for binding in bindings.iter().filter(|binding| binding.live) {
            for (connection, path) in binding.earlier.iter().zip(std::iter::repeat(binding.contact.path)) {
                path.map(|path| moved.insert(*connection, path));
            }
        }
    }
    /// All that is registered, in no order; for the operator's list.
    pub fn all(&self) -> Vec<(AgentId, Arc<[Binding]>)> {
        self.registered.pin().iter().map(|(agent, bindings)| (agent.clone(), bindings.clone())).collect()
    }
    /// How many agents have a registered phone, those included whose connection is gone.
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
