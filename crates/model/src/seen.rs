//! Remembers the last facts by their ids, so that one that comes twice counts once.
//! Bounded: the oldest id makes room. Doesn't know what the facts say.

use std::collections::{BTreeSet, VecDeque};

use crate::FactId;

/// How many ids are remembered. A fact saved twice comes again within a few flushes; one that comes later counts twice.
const SEEN_MAX: usize = 8_192;

/// The last ids that came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    ids: BTreeSet<FactId>,
    order: VecDeque<FactId>,
}

impl Seen {
    /// Whether the id is new.
    pub fn first_time(&mut self, id: FactId) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > SEEN_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}
