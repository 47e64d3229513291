//! The core does what a slow and obvious matcher does, request by request, whatever the day brings.
//! Days are drawn; a failure prints the shortest centre and the shortest day that show it, as a story.

#![cfg(not(loom))]
#![allow(clippy::disallowed_methods, reason = "how many days are drawn may be said from outside")]

mod day;
mod floor;

use std::collections::BTreeMap;

use day::Day;
use day::events::{Event, event};
use day::scene::{Scene, scene};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use routing::reference::Break;

/// `DAYS=20000 cargo test -p routing --test reference` draws more.
fn days() -> ProptestConfig {
    let cases = std::env::var("DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

fn whole_day() -> impl Strategy<Value = (Scene, Vec<Event>)> {
    (scene(), proptest::collection::vec(event(), 1..200))
}

proptest! {
    #![proptest_config(days())]

    #[test]
    fn every_day_goes_as_the_slow_matcher_says((scene, events) in whole_day()) {
        let mut day = Day::new(&scene);
        let agreed = events.iter().try_for_each(|event| day.lives(event)).and_then(|()| day.ends());
        agreed.map_err(TestCaseError::fail)?;
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..days() })]

    #[test]
    fn the_same_day_twice_gives_the_same_replies((scene, events) in whole_day()) {
        let once = |()| {
            let mut day = Day::new(&scene);
            events.iter().try_for_each(|event| day.lives(event)).expect("see the test above");
            day.story().to_owned()
        };
        let [one, other] = [(), ()].map(once);
        prop_assert_eq!(one, other);
    }
}

/// The same days in every run.
fn drawn(count: usize) -> Vec<(Scene, Vec<Event>)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut draw = || whole_day().new_tree(&mut runner).expect("nothing is ruled out").current();
    (0..count).map(|_| draw()).collect()
}

#[test]
fn whichever_rule_is_left_out_these_days_show_it() {
    let days = drawn(1_500);
    let shows = |rule: Break, (scene, events): &(Scene, Vec<Event>)| {
        let mut day = Day::with_slow(scene, Some(rule));
        events.iter().try_for_each(|event| day.lives(event)).is_err()
    };
    let unseen: Vec<&Break> = Break::ALL.iter().filter(|rule| !days.iter().any(|day| shows(**rule, day))).collect();
    assert!(unseen.is_empty(), "nobody noticed {unseen:?}");
}

#[test]
fn days_of_every_kind_are_drawn() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (scene, events) in drawn(300) {
        let mut day = Day::new(&scene);
        events.iter().try_for_each(|event| day.lives(event)).expect("see the test above");
        for made in &day.watch.made {
            let because = &made.because;
            *seen.entry(format!("{:?} {:?} {}", because.why, because.lane, because.level)).or_default() += 1;
        }
        for word in ["Full", "TickWanted", "charge: Topic", "charge: Municipality", "SeatHeld", "was_waiting: false"] {
            *seen.entry(word.to_owned()).or_default() += day.story().matches(word).count();
        }
    }
    println!("{seen:#?}");
    assert!(seen.values().all(|count| *count > 0), "{seen:?}");
    for kind in ["Normal 0", "Normal 1", "Granted 0", "Front -1", "Later 2", "Diverted 0", "Diverted 1", "Own 0"] {
        for why in ["BestFreeAgent", "BestWaitingCall"] {
            assert!(seen.contains_key(&format!("{why} {kind}")), "no match was {why} {kind}");
        }
    }
}
