//! Facts that come twice, overtake each other, stop in the middle or make no sense: what is learnt then.
//! Knows nothing of what the figures should be: only that they stay the same, or stay sound.

mod hotline;

use forecast::{Learner, Outlook};
use hotline::{End, Hotline, learn, outlook, seconds, wall};
use model::{
    About, AgentId, AgentState, CallId, Fact, FactId, Language, LineId, Moment, MunicipalityId, Outcome, Party,
    QueueId, ShardNo, TopicId, What,
};
use proptest::collection::vec;
use proptest::prelude::*;

const LATER: &str = "2026-11-04T10:00";

/// Two days with all that can happen.
fn two_days() -> Vec<Fact> {
    let mut hotline = Hotline::default();
    for date in ["2026-11-02", "2026-11-03"] {
        hotline.day(date, 6, 12, "passports");
        let at = |minute: u64| wall(&format!("{date}T09:00")) + seconds(minute * 60);
        for nth in 0..60 {
            let end = if nth % 4 == 0 { End::GivesUp } else { End::Talks { agent: "bo", seconds: 100 + 7 * nth } };
            hotline.call_of(at(nth * 3), "moving", "en", (nth % 2 == 0).then_some(851), 20 + nth, end);
            let states = [AgentState::Ready, AgentState::Talking, AgentState::WrapUp];
            hotline.desk("bo", &states.map(|state| (at(nth * 3), state)));
        }
        hotline.desk("bo", &[(at(300), AgentState::Off)]);
    }
    hotline.in_order()
}

#[test]
fn facts_that_come_twice_teach_once() {
    let facts = two_days();
    let doubled: Vec<Fact> = facts.chunks(50).flat_map(|batch| [batch, batch].concat()).collect();
    let learner = learn(&doubled);
    assert_eq!(outlook(&learner, LATER), outlook(&learn(&facts), LATER));
    assert_eq!(learner.health().doubled, facts.len() as u64);
    assert_eq!(learner.health().incomplete, 0);
}

#[test]
fn asking_between_facts_changes_nothing_and_a_copy_goes_on_as_the_first() {
    let facts = two_days();
    let mut asked = Learner::new();
    for fact in &facts {
        asked.apply(fact);
        if fact.id.0 % 97 == 0 {
            asked = asked.clone();
            outlook(&asked, LATER);
        }
    }
    assert_eq!(outlook(&asked, LATER), outlook(&learn(&facts), LATER));
}

#[test]
fn facts_of_calls_may_overtake_each_other() {
    let facts = two_days();
    let mut mixed: Vec<Fact> = facts.clone();
    let of_calls = |fact: &&mut Fact| matches!(fact.about, About::Call { .. });
    let mut calls: Vec<&mut Fact> = mixed.iter_mut().filter(of_calls).collect();
    for (nth, batch) in calls.chunks_mut(40).enumerate() {
        let batch_len = batch.len();
        for at in 0..batch_len {
            let (left, right) = batch.split_at_mut(at);
            if let (Some(one), Some(other)) = (left.get_mut((at * 7 + nth) % batch_len), right.first_mut()) {
                std::mem::swap(*one, *other);
            }
        }
    }
    assert_ne!(mixed, facts);
    let learner = learn(&mixed);
    assert_eq!(outlook(&learner, LATER), outlook(&learn(&facts), LATER));
    assert_eq!(learner.health().incomplete, 0);
}

#[test]
fn of_an_agents_facts_the_overtaken_one_is_left_out() {
    let mut hotline = Hotline::default();
    let at = |minute: u64| wall("2026-11-02T09:00") + seconds(minute * 60);
    let states = [AgentState::Talking, AgentState::WrapUp, AgentState::Ready];
    hotline.desk("bo", &states.map(|state| (at(0), state)));
    hotline.facts.swap(1, 2);
    let learner = learn(&hotline.facts);
    assert_eq!(learner.health().late, 1);
    assert_eq!(outlook(&learner, LATER), Outlook::unknown(), "neither no wrap-up nor a wrong one");
}

#[test]
fn a_wrap_up_whose_end_was_lost_is_not_taken_for_a_long_one() {
    let mut hotline = Hotline::default();
    let at = |minute: u64| wall("2026-11-02T09:00") + seconds(minute * 60);
    let ready = AgentState::Ready;
    hotline.desk("bo", &[(at(0), AgentState::WrapUp), (at(1), ready.clone()), (at(25), ready)]);
    hotline.facts.remove(1);
    assert_eq!(outlook(&learn(&hotline.facts), LATER), Outlook::unknown());
}

#[test]
fn a_call_that_lost_a_fact_teaches_what_is_left_after_an_hour() {
    let mut facts = two_days();
    let found = |fact: &Fact| matches!(&fact.what, What::HungUp { .. });
    facts.remove(facts.iter().position(found).expect("somebody hung up"));
    let learner = learn(&facts);
    assert_eq!(learner.health().incomplete, 1);
    let (seen, whole) = (outlook(&learner, LATER), outlook(&learn(&two_days()), LATER));
    assert_eq!(seen.classes.len(), whole.classes.len());
    assert!((seen.talk_s - whole.talk_s).abs() < 1.0 && seen.municipalities == whole.municipalities);
}

#[test]
fn a_day_with_a_wrong_clock_does_not_cost_what_was_known() {
    let mut facts = two_days();
    let mut wrong = Hotline::default();
    wrong.day("2099-01-05", 6, 12, "passports");
    let shifted = wrong.in_order().into_iter().map(|fact| Fact { id: FactId(fact.id.0 | 1 << 100), ..fact });
    facts.extend(shifted.map(|fact| match fact.about {
        About::Call { call, seq } => {
            Fact { about: About::Call { call: CallId::from_bits(call.bits() | 1 << 100), seq }, ..fact }
        }
        About::Agent { .. } | About::Node => fact,
    }));
    assert_eq!(outlook(&learn(&facts), LATER).classes, outlook(&learn(&two_days()), LATER).classes);
}

