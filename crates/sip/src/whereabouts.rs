//! In which shard an agent speaks just now, so that all legs of one phone meet in one shard.
//!
//! Written by the stacks, read by whoever deals messages, without a lock. Knows agents and Call-IDs of calls that
//! were let in; a stranger leaves nothing here.

use model::{AgentId, ShardNo};
use papaya::{Compute, HashMap, Operation};

/// Agents who speak, and the calls of their phones: at most one entry for each leg of the shards, so bounded by `legs_max`.
#[derive(Default)]
pub struct Whereabouts {
    agents: HashMap<AgentId, Place>,
    calls: HashMap<Box<str>, ShardNo>,
}

/// Where one agent speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    shard: ShardNo,
    /// Legs of that agent there.
    legs: u32,
}

impl Whereabouts {
    /// The shard in which an agent has a leg.
    pub fn of_agent(&self, agent: &str) -> Option<ShardNo> {
        self.agents.pin().get(agent).map(|place| place.shard)
    }
    /// The shard that has the call with this Call-ID, if a phone of ours made it.
    pub fn of_call(&self, call_id: &str) -> Option<ShardNo> {
        self.calls.pin().get(call_id).copied()
    }
    /// How many legs an agent has in the shard in which it was seen first.
    pub(crate) fn legs_of(&self, agent: &AgentId) -> u32 {
        self.agents.pin().get(agent).map_or(0, |place| place.legs)
    }
    /// A leg of that agent begins in a shard. False where the agent speaks in another one already: then the leg is not counted.
    pub(crate) fn enter(&self, agent: &AgentId, shard: ShardNo) -> bool {
        let agents = self.agents.pin();
        let place = agents.update_or_insert_with(
            agent.clone(),
            |place| Place { legs: place.legs + u32::from(place.shard == shard), ..*place },
            || Place { shard, legs: 1 },
        );
        place.shard == shard
    }
    /// A leg that was counted is over.
    pub(crate) fn leave(&self, agent: &AgentId) {
        let agents = self.agents.pin();
        let left = agents.compute(agent.clone(), |entry| match entry {
            Some((_, place)) if place.legs > 1 => Operation::Insert(Place { legs: place.legs - 1, ..*place }),
            Some(_) => Operation::Remove,
            None => Operation::Abort(()),
        });
        debug_assert!(!matches!(left, Compute::Aborted(())), "only what entered leaves");
    }
    /// A phone's call is in that shard.
    pub(crate) fn begin_call(&self, call_id: &str, shard: ShardNo) {
        self.calls.pin().insert(call_id.into(), shard);
    }
    /// It is over.
    pub(crate) fn end_call(&self, call_id: &str) {
        self.calls.pin().remove(call_id);
    }
    /// How many agents speak; 0 at rest.
    pub fn len(&self) -> usize {
        self.agents.len() + self.calls.len()
    }
    /// Whether nobody speaks.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Whereabouts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Whereabouts({} agents, {} calls)", self.agents.len(), self.calls.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_found_where_the_first_of_the_legs_is_until_the_last_is_over() {
        let (places, agent) = (Whereabouts::default(), AgentId::from("agent0001"));
        assert_eq!(places.of_agent("agent0001"), None);
        assert!(places.enter(&agent, ShardNo(2)) && places.enter(&agent, ShardNo(2)));
        assert!(!places.enter(&agent, ShardNo(1)), "a leg elsewhere changes nothing");
        assert_eq!((places.of_agent("agent0001"), places.legs_of(&agent)), (Some(ShardNo(2)), 2));
        places.leave(&agent);
        assert_eq!(places.of_agent("agent0001"), Some(ShardNo(2)));
        places.leave(&agent);
        assert!(places.is_empty());
    }
}
