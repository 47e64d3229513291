//! Calls and spans on duty dealt to days, with a scenario that expects them.
//! Knows what can be known of talks and patience from what happened; doesn't know facts.

use std::collections::BTreeMap;

use model::{Language, Moment, TopicId};
use plan::Plan;

use super::fold::{Found, Recalled};
use super::{Local, Recorded};
use crate::day::{Call, Presence};
use crate::draw::Draw;
use crate::given::{Given, GivenDay};
use crate::replay::{CallEnd, CallTold, Told};
use crate::scenario::{LanguageShare, MemberShare, Minute, Scenario, TopicShare, file};
use crate::world::{Ability, Person, World};

/// Patience where nobody gave up: nothing is known, and few would.
const PATIENCE_UNKNOWN_S: f64 = 3_600.0;

/// Calls with what became of them, and who was on duty.
type OneDay = (Vec<(Call, CallTold)>, Vec<Presence>);

pub(super) fn build(found: &Found, plan: &Plan, local: &dyn Fn(Moment) -> Local, draw: &mut Draw) -> Option<Recorded> {
    let (topics, languages) = (topics(found, plan), languages(found, plan));
    let talks: Vec<f64> = found.calls.iter().filter_map(|call| Some(call.talk.as_ref()?.1)).collect();
    if talks.is_empty() || found.duties.is_empty() {
        return None;
    }
    let mean_s = (talks.iter().sum::<f64>() / talks.len() as f64).max(1.0);
    let patience_s = patience_s(&found.calls);
    let mut days: BTreeMap<i32, OneDay> = BTreeMap::new();
    for call in &found.calls {
        let (day, at_s) = local(call.since);
        let place = |list: &[String], name: &str| list.iter().position(|known| known == name).unwrap_or(0);
        let class = place(&topics, &call.topic) * languages.len() + place(&languages, &call.language);
        let talk_s = call.talk.as_ref().map_or_else(|| talks[draw.below(talks.len())], |(_, talk_s)| *talk_s);
        let beyond = if call.talk.is_some() { draw.exponential(patience_s) } else { 0.0 };
        let one = Call {
            at_s,
            class: class as u32,
            municipality: call.municipality,
            luck: talk_s.max(1.0) / mean_s,
            patience_s: call.wait_s + beyond,
            is_flooded: false,
        };
        days.entry(day).or_default().0.push((one, told(call, plan)));
    }
    for duty in &found.duties {
        let Some(agent) = plan.agents_by_id.get(&duty.agent) else { continue };
        let ((day, from_s), (last, to_s)) = (local(duty.from), local(duty.to));
        // Nobody is on duty over midnight: what looks so was cut by the end of a node.
        let to_s = if last == day { to_s } else { 86_400.0 };
        days.entry(day).or_default().1.push(Presence { person: agent.0, from_s, to_s });
    }
    days.retain(|_, (calls, presences)| !calls.is_empty() && !presences.is_empty());
    let mut scenario = scenario(found, plan, &topics, &languages, (mean_s, patience_s));
    (scenario.opens, scenario.closes) =
        hours(days.values().flat_map(|(calls, _)| calls.iter().map(|(call, _)| call.at_s)))?;
    scenario.profile = vec![0.0; (scenario.closes.0 - scenario.opens.0).div_ceil(30).max(1) as usize];
    scenario.days_known = days.len() as u32;
    let told = days.values_mut().map(|(calls, presences)| sorted(calls, presences, plan.agents.len())).collect();
    let given = days.into_values().map(|(calls, presences)| GivenDay {
        calls: calls.into_iter().map(|(call, _)| call).collect(),
        presences: Some(presences),
    });
    let given = Given { days: given.collect(), world: Some(world(plan, &topics, &languages)) };
    given.fit(&mut scenario);
    Some(Recorded { scenario, given, told })
}

fn told(call: &Recalled, plan: &Plan) -> CallTold {
    let home = call.talk.as_ref().and_then(|(agent, _)| plan.agents[plan.agents_by_id.get(agent)?.at()].home);
    CallTold {
        end: if call.talk.is_some() { CallEnd::Served } else { CallEnd::Lost },
        wait_s: call.wait_s,
        own: home.is_some() && home == call.municipality,
        estimate_s: None,
    }
}

/// Brings a day into order; what was told of it in the same order. Agents' figures are not read back.
fn sorted(calls: &mut [(Call, CallTold)], presences: &mut [Presence], agents: usize) -> Told {
    calls.sort_by(|a, b| a.0.at_s.total_cmp(&b.0.at_s));
    presences.sort_by(|a, b| a.person.cmp(&b.person).then(a.from_s.total_cmp(&b.from_s)));
    let calls = calls.iter().map(|(_, told)| *told).collect();
    Told { calls, agents: vec![crate::replay::AgentTold::default(); agents], ..Told::default() }
}

