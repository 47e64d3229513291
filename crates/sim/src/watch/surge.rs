//! The surge guard as it should be: recent calls and tokens by topic, in plain sums beside the core's.
//! Tells what can't be: a token owed, a call held back though there is a token, or without any flood. Knows no agent.

use std::collections::BTreeMap;

use forecast::Outlook;
use model::{Moment, MunicipalityId, TopicId};
use plan::{ClassNo, Plan};
use routing::{Charge, Explanation, LaneKind, NewTicket, Precedence};

use crate::watch::Check;
use crate::watch::duty::seconds;
use crate::watch::line::Ticket;

/// What rounding may make of a token or a call.
const ROUNDING: f64 = 0.05;

/// All topics and municipalities; empty while too little is known.
#[derive(Debug, Default)]
pub(super) struct Surge {
    topics: BTreeMap<TopicId, Bucket>,
    municipalities: BTreeMap<Option<MunicipalityId>, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    recent: f64,
    recent_s: f64,
    /// Recent calls above which it surges.
    bound: f64,
    /// Whether it may have surged today.
    was_near: bool,
    tokens: f64,
    cap: f64,
    refill: f64,
    at: Moment,
}

impl Surge {
    pub(super) fn new(plan: &Plan, outlook: &Outlook) -> Self {
        let routing = &plan.routing;
        if routing.policy != plan::Policy::Ours || outlook.days_known < routing.surge.days_known_min {
            return Self::default();
        }
        let surge = &routing.surge;
        let rate = |an_hour: f64| an_hour.max(surge.least_an_hour) / 3_600.0;
        let topic = |topic: &TopicId| {
            let all = outlook.classes.iter().filter(|((of, _), _)| of == topic);
            let forecast = rate(all.map(|(_, expected)| expected.calls_an_hour).sum());
            let recent_s = surge.topic_recent.as_secs_f64();
            let bound = (surge.topic_on * forecast * recent_s).max(surge.topic_on_calls);
            let refill = surge.topic_refill * forecast;
            Bucket::new(recent_s, bound, refill, refill * surge.topic_burst.as_secs_f64() + 3.0)
        };
        let municipality = |an_hour: f64| {
            let (forecast, recent_s) = (rate(an_hour), surge.municipality_recent.as_secs_f64());
            let bound = surge.municipality_on * forecast * recent_s + 5.0;
            let refill = surge.municipality_refill * forecast;
            Bucket::new(recent_s, bound, refill, refill * surge.municipality_burst.as_secs_f64() + 4.0)
        };
        let member = |code: &MunicipalityId| {
            (Some(*code), municipality(outlook.municipalities.get(code).copied().unwrap_or(0.0)))
        };
        let others = (None, municipality(outlook.others_an_hour));
        Self {
            topics: plan.classes.iter().map(|class| (class.topic.clone(), topic(&class.topic))).collect(),
            municipalities: plan.municipalities.keys().map(member).chain([others]).collect(),
        }
    }

    pub(super) fn is_on(&self) -> bool {
        !self.topics.is_empty()
    }

    /// A call has come.
    pub(super) fn arrives(&mut self, plan: &Plan, new: &NewTicket, at: Moment) {
        let whose = new.municipality.filter(|code| plan.municipalities.contains_key(code));
        let topic = self.topics.get_mut(&plan.classes[new.class.at()].topic);
        for bucket in topic.into_iter().chain(self.municipalities.get_mut(&whose)) {
            bucket.till(at);
            bucket.recent += 1.0;
            bucket.was_near |= bucket.recent > bucket.bound - ROUNDING;
        }
    }

    /// Whether a call could be of level 1 at all: its topic or its municipality may have surged today.
    pub(super) fn could_be_beyond(&self, plan: &Plan, new: &NewTicket) -> bool {
        let whose = new.municipality.filter(|code| plan.municipalities.contains_key(code));
        let near = |bucket: Option<&Bucket>| bucket.is_some_and(|bucket| bucket.was_near);
        near(self.topics.get(&plan.classes[new.class.at()].topic)) || near(self.municipalities.get(&whose))
    }

    /// A match takes a token only if there is one.
    pub(super) fn matched(&mut self, plan: &Plan, new: &NewTicket, charge: Charge, at: Moment) -> Check {
        if charge != Charge::Topic {
            return Ok(());
        }
        let topic = &plan.classes[new.class.at()].topic;
        let Some(bucket) = self.topics.get_mut(topic) else {
            return Err(format!("{:?} took a token, and there is no surge guard", new.call));
        };
        bucket.till(at);
        bucket.tokens -= 1.0;
        if bucket.tokens > -ROUNDING {
            return Ok(());
        }
        Err(format!("topic {topic} owes a token since {:?} was served", new.call))
    }

    pub(super) fn gives_back(&mut self, plan: &Plan, new: &NewTicket, charge: Charge, at: Moment) {
        if let (Charge::Topic, Some(bucket)) = (charge, self.topics.get_mut(&plan.classes[new.class.at()].topic)) {
            bucket.till(at);
            bucket.tokens = (bucket.tokens + 1.0).min(bucket.cap);
        }
    }

    /// Beyond the guard is only who may be: in a flood, of a guarded class, and without a token.
    pub(super) fn level_is_right(&self, plan: &Plan, ticket: &Ticket, because: &Explanation, at: Moment) -> Check {
        // A second attempt to call somebody back stands at level 2 by itself.
        if because.level < 1 || ticket.new.precedence == Precedence::Later {
            return Ok(());
        }
        let call = ticket.new.call;
        if !self.could_be_beyond(plan, &ticket.new) || !is_guarded(plan, ticket.new.class) {
            return Err(format!("{call:?} was held back as a flood, and there is none"));
        }
        let bucket = self.topics.get(&plan.classes[ticket.new.class.at()].topic);
        let has_token = bucket.is_some_and(|bucket| bucket.tokens_at(at) > 1.0 + ROUNDING);
        if because.lane == LaneKind::Normal && has_token {
            return Err(format!("{call:?} was held back although its topic has a token"));
        }
        Ok(())
    }
}

fn is_guarded(plan: &Plan, class: ClassNo) -> bool {
    let lines = plan.lines.iter().filter(|line| line.class == class);
    let mut queues =
        lines.flat_map(|line| std::iter::successors(Some(line.queue), |queue| plan.queues[queue.at()].overflow));
    queues.all(|queue| plan.queues[queue.at()].surge_guard)
}

impl Bucket {
    fn new(recent_s: f64, bound: f64, refill: f64, cap: f64) -> Self {
        Self { recent: 0.0, recent_s, bound, was_near: false, tokens: cap, cap, refill, at: Moment::EPOCH }
    }

    fn till(&mut self, at: Moment) {
        let gone_s = seconds(at, self.at);
        self.recent *= (-gone_s / self.recent_s).exp();
        self.tokens = self.tokens_at(at);
        self.at = at;
    }

    fn tokens_at(&self, at: Moment) -> f64 {
        (self.tokens + self.refill * seconds(at, self.at)).min(self.cap)
    }
}
