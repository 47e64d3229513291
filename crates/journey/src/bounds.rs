//! Bounds and words that several stations share.
//! Knows how long things may last; not what comes of it.

use std::time::Duration;

use model::AgentId;
use plan::{AgentNo, Plan};

use crate::Alarm;

/// How long an agent is barred from a call after an offer came to nothing (`routing.md`, "After a failed offer").
pub(crate) const BARRED: Duration = Duration::from_secs(60);

/// No message is longer. At the bound the call goes on as if it had been said: to the queue, or to its end.
pub(crate) const MESSAGE_MAX: Duration = Duration::from_secs(120);

pub(crate) fn agent_id(plan: &Plan, agent: AgentNo) -> AgentId {
    plan.agents[agent.at()].id.clone()
}

pub(crate) const WAIT_ALARMS: [Alarm; 7] = [
    Alarm::Unanswered,
    Alarm::WaitOver,
    Alarm::LookAgain,
    Alarm::Announce,
    Alarm::MoveOn,
    Alarm::Meanwhile,
    Alarm::CallbackOver,
];
