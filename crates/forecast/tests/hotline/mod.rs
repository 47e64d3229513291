//! A hotline made up for tests: days of calls and desks by the wall in Copenhagen, written as facts.
//! Knows what facts look like; doesn't know what is learnt from them.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::time::Duration;

use forecast::{Learner, Outlook};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::{
    About, AgentId, AgentState, CallId, Dialled, Fact, FactId, Language, LineId, Moment, MunicipalityId, Outcome,
    Party, QueueId, ShardNo, TopicId, TrunkId, What,
};

/// How a call ends for its citizen.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Talks { agent: &'static str, seconds: u64 },
    GivesUp,
    GivenUpOn,
}

/// Writes facts.
#[derive(Default)]
pub(crate) struct Hotline {
    pub(crate) facts: Vec<Fact>,
    calls: u64,
    desks: u32,
}

/// A moment by the wall; the first of two.
pub(crate) fn wall(text: &str) -> Moment {
    let local: DateTime = text.parse().expect("a date and time");
    let zone = TimeZone::get("Europe/Copenhagen").expect("the bundled zones have Copenhagen");
    let at = zone.to_ambiguous_timestamp(local).compatible().expect("a moment");
    Moment::from_micros(at.as_microsecond())
}

/// `days` days from a date on, as `2026-11-23`.
pub(crate) fn days(from: &str, days: i64) -> Vec<String> {
    let first: Date = from.parse().expect("a date");
    first.series(jiff::Span::new().days(1)).take(days as usize).map(|date| date.to_string()).collect()
}

/// Monday to Friday.
pub(crate) fn is_workday(date: &str) -> bool {
    date.parse::<Date>().expect("a date").weekday().to_monday_zero_offset() < 5
}

pub(crate) fn class(topic: &str, language: &str) -> (TopicId, Language) {
    (TopicId::new(topic), Language::new(language))
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

impl Hotline {
    /// A call in Danish from Aarhus that waits ten seconds.
    pub(crate) fn call(&mut self, at: Moment, topic: &str, end: End) {
        self.call_of(at, topic, "da", Some(751), 10, end);
    }

    pub(crate) fn call_of(&mut self, at: Moment, topic: &str, language: &str, town: Option<u16>, waits: u64, end: End) {
        let queued = at + seconds(5);
        let over = queued + seconds(waits);
        let mut story = vec![
            (at, What::CallArrived { trunk: TrunkId::new("trunk"), dialled: dialled(), person: None }),
            (at, line(topic, language, town)),
            (queued, What::Queued { queue: QueueId::new("all"), since: queued, overflow: None }),
        ];
        match end {
            End::Talks { agent, seconds: talk } => {
                story.push((over, What::Talking { agent: AgentId::new(agent) }));
                story.push((over + seconds(talk), What::HungUp { by: Party::Citizen }));
                story.push((over + seconds(talk), What::Ended { outcome: Outcome::Talked }));
            }
            End::GivesUp => story.push((over, What::Ended { outcome: Outcome::Abandoned })),
            End::GivenUpOn => story.push((over, What::Ended { outcome: Outcome::GaveUp })),
        }
        self.story(story);
    }

    /// One call's facts, whatever they are.
    pub(crate) fn story(&mut self, story: Vec<(Moment, What)>) {
        self.calls += 1;
        let call = CallId::new(1, ShardNo(0), self.calls);
        for ((at, what), seq) in story.into_iter().zip(1..) {
            self.push(at, About::Call { call, seq }, what);
        }
    }

    /// What an agent became, one after the other.
    pub(crate) fn desk(&mut self, agent: &str, states: &[(Moment, AgentState)]) {
        for (at, state) in states {
            self.desks += 1;
            let about = About::Agent { agent: AgentId::new(agent), seq: self.desks };
            self.push(*at, about, What::AgentBecame { state: state.clone(), call: None });
        }
    }

    pub(crate) fn push(&mut self, at: Moment, about: About, what: What) {
        let id = FactId::new(1, ShardNo(1), self.facts.len() as u64);
        self.facts.push(Fact { id, at, about, what });
    }

    /// A day from 08:00 on, `hours` hours: `an_hour` calls each hour about `topic`, evenly, all answered by one agent.
    pub(crate) fn day(&mut self, date: &str, hours: u64, an_hour: u64, topic: &str) {
        let open = wall(&format!("{date}T08:00"));
        let close = open + seconds(hours * 3_600);
        self.desk("anna", &[(open, AgentState::Ready), (close, AgentState::Off)]);
        for nth in 0..hours * an_hour {
            let at = open + Duration::from_millis(nth * 3_600_000 / an_hour);
            self.call(at, topic, End::Talks { agent: "anna", seconds: 300 });
        }
    }

    /// In the order of their moments, as they lie in the spool.
    pub(crate) fn in_order(mut self) -> Vec<Fact> {
        self.facts.sort_by_key(|fact| fact.at);
        self.facts
    }

    pub(crate) fn learn(self) -> Learner {
        learn(&self.in_order())
    }
}

fn line(topic: &str, language: &str, town: Option<u16>) -> What {
    What::LineFound {
        line: LineId::new(topic),
        municipality: town.map(MunicipalityId),
        topic: TopicId::new(topic),
        language: Language::new(language),
    }
}

pub(crate) fn learn(facts: &[Fact]) -> Learner {
    let mut learner = Learner::new();
    for fact in facts {
        learner.apply(fact);
    }
    learner
}

/// Nobody has a level.
pub(crate) fn outlook(learner: &Learner, at: &str) -> Outlook {
    learner.outlook(wall(at), |_, _| None)
}

/// Calls an hour about a topic in Danish.
pub(crate) fn calls_an_hour(outlook: &Outlook, topic: &str) -> f64 {
    outlook.classes.get(&class(topic, "da")).map_or(0.0, |class| class.calls_an_hour)
}

fn dialled() -> Dialled {
    Dialled::parse("70100000").expect("a number")
}

/// The fact that a call has a line, in Danish and from nobody knows where.
pub(crate) fn line_found(at: Moment, topic: &str) -> (Moment, What) {
    (at, line(topic, "da", None))
}
