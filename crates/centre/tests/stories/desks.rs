//! What agents do at their desks at every moment: pause, leave, write down, come back, lose the phone.
//! Tells states and refusals; offers as such are told in `offers`.

use std::time::Duration;

use centre::{DeskCommand, DeskRefusal, Wanted};
use model::{AgentState, Outcome, PauseReason, What, WrapUp};

use crate::house::{House, at_the_desk, paused};

const S: Duration = Duration::from_secs(1);

fn anna_is_offered() -> (House, model::LegId) {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70101010");
    assert_eq!(house.state(0), AgentState::Offered);
    (house, citizen)
}

fn anna_talks() -> (House, model::LegId) {
    let (mut house, citizen) = anna_is_offered();
    house.takes("anna");
    house.confirms(citizen);
    assert_eq!(house.state(0), AgentState::Talking);
    (house, citizen)
}

#[test]
fn logging_out_while_it_rings_declines_and_leaves() {
    let (mut house, citizen) = anna_is_offered();
    house.does(0, DeskCommand::LogOut);
    assert_eq!((house.phone_of("anna"), house.state(0)), (None, AgentState::Off));
    house.later(60 * S);
    assert_eq!(house.state(0), AgentState::Off);
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn logging_out_in_a_conversation_counts_after_it_and_its_wrap_up() {
    let (mut house, citizen) = anna_talks();
    house.does(0, DeskCommand::LogOut);
    assert_eq!(house.state(0), AgentState::Talking);
    house.hangs_up(citizen);
    assert_eq!(house.state(0), AgentState::WrapUp);
    house.later(30 * S);
    assert_eq!(house.state(0), AgentState::Off);
    house.is_clean();
}

#[test]
fn logging_out_in_the_wrap_up_in_a_pause_and_when_ready_is_at_once() {
    let (mut house, citizen) = anna_talks();
    house.hangs_up(citizen);
    house.does(0, DeskCommand::LogOut);
    assert_eq!(house.state(0), AgentState::Off);
    house.does(0, DeskCommand::LogIn);
    assert_eq!(house.state(0), paused("login"));
    house.does(0, DeskCommand::LogOut);
    assert_eq!(house.state(0), AgentState::Off);
    house.comes(0);
    house.does(0, DeskCommand::LogOut);
    assert_eq!(house.state(0), AgentState::Off);
    let waits = house.rings(0, "70101010");
    assert_eq!(house.phone_of("anna"), None);
    house.hangs_up(waits);
    house.is_clean();
}

#[test]
fn a_pause_while_it_rings_declines_and_pauses() {
    let (mut house, citizen) = anna_is_offered();
    house.does(0, DeskCommand::SetState(Wanted::Paused("lunch".into())));
    assert_eq!((house.phone_of("anna"), house.state(0)), (None, paused("lunch")));
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn in_a_conversation_only_the_next_state_can_be_set() {
    let (mut house, citizen) = anna_talks();
    let lunch = Wanted::Paused("lunch".into());
    assert_eq!(house.asks(0, DeskCommand::SetState(lunch.clone())), Err(DeskRefusal::Talking));
    house.does(0, DeskCommand::SetNextState(lunch.clone()));
    assert_eq!(house.desk(0).next, Some(lunch));
    house.hangs_up(citizen);
    house.later(30 * S);
    assert_eq!(house.state(0), paused("lunch"));
    house.is_clean();
}

#[test]
fn a_wrap_up_is_written_down_once_and_not_after_its_time() {
    let (mut house, citizen) = anna_talks();
    house.does(0, DeskCommand::HangUp);
    house.hangs_up(citizen);
    assert_eq!(house.outcomes(), [Outcome::Talked]);
    house.does(0, DeskCommand::WrapUp(WrapUp { solved: Some(true), ..WrapUp::default() }));
    assert_eq!(house.state(0), AgentState::Ready);
    assert_eq!(house.asks(0, DeskCommand::WrapUp(WrapUp::default())), Err(DeskRefusal::NothingToWrapUp));
    let written = house.told.facts.iter().filter(|fact| matches!(fact.what, What::WrappedUp { .. })).count();
    assert_eq!(written, 1);
    house.is_clean();
}

#[test]
fn a_phone_that_goes_away_pauses_its_agent_and_brings_them_back() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    house.phone(0, false);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::PhoneGone));
    assert_eq!(house.asks(0, DeskCommand::SetState(Wanted::Ready)), Err(DeskRefusal::PhoneGone));
    house.phone(0, true);
    assert_eq!(house.state(0), AgentState::Ready);
    house.phone(0, false);
    house.does(0, DeskCommand::SetState(Wanted::Paused("lunch".into())));
    house.phone(0, true);
    assert_eq!(house.state(0), paused("lunch"), "who went to lunch stays there");
    house.is_clean();
}

#[test]
fn a_phone_lost_in_a_conversation_ends_nothing_and_pauses_after_it() {
    let (mut house, citizen) = anna_talks();
    house.phone(0, false);
    assert_eq!(house.state(0), AgentState::Talking);
    house.hangs_up(citizen);
    house.later(30 * S);
    assert_eq!(house.state(0), AgentState::Paused(PauseReason::PhoneGone));
    house.is_clean();
}
