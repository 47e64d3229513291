//! Recorded days: what a centre's facts say comes back as calls, hours and figures, and can be replayed.
//! Facts are written here as a node writes them; no database.

use std::sync::Arc;

use model::{
    About, AgentId, AgentState, CallId, Fact, FactId, Language, LineId, Moment, MunicipalityId, Outcome, Party,
    QueueId, ShardNo, TopicId, What,
};
use plan::{Agent, AgentNo, Class, ClassNo, Municipality, Plan, Queue};
use whatif::{Figure, Policy, Replicated, Run, estimate, recorded};

/// 10:00 on some day.
const TEN_S: i64 = 20_000 * 86_400 + 36_000;

fn plan() -> Plan {
    let (id, name) = (MunicipalityId(751), Arc::from("Aarhus"));
    let anna = Agent { home: Some(id), skills: vec![(ClassNo(0), 1)], ..Agent::new(AgentId::new("anna")) };
    Plan {
        municipalities: [(id, Municipality { id, name, recordings: None })].into(),
        classes: vec![Class { topic: TopicId::new("pas"), language: Language::new("da") }],
        queues: vec![Queue::new(QueueId::new("pas"))],
        agents_by_id: [(anna.id.clone(), AgentNo(0))].into(),
        agents: vec![anna],
        ..Plan::default()
    }
}

#[derive(Default)]
struct Book(Vec<Fact>);

impl Book {
    fn note(&mut self, at_s: i64, about: About, what: What) {
        let id = FactId::new(1, ShardNo(0), self.0.len() as u64);
        self.0.push(Fact { id, at: Moment::from_secs(TEN_S + at_s), about, what });
    }

    fn anna(&mut self, at_s: i64, state: AgentState) {
        let about = About::Agent { agent: AgentId::new("anna"), seq: 1 };
        self.note(at_s, about, What::AgentBecame { state, call: None });
    }

    fn call(&mut self, number: u64, at_s: i64, what: What) {
        self.note(at_s, About::Call { call: CallId::new(1, ShardNo(0), number), seq: 1 }, what);
    }

    fn queues(&mut self, number: u64, at_s: i64) {
        let (topic, language) = (TopicId::new("pas"), Language::new("da"));
        let municipality = Some(MunicipalityId(751));
        self.call(number, at_s, What::LineFound { line: LineId::new("pas"), municipality, topic, language });
        let since = Moment::from_secs(TEN_S + at_s);
        self.call(number, at_s, What::Queued { queue: QueueId::new("pas"), since, overflow: None });
    }

    fn talks(&mut self, number: u64, at_s: i64, for_s: i64) {
        let agent = AgentId::new("anna");
        self.anna(at_s, AgentState::Talking);
        self.call(number, at_s, What::Talking { agent });
        self.call(number, at_s + for_s, What::HungUp { by: Party::Citizen });
        self.call(number, at_s + for_s, What::Ended { outcome: Outcome::Talked });
        self.anna(at_s + for_s, AgentState::WrapUp);
        self.anna(at_s + for_s + 30, AgentState::Ready);
    }
}

/// The first is answered at once and talks for 300 s; the second waits from 60 to 330 (after 30 s of wrap-up) and talks for
/// 200 s; the third gives up after 100 s.
fn three_calls() -> Book {
    let mut book = Book::default();
    book.anna(-600, AgentState::Ready);
    book.queues(1, 0);
    book.talks(1, 0, 300);
    book.queues(2, 60);
    book.queues(3, 70);
    book.call(3, 170, What::Ended { outcome: Outcome::Abandoned });
    book.talks(2, 330, 200);
    book.anna(3_600, AgentState::Off);
    book
}

fn local(at: Moment) -> (i32, f64) {
    let seconds = at.as_millis() / 1_000;
    ((seconds / 86_400) as i32, (seconds % 86_400) as f64)
}

#[test]
fn what_was_recorded_comes_back_and_the_replay_of_it_ends_the_same() {
    let back = recorded(three_calls().0.into_iter(), &plan(), &local, 1).expect("there are calls and an agent");
    let [day] = back.given.days.as_slice() else { panic!("one day, not {}", back.given.days.len()) };
    assert_eq!((day.calls.len(), day.presences.as_ref().map(Vec::len)), (3, Some(1)));
    assert!((back.scenario.talk.wrap_up_s - 30.0).abs() < 1e-9 && (back.scenario.talk.mean_s - 250.0).abs() < 1e-9);
    let run = Run { given: Some(Arc::new(back.given)), ..Run::new(back.scenario, Policy::Ours) };
    let sums = Replicated::new(&[run.replication(0).expect("it fits")]);
    let figure = |figure| estimate(figure, &sums).expect("it has a value").value;
    assert!((figure(Figure::Lost) - 100.0 / 3.0).abs() < 1e-6);
    assert!((figure(Figure::MeanWait) - 135.0).abs() < 1e-3, "{}", figure(Figure::MeanWait));
    assert!((figure(Figure::Own) - 100.0).abs() < 1e-6);
}

#[test]
fn an_empty_book_is_told_and_so_is_one_without_agents() {
    assert!(recorded(std::iter::empty(), &plan(), &local, 1).is_err());
    let mut book = Book::default();
    book.queues(1, 0);
    book.call(1, 50, What::Ended { outcome: Outcome::Abandoned });
    assert!(recorded(book.0.into_iter(), &plan(), &local, 1).is_err());
}
