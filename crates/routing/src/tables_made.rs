//! How the snapshot is made: every reference of the plan and every expectation in the form that looks read.
//! Runs when a plan or an outlook is new, never on a call's way.

use forecast::{ClassOutlook, Outlook};
use plan::{Agent, Class, ClassNo, Plan, QueueNo, Step};

use crate::guard_rates::GuardRates;
use crate::idle::GROUP;
use crate::tables::{AgentRow, ClassRow, Fit, Fitting, Group, QueueRow, Skill, Tables};

/// Target of a class that no line asks for, in seconds.
const NO_TARGET_S: f64 = 60.0;
/// Idle agents of a class beyond which one more or less is worth nothing.
const DECAY_LEN: i32 = 65;

impl Tables {
    /// From a plan and what is expected. A skill in a class that the plan doesn't have is left out.
    pub fn new(plan: &Plan, outlook: &Outlook) -> Self {
        let routing = plan.routing;
        let with_rule = |queue: &QueueNo| plan.queues[queue.at()].standby.is_some();
        let mut tables = Self {
            classes: class_rows(plan, outlook),
            shares: shares(plan, outlook),
            fitting: vec![Fitting::default(); plan.classes.len()].into(),
            queues: queue_rows(plan),
            standby_queues: (0..plan.queues.len() as u32).map(QueueNo).filter(with_rule).collect(),
            decay: (0..DECAY_LEN).map(|n| routing.coverage_decay.powi((n - 1).max(0))).collect(),
            away_speed: 1.0 / routing.away_factor,
            unskilled: outlook.levels[8],
            routing,
            guard: GuardRates::new(plan, outlook),
            wrap_up_s: outlook.wrap_up_s,
            patience_s: outlook.patience_s,
            ..Self::default()
        };
        tables.fill_in_agents(plan, outlook);
        tables
    }

    fn fill_in_agents(&mut self, plan: &Plan, outlook: &Outlook) {
        let (mut skills, mut counted) = (Vec::new(), Vec::new());
        let mut rows = Vec::with_capacity(plan.agents.len());
        for (number, agent) in plan.agents.iter().enumerate() {
            let own = self.skills_of(agent, plan, outlook);
            let home = agent.home.map_or(0, |home| home.0);
            for skill in &own {
                let fit = Fit { agent: number as u32, home, level: skill.level, speed: skill.speed };
                self.fitting[skill.class.at()].add(fit);
                self.classes[skill.class.at()].plain &= agent.serves.is_none();
            }
            let (first, first_counted) = (skills.len() as u32, counted.len() as u32);
            let counts = |skill: &&Skill| skill.level <= self.classes[skill.class.at()].widest_level;
            counted.extend(own.iter().filter(counts).map(|skill| skill.class));
            skills.extend(own);
            rows.push(AgentRow {
                skills: (first, skills.len() as u32),
                counted: (first_counted, counted.len() as u32),
                home,
                epoch: 0,
            });
            if home != 0 {
                let groups =
                    self.employed.entry(home).or_insert_with(|| vec![0; plan.agents.len().div_ceil(GROUP)].into());
                groups[number / GROUP] |= 1 << (number % GROUP);
            }
            if let Some(serves) = &agent.serves {
                self.serves.insert(number, serves.iter().copied().collect());
            }
            self.fill_in_standby(number, agent, &counted[first_counted as usize..]);
        }
        (self.agents, self.skills, self.counted) = (rows.into(), skills.into(), counted.into());
    }

    fn skills_of(&self, agent: &Agent, plan: &Plan, outlook: &Outlook) -> Vec<Skill> {
        let known = agent.skills.iter().filter(|(class, _)| class.at() < self.classes.len());
        let mut skills: Vec<Skill> = known
            .map(|&(class, level)| {
                let speed = 1.0 / talk_multiple(outlook, agent, &plan.classes[class.at()], level);
                Skill { class, level, speed }
            })
            .collect();
        skills.sort_by_key(|skill| skill.class);
        skills.dedup_by_key(|skill| skill.class);
        skills
    }

    fn fill_in_standby(&mut self, number: usize, agent: &Agent, counted: &[ClassNo]) {
        let serves = |queue: &&QueueNo| self.queues[queue.at()].classes.iter().any(|class| counted.contains(class));
        let queues: Box<[QueueNo]> = self.standby_queues.iter().filter(serves).copied().collect();
        if agent.standby {
            self.standby.insert(number, queues);
        }
    }
}

