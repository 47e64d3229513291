//! A small centre, drawn: classes, queues with steps and overflow, agents with employers and memberships, and a forecast.
//! Drawn as few small numbers, so that a failing day shrinks to a centre that can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use forecast::{ClassOutlook, Outlook};
use model::{AgentId, Language, MunicipalityId, TopicId};
use plan::{
    Agent, AgentNo, Class, ClassNo, Line, Municipality, OverflowRule, Plan, Policy, Queue, QueueNo, StandbyRule, Step,
    StepWho,
};
use proptest::prelude::*;

use crate::floor::{line, queue};

/// Members; two more places of origin are a municipality that is none, and nobody knows where.
const MEMBERS: [u16; 3] = [101, 461, 751];
/// Places of origin.
pub(crate) const ORIGINS: usize = MEMBERS.len() + 2;
/// Forecasts, in calls an hour.
const AN_HOUR: [f64; 4] = [0.0, 2.0, 30.0, 200.0];

/// What is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) policy: Policy,
    pub(crate) classes: Vec<ClassDrawn>,
    /// The classes' own, in their order; more behind them.
    pub(crate) queues: Vec<QueueDrawn>,
    pub(crate) agents: Vec<AgentDrawn>,
    pub(crate) from_members: [usize; 3],
    /// Enough days are known for the surge guard.
    pub(crate) is_known: bool,
    /// Floods of a few calls are floods.
    pub(crate) is_touchy: bool,
    pub(crate) kept_idle_per: u32,
    pub(crate) reserve_s: u64,
    pub(crate) scarce_max: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct ClassDrawn {
    topic: u8,
    an_hour: usize,
    talk_s: u16,
}

#[derive(Clone, Debug)]
pub(crate) struct QueueDrawn {
    /// For queues behind the classes' own.
    class: usize,
    waiting_max: u32,
    target_s: u64,
    pub(crate) steps: Steps,
    overflows: bool,
    overflow_when: Option<OverflowRule>,
    is_guarded: bool,
    standby: Option<(u32, u64)>,
}

/// Which steps a queue has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Steps {
    All,
    HomeFirst,
    BestFirst,
    NeverTheWeakest,
}

#[derive(Clone, Debug)]
pub(crate) struct AgentDrawn {
    pub(crate) skills: BTreeMap<u32, u8>,
    home: Option<usize>,
    pub(crate) serves: Option<BTreeSet<usize>>,
    pub(crate) is_standby: bool,
    /// Talk in the first topic, in per cent of the mean, where it is known.
    pace: Option<u8>,
}

pub(crate) fn scene() -> impl Strategy<Value = Scene> {
    let policy = prop_oneof![8 => Just(Policy::Ours), 1 => Just(Policy::Fcfs), 1 => Just(Policy::LongestIdle)];
    let numbers = (
        proptest::array::uniform3(0..AN_HOUR.len()),
        prop_oneof![3 => Just(true), 1 => Just(false)],
        prop_oneof![2 => Just(true), 1 => Just(false)],
        prop_oneof![Just(10_u32), Just(2), Just(4)],
        prop_oneof![3 => Just(15_u64), 1 => Just(0), 1 => Just(3)],
        prop_oneof![3 => Just(4_u32), 1 => Just(1)],
    );
    let classes = proptest::collection::vec(class_drawn(), 1..5);
    let agents = proptest::collection::vec(agent_drawn(), 1..9);
    (policy, classes, proptest::collection::vec(queue_drawn(), 1..8), agents, numbers).prop_map(
        |(policy, classes, queues, agents, numbers)| {
            let (from_members, is_known, is_touchy, kept_idle_per, reserve_s, scarce_max) = numbers;
            Scene {
                policy,
                classes,
                queues,
                agents,
                from_members,
                is_known,
                is_touchy,
                kept_idle_per,
                reserve_s,
                scarce_max,
            }
        },
    )
}

fn class_drawn() -> impl Strategy<Value = ClassDrawn> {
    let talk_s = prop_oneof![Just(450_u16), Just(120), Just(900)];
    (0..3_u8, 0..AN_HOUR.len(), talk_s).prop_map(|(topic, an_hour, talk_s)| ClassDrawn { topic, an_hour, talk_s })
}

