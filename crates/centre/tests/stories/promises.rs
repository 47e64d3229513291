//! Promises to call back that outlive the node: what a crowd was promised by one house is kept by the next.
//! Each house knows what the one before has told of its promises, and nothing else of it. Times are virtual.

use std::collections::BTreeMap;
use std::time::Duration;

use centre::Input;
use model::{About, CallId, CallbackFact, Moment, Outcome, Promise, PromiseChange, What};

use crate::crowd::CALLBACK_PLAN;
use crate::house::{House, NOON};
use crate::place::from_the_start;

const MINUTE: Duration = Duration::from_secs(60);

/// A house where `anna` talks with somebody and so many more wait who were promised to be called.
fn house_with_promises(promised: usize) -> House {
    let mut house = House::of_crowd(&plan(), promised + 1);
    let first = house.rings(0, "70202020");
    house.confirms(first);
    house.takes("anna");
    for n in 0..promised {
        house.later(Duration::from_secs(1));
        let leg = house.rings_from(0, "70202020", &format!("2030{n:04}"));
        house.confirms(leg);
        house.presses(leg, '1');
        house.presses(leg, '1');
        house.hangs_up(leg);
    }
    house
}

fn plan() -> String {
    format!("{CALLBACK_PLAN}\n{}", from_the_start("anna"))
}

/// What is kept of a house's promises, oldest arrival first.
fn kept(house: &House) -> Vec<Promise> {
    let mut kept: BTreeMap<CallId, Promise> = BTreeMap::new();
    for change in &house.told.promises {
        match change {
            PromiseChange::Kept(promise) => drop(kept.insert(promise.call, (**promise).clone())),
            PromiseChange::Over(call) => drop(kept.remove(call)),
        }
    }
    let mut kept: Vec<Promise> = kept.into_values().collect();
    kept.sort_by_key(|promise| promise.since);
    kept
}

/// The next house takes them up at that moment, last promise first, with nobody on duty meanwhile.
fn next_house(promises: &[Promise], at: Moment) -> House {
    let mut house = House::of_crowd(&plan(), promises.len() + 2);
    // Another start, another epoch: none of its calls has the number of an older one.
    house.shards[0].count_from(1_000);
    // The agent from the start is busy before anything is taken up.
    let first = house.rings(0, "70202020");
    house.confirms(first);
    house.takes("anna");
    house.at = house.at.max(at);
    let line = plan::read_plan(&plan()).expect("a plan").line_for_promise(&promises[0]).expect("the line is there");
    for promise in promises.iter().rev() {
        house.give(0, Input::TakeUp(Box::new(promise.clone()), line));
        house.rest();
    }
    house
}

fn facts_of(house: &House, call: CallId) -> Vec<(u32, What)> {
    let of = |fact: &model::Fact| match &fact.about {
        About::Call { call: about, seq } if *about == call => Some((*seq, fact.what.clone())),
        About::Call { .. } | About::Agent { .. } | About::Node => None,
    };
    house.told.facts.iter().filter_map(of).collect()
}

#[test]
fn whoever_was_promised_a_call_is_called_by_the_next_node_in_the_order_of_arrival_before_who_came_later() {
    let before = house_with_promises(3);
    let promises = kept(&before);
    assert_eq!(promises.len(), 3);
    let mut house = next_house(&promises, NOON + 2 * MINUTE);
    let later = house.rings_from(0, "70202020", "20309999");
    let came_later = house.newest_call();
    house.confirms(later);
    for promise in &promises {
        let facts = facts_of(&house, promise.call);
        assert_eq!(facts[0].1, What::Callback(CallbackFact::Resumed), "{facts:?}");
        assert_eq!(facts[0].0, promise.facts + 1, "its facts go on where they stood");
    }
    let talking = house.phone_of("anna").is_none();
    assert!(talking, "nobody rings while anna talks");
    let first = house.told.legs.len();
    let citizen = house.first_citizen();
    house.hangs_up(citizen);
    for promise in &promises {
        house.takes("anna");
        let outside = house.outside().expect("the citizen is called back");
        house.answers(outside);
        assert!(!kept(&house).iter().any(|kept| kept.call == promise.call), "who talks needs no promise any more");
        house.hangs_up(outside);
    }
    house.takes("anna");
    house.hangs_up(later);
    assert!(house.told.legs.len() > first);
    let order: Vec<CallId> = house.offers().into_iter().skip(1).collect();
    let expected: Vec<CallId> = promises.iter().map(|promise| promise.call).chain([came_later]).collect();
    assert_eq!(order, expected);
    assert!(house.outcomes().iter().all(|outcome| *outcome == Outcome::Talked), "{:?}", house.outcomes());
}

