//! The surge guard: recent calls, tokens and flags, by topic and by municipality.
//! Knows arrivals and matches; nothing of lanes or agents.

use std::collections::BTreeMap;

use forecast::Outlook;
use model::{Moment, MunicipalityId, TopicId};
use plan::{ClassNo, Plan, Policy};

use super::expected::queues_of;
use crate::Charge;

/// Buckets; none of them counts while the guard is off.
#[derive(Debug)]
pub(super) struct Guard {
    is_on: bool,
    topics: BTreeMap<TopicId, Bucket>,
    municipalities: BTreeMap<Whose, Bucket>,
    /// Municipalities with diverted lanes, in their places.
    diverted: [Option<Whose>; DIVERSIONS_MAX],
    /// By class: whether all of its queues ask for the guard.
    guarded: Vec<bool>,
}

/// A municipality's bucket. None: everybody who is no member's citizen.
type Whose = Option<MunicipalityId>;

/// Municipalities that can have diverted lanes at once; others' calls stay in the normal ones.
const DIVERSIONS_MAX: usize = 16;

/// Its values are kept as the core keeps them: 32 bits each, and time in whole hundredths of a second.
#[derive(Debug)]
struct Bucket {
    bound: Bound,
    recent: (i64, f32),
    /// None: never looked at, which is full.
    tokens: Option<(i64, f32)>,
    surges: bool,
}

#[derive(Clone, Copy, Debug)]
struct Bound {
    recent_s: f64,
    on_above: f64,
    off_below: f64,
    /// Tokens a second.
    refill: f64,
    cap: f64,
}

impl Guard {
    pub(super) fn new(plan: &Plan, outlook: &Outlook) -> Self {
        let mut guard = Self {
            is_on: false,
            topics: BTreeMap::new(),
            municipalities: BTreeMap::new(),
            diverted: [None; DIVERSIONS_MAX],
            guarded: Vec::new(),
        };
        guard.measure_by(plan, outlook);
        guard
    }

    /// Other bounds, the same counts.
    pub(super) fn measure_by(&mut self, plan: &Plan, outlook: &Outlook) {
        let surge = &plan.routing.surge;
        self.is_on = plan.routing.policy == Policy::Ours && outlook.days_known >= surge.days_known_min;
        let asks = |class: ClassNo| queues_of(plan, class).iter().all(|queue| plan.queues[queue.at()].surge_guard);
        self.guarded = (0..plan.classes.len() as u32).map(|class| asks(ClassNo(class))).collect();
        for class in &plan.classes {
            let of_topic = outlook.classes.iter().filter(|((topic, _), _)| *topic == class.topic);
            let an_hour: f64 = of_topic.map(|(_, expected)| expected.calls_an_hour).sum();
            set_bound(&mut self.topics, class.topic.clone(), of_a_topic(plan, an_hour));
        }
        let is_member = |code: &MunicipalityId| plan.municipalities.contains_key(code);
        let strangers = outlook.municipalities.iter().filter(|(code, _)| !is_member(code));
        let others: f64 = outlook.others_an_hour + strangers.map(|(_, an_hour)| an_hour).sum::<f64>();
        set_bound(&mut self.municipalities, None, of_a_municipality(plan, others));
        for code in plan.municipalities.keys() {
            let an_hour = outlook.municipalities.get(code).copied().unwrap_or(0.0);
            set_bound(&mut self.municipalities, Some(*code), of_a_municipality(plan, an_hour));
        }
    }

    /// A citizen's bucket.
    pub(super) fn bucket_of(plan: &Plan, from: Option<MunicipalityId>) -> Whose {
        from.filter(|code| plan.municipalities.contains_key(code))
    }

