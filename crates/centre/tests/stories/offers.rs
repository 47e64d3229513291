//! What becomes of an offer: taken, declined, let ring, turned down by the phone, overtaken by the citizen.
//! Tells what the citizen and the agents notice; not how seats are kept.

use std::time::Duration;

use centre::{DeskCommand, Shown, Wanted};
use model::{AgentState, Cause, LegCommand, OfferEnd, Outcome, PauseReason, Refusal};

use crate::house::{House, at_the_desk, from_the_start};

const S: Duration = Duration::from_secs(1);

#[test]
fn a_citizen_rings_the_agent_answers_and_after_the_wrap_up_the_agent_is_free() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    assert_eq!(house.state(0), AgentState::Offered);
    house.takes("anna");
    assert!(matches!(house.told.legs.last(), Some(LegCommand::Answer { leg, .. }) if *leg == citizen));
    house.confirms(citizen);
    assert_eq!(house.state(0), AgentState::Talking);
    house.later(60 * S);
    house.hangs_up(citizen);
    assert_eq!(house.state(0), AgentState::WrapUp);
    house.later(30 * S);
    assert_eq!((house.state(0), house.outcomes()), (AgentState::Ready, vec![Outcome::Talked]));
    house.is_clean();
}

#[test]
fn a_declined_citizen_stands_in_front_of_those_who_came_later() {
    let mut house = House::open(1, &[at_the_desk("anna"), at_the_desk("bo")]);
    house.comes(0);
    let first = house.rings(0, "70101010");
    house.later(S);
    let second = house.rings(0, "70101010");
    house.does(0, DeskCommand::SetState(Wanted::Paused("meeting".into())));
    assert_eq!(house.phone_of("anna"), None);
    house.comes(1);
    let offers = house.offers();
    assert_eq!((offers.len(), offers[0]), (2, offers[1]), "bo is offered whom anna declined");
    house.hangs_up(first);
    assert_eq!(house.offers().len(), 3, "then the second");
    house.hangs_up(second);
    assert_eq!(house.outcomes(), [Outcome::Abandoned, Outcome::Abandoned]);
    house.is_clean();
}

#[test]
fn who_lets_it_ring_is_paused_and_the_citizen_rings_at_the_next() {
    let mut house = House::open(1, &[at_the_desk("anna"), at_the_desk("bo")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.comes(1);
    house.later(20 * S);
    house.refuses("anna", Refusal::NoAnswer);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::NoAnswer));
    assert!(house.phone_of("bo").is_some());
    house.later(3600 * S);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::NoAnswer), "an agent with a desk says so");
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn who_says_ready_while_it_rings_and_lets_it_ring_is_paused_all_the_same() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.does(0, DeskCommand::SetState(Wanted::Ready));
    house.refuses("anna", Refusal::NoAnswer);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::NoAnswer));
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_phone_that_says_nothing_of_its_end_is_stopped_after_the_ring_time() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.later(25 * S);
    assert_eq!((house.phone_of("anna"), house.state(0)), (None, AgentState::Paused(PauseReason::NoAnswer)));
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_citizen_who_hangs_up_stops_the_ringing_and_frees_the_agent() {
    let mut house = House::open(2, &[at_the_desk("anna"), at_the_desk("bo")]);
    house.comes(1);
    let citizen = house.rings(0, "70101010");
    let phone = house.phone_of("bo").expect("it rings");
    house.hangs_up(citizen);
    assert!(house.told.legs.contains(&LegCommand::HangUp { leg: phone, cause: Cause::CallerGone }));
    assert_eq!((house.state(1), house.outcomes()), (AgentState::Ready, vec![Outcome::Abandoned]));
    let withdrawn = |shown: &Shown| matches!(shown, Shown::Withdrawn { why: OfferEnd::CitizenGone, .. });
    assert_eq!(house.told.shown.iter().filter(|(_, shown)| withdrawn(shown)).count(), 1);
    house.is_clean();
    house.rings(1, "70101010");
    assert!(house.phone_of("bo").is_some(), "bo gets the next call at once");
}

#[test]
fn a_busy_phone_is_left_alone_for_ten_seconds() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.refuses("anna", Refusal::Busy);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::BusyElsewhere));
    house.later(10 * S);
    assert_eq!(house.state(0), AgentState::Offered, "nobody else fits, so the bar is void");
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_phone_on_do_not_disturb_is_rung_at_most_once_a_second() {
    let mut house = House::open(1, &[from_the_start("anna")]);
    let citizen = house.rings(0, "70101010");
    for _ in 0..5 {
        house.refuses("anna", Refusal::Declined);
        assert_eq!(house.phone_of("anna"), None);
        house.later(S);
    }
    assert_eq!(house.offers().len(), 6);
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_fixed_contact_that_was_away_is_tried_again_and_comes_back() {
    let mut house = House::open(1, &[from_the_start("anna")]);
    let citizen = house.rings(0, "70101010");
    house.refuses("anna", Refusal::Unreachable);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::PhoneGone));
    house.later(5 * S);
    house.refuses("anna", Refusal::Unreachable);
    house.later(5 * S);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::PhoneGone), "twice as long the second time");
    house.later(5 * S);
    house.takes("anna");
    house.hangs_up(citizen);
    assert_eq!(house.outcomes(), [Outcome::Talked]);
    house.is_clean();
}

#[test]
fn a_registered_phone_that_cannot_be_reached_waits_for_its_next_registration() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    house.refuses("anna", Refusal::Unreachable);
    house.later(3 * S);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::PhoneGone));
    house.phone(0, true);
    assert_eq!(house.state(0), AgentState::Offered);
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_call_that_no_phone_can_take_does_not_hunt_through_all_who_are_ready() {
    let agents = ["anna", "bo", "carl", "dorte", "emma"];
    let mut house = House::open(1, &agents.map(at_the_desk));
    (0..5).for_each(|agent| house.comes(agent));
    let citizen = house.rings(0, "70101010");
    let fails = |house: &mut House, offered: usize| {
        assert_eq!(house.offers().len(), offered);
        let rung = agents.into_iter().find(|agent| house.phone_of(agent).is_some()).expect("a phone rings");
        house.refuses(rung, Refusal::NotAcceptable);
    };
    (1..=3).for_each(|offered| fails(&mut house, offered));
    assert_eq!(house.offers().len(), 3, "after three it rests");
    assert!((0..5).all(|agent| house.state(agent) == AgentState::Ready));
    house.later(S);
    fails(&mut house, 4);
    house.later(S);
    assert_eq!(house.offers().len(), 4, "and longer each time");
    house.later(S);
    assert_eq!(house.offers().len(), 5);
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_citizen_who_hangs_up_while_the_call_rests_leaves_nothing_behind() {
    let agents = ["anna", "bo", "carl"];
    let mut house = House::open(2, &agents.map(at_the_desk));
    (0..3).for_each(|agent| house.comes(agent));
    let citizen = house.rings(0, "70101010");
    for _ in agents {
        let rung = agents.into_iter().find(|agent| house.phone_of(agent).is_some()).expect("a phone rings");
        house.refuses(rung, Refusal::NotAcceptable);
    }
    house.hangs_up(citizen);
    assert_eq!(house.outcomes(), [Outcome::Abandoned]);
    house.is_clean();
}