#[test]
fn an_attempt_that_was_made_counts_after_a_restart_and_the_rest_before_the_next_one_goes_on() {
    let mut before = house_with_promises(1);
    let first = before.first_citizen();
    before.hangs_up(first);
    before.takes("anna");
    let outside = before.outside().expect("the citizen is called back");
    before.leg(model::LegEvent::Refused { leg: outside, why: model::Refusal::Busy });
    let promises = kept(&before);
    assert_eq!((promises[0].attempts, promises[0].not_before), (1, Some(before.at + 5 * MINUTE)));
    let mut house = next_house(&promises, before.at + MINUTE);
    let first = house.first_citizen();
    house.hangs_up(first);
    house.later((4 * MINUTE).saturating_sub(Duration::from_secs(1)));
    assert!(house.phone_of("anna").is_none(), "it is not time yet");
    house.later(Duration::from_secs(1));
    house.takes("anna");
    let outside = house.outside().expect("the citizen is called back");
    house.answers(outside);
    let called = What::Callback(CallbackFact::Called { attempt: 2 });
    assert!(facts_of(&house, promises[0].call).iter().any(|(_, what)| *what == called));
}

#[test]
fn a_promise_whose_time_went_by_while_no_node_ran_has_failed_and_is_kept_no_more() {
    let before = house_with_promises(1);
    let promises = kept(&before);
    let house = {
        let mut house = next_house(&promises, promises[0].until + MINUTE);
        house.later(Duration::from_secs(1));
        house
    };
    assert_eq!(house.outcomes(), [Outcome::CallbackFailed]);
    assert!(matches!(house.told.promises.last(), Some(PromiseChange::Over(call)) if *call == promises[0].call));
}

#[test]
fn a_node_that_is_drained_calls_nobody_back_any_more_and_counts_no_promise_as_a_call_that_it_waits_for() {
    let mut house = house_with_promises(2);
    house.give(0, Input::Drain);
    house.rest();
    let first = house.first_citizen();
    house.hangs_up(first);
    house.later(10 * MINUTE);
    assert!(house.phone_of("anna").is_none(), "the next node calls them");
    let counts = house.shards[0].counts();
    assert_eq!((counts.calls, counts.promised), (2, 2));
    assert_eq!(kept(&house).len(), 2);
}

#[test]
fn a_node_that_is_drained_waits_for_a_phone_that_rings_and_one_that_ends_all_the_same_uses_up_no_attempt() {
    for let_go_first in ["citizen", "agent"] {
        let mut house = house_with_promises(1);
        let first = house.first_citizen();
        house.hangs_up(first);
        let anna = house.takes("anna");
        let promise = kept(&house).remove(0);
        assert_eq!(promise.attempts, 1, "this one");
        house.give(0, Input::Drain);
        house.rest();
        let counts = house.shards[0].counts();
        assert_eq!((counts.calls, counts.promised), (1, 0), "a phone rings, and the node waits for that");
        // As long as it may: then every leg is let go.
        let outside = house.outside().expect("the citizen's phone rings");
        let leg = if let_go_first == "citizen" { outside } else { anna };
        house.leg(model::LegEvent::Ended { leg, why: model::LegEnd::LetGo });
        let promises = kept(&house);
        assert_eq!(promises.len(), 1, "the next node keeps it");
        assert_eq!((promises[0].attempts, promises[0].until), (0, promise.until));
        let counts = house.shards[0].counts();
        assert_eq!((counts.calls, counts.promised), (1, 1));
        assert!(house.outcomes().iter().all(|outcome| *outcome == Outcome::Talked), "nothing has failed");
    }
}

#[test]
fn one_number_is_promised_two_calls_at_once_and_the_third_waits_on_the_phone() {
    let mut house = House::of_crowd(&plan(), 8);
    let first = house.rings(0, "70202020");
    house.confirms(first);
    house.takes("anna");
    let mut third = first;
    for n in 0..3 {
        let leg = house.rings_from(0, "70202020", "20304050");
        house.confirms(leg);
        house.presses(leg, '1');
        house.presses(leg, '1');
        assert_eq!(kept(&house).len(), 2.min(n + 1));
        if n < 2 {
            house.hangs_up(leg);
        }
        third = leg;
    }
    let let_go = house
        .told
        .legs
        .iter()
        .any(|command| *command == model::LegCommand::HangUp { leg: third, cause: model::Cause::Normal });
    assert!(!let_go, "the third waits on, on the phone");
}

#[test]
fn nobody_is_called_at_night_and_the_place_is_kept_until_the_morning() {
    let mut house = house_with_promises(1);
    let citizen = house.first_citizen();
    // Monday, 21:05; anna has talked until then.
    house.later(9 * 60 * MINUTE + 5 * MINUTE);
    house.hangs_up(citizen);
    assert!(house.phone_of("anna").is_none(), "nobody is rung for a call that can't be made now");
    let promise = kept(&house).remove(0);
    let eight = Moment::from_secs(1_772_449_200 + 20 * 3_600);
    assert_eq!(promise.not_before, Some(eight));
    assert!(promise.until >= eight + 60 * MINUTE);
    house.later(eight.since(house.at));
    house.takes("anna");
    house.answers(house.outside().expect("the citizen is called in the morning"));
}
