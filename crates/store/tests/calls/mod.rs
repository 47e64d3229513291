//! Facts of calls, made by hand, and a folder for a spool.
//! Only for tests; knows just enough of facts to make some.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::sync::mpsc::channel;
use std::time::Duration;

use model::{
    About, AgentId, AgentState, CallId, Caller, DecisionNo, Dialled, Fact, FactId, Moment, MunicipalityId, OfferedWhy,
    Outcome, Party, PersonRecord, PersonRef, PhoneNumber, ShardNo, What,
};
use store::Spool;
use tally::Append;

/// 21 November 2026, 10:00 in Copenhagen.
const MORNING_S: i64 = 1_795_251_600;
const EPOCH_MS: u64 = 1_795_000_000_000;

pub(crate) fn at(seconds: u64) -> Moment {
    Moment::from_secs(MORNING_S) + Duration::from_secs(seconds)
}

pub(crate) fn call(no: u64) -> CallId {
    CallId::new(EPOCH_MS, ShardNo(0), no)
}

pub(crate) fn fact(no: u64, seconds: u64, about: About, what: What) -> Fact {
    Fact { id: FactId::new(EPOCH_MS, ShardNo(0), no), at: at(seconds), about, what }
}

/// The nth little fact of no consequence.
pub(crate) fn note(no: u64) -> Fact {
    fact(no, no, About::Node, What::NodeStarted { version: format!("version {no}").into() })
}

/// Twelve facts of a call that is promised a minute, waits 20 s and talks 60 s, and of its agent; call `no` uses fact ids from `no * 100`.
pub(crate) fn good_call(no: u64, start: u64) -> Vec<Fact> {
    let mut facts = open_call(no, start);
    let agent = AgentId::from("agent0001");
    let (mut seq, mut id) = (facts.len() as u32, no * 100 + facts.len() as u64);
    let mut put = |seconds, what| {
        (seq, id) = (seq + 1, id + 1);
        facts.push(fact(id, start + seconds, About::Call { call: call(no), seq }, what));
    };
    put(0, What::Promised { within: Duration::from_secs(60), expected: Duration::from_secs(25), ahead: 2 });
    let (decision, why) = (DecisionNo(no), OfferedWhy::BestFreeAgent);
    put(15, What::Offered { agent: agent.clone(), decision, why, because: None });
    put(20, What::Answered { agent: agent.clone() });
    put(20, What::Talking { agent: agent.clone() });
    put(80, What::HungUp { by: Party::Citizen });
    put(80, What::Ended { outcome: Outcome::Talked });
    let states = [(20, AgentState::Talking), (80, AgentState::WrapUp), (90, AgentState::Ready)];
    for (nth, (seconds, state)) in (1..).zip(states) {
        let about = About::Agent { agent: agent.clone(), seq: (no as u32 - 1) * 3 + nth };
        let of = (state != AgentState::Ready).then(|| call(no));
        facts.push(fact(id + u64::from(nth), start + seconds, about, What::AgentBecame { state, call: of }));
    }
    facts
}

/// The first three facts of a call, which then stands in its queue.
pub(crate) fn open_call(no: u64, start: u64) -> Vec<Fact> {
    let dialled = Dialled::parse("7000").expect("a number");
    let line = What::LineFound {
        line: "pas-da".into(),
        municipality: Some(MunicipalityId(751)),
        topic: "pas".into(),
        language: "da".into(),
    };
    let whats = [
        What::CallArrived { trunk: "trunk".into(), dialled, person: Some(PersonRef(no.into())) },
        line,
        What::Queued { queue: "pas".into(), since: at(start), overflow: None },
    ];
    let about = |seq| About::Call { call: call(no), seq };
    (1u32..).zip(whats).map(|(seq, what)| fact(no * 100 + u64::from(seq), start, about(seq), what)).collect()
}

pub(crate) fn person(no: u64) -> PersonRecord {
    let number = PhoneNumber::parse(&format!("2030{no:04}")).expect("a number");
    PersonRecord { person: PersonRef(no.into()), caller: Caller::Number(number), seen_at: at(no) }
}

/// Appends, and returns when it is saved.
pub(crate) fn save(spool: &Spool, facts: Vec<Fact>) {
    save_all(spool, facts, Vec::new());
}

pub(crate) fn save_all(spool: &Spool, facts: Vec<Fact>, persons: Vec<PersonRecord>) {
    let (saved, is_saved) = channel();
    let when_saved = Some(Box::new(move || saved.send(()).expect("somebody waits")) as tally::WhenSaved);
    spool.door().append(Append { facts, persons, when_saved }).expect("there is room");
    is_saved.recv().expect("it is saved");
}

/// All facts in the spool.
pub(crate) fn replayed(spool: &Spool) -> Vec<(u64, Fact)> {
    let mut facts = Vec::new();
    spool.replay(|one| facts.push((one.fact_no, one.fact))).expect("the spool can be read");
    facts
}
