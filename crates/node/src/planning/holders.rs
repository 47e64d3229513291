//! Whoever must hear of a new plan, and where the node's own facts go.
//! Knows who holds what; nothing of the order in which they hear.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use api::Api;
use media_net::MediaNet;
use model::{About, Fact, FactId, ShardNo, What};
use routing::Core;
use sip::bindings::Bindings;
use sip::stack::PhoneEntry;
use store::SpoolDoor;
use tally::Append;

use super::{Current, Expected};
use crate::clock::Clock;
use crate::reception::Reception;
use crate::settings::Settings;
use crate::shard::Mailbox;
use crate::wiring::{self, Wires};

/// Facts of the node itself carry the number of a shard that does not exist.
const NODE_SHARD: ShardNo = ShardNo(u8::MAX);

/// Facts of the node itself, numbered.
pub(crate) struct NodeNotes {
    clock: Clock,
    pub(super) spool: SpoolDoor,
    count: AtomicU64,
}

impl NodeNotes {
    /// Nothing has happened yet.
    pub(crate) fn new(clock: Clock, spool: SpoolDoor) -> Self {
        Self { clock, spool, count: AtomicU64::new(0) }
    }

    /// Something happened to the node.
    pub(crate) fn note(&self, what: What) {
        let no = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let id = FactId::new(self.clock.epoch_ms(), NODE_SHARD, no);
        let fact = Fact { id, at: self.clock.now(), about: About::Node, what };
        if self.spool.append(Append { facts: vec![fact], persons: Vec::new(), when_saved: None }).is_err() {
            tracing::warn!("the spool has no room for a fact of the node");
        }
    }
}

/// Whoever must hear of a plan.
pub(crate) struct Holders {
    pub(super) clock: Clock,
    pub(super) current: Current,
    pub(super) core: Arc<Core>,
    pub(super) expected: Arc<Expected>,
    pub(super) media: Arc<MediaNet>,
    pub(super) mailboxes: Arc<[Arc<Mailbox>]>,
    pub(super) bindings: Arc<Bindings>,
    /// Trunks' passwords, which no plan changes.
    pub(super) logins: Vec<PhoneEntry>,
    pub(super) reception: Arc<Reception>,
    pub(super) api: Api,
    pub(super) prompt_dirs: Vec<PathBuf>,
    pub(super) notes: Arc<NodeNotes>,
}

impl Holders {
    /// All of them, once everything is made.
    pub(crate) fn new(
        settings: &Settings,
        wires: &Wires,
        (current, expected): (&Current, &Arc<Expected>),
        reception: &Arc<Reception>,
        notes: &Arc<NodeNotes>,
    ) -> Self {
        Self {
            clock: wires.clock,
            current: current.clone(),
            core: wires.core.clone(),
            expected: expected.clone(),
            media: wires.media.clone(),
            mailboxes: wires.mailboxes.clone(),
            bindings: wires.bindings.clone(),
            logins: wiring::trunk_logins(settings),
            reception: reception.clone(),
            api: wires.api.clone(),
            prompt_dirs: settings.prompt_dirs.clone(),
            notes: notes.clone(),
        }
    }
}
