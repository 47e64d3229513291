//! Why a call leaves a line, in words; and whether anybody can ever take the calls that wait there.
//!
//! Knows skills, steps and overflow; doesn't know who is on duty, or when.

use model::MunicipalityId;

use super::Work;
use super::ends::Step;
use super::menus::setting;
use crate::{Agent, ClassNo, LineNo, MenuKind, Queue, QueueNo, StepWho};

/// What leads away from a line.
#[derive(Clone, Copy)]
pub(super) enum Leads {
    Closed,
    Full,
    GaveUp,
    Key(MenuKind, char),
}

impl Leads {
    /// The setting that leads on.
    pub(super) const fn setting(self) -> &'static str {
        match self {
            Self::Closed => "when_closed",
            Self::Full => "when_full",
            Self::GaveUp => "when_gave_up",
            Self::Key(kind, _) => setting(kind),
        }
    }

    /// The setting of what is said before.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Closed => "closed_message",
            Self::Full => "full_message",
            Self::GaveUp => "gave_up_message",
            Self::Key(..) => "prompt",
        }
    }

    /// In Danish or English.
    pub(super) fn told(self, danish: bool) -> String {
        let (da, en) = match self {
            Self::Closed => ("lukket", "closed"),
            Self::Full => ("fuld", "full"),
            Self::GaveUp => ("ventet for længe", "waited too long"),
            Self::Key(_, key) => return if danish { format!("tast {key}") } else { format!("key {key}") },
        };
        if danish { da.to_owned() } else { en.to_owned() }
    }
}

impl Work<'_> {
    /// Some agent can take the line's calls in the end, in its queue and in those that it overflows to. Not asked of a plan
    /// without agents, nor of a line that is never open.
    pub(super) fn nobody(&mut self, no: LineNo, reached: &[Option<Step>]) {
        if let Some(reason) = &self.file.lines[no.at()].may_have_nobody {
            let at = format!("lines[{}].may_have_nobody", no.at());
            super::checks::title(&mut self.faults, &at, Some(reason));
            return;
        }
        let line = &self.plan.lines[no.at()];
        if self.plan.agents.is_empty() || self.is_never_open(no) {
            return;
        }
        let overflow = |queue: &QueueNo| self.plan.queues[queue.at()].overflow;
        let alone = std::iter::successors(Some(line.queue), overflow).find(|queue| {
            let queue = &self.plan.queues[queue.at()];
            !self.plan.agents.iter().any(|agent| may_take(agent, line.class, line.municipality, queue))
        });
        let Some(alone) = alone else { return };
        let (queue, topic) = (self.plan.queues[alone.at()].id.clone(), line.topic.clone());
        let language = line.language.clone();
        let [da, en] = [true, false].map(|danish| self.way_here(no, reached, danish));
        self.fault(
            format!("lines[{}].queue", no.at()),
            format!(
                "blindgyde: {da} → køen {queue} → ingen: ingen agent kan tage {topic} på {language} dér; giv en agent \
                 færdigheden, luk køens trin op, eller skriv en grund i may_have_nobody"
            ),
            format!(
                "a dead end: {en} → the queue {queue} → nobody: no agent can take {topic} in {language} there; give an \
                 agent the skill, let more in by the queue's steps, or write a reason in may_have_nobody"
            ),
        );
    }

    fn is_never_open(&self, no: LineNo) -> bool {
        let calendar = self.file.lines[no.at()].calendar.as_deref();
        let is_it = |entry: &&crate::file::CalendarEntry| entry.id.as_deref() == calendar && entry.always_closed;
        self.file.calendars.iter().any(|entry| is_it(&entry))
    }
}

/// Whether the agent may be offered such a call when it has waited long enough. Of a shared line: some citizen's.
fn may_take(agent: &Agent, class: ClassNo, owner: Option<MunicipalityId>, queue: &Queue) -> bool {
    let Some(last) = queue.steps.last() else { return false };
    let skilled = agent.skills.iter().any(|(skill, level)| *skill == class && *level <= last.level_max);
    let serves = match (&agent.serves, owner) {
        (Some(members), Some(owner)) => members.contains(&owner),
        (Some(_) | None, _) => true,
    };
    let near = match (last.who, owner) {
        (StepWho::Everyone, _) => true,
        (StepWho::Home, Some(owner)) => agent.home == Some(owner),
        (StepWho::Home, None) => agent.home.is_some(),
    };
    skilled && serves && near
}
