//! A queue of the compiled plan: where calls wait, for how many, and who may be offered them.
//!
//! Only numbers and indices; who waits, and what comes of it, is known in the routing core.

use std::sync::Arc;
use std::time::Duration;

use model::QueueId;

use crate::QueueNo;

/// Where calls wait.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Its name, as supervisors see it.
    pub title: Arc<str>,
    /// Calls that may wait at once; above it a call hears the full message.
    pub waiting_max: u32,
    /// How long an agent's phone rings.
    pub ring_time_max: Duration,
    /// How long the wrap-up lasts; zero: none.
    pub wrap_up: Duration,
    /// By how much an agent may extend it, once; zero: not at all.
    pub wrap_up_extra: Duration,
    /// T of the service level.
    pub target: Duration,
    /// A hang-up sooner than this is a short abandon (X of the definitions).
    pub short_abandon: Duration,
    /// Whether the surge guard (levels) is on.
    pub surge_guard: bool,
    /// Who may be offered its calls, by how long they have waited: the first from the start, each later and at least as
    /// wide as the one before. Never empty.
    pub steps: Vec<Step>,
    /// Where a call waits that finds this queue full; following these never leads back.
    pub overflow: Option<QueueNo>,
    /// When calls go on to the overflow though there is room; only where there is one.
    pub overflow_when: Option<OverflowRule>,
    /// When its standby agents are called in; none: never.
    pub standby: Option<StandbyRule>,
}

impl Queue {
    /// With the defaults of `config/plan-reference.toml`.
    pub fn new(id: QueueId) -> Self {
        Self {
            title: id.as_str().into(),
            id,
            waiting_max: 200,
            ring_time_max: Duration::from_secs(20),
            wrap_up: Duration::from_secs(30),
            wrap_up_extra: Duration::from_secs(60),
            target: Duration::from_secs(60),
            short_abandon: Duration::from_secs(5),
            surge_guard: true,
            steps: vec![Step::ALL],
            overflow: None,
            overflow_when: None,
            standby: None,
        }
    }
}

/// Who may be offered a call that has waited so long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// From this wait on.
    pub after: Duration,
    /// The weakest level of skill that is enough, 1 to 9.
    pub level_max: u8,
    /// Whose agents.
    pub who: StepWho,
}

impl Step {
    /// Everyone with the skill, from the start.
    pub const ALL: Self = Self { after: Duration::ZERO, level_max: 9, who: StepWho::Everyone };
}

/// Whose agents a step allows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StepWho {
    /// Those employed by the citizen's own municipality.
    Home,
    /// Those of all members.
    Everyone,
}

/// When standby agents are called in: either threshold held for 10 s; sent back when both are below half for 120 s.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StandbyRule {
    /// More calls than this wait.
    pub waiting_over: u32,
    /// One has waited for longer than this.
    pub wait_over: Duration,
}

/// When calls go on to a queue's overflow, though there is room: any of these is enough. At least one is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OverflowRule {
    /// The call has waited for so long; one who waits is moved then.
    pub wait_over: Option<Duration>,
    /// More calls than this wait in the queue for each agent on duty who may take the call from it.
    pub calls_per_agent_over: Option<u32>,
    /// Fewer agents than this are on duty who may take the call from it. One who waits is moved then, too.
    pub agents_under: Option<u32>,
}
