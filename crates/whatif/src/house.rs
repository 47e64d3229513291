//! The plan and the forecasts that the core decides by, for one replication under one policy.
//!
//! The forecast is the scenario's own truth by half-hours: what a learner would know after many days. It never knows of a
//! flood, nor of the day's noise.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use forecast::{ClassOutlook, Outlook};
use model::{AgentId, LineId, PromptName, QueueId, WaitingStage};
use plan::{Agent, AgentNo, CalendarNo, Class, ClassNo, Line, Municipality, Plan, Queue, QueueNo, Routing};

use crate::policy::Policy;
use crate::scenario::Scenario;
use crate::world::{Ability, Person, World};

/// Levels of skill in the plan.
const PRIMARY: u8 = 1;
const OTHER: u8 = 2;
const LACKING: u8 = 9;

/// What the core is given.
#[derive(Clone, Debug)]
pub struct House {
    /// The plan. Its agents are the world's people, its classes the world's, each with a queue of its own.
    pub plan: Plan,
    /// What is expected, from so many seconds since midnight on; ascending, never empty.
    pub outlooks: Vec<(f64, Outlook)>,
    /// How a talk's length comes about.
    pub talks: Talks,
}

/// What a talk takes: mean of the class × the call's luck × the agent's pace × the agent's skill × another municipality.
#[derive(Clone, PartialEq, Debug)]
pub struct Talks {
    /// Mean of each class in seconds.
    pub class_s: Vec<f64>,
    /// Own pace of each agent.
    pub pace: Vec<f64>,
    /// For each agent and class, the multiplier of the skill.
    pub of_class: Vec<Vec<f64>>,
    /// Of a citizen of another municipality.
    pub away: f64,
    /// Wrap-up after each talk, in seconds.
    pub wrap_up_s: f64,
    /// From the offer to the answer, in seconds.
    pub ring_s: f64,
}

impl House {
    /// The plan and forecasts of a world under a policy.
    pub fn new(scenario: &Scenario, world: &World, policy: Policy, routing: Routing) -> Self {
        Self {
            plan: plan_of(scenario, world, policy, routing),
            outlooks: outlooks(scenario, world),
            talks: Talks::new(scenario, world, policy),
        }
    }
}

impl Talks {
    fn new(scenario: &Scenario, world: &World, policy: Policy) -> Self {
        let talk = &scenario.talk;
        let multiplier = |ability: Ability| match ability {
            Ability::Primary => talk.primary,
            Ability::Other => talk.other,
            Ability::Lacking => talk.lacking,
        };
        let of_class = |person: &Person| {
            let ability =
                |class: &(usize, usize)| policy.ability(person.ability(scenario, *class)).unwrap_or(Ability::Lacking);
            world.classes.iter().map(|class| multiplier(ability(class))).collect()
        };
        Self {
            class_s: world.classes.iter().map(|(topic, _)| talk.mean_s * scenario.topics[*topic].talk).collect(),
            pace: world.people.iter().map(|person| person.pace).collect(),
            of_class: world.people.iter().map(of_class).collect(),
            away: talk.away,
            wrap_up_s: talk.wrap_up_s,
            ring_s: talk.ring_s,
        }
    }
}

fn plan_of(scenario: &Scenario, world: &World, policy: Policy, routing: Routing) -> Plan {
    let classes: Vec<Class> = world.classes.iter().map(|&(topic, language)| class(scenario, topic, language)).collect();
    let names = classes.iter().map(|class| format!("{}-{}", class.topic, class.language)).collect::<Vec<_>>();
    let agents: Vec<Agent> = world.people.iter().enumerate().map(|one| agent(scenario, world, one, policy)).collect();
    let members = scenario.members.iter().map(|member| member.id);
    let members = members.chain(scenario.new_members.iter().map(|(id, _)| *id));
    Plan {
        municipalities: members
            .map(|id| (id, Municipality { id, name: id.to_string().into(), recordings: None }))
            .collect(),
        lines: classes
            .iter()
            .zip(&names)
            .enumerate()
            .map(|(number, (class, name))| line(number, class, name))
            .collect(),
        queues: names.iter().map(|name| queue(scenario, policy, name)).collect(),
        agents_by_id: agents.iter().enumerate().map(|(number, one)| (one.id.clone(), AgentNo(number as u32))).collect(),
        topics: scenario.topics.iter().map(|topic| (topic.id.clone(), topic.id.as_str().into())).collect(),
        languages: scenario.languages.iter().map(|one| (one.id.clone(), one.id.as_str().into())).collect(),
        classes,
        agents,
        routing: Routing { policy: policy.rules(), ..routing },
        ..Plan::default()
    }
}