fn queue_drawn() -> impl Strategy<Value = QueueDrawn> {
    let numbers = (0..4_usize, prop_oneof![6 => Just(50_u32), 1 => 1..4_u32], prop_oneof![Just(60_u64), Just(20)]);
    let rule = proptest::option::weighted(0.2, (0..4_u32, 5..40_u64));
    let guarded = prop_oneof![3 => Just(true), 1 => Just(false)];
    let when = proptest::option::weighted(0.4, overflow_rule());
    (numbers, steps(), (any::<bool>(), when), guarded, rule).prop_map(
        |((class, waiting_max, target_s), steps, (overflows, overflow_when), is_guarded, standby)| QueueDrawn {
            class,
            waiting_max,
            target_s,
            steps,
            overflows,
            overflow_when,
            is_guarded,
            standby,
        },
    )
}

fn overflow_rule() -> impl Strategy<Value = OverflowRule> {
    let some = || proptest::option::of(1..4_u32);
    (proptest::option::of(5..90_u64), some(), some()).prop_map(|(wait_s, calls_per_agent_over, agents_under)| {
        OverflowRule { wait_over: wait_s.map(Duration::from_secs), calls_per_agent_over, agents_under }
    })
}

pub(crate) fn steps() -> impl Strategy<Value = Steps> {
    let rest = prop_oneof![Just(Steps::HomeFirst), Just(Steps::BestFirst), Just(Steps::NeverTheWeakest)];
    prop_oneof![5 => Just(Steps::All), 3 => rest]
}

pub(crate) fn skills() -> impl Strategy<Value = BTreeMap<u32, u8>> {
    let some = proptest::collection::btree_map(0..4_u32, 1..=9_u8, 1..5);
    prop_oneof![9 => some, 1 => Just(BTreeMap::new())]
}

pub(crate) fn membership() -> impl Strategy<Value = Option<BTreeSet<usize>>> {
    proptest::option::weighted(0.2, proptest::collection::btree_set(0..MEMBERS.len(), 1..3))
}

fn agent_drawn() -> impl Strategy<Value = AgentDrawn> {
    let home = proptest::option::weighted(0.7, 0..MEMBERS.len());
    let standby = prop_oneof![9 => Just(false), 1 => Just(true)];
    (skills(), home, membership(), standby, proptest::option::weighted(0.3, 60..150_u8))
        .prop_map(|(skills, home, serves, is_standby, pace)| AgentDrawn { skills, home, serves, is_standby, pace })
}

/// Where a citizen comes from.
pub(crate) fn origin(number: usize) -> Option<MunicipalityId> {
    match number % ORIGINS {
        4 => None,
        3 => Some(MunicipalityId(999)),
        member => Some(MunicipalityId(MEMBERS[member])),
    }
}

impl Scene {
    /// Class and queue of each line.
    pub(crate) fn lines(&self) -> Vec<(ClassNo, QueueNo)> {
        let classes = self.classes.len();
        let class = |(number, queue): (usize, &QueueDrawn)| {
            let class = if number < classes { number } else { queue.class % classes };
            (ClassNo(class as u32), QueueNo(number as u32))
        };
        self.queues.iter().enumerate().map(class).collect()
    }

    pub(crate) fn plan(&self) -> Plan {
        let lines = |(class, queue): &(ClassNo, QueueNo)| -> Line { line(class.0, queue.0) };
        let member = |code: u16| {
            (MunicipalityId(code), Municipality { id: MunicipalityId(code), name: "".into(), recordings: None })
        };
        let mut plan = Plan {
            municipalities: MEMBERS.into_iter().map(member).collect(),
            lines: self.lines().iter().map(lines).collect(),
            classes: (0..self.classes.len()).map(|number| self.class(number)).collect(),
            queues: (0..self.queues.len()).map(|number| self.queue(number)).collect(),
            agents: (0..self.agents.len()).map(|number| self.agent(number)).collect(),
            ..Plan::default()
        };
        let routing = &mut plan.routing;
        routing.policy = self.policy;
        routing.kept_idle_per = self.kept_idle_per;
        routing.reserve_max = Duration::from_secs(self.reserve_s);
        routing.scarce_max = self.scarce_max;
        if self.is_touchy {
            routing.surge.topic_on_calls = 2.0;
            routing.surge.topic_burst = Duration::from_secs(20);
            routing.surge.topic_recent = Duration::from_secs(60);
            routing.surge.municipality_on = 0.5;
            routing.surge.municipality_burst = Duration::ZERO;
            routing.surge.municipality_recent = Duration::from_secs(120);
        }
        plan
    }