/// The whole half-hours in which calls came.
fn hours(at_s: impl Iterator<Item = f64>) -> Option<(Minute, Minute)> {
    let (least, most) = at_s.fold((f64::INFINITY, 0.0_f64), |(least, most), at| (least.min(at), most.max(at)));
    let half_hour = |at: f64| (at / 1_800.0) as u32;
    least.is_finite().then(|| (Minute(half_hour(least) * 30), Minute((half_hour(most) + 1) * 30).min(Minute::LAST)))
}

/// Time that was waited ÷ how many gave up: what an exponential patience is fitted by, those who were answered counted too.
fn patience_s(calls: &[Recalled]) -> f64 {
    let waited: f64 = calls.iter().map(|call| call.wait_s).sum();
    let lost = calls.iter().filter(|call| call.talk.is_none()).count() as f64;
    if lost > 0.0 { (waited / lost).clamp(1.0, PATIENCE_UNKNOWN_S) } else { PATIENCE_UNKNOWN_S }
}

fn topics(found: &Found, plan: &Plan) -> Vec<String> {
    let of_plan = plan.classes.iter().map(|class| class.topic.to_string());
    unique(of_plan.chain(found.calls.iter().map(|call| call.topic.to_string())))
}

fn languages(found: &Found, plan: &Plan) -> Vec<String> {
    let of_plan = plan.classes.iter().map(|class| class.language.to_string());
    unique(of_plan.chain(found.calls.iter().map(|call| call.language.to_string())))
}

fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}

fn scenario(
    found: &Found,
    plan: &Plan,
    topics: &[String],
    languages: &[String],
    (mean_s, patience_s): (f64, f64),
) -> Scenario {
    let mean = |(count, sum): (f64, f64)| if count > 0.0 { sum / count } else { 0.0 };
    let queue = plan.queues.first();
    Scenario {
        title: "recorded days".into(),
        seed: 1,
        replications: 1,
        days: 1,
        opens: Minute(0),
        closes: Minute::LAST,
        days_known: 0,
        calls_a_day: 0.0,
        profile: Vec::new(),
        day_noise: 0.0,
        half_hour_noise: 0.0,
        outside_share: 0.0,
        topics: topics
            .iter()
            .map(|id| TopicShare { id: TopicId::new(id), share: 0.0, talk: 1.0, agents: 1.0 })
            .collect(),
        languages: languages
            .iter()
            .map(|id| LanguageShare { id: Language::new(id), share: 0.0, agents: 0.0, all_topics: false })
            .collect(),
        members: plan.municipalities.keys().map(|id| MemberShare { id: *id, share: 0.0, agents: 1.0 }).collect(),
        agents: file::Agents::default(),
        added: Vec::new(),
        new_members: Vec::new(),
        shifts: Vec::new(),
        talk: file::Talk {
            mean_s,
            primary: 1.0,
            other: 1.0,
            lacking: 1.0,
            away: 1.0,
            wrap_up_s: mean(found.wrap_ups),
            ring_s: mean(found.rings),
            ..file::Talk::default()
        },
        patience: file::Patience { impatient_share: 0.0, impatient_s: patience_s, patient_s: patience_s },
        queues: file::Queues {
            target_s: queue.map_or(60.0, |queue| queue.target.as_secs_f64()),
            surge_guard: plan.queues.iter().any(|queue| queue.surge_guard),
            waiting_max: plan.queues.iter().map(|queue| queue.waiting_max).max().unwrap_or(1_000),
        },
        floods: Vec::new(),
    }
}

/// The plan's agents, with the skills that the plan gives them.
fn world(plan: &Plan, topics: &[String], languages: &[String]) -> World {
    let classes: Vec<(usize, usize)> =
        (0..topics.len()).flat_map(|topic| (0..languages.len()).map(move |language| (topic, language))).collect();
    let level = |agent: &plan::Agent, (topic, language): (usize, usize)| {
        let is_it = |class: &plan::Class| {
            class.topic.as_str() == topics[topic] && class.language.as_str() == languages[language]
        };
        agent.skills.iter().find(|(class, _)| is_it(&plan.classes[class.at()])).map(|(_, level)| *level)
    };
    let person = |agent: &plan::Agent| Person {
        home: agent.home,
        pace: 1.0,
        topics: vec![Ability::Lacking; topics.len()],
        speaks: vec![true; languages.len()],
        levels: Some(classes.iter().map(|class| level(agent, *class)).collect()),
        all_day: false,
    };
    World { people: plan.agents.iter().map(person).collect(), classes: classes.clone() }
}
