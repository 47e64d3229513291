//! The same agent again: for whom a citizen who rings once more is kept a while, and how long.
//! Knows skill and membership; not who talked with whom, or who is there.

use std::time::Duration;

use model::{AgentId, MunicipalityId};

use crate::{AgentNo, ClassNo, Plan};

/// Who rings again is first for the agent whom they talked with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SameAgent {
    /// This long after that call.
    pub within: Duration,
    /// So long that agent alone is waited for, if they are on duty.
    pub wait: Duration,
}

impl Plan {
    /// The agent of that name, if a call of this class from a citizen of that municipality may be theirs at all. Agents on standby
    /// are nobody's own.
    pub fn same_agent(&self, id: &AgentId, class: ClassNo, municipality: Option<MunicipalityId>) -> Option<AgentNo> {
        let no = *self.agents_by_id.get(id)?;
        let agent = &self.agents[no.at()];
        let has_skill = agent.skills.iter().any(|(skill, _)| *skill == class);
        let serves = agent.serves.as_ref();
        let may_take = serves.is_none_or(|members| municipality.is_some_and(|code| members.contains(&code)));
        (has_skill && may_take && !agent.standby).then_some(no)
    }
}
