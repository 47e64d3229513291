//! What is derived from a plan and an outlook once: shares, talks, targets, and which classes an agent counts for.
//! Knows no call and no seat.

use std::time::Duration;

use forecast::Outlook;
use model::MunicipalityId;
use plan::{AgentNo, ClassNo, Plan, QueueNo, Step};

/// Numbers by class and by agent.
#[derive(Debug)]
pub(super) struct Expected {
    classes: Vec<OfClass>,
    agents: Vec<OfAgent>,
    /// The class's mean talk ÷ that of somebody without the skill.
    unskilled: f64,
}

#[derive(Debug)]
struct OfClass {
    /// p: the share of all calls.
    share: f64,
    talk_s: f64,
    /// T: the least target of its queues.
    target: Duration,
    /// Whether all who have the skill may have all its calls at once.
    plain: bool,
}

#[derive(Debug)]
struct OfAgent {
    /// S(a), ascending.
    counts_for: Vec<ClassNo>,
    /// The class's mean talk ÷ the agent's, beside the agent's skills in the plan.
    speeds: Vec<f64>,
    home: Option<MunicipalityId>,
}

impl Expected {
    pub(super) fn new(plan: &Plan, outlook: &Outlook) -> Self {
        Self {
            classes: (0..plan.classes.len() as u32).map(|class| of_class(plan, outlook, ClassNo(class))).collect(),
            agents: plan.agents.iter().map(|agent| of_agent(plan, outlook, agent)).collect(),
            unskilled: 1.0 / outlook.levels[8],
        }
    }

    pub(super) fn share(&self, class: ClassNo) -> f64 {
        self.classes[class.at()].share
    }

    pub(super) fn talk_s(&self, class: ClassNo) -> f64 {
        self.classes[class.at()].talk_s
    }

    pub(super) fn target(&self, class: ClassNo) -> Duration {
        self.classes[class.at()].target
    }

    pub(super) fn is_plain(&self, class: ClassNo) -> bool {
        self.classes[class.at()].plain
    }

    /// S(a).
    pub(super) fn counts_for(&self, agent: AgentNo) -> &[ClassNo] {
        self.agents.get(agent.at()).map_or(&[], |agent| &agent.counts_for)
    }

    /// The class's mean talk ÷ what the agent's would be with a citizen of the own municipality.
    pub(super) fn speed(&self, plan: &Plan, agent: AgentNo, class: ClassNo) -> f64 {
        let skill = plan.agents[agent.at()].skills.iter().position(|(own, _)| *own == class);
        skill.map_or(self.unskilled, |skill| self.agents[agent.at()].speeds[skill])
    }

    /// Whether that municipality employs the agent.
    pub(super) fn is_home(&self, agent: AgentNo, from: Option<MunicipalityId>) -> bool {
        from.is_some() && self.agents.get(agent.at()).is_some_and(|agent| agent.home == from)
    }
}

fn of_class(plan: &Plan, outlook: &Outlook, class: ClassNo) -> OfClass {
    let expected = |class: &plan::Class| outlook.classes.get(&(class.topic.clone(), class.language.clone()));
    let an_hour = |class: &plan::Class| expected(class).map_or(0.0, |expected| expected.calls_an_hour);
    let all: f64 = plan.classes.iter().map(an_hour).sum();
    let own = &plan.classes[class.at()];
    let queues = queues_of(plan, class);
    let any_step = |queue: &QueueNo| plan.queues[queue.at()].steps[..] == [Step::ALL];
    let has_members = |agent: &plan::Agent| agent.serves.is_some() && agent.skills.iter().any(|(own, _)| *own == class);
    OfClass {
        share: if all > 0.0 { an_hour(own) / all } else { 1.0 / plan.classes.len() as f64 },
        talk_s: expected(own).map_or(outlook.talk_s, |expected| expected.talk_s),
        target: queues.iter().map(|queue| plan.queues[queue.at()].target).min().unwrap_or(Duration::from_secs(60)),
        plain: queues.iter().all(any_step) && !plan.agents.iter().any(has_members),
    }
}

fn of_agent(plan: &Plan, outlook: &Outlook, agent: &plan::Agent) -> OfAgent {
    let own = |class: ClassNo| {
        outlook.agents.get(&agent.id).and_then(|topics| topics.get(&plan.classes[class.at()].topic)).copied()
    };
    let by_level = |level: u8| outlook.levels[usize::from(level) - 1];
    OfAgent {
        counts_for: agent
            .skills
            .iter()
            .filter(|(class, level)| *level <= widest_level(plan, *class))
            .map(|(class, _)| *class)
            .collect(),
        speeds: agent.skills.iter().map(|&(class, level)| 1.0 / own(class).unwrap_or(by_level(level))).collect(),
        home: agent.home,
    }
}

/// Where a class's calls may wait: its lines' queues, and those that their overflow leads to.
pub(super) fn queues_of(plan: &Plan, class: ClassNo) -> Vec<QueueNo> {
    let mut queues = Vec::new();
    for line in plan.lines.iter().filter(|line| line.class == class) {
        let mut next = Some(line.queue);
        while let Some(queue) = next {
            queues.push(queue);
            next = plan.queues[queue.at()].overflow;
        }
    }
    queues.sort();
    queues.dedup();
    queues
}

/// The weakest level that the last step of any of a class's queues allows.
fn widest_level(plan: &Plan, class: ClassNo) -> u8 {
    let last = |queue: &QueueNo| plan.queues[queue.at()].steps.last().map_or(9, |step| step.level_max);
    queues_of(plan, class).iter().map(last).max().unwrap_or(9)
}
