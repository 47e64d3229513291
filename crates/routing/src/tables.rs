//! Who fits what, and what is expected: an immutable snapshot made from a plan and an outlook, swapped as a whole.
//!
//! A change counts from the next decision on and moves no waiting call. Rows that every look reads are small and lie side
//! by side. Knows nothing of who is on duty or who waits; `tables_made` makes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::MunicipalityId;
use plan::{ClassNo, OverflowRule, QueueNo, Routing, StandbyRule, Step, StepWho};

use crate::guard_rates::GuardRates;

/// A snapshot: skills, steps, expected talks and shares.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub(crate) agents: Box<[AgentRow]>,
    /// All agents' skills, one agent after the other, each ascending by class.
    pub(crate) skills: Box<[Skill]>,
    /// All agents' classes that count, likewise.
    pub(crate) counted: Box<[ClassNo]>,
    /// Of agents whose classes that count have changed: those of the epoch before.
    pub(crate) counted_before: BTreeMap<usize, Box<[ClassNo]>>,
    pub(crate) classes: Box<[ClassRow]>,
    /// By class: its share of all calls.
    pub(crate) shares: Box<[f64]>,
    /// By class: who fits it.
    pub(crate) fitting: Box<[Fitting]>,
    pub(crate) queues: Box<[QueueRow]>,
    /// By employer: its agents, 32 seats a word.
    pub(crate) employed: BTreeMap<u16, Box<[u32]>>,
    /// Whose citizens an agent serves, where not everybody's.
    pub(crate) serves: BTreeMap<usize, Arc<[MunicipalityId]>>,
    /// Agents on standby, and the queues that call them in.
    pub(crate) standby: BTreeMap<usize, Box<[QueueNo]>>,
    /// Queues with a rule for standby agents.
    pub(crate) standby_queues: Box<[QueueNo]>,
    /// `coverage_decay` to the power of n − 1, for n idle agents.
    pub(crate) decay: Box<[f64]>,
    /// 1 ÷ `away_factor`.
    pub(crate) away_speed: f64,
    /// Talk without the skill, as a multiple of the class's mean.
    pub(crate) unskilled: f64,
    /// The constants.
    pub(crate) routing: Routing,
    /// What the surge guard measures by; none: it is off.
    pub(crate) guard: Option<GuardRates>,
    /// Mean wrap-up in seconds.
    pub(crate) wrap_up_s: f64,
    /// Mean patience in seconds.
    pub(crate) patience_s: f64,
}

/// One class that an agent may take.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Skill {
    pub(crate) class: ClassNo,
    /// 1 (best) to 9.
    pub(crate) level: u8,
    /// 1 ÷ the multiple of the class's mean talk.
    pub(crate) speed: f64,
}

/// An agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AgentRow {
    /// Where the agent's skills stand.
    pub(crate) skills: (u32, u32),
    /// Where those classes of them stand that count.
    pub(crate) counted: (u32, u32),
    /// The employer's code; 0 is none.
    pub(crate) home: u16,
    /// Grows when the classes that count change.
    pub(crate) epoch: u32,
}

/// A class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClassRow {
    /// Mean talk in seconds.
    pub(crate) talk_s: f64,
    /// The strictest target of its queues, in seconds.
    pub(crate) target_s: f64,
    /// A third of it.
    pub(crate) third_s: f64,
    /// Every agent with the skill may be offered every ticket of it at once.
    pub(crate) plain: bool,
    /// The weakest level that any step of its queues ever allows.
    pub(crate) widest_level: u8,
}

/// A queue.
#[derive(Clone, Debug)]
pub(crate) struct QueueRow {
    pub(crate) waiting_max: u32,
    pub(crate) overflow: Option<QueueNo>,
    pub(crate) overflow_when: Option<OverflowRule>,
    pub(crate) steps: Box<[Step]>,
    pub(crate) standby: Option<StandbyRule>,
    pub(crate) classes: Vec<ClassNo>,
}

/// Who may take a class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fitting {
    /// Ascending by agent.
    pub(crate) fits: Vec<Fit>,
    /// The same as bits. Groups without any are left out.
    pub(crate) groups: Vec<Group>,
    /// By number of a group: its place in `groups`, plus one; 0 or missing: there is none.
    pub(crate) places: Vec<u16>,
}

impl Fitting {
    /// A group of 32 seats, if some of them may take the class.
    pub(crate) fn group(&self, number: usize) -> Option<&Group> {
        let place = usize::from(*self.places.get(number)?).checked_sub(1)?;
        self.groups.get(place)
    }
}

/// An agent who may take a class, with all that the cost needs of both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub(crate) agent: u32,
    /// The employer's code; 0 is none.
    pub(crate) home: u16,
    pub(crate) level: u8,
    /// As [`Skill::speed`].
    pub(crate) speed: f64,
}

/// Some of 32 seats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// Which 32.
    pub(crate) number: u32,
    /// Who of them.
    pub(crate) mask: u32,
    /// Where the first of them stands in [`Fitting::fits`].
    pub(crate) first: u32,
}

/// A call as eligibility sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) queue: QueueNo,
    pub(crate) municipality: Option<MunicipalityId>,
    /// How long it has waited.
    pub(crate) waited: Duration,
}

impl Tables {
    /// Takes over from the snapshot before: agents whose counted classes have changed get a new epoch.
    pub(crate) fn follow(&mut self, before: &Self) {
        for agent in 0..self.agents.len().min(before.agents.len()) {
            let (epoch, was) = before.counted(agent);
            let has_changed = was != self.counted(agent).1;
            self.agents[agent].epoch = if has_changed { epoch.wrapping_add(1) } else { epoch };
            if has_changed {
                self.counted_before.insert(agent, was.into());
            }
        }
    }

