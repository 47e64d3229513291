//! Proof 6: one class through the core, against the formulas of Erlang A and C.
//! Knows the page's two cases; the days are as long as it takes to forget that they began empty.

use std::collections::BTreeMap;
use std::time::Duration;

use forecast::{ClassOutlook, Outlook, erlang_a, erlang_c};
use model::{AgentId, Language, QueueId, TopicId};
use plan::{Agent, Class, ClassNo, Plan, Policy, Queue, Routing};
use routing::TooBig;

use super::claims::Claim;
use crate::day::{Call, Day, Presence};
use crate::draw::{Draw, Stream};
use crate::figures::{Figure, Replicated, Sums, estimate};
use crate::house::{House, Talks};
use crate::replay::replay;

/// Talk and wrap-up of the page's cases, in seconds.
const SERVICE_S: f64 = 400.0;
/// Calls an hour.
const AN_HOUR: f64 = 200.0;
/// T.
const TARGET_S: f64 = 60.0;
/// Hours of one replication.
const HOURS: f64 = 250.0;

/// One of the page's cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErlangCase {
    /// 22 agents; citizens give up after 430 s on average.
    A,
    /// 26 agents; citizens never give up.
    C,
}

impl ErlangCase {
    const fn agents(self) -> u32 {
        match self {
            Self::A => 22,
            Self::C => 26,
        }
    }

    const fn patience_s(self) -> f64 {
        match self {
            Self::A => 430.0,
            Self::C => f64::INFINITY,
        }
    }

    /// One replication through the core, under the product's own policy.
    pub fn replication(self, seed: u64) -> Result<Sums, TooBig> {
        let (house, day) = (self.house(), self.day(seed));
        Ok(Sums::of_day(1, &day, &replay(&house, &day)?, TARGET_S))
    }

    fn house(self) -> House {
        let class = Class { topic: TopicId::new("all"), language: Language::new("da") };
        let agent =
            |number| Agent { skills: vec![(ClassNo(0), 1)], ..Agent::new(AgentId::new(&format!("agent{number}"))) };
        let agents: Vec<Agent> = (0..self.agents()).map(agent).collect();
        let talks = Talks {
            class_s: vec![SERVICE_S],
            pace: vec![1.0; agents.len()],
            of_class: vec![vec![1.0]; agents.len()],
            away: 1.0,
            wrap_up_s: 0.0,
            ring_s: 0.0,
        };
        let known = ClassOutlook { calls_an_hour: AN_HOUR, talk_s: SERVICE_S };
        let outlook = Outlook {
            classes: BTreeMap::from([((class.topic.clone(), class.language.clone()), known)]),
            levels: [1.0; 9],
            ..Outlook::unknown()
        };
        let plan = Plan {
            classes: vec![class],
            queues: vec![Queue { waiting_max: u32::MAX, ..Queue::new(QueueId::new("all")) }],
            agents,
            routing: Routing { policy: Policy::Ours, ..Routing::default() },
            ..Plan::default()
        };
        House { plan, outlooks: vec![(0.0, outlook)], talks }
    }

    fn day(self, seed: u64) -> Day {
        let mut draw = Draw::new(seed, Stream::Calls(0));
        let (mut at_s, mut calls) = (0.0, Vec::new());
        loop {
            at_s += draw.exponential(3_600.0 / AN_HOUR);
            if at_s >= HOURS * 3_600.0 {
                break;
            }
            let luck = draw.exponential(1.0);
            let drawn = draw.exponential(1.0);
            let patience_s = if self.patience_s().is_finite() { drawn * self.patience_s() } else { 1e9 };
            calls.push(Call { at_s, class: 0, municipality: None, luck, patience_s, is_flooded: false });
        }
        let closes_s = HOURS * 3_600.0;
        let presences = (0..self.agents()).map(|person| Presence { person, from_s: 0.0, to_s: closes_s }).collect();
        Day { calls, presences, closes_s, ..Day::default() }
    }
}

/// What the two cases claim, of their replications.
pub fn erlang_claims(a: &Replicated, c: &Replicated) -> Vec<Claim> {
    let target = Duration::from_secs_f64(TARGET_S);
    let mut claims = Vec::new();
    let mut claim = |what: String, sums: &Replicated, figure, said: f64, within: f64| {
        let found = estimate(figure, sums);
        claims.push(Claim::new(6, what, found, (said - within, said + within)));
    };
    if let Some(said) = erlang_a(AN_HOUR, SERVICE_S, 430.0, 22, target) {
        let lost = said.lost * 100.0;
        claim(format!("Erlang A, N=22: lost % (formula {lost:.2})"), a, Figure::Lost, lost, 0.2);
        let level = said.service_level * 100.0;
        claim(format!("Erlang A, N=22: SL60 % (formula {level:.2})"), a, Figure::ServiceLevel, level, 0.8);
    }
    if let Some(said) = erlang_c(AN_HOUR, SERVICE_S, 26, target) {
        let level = said.service_level * 100.0;
        claim(format!("Erlang C, N=26: SL60 % (formula {level:.2})"), c, Figure::ServiceLevel, level, 0.8);
        let wait = said.mean_wait_s;
        claim(format!("Erlang C, N=26: mean wait s (formula {wait:.2})"), c, Figure::MeanWait, wait, 1.5);
    }
    claims
}