    /// Languages tell classes of the same topic apart.
    fn class(&self, number: usize) -> Class {
        let before = self.classes[..number].iter().filter(|other| other.topic == self.classes[number].topic).count();
        Class {
            topic: TopicId::new(&format!("t{:04}", self.classes[number].topic)),
            language: Language::new(["da", "en", "ar", "uk"][before]),
        }
    }

    fn queue(&self, number: usize) -> Queue {
        let drawn = &self.queues[number];
        let rule = |(waiting_over, wait_s)| StandbyRule { waiting_over, wait_over: Duration::from_secs(wait_s) };
        Queue {
            waiting_max: drawn.waiting_max,
            target: Duration::from_secs(drawn.target_s),
            surge_guard: drawn.is_guarded,
            steps: drawn.steps.as_written(),
            overflow: (drawn.overflows && number + 1 < self.queues.len()).then_some(QueueNo(number as u32 + 1)),
            overflow_when: drawn.overflow_when,
            standby: drawn.standby.map(rule),
            ..queue(number)
        }
    }

    fn agent(&self, number: usize) -> Agent {
        let drawn = &self.agents[number];
        let code = |member: usize| MunicipalityId(MEMBERS[member]);
        let known =
            |(class, level): (&u32, &u8)| ((*class as usize) < self.classes.len()).then_some((ClassNo(*class), *level));
        Agent {
            skills: drawn.skills.iter().filter_map(known).collect(),
            home: drawn.home.map(code),
            serves: drawn.serves.as_ref().map(|members| members.iter().map(|member| code(*member)).collect()),
            standby: drawn.is_standby,
            ..Agent::new(agent_id(number))
        }
    }

    pub(crate) fn outlook(&self) -> Outlook {
        let class = |number: usize| {
            let (class, drawn) = (self.class(number), &self.classes[number]);
            let expected = ClassOutlook { calls_an_hour: AN_HOUR[drawn.an_hour], talk_s: f64::from(drawn.talk_s) };
            ((class.topic, class.language), expected)
        };
        let pace = |(number, drawn): (usize, &AgentDrawn)| {
            let multiple = f64::from(drawn.pace?) / 100.0;
            Some((agent_id(number), BTreeMap::from([(TopicId::new("t0000"), multiple)])))
        };
        let from = MEMBERS.into_iter().map(MunicipalityId).zip(self.from_members.map(|rate| AN_HOUR[rate]));
        Outlook {
            classes: (0..self.classes.len()).map(class).collect(),
            municipalities: from.collect(),
            others_an_hour: 3.0,
            levels: [0.92, 1.0, 1.05, 1.12, 1.12, 1.2, 1.25, 1.3, 1.4],
            agents: self.agents.iter().enumerate().filter_map(pace).collect(),
            days_known: if self.is_known { 30 } else { 0 },
            ..Outlook::unknown()
        }
    }

    pub(crate) fn agent_drawn(&mut self, number: usize) -> &mut AgentDrawn {
        let count = self.agents.len();
        &mut self.agents[number % count]
    }

    pub(crate) fn agent_no(&self, number: usize) -> AgentNo {
        AgentNo((number % self.agents.len()) as u32)
    }
}

fn agent_id(number: usize) -> AgentId {
    AgentId::new(&format!("agent{number:05}"))
}

impl Steps {
    fn as_written(self) -> Vec<Step> {
        let step = |after_s, level_max, who| Step { after: Duration::from_secs(after_s), level_max, who };
        match self {
            Self::All => vec![Step::ALL],
            Self::HomeFirst => vec![step(0, 9, StepWho::Home), step(20, 9, StepWho::Everyone)],
            Self::BestFirst => {
                vec![step(0, 2, StepWho::Everyone), step(8, 5, StepWho::Everyone), step(16, 9, StepWho::Everyone)]
            }
            Self::NeverTheWeakest => vec![step(0, 3, StepWho::Home), step(10, 5, StepWho::Everyone)],
        }
    }
}
