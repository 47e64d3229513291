//! What crosses on its way between two shards: a pause and a claim, a hang-up and a claim, a phone that flaps.
//! Even agents have their desks in shard 0, odd ones in shard 1.

use std::time::Duration;

use centre::{CallNotice, CallNoticeWhat, DeskCommand, Input, Wanted};
use model::{AgentState, LegEnd, LegEvent, OfferEnd, Outcome};
use plan::AgentNo;

use crate::house::{House, at_the_desk, paused};

const S: Duration = Duration::from_secs(1);

fn two_shards() -> House {
    House::open(2, &[at_the_desk("anna"), at_the_desk("bo")])
}

#[test]
fn a_pause_that_a_claim_in_another_shard_overtook_declines_it() {
    let mut house = two_shards();
    house.comes(1);
    let citizen = house.arrives(0, "70101010");
    // Bo's desk has not heard of it yet.
    assert_eq!(house.state(1), AgentState::Ready);
    house.does(1, DeskCommand::SetState(Wanted::Paused("lunch".into())));
    assert_eq!((house.phone_of("bo"), house.state(1)), (None, paused("lunch")));
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_log_out_that_a_claim_overtook_leaves_all_the_same() {
    let mut house = two_shards();
    house.comes(1);
    let citizen = house.arrives(0, "70101010");
    house.does(1, DeskCommand::LogOut);
    assert_eq!((house.phone_of("bo"), house.state(1)), (None, AgentState::Off));
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_pause_taken_back_before_the_claim_is_heard_of_takes_the_call() {
    let mut house = two_shards();
    house.comes(1);
    let citizen = house.arrives(0, "70101010");
    house.asks(1, DeskCommand::SetState(Wanted::Paused("lunch".into()))).expect("a pause");
    house.does(1, DeskCommand::SetState(Wanted::Ready));
    assert_eq!(house.state(1), AgentState::Offered);
    house.takes("bo");
    house.hangs_up(citizen);
    assert_eq!(house.outcomes(), [Outcome::Talked]);
    house.is_clean();
}

#[test]
fn a_phone_that_flaps_while_a_claim_is_on_its_way_leaves_its_agent_ready() {
    let mut house = two_shards();
    house.comes(1);
    let citizen = house.arrives(0, "70101010");
    house.phone(1, false);
    house.phone(1, true);
    house.rest();
    house.hangs_up(citizen);
    house.later(2 * S);
    assert_eq!(house.state(1), AgentState::Ready);
    house.is_clean();
}

#[test]
fn a_citizen_who_is_gone_when_the_match_of_another_shard_comes_leaves_the_agent_free() {
    let mut house = two_shards();
    let citizen = house.rings(0, "70101010");
    house.phone(1, true);
    house.asks(1, DeskCommand::LogIn).expect("log in");
    house.asks(1, DeskCommand::SetState(Wanted::Ready)).expect("ready");
    // The match is under way to shard 0.
    house.give(0, Input::Leg(LegEvent::Ended { leg: citizen, why: LegEnd::HungUp }));
    house.rest();
    assert_eq!((house.state(1), house.offers().len()), (AgentState::Ready, 0));
    house.is_clean();
    house.rings(0, "70101010");
    assert!(house.phone_of("bo").is_some());
}

#[test]
fn a_match_that_came_too_late_does_not_undo_a_pause() {
    let mut house = two_shards();
    let citizen = house.rings(0, "70101010");
    house.phone(1, true);
    house.asks(1, DeskCommand::LogIn).expect("log in");
    house.asks(1, DeskCommand::SetState(Wanted::Ready)).expect("ready");
    house.asks(1, DeskCommand::SetState(Wanted::Paused("lunch".into()))).expect("a pause");
    house.give(0, Input::Leg(LegEvent::Ended { leg: citizen, why: LegEnd::HungUp }));
    house.rest();
    assert_eq!(house.state(1), paused("lunch"));
    house.is_clean();
}

#[test]
fn the_late_word_of_an_older_claim_ends_no_newer_offer() {
    let mut house = two_shards();
    house.comes(1);
    let first = house.rings(0, "70101010");
    house.hangs_up(first);
    let second = house.rings(0, "70101010");
    assert_eq!(house.state(1), AgentState::Offered);
    let generation = routing::Generation(0);
    let what = CallNoticeWhat::Withdrawn { why: OfferEnd::CitizenGone };
    house.give(1, Input::FromCall(CallNotice { agent: AgentNo(1), generation, what }));
    assert_eq!(house.state(1), AgentState::Offered);
    house.takes("bo");
    assert_eq!(house.state(1), AgentState::Talking);
    house.hangs_up(second);
    let what = CallNoticeWhat::Withdrawn { why: OfferEnd::CitizenGone };
    house.give(1, Input::FromCall(CallNotice { agent: AgentNo(1), generation, what }));
    assert_eq!(house.state(1), AgentState::WrapUp);
    house.is_clean();
}

#[test]
fn two_citizens_of_two_shards_are_served_in_the_order_in_which_they_came() {
    let mut house = two_shards();
    let first = house.rings(1, "70101010");
    house.later(S);
    let second = house.rings(0, "70101010");
    house.later(S);
    house.comes(0);
    house.comes(1);
    house.takes("anna");
    house.takes("bo");
    let shards: Vec<u8> = house.offers().into_iter().map(|call| call.shard().0).collect();
    assert_eq!(shards, [1, 0]);
    house.hangs_up(second);
    house.hangs_up(first);
    house.later(30 * S);
    assert_eq!((house.state(0), house.state(1)), (AgentState::Ready, AgentState::Ready));
    house.is_clean();
}