    /// Counts a call that came.
    pub(super) fn arrives(&mut self, plan: &Plan, class: ClassNo, whose: Whose, at: Moment) {
        if !self.is_on {
            return;
        }
        let topic = self.topics.get_mut(&plan.classes[class.at()].topic).expect("each class's topic has one");
        topic.arrives(at);
        topic.looks(at);
        if self.is_the_topics_flood(plan, class, whose, at) {
            return;
        }
        let municipality = self.municipalities.get_mut(&whose).expect("each member has one");
        municipality.arrives(at);
        if municipality.looks(at) && self.place_of(whose).is_none() {
            let free = self.diverted.iter_mut().find(|place| place.is_none());
            *free.unwrap_or(&mut None) = Some(whose);
        }
    }

    /// A call beyond its topic's guard, whose municipality has no flood of its own, counts as the topic's alone.
    pub(super) fn is_the_topics_flood(&self, plan: &Plan, class: ClassNo, whose: Whose, at: Moment) -> bool {
        self.topic_level(plan, class, at) >= 1 && !self.municipalities[&whose].surges
    }

    /// Flags of what surges are brought up to date. `stands`: whether anyone stands in diverted lanes of a municipality.
    pub(super) fn tick(&mut self, at: Moment, stands: impl Fn(Whose) -> bool) {
        if !self.is_on {
            return;
        }
        let all = self.topics.values_mut().chain(self.municipalities.values_mut());
        for bucket in all.filter(|bucket| bucket.surges) {
            bucket.looks(at);
        }
        for place in &mut self.diverted {
            *place = place.filter(|whose| self.municipalities[whose].surges || stands(*whose));
        }
    }

    /// Which of the diversions is a municipality's.
    pub(super) fn place_of(&self, whose: Whose) -> Option<usize> {
        self.diverted.iter().position(|place| *place == Some(whose))
    }

    /// How many topics and municipalities surge.
    pub(super) fn surging(&self) -> u32 {
        self.topics.values().chain(self.municipalities.values()).map(|bucket| u32::from(bucket.surges)).sum()
    }

    /// Whether anything surges, or stands diverted.
    pub(super) fn is_busy(&self) -> bool {
        self.is_on && (self.surging() > 0 || self.diverted.iter().any(Option::is_some))
    }

    /// Whether a class's calls may be of level 1.
    fn guards(&self, class: ClassNo) -> bool {
        self.is_on && self.guarded[class.at()]
    }

    /// Whether a class's calls from there may be diverted.
    pub(super) fn may_divert(&self, class: ClassNo, whose: Whose) -> bool {
        self.guards(class) && self.place_of(whose).is_some()
    }

    /// Takes a municipality's token, if there is one. False: there is none, and it surges.
    pub(super) fn admits(&mut self, whose: Whose, at: Moment) -> bool {
        let bucket = self.municipalities.get_mut(&whose).expect("each member has one");
        !self.is_on || bucket.take(at) || !bucket.surges
    }

    /// 1: the class's topic surges and has no token.
    pub(super) fn topic_level(&self, plan: &Plan, class: ClassNo, at: Moment) -> i8 {
        let bucket = &self.topics[&plan.classes[class.at()].topic];
        i8::from(self.guards(class) && bucket.surges && bucket.tokens(at) < 1.0)
    }

    /// 1: the municipality surges and has no token.
    pub(super) fn municipality_level(&self, class: ClassNo, whose: Whose, at: Moment) -> i8 {
        let bucket = &self.municipalities[&whose];
        i8::from(self.guards(class) && bucket.surges && bucket.tokens(at) < 1.0)
    }

    /// A match's token of the topic. `owes`: taken even if there is none.
    pub(super) fn charge_topic(&mut self, plan: &Plan, class: ClassNo, at: Moment, owes: bool) -> Charge {
        let bucket = self.topics.get_mut(&plan.classes[class.at()].topic).expect("each class's topic has one");
        if self.is_on && bucket.take_or_owe(at, owes) { Charge::Topic } else { Charge::Nothing }
    }

