//! Who fits what, and what is expected: an immutable snapshot made from a plan and an outlook, swapped as a whole.
//!
//! A change counts from the next decision on and moves no waiting call. Knows nothing of who is on duty or who waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use forecast::Outlook;
use model::MunicipalityId;
use plan::{Agent, AgentNo, ClassNo, Plan, QueueNo, Routing, StandbyRule, Step, StepWho};

use crate::guard_rates::GuardRates;
use crate::idle::GROUP;

/// A snapshot: skills, steps, expected talks and shares.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    agents: Box<[AgentRow]>,
    /// All agents' skills, one agent after the other, each ascending by class.
    skills: Box<[Skill]>,
    classes: Box<[ClassRow]>,
    queues: Box<[QueueRow]>,
    /// Agents by employer.
    homes: BTreeMap<MunicipalityId, Groups>,
    /// `coverage_decay` to the power of n − 1, for n idle agents.
    decay: Box<[f64]>,
    /// 1 ÷ `away_factor`.
    pub(crate) away_speed: f64,
    /// Talk without the skill, as a multiple of the class's mean.
    pub(crate) unskilled: f64,
    /// The constants.
    pub(crate) routing: Routing,
    /// What the surge guard measures by; none: it is off.
    pub(crate) guard: Option<GuardRates>,
    /// Mean wrap-up and patience in seconds.
    pub(crate) wrap_up_s: f64,
    pub(crate) patience_s: f64,
    /// Queues with a rule for standby agents.
    pub(crate) standby_queues: Box<[QueueNo]>,
}

/// One class that an agent may take.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Skill {
    pub(crate) class: ClassNo,
    /// 1 (best) to 9.
    pub(crate) level: u8,
    /// Whether the class's last step allows the level.
    pub(crate) counts: bool,
    /// 1 ÷ the multiple of the class's mean talk.
    pub(crate) speed: f64,
}

#[derive(Clone, Debug)]
struct AgentRow {
    /// Where the agent's skills stand.
    first: u32,
    last: u32,
    /// 0 is none.
    home: u16,
    /// Agents of the same number are alike but for their idleness.
    alike: u32,
    /// Grows when the classes that count change.
    epoch: u32,
    serves: Option<Arc<[MunicipalityId]>>,
    standby: Box<[QueueNo]>,
    /// Classes that count, ascending.
    counted: Arc<[ClassNo]>,
    /// Those of the epoch before.
    counted_before: Arc<[ClassNo]>,
}

#[derive(Clone, Debug, Default)]
struct ClassRow {
    fitting: Fitting,
    /// Mean talk in seconds.
    talk_s: f64,
    /// Share of all calls.
    share: f64,
    /// The strictest target of its queues.
    target: Duration,
    /// Every agent with the skill may be offered every ticket of it at once.
    plain: bool,
    queues: Vec<QueueNo>,
}

#[derive(Clone, Debug)]
struct QueueRow {
    waiting_max: u32,
    overflow: Option<QueueNo>,
    steps: Box<[Step]>,
    standby: Option<StandbyRule>,
    classes: Vec<ClassNo>,
}

/// Groups of 32 seats: number of the group, and who of it. Groups without any are left out.
pub(crate) type Groups = Vec<(usize, u32)>;

/// Who may take a class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fitting {
    /// Ascending.
    pub(crate) agents: Vec<AgentNo>,
    /// The same as bits.
    pub(crate) groups: Groups,
}

/// A call as eligibility sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) queue: QueueNo,
    pub(crate) municipality: Option<MunicipalityId>,
    /// How long it has waited.
    pub(crate) waited: Duration,
}

const NO_TARGET: Duration = Duration::from_secs(60);
/// Idle agents of a class beyond which one more or less is worth nothing.
const DECAY_LEN: usize = 65;

