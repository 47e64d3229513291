//! Queues as people write them: bounds, steps, overflow, standby.
//!
//! Knows no rule but the names of the fields; `compile` says what is missing or won't do.

use serde::Deserialize;

/// Where calls wait.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueEntry {
    /// Its id.
    pub id: Option<String>,
    /// Its name, as supervisors see it.
    pub title: Option<String>,
    /// Calls that may wait at once.
    pub waiting_max: Option<u64>,
    /// How long a phone rings, in seconds.
    pub ring_time_max_s: Option<u64>,
    /// How long the wrap-up lasts, in seconds.
    pub wrap_up_s: Option<u64>,
    /// By how many seconds an agent may extend it, once.
    pub wrap_up_extra_s: Option<u64>,
    /// T of the service level, in seconds.
    pub target_s: Option<u64>,
    /// A hang-up sooner than this is a short abandon, in seconds.
    pub short_abandon_s: Option<u64>,
    /// Whether the surge guard is on.
    pub surge_guard: Option<bool>,
    /// Who may be offered its calls, by how long they have waited; none: everyone with the skill.
    pub steps: Vec<StepEntry>,
    /// Where a call waits that finds this queue full.
    pub overflow: Option<String>,
    /// When calls go on to it though there is room.
    pub overflow_when: Option<OverflowEntry>,
    /// When its standby agents are called in.
    pub standby: Option<StandbyEntry>,
}

/// Who may be offered a call that has waited so long.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StepEntry {
    /// From this wait on, in seconds.
    pub after_s: Option<u64>,
    /// The weakest level of skill that is enough.
    pub level_max: Option<u64>,
    /// Whose agents.
    pub who: Option<WhoEntry>,
}

/// Whose agents a step allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhoEntry {
    /// Those employed by the citizen's own municipality.
    Home,
    /// Those of all members.
    Everyone,
}

/// When standby agents are called in.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StandbyEntry {
    /// More calls than this wait.
    pub waiting_over: Option<u64>,
    /// One has waited for longer than this, in seconds.
    pub wait_over_s: Option<u64>,
}

/// When calls go on to the overflow though there is room.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OverflowEntry {
    /// A call has waited for so long, in seconds.
    pub wait_over_s: Option<u64>,
    /// More calls than this wait for each agent.
    pub calls_per_agent_over: Option<u64>,
    /// Fewer agents than this are on duty.
    pub agents_under: Option<u64>,
}
