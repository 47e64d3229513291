//! What the surge guard measures floods by: forecasts per topic and municipality, as rates and bounds.
//! Made from a plan and an outlook; knows nothing of what really comes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use forecast::Outlook;
use model::{MunicipalityId, TopicId};
use plan::{ClassNo, Plan, Policy, Surge};

use crate::tables_made::queues_of_classes;

/// One bucket's measures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Time constant of what is recent, in seconds.
    pub(crate) recent_s: f64,
    /// Recent calls above which a surge begins.
    pub(crate) on_above: f64,
    /// Recent calls below which it is over.
    pub(crate) off_below: f64,
    /// Tokens a second.
    pub(crate) refill: f64,
    /// Tokens that may be saved up.
    pub(crate) cap: f64,
}

/// The measures of all buckets.
#[derive(Clone, Debug)]
pub(crate) struct GuardRates {
    topics: Box<[Bound]>,
    municipalities: Box<[Bound]>,
    /// By class: its topic's bucket, and whether the guard is on for it.
    classes: Box<[(u16, bool)]>,
    /// By member: its bucket. All others share bucket 0.
    members: BTreeMap<MunicipalityId, u16>,
}

impl GuardRates {
    /// None: the guard is off, by the policy or because too little is known.
    pub(crate) fn new(plan: &Plan, outlook: &Outlook) -> Option<Self> {
        let surge = plan.routing.surge;
        if plan.routing.policy != Policy::Ours || outlook.days_known < surge.days_known_min {
            return None;
        }
        let mut numbers: BTreeMap<&TopicId, u16> = BTreeMap::new();
        for class in &plan.classes {
            let next = numbers.len() as u16;
            numbers.entry(&class.topic).or_insert(next);
        }
        let mut an_hour = vec![0.0; numbers.len()];
        for ((topic, _), expected) in &outlook.classes {
            if let Some(number) = numbers.get(topic) {
                an_hour[usize::from(*number)] += expected.calls_an_hour;
            }
        }
        let members: BTreeMap<_, _> = plan.municipalities.keys().copied().zip(1..).collect();
        let from = |code: &MunicipalityId| outlook.municipalities.get(code).copied().unwrap_or(0.0);
        let outside: f64 =
            outlook.municipalities.iter().filter(|(code, _)| !members.contains_key(*code)).map(|(_, rate)| rate).sum();
        let by_municipality = std::iter::once(outlook.others_an_hour + outside).chain(members.keys().map(from));
        let unguarded: BTreeSet<u32> = queues_of_classes(plan)
            .into_iter()
            .filter(|(_, queue)| !plan.queues[queue.at()].surge_guard)
            .map(|(class, _)| class.0)
            .collect();
        let guarded = |class: u32| !unguarded.contains(&class);
        Some(Self {
            topics: an_hour.into_iter().map(|rate| topic(&surge, rate)).collect(),
            municipalities: by_municipality.map(|rate| municipality(&surge, rate)).collect(),
            classes: (0..).zip(&plan.classes).map(|(no, class)| (numbers[&class.topic], guarded(no))).collect(),
            members,
        })
    }

    /// A class's topic: its bucket and measures; and whether the guard is on for the class.
    pub(crate) fn topic(&self, class: ClassNo) -> Option<(usize, &Bound, bool)> {
        let &(number, guarded) = self.classes.get(class.at())?;
        Some((usize::from(number), &self.topics[usize::from(number)], guarded))
    }

    /// A citizen's municipality: its bucket and measures.
    pub(crate) fn municipality(&self, code: Option<MunicipalityId>) -> (usize, &Bound) {
        let bucket = code.and_then(|code| self.members.get(&code)).map_or(0, |bucket| usize::from(*bucket));
        (bucket, &self.municipalities[bucket])
    }

    /// All topics' measures.
    pub(crate) fn topics(&self) -> &[Bound] {
        &self.topics
    }

    /// All municipalities' measures.
    pub(crate) fn municipalities(&self) -> &[Bound] {
        &self.municipalities
    }
}

fn topic(surge: &Surge, an_hour: f64) -> Bound {
    let (rate, recent_s) = (an_hour.max(surge.least_an_hour) / 3_600.0, seconds(surge.topic_recent));
    let refill = surge.topic_refill * rate;
    Bound {
        recent_s,
        on_above: (surge.topic_on * rate * recent_s).max(surge.topic_on_calls),
        off_below: surge.topic_off * rate * recent_s,
        refill,
        cap: refill * seconds(surge.topic_burst) + 3.0,
    }
}

fn municipality(surge: &Surge, an_hour: f64) -> Bound {
    let (rate, recent_s) = (an_hour.max(surge.least_an_hour) / 3_600.0, seconds(surge.municipality_recent));
    let refill = surge.municipality_refill * rate;
    Bound {
        recent_s,
        on_above: surge.municipality_on * rate * recent_s + 5.0,
        off_below: surge.municipality_off * rate * recent_s + 2.0,
        refill,
        cap: refill * seconds(surge.municipality_burst) + 4.0,
    }
}

fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}
