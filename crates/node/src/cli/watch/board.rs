//! The board as the messages have built it up.
//! Knows what a change replaces; doesn't know how it is shown.

use std::collections::BTreeMap;

use api::proto::supervision as pb;

/// Queues, agents and sums, as last told.
#[derive(Default)]
pub(crate) struct Board {
    pub(crate) queues: BTreeMap<String, pb::Queue>,
    pub(crate) agents: BTreeMap<String, pb::Agent>,
    pub(crate) totals: pb::Totals,
}

impl Board {
    /// Takes in a message: everything anew, or what changed.
    pub(crate) fn take(&mut self, message: &pb::WatchResponse) {
        if message.whole {
            *self = Self::default();
        }
        self.queues.extend(message.queues.iter().map(|queue| (queue.id.clone(), queue.clone())));
        self.agents.extend(message.agents.iter().map(|agent| (agent.id.clone(), agent.clone())));
        message.queues_gone.iter().for_each(|id| drop(self.queues.remove(id)));
        message.agents_gone.iter().for_each(|id| drop(self.agents.remove(id)));
        if let Some(totals) = &message.totals {
            self.totals.clone_from(totals);
        }
    }
}
