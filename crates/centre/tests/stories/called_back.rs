//! A crowd of whom many choose to be called back: the order in which they are served is the order in which they came.
//! Knows calls by their arrival; times are virtual.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{About, CallId, CallbackFact, LegId, Outcome, What};

use crate::crowd::CALLBACK_PLAN;
use crate::house::House;
use crate::place::from_the_start;

/// How many wait.
const CROWD: usize = 1_000;
/// Of each ten so many choose to be called back.
const OF_TEN: usize = 3;

/// A call was offered to the agent, and then a citizen called: the promised one.
fn is_promised(house: &House, call: CallId) -> bool {
    house.told.facts.iter().any(|fact| {
        matches!(&fact.about, About::Call { call: about, .. } if *about == call)
            && fact.what == What::Callback(CallbackFact::Promised)
    })
}

#[test]
fn of_a_thousand_who_wait_three_hundred_are_called_back_and_all_are_served_in_the_order_of_their_arrival() {
    let mut house = House::of_crowd(&format!("{CALLBACK_PLAN}\n{}", from_the_start("anna")), CROWD + 1);
    let first = house.rings(0, "70202020");
    house.confirms(first);
    house.takes("anna");
    let mut legs: BTreeMap<CallId, LegId> = BTreeMap::new();
    let mut order = Vec::new();
    for n in 0..CROWD {
        house.later(Duration::from_secs(1));
        // Each from a number of their own: one number is promised two calls at most.
        let leg = house.rings_from(0, "70202020", &format!("2030{n:04}"));
        let call = house.newest_call();
        house.confirms(leg);
        if n % 10 < OF_TEN {
            house.presses(leg, '1');
            house.presses(leg, '1');
            house.hangs_up(leg);
        } else {
            legs.insert(call, leg);
        }
        order.push(call);
    }
    let promised = order.iter().filter(|call| is_promised(&house, **call)).count();
    assert_eq!((promised, legs.len()), (CROWD * OF_TEN / 10, CROWD - CROWD * OF_TEN / 10));
    house.hangs_up(first);
    for call in &order {
        house.takes("anna");
        if let Some(leg) = legs.get(call) {
            house.hangs_up(*leg);
        } else {
            let leg = house.outside().expect("the citizen is called back");
            house.answers(leg);
            house.hangs_up(leg);
        }
    }
    let offered: Vec<CallId> = house.offers().into_iter().skip(1).collect();
    assert!(offered == order, "they are not served in the order in which they came");
    assert!(house.outcomes().iter().all(|outcome| *outcome == Outcome::Talked), "nobody has given up");
    house.is_clean();
}
