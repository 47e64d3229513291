//! Facts of a small centre's day, made by hand: calls with their steps, agents with their states.
//! Only for tests; moments are seconds after one morning in Copenhagen.

use std::time::Duration;

use model::{
    About, AgentId, AgentState, CallId, DecisionNo, Dialled, Fact, FactId, Moment, MunicipalityId, OfferEnd,
    OfferedWhy, Outcome, Party, ShardNo, What,
};
use tally::{NumberedFact, Tally, Targets};

/// 21 November 2026, 10:00 in Copenhagen.
pub(crate) const MORNING_S: i64 = 1_795_251_600;

pub(crate) fn at(seconds: u64) -> Moment {
    Moment::from_secs(MORNING_S) + Duration::from_secs(seconds)
}

pub(crate) fn call(no: u64) -> CallId {
    CallId::new(1_795_000_000_000, ShardNo(0), no)
}

/// Writes facts down in order, with gapless numbers.
#[derive(Default)]
pub(crate) struct Day {
    pub(crate) facts: Vec<NumberedFact>,
}

impl Day {
    pub(crate) fn put(&mut self, seconds: u64, about: About, what: What) {
        let fact_no = self.facts.len() as u64 + 1;
        let id = FactId::new(1_795_000_000_000, ShardNo(0), fact_no);
        self.facts.push(NumberedFact { fact_no, fact: Fact { id, at: at(seconds), about, what } });
    }
    pub(crate) fn on_call(&mut self, seconds: u64, no: u64, what: What) {
        let seq = 1 + self
            .facts
            .iter()
            .filter(|one| matches!(&one.fact.about, About::Call { call: c, .. } if *c == call(no)))
            .count();
        self.put(seconds, About::Call { call: call(no), seq: seq as u32 }, what);
    }
    pub(crate) fn on_agent(&mut self, seconds: u64, agent: &str, what: What) {
        let agent = AgentId::new(agent);
        let seq = 1 + self
            .facts
            .iter()
            .filter(|one| matches!(&one.fact.about, About::Agent { agent: a, .. } if *a == agent))
            .count();
        self.put(seconds, About::Agent { agent, seq: seq as u32 }, what);
    }
    pub(crate) fn became(&mut self, seconds: u64, agent: &str, state: AgentState, no: Option<u64>) {
        self.on_agent(seconds, agent, What::AgentBecame { state, call: no.map(call) });
    }
    pub(crate) fn arrives(&mut self, seconds: u64, no: u64) {
        let dialled = Dialled::parse("7000").expect("a number");
        self.on_call(seconds, no, What::CallArrived { trunk: "trunk".into(), dialled, person: None });
        let municipality = Some(MunicipalityId(751));
        let line = What::LineFound { line: "pas-da".into(), municipality, topic: "pas".into(), language: "da".into() };
        self.on_call(seconds, no, line);
    }
    pub(crate) fn queues(&mut self, seconds: u64, no: u64) {
        self.on_call(seconds, no, What::Queued { queue: "pas".into(), since: at(seconds), overflow: None });
    }
    pub(crate) fn is_promised(&mut self, seconds: u64, no: u64, minutes: u64) {
        let (within, expected) = (Duration::from_secs(60 * minutes), Duration::from_secs(30 * minutes));
        self.on_call(seconds, no, What::Promised { within, expected, ahead: 1 });
    }
    pub(crate) fn rings(&mut self, seconds: u64, no: u64, agent: &str) {
        let (agent_id, decision) = (agent.into(), DecisionNo(no));
        let why = OfferedWhy::BestFreeAgent;
        let offered = What::Offered { agent: agent_id, decision, why, because: None };
        self.on_call(seconds, no, offered);
        self.became(seconds, agent, AgentState::Offered, Some(no));
    }
    pub(crate) fn declines(&mut self, seconds: u64, no: u64, agent: &str) {
        self.on_call(seconds, no, What::OfferEnded { agent: agent.into(), why: OfferEnd::Declined });
    }
    pub(crate) fn talks(&mut self, seconds: u64, no: u64, agent: &str) {
        self.on_call(seconds, no, What::Answered { agent: agent.into() });
        self.on_call(seconds, no, What::Talking { agent: agent.into() });
        self.became(seconds, agent, AgentState::Talking, Some(no));
    }
    pub(crate) fn hangs_up(&mut self, seconds: u64, no: u64) {
        self.on_call(seconds, no, What::HungUp { by: Party::Citizen });
        self.ends(seconds, no, Outcome::Talked);
    }
    pub(crate) fn ends(&mut self, seconds: u64, no: u64, outcome: Outcome) {
        self.on_call(seconds, no, What::Ended { outcome });
    }
    pub(crate) fn tally(&self) -> Tally {
        let mut tally = Tally::new(Targets::default());
        for fact in &self.facts {
            tally.apply(fact);
        }
        tally
    }
}