#[test]
fn after_a_restart_an_agents_numbers_begin_anew() {
    let at = |minute: u64| wall("2026-11-02T09:00") + seconds(minute * 60);
    let fact =
        |nth: u64, about: About, what: What| Fact { id: FactId::new(9, ShardNo(0), nth), at: at(nth), about, what };
    let became = |nth: u64, seq: u32, state: AgentState| {
        fact(nth, About::Agent { agent: AgentId::new("bo"), seq }, What::AgentBecame { state, call: None })
    };
    let learner = learn(&[
        became(1, 41, AgentState::Ready),
        became(2, 42, AgentState::Talking),
        fact(3, About::Node, What::NodeStarted { version: "2".into() }),
        became(4, 1, AgentState::Ready),
    ]);
    assert_eq!(learner.health().late, 0);
}

/// Anything that can happen, to a few calls and agents, at any time.
fn any_fact() -> impl Strategy<Value = Fact> {
    let moments = prop_oneof![
        4 => (0..20_000_000_i64).prop_map(|second| Moment::from_secs(1_790_000_000 + second)),
        1 => any::<i64>().prop_map(Moment::from_micros),
    ];
    let numbers = prop_oneof![4 => 0..8_u32, 1 => any::<u32>()];
    let about = (0..6_u64, numbers).prop_flat_map(|(who, seq)| {
        prop_oneof![
            4 => Just(About::Call { call: CallId::new(1, ShardNo(0), who), seq }),
            2 => Just(About::Agent { agent: AgentId::new(["anna", "bo", "cy"][who as usize % 3]), seq }),
            1 => Just(About::Node),
        ]
    });
    (any::<u64>(), moments, about, any_what()).prop_map(|(id, at, about, what)| Fact {
        id: FactId::new(1, ShardNo(0), id),
        at,
        about,
        what,
    })
}

fn any_what() -> impl Strategy<Value = What> {
    let agent = prop::sample::select(vec!["anna", "bo", "cy"]).prop_map(AgentId::new);
    let states = [AgentState::Off, AgentState::Ready, AgentState::Offered, AgentState::Talking, AgentState::WrapUp];
    prop_oneof![
        (any::<u16>(), 0..3_usize).prop_map(|(town, topic)| What::LineFound {
            line: LineId::new("line"),
            municipality: (town % 5 != 0).then_some(MunicipalityId(town)),
            topic: TopicId::new(["passports", "moving", "parking"][topic]),
            language: Language::new("da"),
        }),
        Just(What::Queued { queue: QueueId::new("all"), since: Moment::EPOCH, overflow: None }),
        agent.prop_map(|agent| What::Talking { agent }),
        Just(What::HungUp { by: Party::Citizen }),
        prop::sample::select(Outcome::ALL.to_vec()).prop_map(|outcome| What::Ended { outcome }),
        prop::sample::select(states.to_vec()).prop_map(|state| What::AgentBecame { state, call: None }),
        Just(What::NodeStarted { version: "1".into() }),
    ]
}

fn figures(outlook: &Outlook) -> Vec<f64> {
    let classes = outlook.classes.values().flat_map(|class| [class.calls_an_hour, class.talk_s]);
    let agents = outlook.agents.values().flat_map(|topics| topics.values().copied());
    let rest = [outlook.others_an_hour, outlook.talk_s, outlook.wrap_up_s, outlook.patience_s];
    classes.chain(agents).chain(outlook.municipalities.values().copied()).chain(outlook.levels).chain(rest).collect()
}

proptest! {
    #[test]
    fn whatever_comes_every_figure_is_a_number_that_can_be(
        facts in vec(any_fact(), 0..400),
        at in prop_oneof![4 => 1_790_000_000_000_000..1_812_000_000_000_000_i64, 1 => any::<i64>()],
        level in any::<Option<u8>>(),
    ) {
        let learner = learn(&facts);
        let seen = learner.outlook(Moment::from_micros(at), |_, _| level);
        for figure in figures(&seen) {
            prop_assert!(figure.is_finite() && figure >= 0.0, "{figure}: {seen:?}");
        }
        prop_assert!(seen.talk_s > 0.0 && seen.patience_s > 0.0);
        prop_assert_eq!(seen, learn(&facts).outlook(Moment::from_micros(at), |_, _| level));
    }

    #[test]
    fn whatever_is_asked_a_long_run_is_a_number_that_can_be(
        calls in any::<f64>(), service in any::<f64>(), patience in any::<f64>(),
        agents in prop_oneof![0..2_000_u32, any::<u32>()], ordinary in any::<bool>(),
    ) {
        let fold = |figure: f64, most: f64| if ordinary { figure.abs() % most } else { figure };
        let (calls, service, patience) = (fold(calls, 1e5), fold(service, 3_600.0), fold(patience, 3_600.0));
        let target = seconds(60);
        let runs = [
            forecast::erlang_a(calls, service, patience, agents, target),
            forecast::erlang_c(calls, service, agents, target),
        ];
        for run in runs.into_iter().flatten() {
            for share in [run.waiting, run.lost, run.service_level, run.occupancy] {
                prop_assert!((-1e-9..=1.0 + 1e-9).contains(&share), "{run:?}");
            }
            prop_assert!(run.mean_wait_s >= 0.0 && run.mean_wait_s.is_finite(), "{run:?}");
        }
    }
}