fn class(scenario: &Scenario, topic: usize, language: usize) -> Class {
    Class { topic: scenario.topics[topic].id.clone(), language: scenario.languages[language].id.clone() }
}

fn line(number: usize, class: &Class, name: &str) -> Line {
    let number = number as u32;
    Line {
        id: LineId::new(name),
        title: name.into(),
        municipality: None,
        topic: class.topic.clone(),
        language: class.language.clone(),
        class: ClassNo(number),
        queue: QueueNo(number),
        calendar: CalendarNo(0),
        greeting: None,
        closed_message: None,
        full_message: None,
        waiting: WaitingStage::Music,
        unanswered_max: None,
        music: PromptName::new("music"),
        announce: None,
        callback: None,
        booking: None,
        same_agent: None,
        meanwhile: plan::Meanwhile::none(),
        announce_opening: false,
        wait_max: None,
        gave_up_message: None,
        menus: plan::Menus::default(),
        bot: None,
        ways: plan::Ways::default(),
        consent_message: None,
    }
}

fn queue(scenario: &Scenario, policy: Policy, name: &str) -> Queue {
    let queues = &scenario.queues;
    Queue {
        waiting_max: queues.waiting_max,
        target: Duration::from_secs_f64(queues.target_s),
        wrap_up: Duration::from_secs_f64(scenario.talk.wrap_up_s),
        surge_guard: queues.surge_guard,
        steps: policy.steps(),
        ..Queue::new(QueueId::new(name))
    }
}

fn agent(scenario: &Scenario, world: &World, (number, person): (usize, &Person), policy: Policy) -> Agent {
    let level = |number: usize, class: (usize, usize)| {
        let known = person.levels.as_ref().and_then(|levels| levels[number]);
        if let (Some(level), true) = (known, policy != Policy::Bound) {
            return Some(level);
        }
        policy.ability(person.ability(scenario, class)).map(|ability| match ability {
            Ability::Primary => PRIMARY,
            Ability::Other => OTHER,
            Ability::Lacking => LACKING,
        })
    };
    let classes = world.classes.iter().enumerate();
    Agent {
        home: person.home,
        skills: classes.filter_map(|(number, class)| Some((ClassNo(number as u32), level(number, *class)?))).collect(),
        serves: (policy == Policy::Silo).then(|| person.home.into_iter().collect::<BTreeSet<_>>()),
        ..Agent::new(AgentId::new(&format!("agent{number:05}")))
    }
}

fn outlooks(scenario: &Scenario, world: &World) -> Vec<(f64, Outlook)> {
    let half_hours = 0..scenario.profile.len();
    half_hours
        .map(|half_hour| {
            let begins = scenario.opens.seconds() + half_hour as f64 * 1_800.0;
            (begins, outlook(scenario, world, scenario.expected_in(half_hour) * 2.0))
        })
        .collect()
}

fn outlook(scenario: &Scenario, world: &World, ordinary_an_hour: f64) -> Outlook {
    let joined: f64 = scenario.new_members.iter().map(|(_, share)| share).sum();
    let an_hour = ordinary_an_hour * (1.0 + joined);
    let classes = world.classes.iter().map(|&(topic, language)| {
        let calls_an_hour = an_hour * scenario.topics[topic].share * scenario.languages[language].share;
        let talk_s = scenario.talk.mean_s * scenario.topics[topic].talk;
        let class = class(scenario, topic, language);
        ((class.topic, class.language), ClassOutlook { calls_an_hour, talk_s })
    });
    let inside = ordinary_an_hour * (1.0 - scenario.outside_share);
    let mut municipalities: BTreeMap<_, f64> =
        scenario.members.iter().map(|member| (member.id, inside * member.share)).collect();
    for (id, share) in &scenario.new_members {
        *municipalities.entry(*id).or_default() += ordinary_an_hour * share;
    }
    let mut levels = [scenario.talk.other; 9];
    levels[usize::from(PRIMARY) - 1] = scenario.talk.primary;
    levels[usize::from(LACKING) - 1] = scenario.talk.lacking;
    Outlook {
        classes: classes.collect(),
        municipalities,
        others_an_hour: ordinary_an_hour * scenario.outside_share,
        talk_s: scenario.talk.mean_s,
        levels,
        wrap_up_s: scenario.talk.wrap_up_s,
        patience_s: scenario.patience_mean_s(),
        days_known: scenario.days_known,
        ..Outlook::unknown()
    }
}