impl Tables {
    /// From a plan and what is expected. A skill in a class that the plan doesn't have is left out.
    pub fn new(plan: &Plan, outlook: &Outlook) -> Self {
        let routing = plan.routing;
        let mut tables = Self {
            classes: class_rows(plan, outlook),
            queues: queue_rows(plan),
            decay: (0..DECAY_LEN as i32).map(|n| routing.coverage_decay.powi((n - 1).max(0))).collect(),
            away_speed: 1.0 / routing.away_factor,
            unskilled: outlook.levels[8],
            routing,
            guard: GuardRates::new(plan, outlook),
            wrap_up_s: outlook.wrap_up_s,
            patience_s: outlook.patience_s,
            ..Self::default()
        };
        let with_rule = |queue: &QueueNo| plan.queues[queue.at()].standby.is_some();
        tables.standby_queues = (0..plan.queues.len() as u32).map(QueueNo).filter(with_rule).collect();
        tables.fill_in_agents(plan, outlook);
        tables
    }

    fn fill_in_agents(&mut self, plan: &Plan, outlook: &Outlook) {
        let (mut rows, mut skills) = (Vec::with_capacity(plan.agents.len()), Vec::new());
        let mut alike = BTreeMap::new();
        for (number, agent) in plan.agents.iter().enumerate() {
            let first = skills.len() as u32;
            let known = self.classes.len();
            for &(class, level) in agent.skills.iter().filter(|(class, _)| class.at() < known) {
                let counts = level <= self.widest_level(class);
                let speed = 1.0 / talk_multiple(outlook, agent, &plan.classes[class.at()], level);
                skills.push(Skill { class, level, counts, speed });
                let row = &mut self.classes[class.at()];
                add(&mut row.fitting.groups, number);
                if row.fitting.agents.last() != Some(&AgentNo(number as u32)) {
                    row.fitting.agents.push(AgentNo(number as u32));
                }
                row.plain &= agent.serves.is_none();
            }
            if let Some(home) = agent.home {
                add(self.homes.entry(home).or_default(), number);
            }
            let counted: Arc<[ClassNo]> =
                skills[first as usize..].iter().filter(|skill| skill.counts).map(|skill| skill.class).collect();
            let next = alike.len() as u32;
            let serves = agent.serves.as_ref().map(|serves| serves.iter().copied().collect());
            let kind = *alike.entry(kind_of(agent, &skills[first as usize..])).or_insert(next);
            rows.push(AgentRow {
                first,
                last: skills.len() as u32,
                home: agent.home.map_or(0, |home| home.0),
                alike: kind,
                epoch: 0,
                serves,
                standby: self.standby_of(agent, &counted),
                counted_before: Arc::clone(&counted),
                counted,
            });
        }
        (self.agents, self.skills) = (rows.into(), skills.into());
    }

    /// The weakest level that any step of the class's queues ever allows.
    fn widest_level(&self, class: ClassNo) -> u8 {
        let last = |queue: &QueueNo| self.queues[queue.at()].steps.last().map_or(9, |step| step.level_max);
        self.classes[class.at()].queues.iter().map(last).max().unwrap_or(9)
    }

    fn standby_of(&self, agent: &Agent, counted: &[ClassNo]) -> Box<[QueueNo]> {
        let serves = |queue: &&QueueNo| self.queues[queue.at()].classes.iter().any(|class| counted.contains(class));
        if agent.standby { self.standby_queues.iter().filter(serves).copied().collect() } else { Box::default() }
    }

    /// Takes over from the snapshot before: agents whose counted classes have changed get a new epoch.
    pub(crate) fn follow(&mut self, before: &Self) {
        for (row, old) in self.agents.iter_mut().zip(&before.agents) {
            row.epoch = old.epoch;
            if row.counted != old.counted {
                row.epoch = old.epoch.wrapping_add(1);
                row.counted_before = Arc::clone(&old.counted);
            }
        }
    }

    /// What an agent may take; nothing for one who isn't in the plan.
    pub(crate) fn skills(&self, agent: usize) -> &[Skill] {
        self.agents.get(agent).map_or(&[], |row| &self.skills[row.first as usize..row.last as usize])
    }

