//! What the plan promises per queue: T of the service level, and what counts as a short abandon.
//! Knows queues by their ids; doesn't know the plan's file.

use std::collections::BTreeMap;
use std::time::Duration;

use model::QueueId;

/// One queue's promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// T: answered within this counts as in time.
    pub answer_within: Duration,
    /// A hang-up sooner than this is a short abandon.
    pub short_abandon: Duration,
}

impl Default for Target {
    /// 60 s and 5 s.
    fn default() -> Self {
        Self { answer_within: Duration::from_secs(60), short_abandon: Duration::from_secs(5) }
    }
}

/// All queues' promises. The shell fills it from the plan.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Targets {
    /// For queues that are not named.
    pub otherwise: Target,
    /// By queue.
    pub by_queue: BTreeMap<QueueId, Target>,
}

impl Targets {
    /// The promise of a queue.
    pub fn of(&self, queue: Option<&QueueId>) -> Target {
        queue.and_then(|queue| self.by_queue.get(queue)).copied().unwrap_or(self.otherwise)
    }
}
