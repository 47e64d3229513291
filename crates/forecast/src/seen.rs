//! Remembers the last facts by their ids, so that one that comes twice teaches once.
//! Bounded: the oldest id makes room. Doesn't know what the facts say.

use std::collections::{BTreeSet, VecDeque};

use model::FactId;

/// How many ids are remembered. A fact saved twice comes again within a few flushes; one that comes later teaches twice.
const SEEN_MAX: usize = 8_192;

#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    ids: BTreeSet<FactId>,
    order: VecDeque<FactId>,
}

impl Seen {
    /// Whether the id is new.
    pub(crate) fn first_time(&mut self, id: FactId) -> bool {
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