    /// The agent's skill in a class.
    pub(crate) fn skill(&self, agent: usize, class: ClassNo) -> Option<&Skill> {
        let skills = self.skills(agent);
        skills.binary_search_by_key(&class, |skill| skill.class).ok().map(|at| &skills[at])
    }

    /// S(a): the classes that an agent fits at their last step, with its epoch; and those of the epoch before.
    pub(crate) fn counted(&self, agent: usize) -> (u32, &[ClassNo], &[ClassNo]) {
        self.agents.get(agent).map_or((0, &[], &[]), |row| (row.epoch, &row.counted, &row.counted_before))
    }

    /// Agents of the same number are alike in all but their idleness.
    pub(crate) fn alike(&self, agent: usize) -> u32 {
        self.agents[agent].alike
    }

    /// Whether that municipality employs the agent.
    pub(crate) fn is_home(&self, agent: usize, municipality: Option<MunicipalityId>) -> bool {
        municipality.is_some_and(|code| self.agents.get(agent).is_some_and(|row| row.home == code.0 && code.0 != 0))
    }

    /// Seats of those whom a municipality employs.
    pub(crate) fn employed_by(&self, municipality: Option<MunicipalityId>) -> &[(usize, u32)] {
        municipality.and_then(|code| self.homes.get(&code)).map_or(&[], |groups| groups)
    }

    /// Queues whose rule calls a standby agent in; none: the agent isn't on standby.
    pub(crate) fn standby(&self, agent: usize) -> Option<&[QueueNo]> {
        self.agents.get(agent).map(|row| &row.standby[..]).filter(|queues| !queues.is_empty())
    }

    /// Who may take a class; none for a class that isn't in the plan.
    pub(crate) fn fitting(&self, class: ClassNo) -> Option<&Fitting> {
        self.classes.get(class.at()).map(|row| &row.fitting)
    }

    /// Mean talk of a class in seconds.
    pub(crate) fn talk_s(&self, class: ClassNo) -> f64 {
        self.classes[class.at()].talk_s
    }

    /// p: a class's share of all calls.
    pub(crate) fn share(&self, class: ClassNo) -> f64 {
        self.classes[class.at()].share
    }

    /// T of a class.
    pub(crate) fn target(&self, class: ClassNo) -> Duration {
        self.classes.get(class.at()).map_or(NO_TARGET, |row| row.target)
    }

    /// Whether all with the skill may be offered all tickets of the class at once: then none behind another is easier
    /// to serve than that one.
    pub(crate) fn is_plain(&self, class: ClassNo) -> bool {
        self.classes.get(class.at()).is_none_or(|row| row.plain)
    }

    /// What `n` idle agents of a class leave of the price of the next one.
    pub(crate) fn decay(&self, idle: u32) -> f64 {
        self.decay[(idle.max(1) as usize).min(DECAY_LEN - 1)]
    }

    /// Whether membership and step allow an agent with this skill to take the call now.
    pub(crate) fn allows(&self, agent: usize, level: u8, asked: &Asked) -> bool {
        let Some(row) = self.agents.get(agent) else { return false };
        let serves = row
            .serves
            .as_ref()
            .is_none_or(|serves| asked.municipality.is_some_and(|citizen| serves.binary_search(&citizen).is_ok()));
        serves
            && self.step(asked.queue, asked.waited).is_none_or(|step| {
                level <= step.level_max && (step.who == StepWho::Everyone || self.is_home(agent, asked.municipality))
            })
    }

    fn step(&self, queue: QueueNo, waited: Duration) -> Option<&Step> {
        self.queues.get(queue.at())?.steps.iter().rev().find(|step| step.after <= waited)
    }

    /// When the queue's next step begins, as a wait.
    pub(crate) fn next_step(&self, queue: QueueNo, waited: Duration) -> Option<Duration> {
        self.queues.get(queue.at())?.steps.iter().map(|step| step.after).find(|after| *after > waited)
    }