impl Fitting {
    fn add(&mut self, fit: Fit) {
        let (number, bit) = (fit.agent / GROUP as u32, 1 << (fit.agent % GROUP as u32));
        match self.groups.last_mut() {
            Some(last) if last.number == number => last.mask |= bit,
            _ => {
                self.groups.push(Group { number, mask: bit, first: self.fits.len() as u32 });
                self.places.resize(number as usize + 1, 0);
                // At most 2,048 groups: a word names no more seats.
                self.places[number as usize] = self.groups.len() as u16;
            }
        }
        self.fits.push(fit);
    }
}

fn class_rows(plan: &Plan, outlook: &Outlook) -> Box<[ClassRow]> {
    let row = |class| ClassRow {
        talk_s: expected(outlook, class).map_or(outlook.talk_s, |expected| expected.talk_s),
        target_s: f64::INFINITY,
        third_s: 0.0,
        plain: true,
        widest_level: 0,
    };
    let mut rows: Box<[ClassRow]> = plan.classes.iter().map(row).collect();
    for (class, queue) in queues_of_classes(plan) {
        let (row, queue) = (&mut rows[class.at()], &plan.queues[queue.at()]);
        row.target_s = row.target_s.min(queue.target.as_secs_f64());
        row.plain &= queue.steps[..] == [Step::ALL];
        row.widest_level = row.widest_level.max(queue.steps.last().map_or(9, |step| step.level_max));
    }
    // Classes that no line asks for may wait anywhere.
    let all_plain = plan.queues.iter().all(|queue| queue.steps[..] == [Step::ALL]);
    for row in rows.iter_mut().filter(|row| row.widest_level == 0) {
        (row.target_s, row.plain, row.widest_level) = (NO_TARGET_S, all_plain, 9);
    }
    for row in &mut rows {
        row.third_s = row.target_s / 3.0;
    }
    rows
}

fn shares(plan: &Plan, outlook: &Outlook) -> Box<[f64]> {
    let an_hour = |class| expected(outlook, class).map_or(0.0, |expected| expected.calls_an_hour);
    let all: f64 = plan.classes.iter().map(an_hour).sum();
    let share = |class| if all > 0.0 { an_hour(class) / all } else { 1.0 / plan.classes.len() as f64 };
    plan.classes.iter().map(share).collect()
}

fn expected<'a>(outlook: &'a Outlook, class: &Class) -> Option<&'a ClassOutlook> {
    outlook.classes.get(&(class.topic.clone(), class.language.clone()))
}

fn queue_rows(plan: &Plan) -> Box<[QueueRow]> {
    let row = |queue: &plan::Queue| QueueRow {
        waiting_max: queue.waiting_max,
        overflow: queue.overflow,
        overflow_when: queue.overflow_when,
        steps: queue.steps.clone().into(),
        standby: queue.standby,
        classes: Vec::new(),
    };
    let mut rows: Box<[QueueRow]> = plan.queues.iter().map(row).collect();
    for (class, queue) in queues_of_classes(plan) {
        rows[queue.at()].classes.push(class);
    }
    rows
}

/// Each class with each queue that its calls may wait in: its lines' queues, and where their overflow leads. Once each.
pub(crate) fn queues_of_classes(plan: &Plan) -> Vec<(ClassNo, QueueNo)> {
    let mut known = std::collections::BTreeSet::new();
    let mut pairs = Vec::new();
    for line in &plan.lines {
        let mut queue = Some(line.queue);
        while let Some(here) = queue.filter(|here| known.insert((line.class, *here))) {
            pairs.push((line.class, here));
            queue = plan.queues[here.at()].overflow;
        }
    }
    pairs
}

/// Talk of an agent in a class, as a multiple of the class's mean.
fn talk_multiple(outlook: &Outlook, agent: &Agent, class: &Class, level: u8) -> f64 {
    let own = outlook.agents.get(&agent.id).and_then(|topics| topics.get(&class.topic));
    own.copied().unwrap_or(outlook.levels[usize::from(level.clamp(1, 9)) - 1])
}