    /// What an agent may take; nothing for one who isn't in the plan.
    pub(crate) fn skills(&self, agent: usize) -> &[Skill] {
        self.agents.get(agent).map_or(&[], |row| &self.skills[row.skills.0 as usize..row.skills.1 as usize])
    }

    /// The agent's skill in a class.
    pub(crate) fn skill(&self, agent: usize, class: ClassNo) -> Option<&Skill> {
        let skills = self.skills(agent);
        skills.binary_search_by_key(&class, |skill| skill.class).ok().map(|at| &skills[at])
    }

    /// S(a): the classes that an agent fits at their last step, with its epoch.
    pub(crate) fn counted(&self, agent: usize) -> (u32, &[ClassNo]) {
        let of = |row: &AgentRow| (row.epoch, &self.counted[row.counted.0 as usize..row.counted.1 as usize]);
        self.agents.get(agent).map_or((0, &[]), of)
    }

    /// S(a) in the epoch before.
    pub(crate) fn counted_before(&self, agent: usize) -> &[ClassNo] {
        self.counted_before.get(&agent).map_or(&[], |classes| classes)
    }

    /// The employer's code; 0 is none.
    pub(crate) fn home(&self, agent: usize) -> u16 {
        self.agents.get(agent).map_or(0, |row| row.home)
    }

    /// Those whom the municipality employs, 32 seats a word; nobody for one that isn't known.
    pub(crate) fn employed_by(&self, municipality: Option<MunicipalityId>) -> &[u32] {
        municipality.and_then(|code| self.employed.get(&code.0)).map_or(&[], |groups| groups)
    }

    /// Queues whose rule calls a standby agent in; none: the agent isn't on standby.
    pub(crate) fn standby(&self, agent: usize) -> Option<&[QueueNo]> {
        self.standby.get(&agent).map(|queues| &queues[..])
    }

    /// Who may take a class; none for a class that isn't in the plan.
    pub(crate) fn fitting(&self, class: ClassNo) -> Option<&Fitting> {
        self.fitting.get(class.at())
    }

    /// A class; one that isn't in the plan is everyone's, and nobody's.
    pub(crate) fn class(&self, class: ClassNo) -> &ClassRow {
        const UNKNOWN: ClassRow = ClassRow { talk_s: 0.0, target_s: 60.0, third_s: 20.0, plain: true, widest_level: 9 };
        self.classes.get(class.at()).unwrap_or(&UNKNOWN)
    }

    /// What `n` idle agents of a class leave of the price of the next one.
    pub(crate) fn decay(&self, idle: u32) -> f64 {
        self.decay[(idle.max(1) as usize).min(self.decay.len() - 1)]
    }

    /// Whether membership and step allow an agent with this skill to take the call now.
    pub(crate) fn allows(&self, agent: usize, level: u8, asked: &Asked) -> bool {
        let is_home = || asked.municipality.is_some_and(|code| code.0 == self.home(agent));
        self.serves(agent, asked.municipality)
            && self
                .step(asked.queue, asked.waited)
                .is_none_or(|step| level <= step.level_max && (step.who == StepWho::Everyone || is_home()))
    }

    /// Whether membership ever allows the agent to take that municipality's citizens.
    pub(crate) fn serves(&self, agent: usize, municipality: Option<MunicipalityId>) -> bool {
        let is_served =
            |serves: &Arc<[MunicipalityId]>| municipality.is_some_and(|citizen| serves.binary_search(&citizen).is_ok());
        self.serves.get(&agent).is_none_or(is_served)
    }

    fn step(&self, queue: QueueNo, waited: Duration) -> Option<&Step> {
        self.queues.get(queue.at())?.steps.iter().rev().find(|step| step.after <= waited)
    }

    /// When the queue's next step begins, as a wait.
    pub(crate) fn next_step(&self, queue: QueueNo, waited: Duration) -> Option<Duration> {
        self.queues.get(queue.at())?.steps.iter().map(|step| step.after).find(|after| *after > waited)
    }

    /// The longest time for which a reserve or a step may hold a call.
    pub(crate) fn longest_hold(&self) -> Duration {
        let steps = self.queues.iter().flat_map(|queue| &queue.steps).map(|step| step.after);
        steps.chain([self.routing.reserve_max]).max().unwrap_or_default()
    }

    /// How many may wait in a queue, and where its overflow leads.
    pub(crate) fn room(&self, queue: QueueNo) -> (u32, Option<QueueNo>) {
        self.queues.get(queue.at()).map_or((0, None), |row| (row.waiting_max, row.overflow))
    }

    /// When calls go on to a queue's overflow though there is room.
    pub(crate) fn overflow_when(&self, queue: QueueNo) -> Option<&OverflowRule> {
        self.queues.get(queue.at())?.overflow_when.as_ref()
    }

    /// Whether skill, membership and the queue's last step let an agent take that municipality's call from that queue.
    pub(crate) fn ever_allows(&self, fit: &Fit, queue: QueueNo, municipality: Option<MunicipalityId>) -> bool {
        self.allows(fit.agent as usize, fit.level, &Asked { queue, municipality, waited: Duration::MAX })
    }

    /// A queue's rule for standby agents, and its classes.
    pub(crate) fn standby_rule(&self, queue: QueueNo) -> Option<(StandbyRule, &[ClassNo])> {
        self.queues.get(queue.at()).and_then(|row| row.standby.map(|rule| (rule, &row.classes[..])))
    }

    /// How many agents, classes and queues there are.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        (self.agents.len(), self.classes.len(), self.queues.len())
    }
}