    /// How many may wait in a queue, and where its overflow leads.
    pub(crate) fn room(&self, queue: QueueNo) -> (u32, Option<QueueNo>) {
        self.queues.get(queue.at()).map_or((0, None), |row| (row.waiting_max, row.overflow))
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

fn class_rows(plan: &Plan, outlook: &Outlook) -> Box<[ClassRow]> {
    let expected = |class: &plan::Class| outlook.classes.get(&(class.topic.clone(), class.language.clone()));
    let an_hour = |class: &plan::Class| expected(class).map_or(0.0, |expected| expected.calls_an_hour);
    let all: f64 = plan.classes.iter().map(an_hour).sum();
    let mut rows: Box<[ClassRow]> = plan
        .classes
        .iter()
        .map(|class| ClassRow {
            talk_s: expected(class).map_or(outlook.talk_s, |expected| expected.talk_s),
            share: if all > 0.0 { an_hour(class) / all } else { 1.0 / plan.classes.len() as f64 },
            target: NO_TARGET,
            plain: true,
            ..ClassRow::default()
        })
        .collect();
    for (class, queue_no) in queues_of_classes(plan) {
        let (row, queue) = (&mut rows[class.at()], &plan.queues[queue_no.at()]);
        row.target = if row.queues.is_empty() { queue.target } else { row.target.min(queue.target) };
        row.plain &= queue.steps[..] == [Step::ALL];
        row.queues.push(queue_no);
    }
    let all_plain = plan.queues.iter().all(|queue| queue.steps[..] == [Step::ALL]);
    rows.iter_mut().filter(|row| row.queues.is_empty()).for_each(|row| row.plain = all_plain);
    rows
}

/// Each class with each queue that its calls may wait in: its lines' queues, and where their overflow leads. Once each.
pub(crate) fn queues_of_classes(plan: &Plan) -> Vec<(ClassNo, QueueNo)> {
    let mut pairs = Vec::new();
    for line in &plan.lines {
        let mut queue = Some(line.queue);
        while let Some(here) = queue.filter(|here| !pairs.contains(&(line.class, *here))) {
            pairs.push((line.class, here));
            queue = plan.queues[here.at()].overflow;
        }
    }
    pairs
}

fn queue_rows(plan: &Plan) -> Box<[QueueRow]> {
    let mut rows: Box<[QueueRow]> = plan
        .queues
        .iter()
        .map(|queue| QueueRow {
            waiting_max: queue.waiting_max,
            overflow: queue.overflow,
            steps: queue.steps.clone().into(),
            standby: queue.standby,
            classes: Vec::new(),
        })
        .collect();
    for (class, queue) in queues_of_classes(plan) {
        rows[queue.at()].classes.push(class);
    }
    rows
}

fn add(groups: &mut Groups, agent: usize) {
    let (group, bit) = (agent / GROUP, 1 << (agent % GROUP));
    match groups.last_mut() {
        Some((last, bits)) if *last == group => *bits |= bit,
        _ => groups.push((group, bit)),
    }
}

/// Talk of an agent in a class, as a multiple of the class's mean.
fn talk_multiple(outlook: &Outlook, agent: &Agent, class: &plan::Class, level: u8) -> f64 {
    let own = outlook.agents.get(&agent.id).and_then(|topics| topics.get(&class.topic));
    own.copied().unwrap_or(outlook.levels[usize::from(level.clamp(1, 9)) - 1])
}

/// What makes two agents alike: skills with their speed, employer and membership.
type Kind = (Vec<(ClassNo, u8, u64)>, Option<MunicipalityId>, Option<Vec<MunicipalityId>>);

fn kind_of(agent: &Agent, skills: &[Skill]) -> Kind {
    let skills = skills.iter().map(|skill| (skill.class, skill.level, skill.speed.to_bits())).collect();
    (skills, agent.home, agent.serves.as_ref().map(|serves| serves.iter().copied().collect()))
}
