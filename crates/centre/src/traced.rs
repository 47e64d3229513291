//! What a trace of one call asks of a shard: which leg belongs to which call, and whose phone it is.
//! Read only while something is traced; knows no message.

use model::{AgentId, CallId, LegId};

use crate::centre::Centre;

impl Centre {
    /// The call that a leg belongs to; none once it is over.
    pub fn call_of(&self, leg: LegId) -> Option<CallId> {
        self.legs.get(&leg).copied()
    }

    /// All legs that belong to calls, in order. As many steps as there are legs.
    pub fn legs(&self) -> impl Iterator<Item = (LegId, CallId)> {
        self.legs.iter().map(|(leg, call)| (*leg, *call))
    }

    /// The agent who was matched with a call.
    pub fn agent_of(&self, call: CallId) -> Option<&AgentId> {
        let call = self.calls.get(&call)?;
        let agent = call.claim.as_ref()?.agent;
        Some(&call.plan.agents.get(agent.at())?.id)
    }
}
