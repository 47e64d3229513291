//! Who fits what: an immutable snapshot made from a plan, swapped as a whole.
//!
//! A change of skill counts from the next decision on and moves no waiting call. Knows nothing of who is on duty.

use plan::{AgentNo, ClassNo, Plan};

use crate::idle::GROUP;

/// A snapshot of skills.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    agents: Box<[Box<[Skill]>]>,
    classes: Box<[Fitting]>,
}

/// One class that an agent may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Skill {
    pub(crate) class: ClassNo,
    /// 1 (best) to 9.
    pub(crate) level: u8,
}

/// Who may take a class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fitting {
    /// Ascending.
    pub(crate) agents: Vec<AgentNo>,
    /// The same as bits: number of a group of 32 seats, and those in it. Groups without any are left out.
    pub(crate) groups: Vec<(usize, u32)>,
}

impl Tables {
    /// From a plan. A skill in a class that the plan doesn't have is left out.
    pub fn new(plan: &Plan) -> Self {
        let mut classes = vec![Fitting::default(); plan.classes.len()];
        let agents = plan
            .agents
            .iter()
            .enumerate()
            .map(|(number, agent)| {
                let skills = agent.skills.iter().filter(|(class, _)| class.at() < plan.classes.len());
                skills
                    .map(|&(class, level)| {
                        classes[class.at()].add(number);
                        Skill { class, level }
                    })
                    .collect()
            })
            .collect();
        Self { agents, classes: classes.into_boxed_slice() }
    }

    /// What an agent may take; nothing for one who isn't in the plan.
    pub(crate) fn skills(&self, agent: usize) -> &[Skill] {
        self.agents.get(agent).map_or(&[], |skills| skills)
    }

    /// Who may take a class; none for a class that isn't in the plan.
    pub(crate) fn fitting(&self, class: ClassNo) -> Option<&Fitting> {
        self.classes.get(class.at())
    }

    /// How many agents and classes there are.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.agents.len(), self.classes.len())
    }
}

impl Fitting {
    fn add(&mut self, agent: usize) {
        if self.agents.last() == Some(&AgentNo(agent as u32)) {
            return;
        }
        self.agents.push(AgentNo(agent as u32));
        let (group, bit) = (agent / GROUP, 1 << (agent % GROUP));
        match self.groups.last_mut() {
            Some((last, bits)) if *last == group => *bits |= bit,
            _ => self.groups.push((group, bit)),
        }
    }
}