    /// A diverted match's token of the municipality.
    pub(super) fn charge_municipality(&mut self, whose: Whose, at: Moment, owes: bool) -> Charge {
        let bucket = self.municipalities.get_mut(&whose).expect("each member has one");
        if self.is_on && bucket.take_or_owe(at, owes) { Charge::Municipality } else { Charge::Nothing }
    }

    /// An offer failed: its token comes back.
    pub(super) fn give_back(&mut self, plan: &Plan, charge: Charge, class: ClassNo, whose: Whose, at: Moment) {
        let bucket = match charge {
            Charge::Nothing => None,
            Charge::Topic => self.topics.get_mut(&plan.classes[class.at()].topic),
            Charge::Municipality => self.municipalities.get_mut(&whose),
        };
        if let Some(bucket) = bucket.filter(|_| self.is_on) {
            bucket.tokens = Some((hundredths(at), (bucket.tokens(at) + 1.0).min(bucket.bound.cap) as f32));
        }
    }
}

fn set_bound<K: Ord>(buckets: &mut BTreeMap<K, Bucket>, of: K, bound: Bound) {
    let empty = Bucket { bound, recent: (0, 0.0), tokens: None, surges: false };
    buckets.entry(of).or_insert(empty).bound = bound;
}

fn of_a_topic(plan: &Plan, an_hour: f64) -> Bound {
    let surge = &plan.routing.surge;
    let (a_second, recent_s) = (an_hour.max(surge.least_an_hour) / 3_600.0, surge.topic_recent.as_secs_f64());
    let refill = surge.topic_refill * a_second;
    Bound {
        recent_s,
        on_above: (surge.topic_on * a_second * recent_s).max(surge.topic_on_calls),
        off_below: surge.topic_off * a_second * recent_s,
        refill,
        cap: refill * surge.topic_burst.as_secs_f64() + 3.0,
    }
}

fn of_a_municipality(plan: &Plan, an_hour: f64) -> Bound {
    let surge = &plan.routing.surge;
    let (a_second, recent_s) = (an_hour.max(surge.least_an_hour) / 3_600.0, surge.municipality_recent.as_secs_f64());
    let refill = surge.municipality_refill * a_second;
    Bound {
        recent_s,
        on_above: surge.municipality_on * a_second * recent_s + 5.0,
        off_below: surge.municipality_off * a_second * recent_s + 2.0,
        refill,
        cap: refill * surge.municipality_burst.as_secs_f64() + 4.0,
    }
}

fn hundredths(at: Moment) -> i64 {
    at.as_millis() / 10
}

impl Bucket {
    /// Recent calls now.
    fn recent(&self, at: Moment) -> f64 {
        let gone_s = (hundredths(at) - self.recent.0).max(0) as f64 / 100.0;
        f64::from(self.recent.1) * (-gone_s / self.bound.recent_s).exp()
    }

    fn arrives(&mut self, at: Moment) {
        self.recent = (hundredths(at), (self.recent(at) + 1.0) as f32);
    }

    /// Whether it surges from now on; true: it did not before.
    fn looks(&mut self, at: Moment) -> bool {
        let (recent, before) = (self.recent(at), self.surges);
        self.surges = if before { recent >= self.bound.off_below } else { recent > self.bound.on_above };
        self.surges && !before
    }

    fn tokens(&self, at: Moment) -> f64 {
        let Some((seen, held)) = self.tokens else { return self.bound.cap };
        let gone_s = (hundredths(at) - seen).max(0) as f64 / 100.0;
        (f64::from(held) + self.bound.refill * gone_s).min(self.bound.cap)
    }

    /// Never a debt.
    fn take(&mut self, at: Moment) -> bool {
        self.take_or_owe(at, false)
    }

    fn take_or_owe(&mut self, at: Moment, owes: bool) -> bool {
        let held = self.tokens(at);
        if held < 1.0 && !owes {
            return false;
        }
        self.tokens = Some((hundredths(at), (held - 1.0) as f32));
        true
    }
}
