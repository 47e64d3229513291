//! A number that rings again: what its next agent is shown, and what the facts say of it.
//! Knows two calls; not what is said in either.

use std::time::Duration;

use centre::{EarlierCall, REMEMBERED_FOR, Shown};
use model::{Caller, LegId, PhoneNumber, What};

use crate::house::{House, SESSION, from_the_start};

const S: Duration = Duration::from_secs(1);

fn rings_from(house: &mut House, shard: u8, number: &str) -> LegId {
    let caller = Caller::Number(PhoneNumber::parse(number).expect("a number"));
    let leg = house.arrives_from(shard, "70101010", (caller, SESSION));
    house.rest();
    leg
}

fn talks(house: &mut House, citizen: LegId) {
    house.takes("anna");
    house.confirms(citizen);
}

/// What the agent was shown of earlier calls at the last offer.
fn shown(house: &House) -> Option<EarlierCall> {
    let offered = |shown: &Shown| if let Shown::Offered(offer) = shown { Some(offer.clone()) } else { None };
    let offer = house.told.shown.iter().rev().find_map(|(_, shown)| offered(shown));
    offer.expect("a call was offered").earlier.map(|call| *call)
}

fn told_by_facts(house: &House) -> Vec<(u64, bool)> {
    let before = |what: &What| {
        if let What::RangBefore { ago, talked } = what { Some((ago.as_secs(), *talked)) } else { None }
    };
    house.told.facts.iter().filter_map(|fact| before(&fact.what)).collect()
}

#[test]
fn an_agent_sees_that_the_same_number_rang_before_whichever_shard_had_the_call() {
    let mut house = House::open(2, &[from_the_start("anna")]);
    let first = rings_from(&mut house, 0, "20123456");
    assert_eq!(shown(&house), None, "nobody rang before");
    talks(&mut house, first);
    house.hangs_up(first);
    house.later(12 * 60 * S + 30 * S);
    let again = rings_from(&mut house, 1, "20123456");
    let earlier = shown(&house).expect("it rang twelve minutes ago");
    assert_eq!((earlier.talked_with.as_deref(), &*earlier.line, earlier.calls), (Some("anna"), "ringing", 1));
    assert_eq!(told_by_facts(&house), [(12 * 60, true)]);
    talks(&mut house, again);
    house.hangs_up(again);
    house.is_clean();
}

#[test]
fn a_citizen_who_gave_up_is_seen_to_have_talked_with_nobody_and_each_call_counts() {
    let mut house = House::open(2, &[]);
    for shard in [0, 1, 0] {
        let citizen = rings_from(&mut house, shard, "20123456");
        house.later(30 * S);
        house.hangs_up(citizen);
        house.later(30 * S);
    }
    assert_eq!(told_by_facts(&house), [(0, false), (0, false)]);
    let other = rings_from(&mut house, 1, "20654321");
    house.hangs_up(other);
    assert_eq!(told_by_facts(&house).len(), 2, "another number is nobody's repetition");
    house.is_clean();
}

#[test]
fn who_withholds_the_number_or_rang_the_day_before_is_not_recognised() {
    let mut house = House::open(1, &[from_the_start("anna")]);
    for _ in 0..2 {
        let citizen = house.rings(0, "70101010");
        assert_eq!(shown(&house), None);
        talks(&mut house, citizen);
        house.hangs_up(citizen);
        house.later(60 * S);
    }
    let citizen = rings_from(&mut house, 0, "20123456");
    talks(&mut house, citizen);
    house.hangs_up(citizen);
    house.later(REMEMBERED_FOR + S);
    let citizen = rings_from(&mut house, 0, "20123456");
    house.hangs_up(citizen);
    assert_eq!(told_by_facts(&house), []);
    house.is_clean();
}
