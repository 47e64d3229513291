//! How a call ends that nobody takes: closed, full, waited too long, given up, drained, or no such number.
//! Tells messages and outcomes; knows no agent's desk.

use std::time::Duration;

use centre::Input;
use model::{AgentState, Cause, LegCommand, Outcome};

use crate::house::{House, at_the_desk};

const S: Duration = Duration::from_secs(1);

fn is_refused(house: &House, leg: model::LegId, cause: Cause) -> bool {
    house.told.legs.contains(&LegCommand::Refuse { leg, cause })
}

fn is_let_go(house: &House, leg: model::LegId, cause: Cause) -> bool {
    house.told.legs.contains(&LegCommand::HangUp { leg, cause })
}

#[test]
fn a_closed_line_says_so_and_lets_go() {
    let mut house = House::open(1, &[]);
    let citizen = house.rings(0, "70303030");
    house.confirms(citizen);
    house.is_said(citizen);
    assert!(is_let_go(&house, citizen, Cause::Closed));
    assert_eq!(house.outcomes(), [Outcome::Closed]);
    house.is_clean();
}

#[test]
fn a_message_that_is_never_over_has_an_end() {
    let mut house = House::open(1, &[]);
    let citizen = house.rings(0, "70303030");
    house.confirms(citizen);
    house.later(120 * S);
    assert!(is_let_go(&house, citizen, Cause::Closed));
    house.is_clean();
}

#[test]
fn a_number_that_nobody_has_is_refused_and_counted() {
    let mut house = House::open(1, &[]);
    let citizen = house.rings(0, "70999999");
    assert!(is_refused(&house, citizen, Cause::UnknownNumber));
    assert_eq!(house.outcomes(), [Outcome::UnknownNumber]);
    house.is_clean();
}

#[test]
fn a_citizen_whom_we_could_never_answer_is_told_at_once_and_disturbs_no_agent() {
    const G729_ALONE: &[u8] =
        b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n";
    const IPV6: &[u8] = b"v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    for session in [G729_ALONE, IPV6] {
        let citizen = house.arrives_speaking(0, "70101010", session);
        house.rest();
        assert!(is_refused(&house, citizen, Cause::NotAcceptable));
    }
    assert_eq!(house.state(0), AgentState::Ready);
    assert_eq!(house.outcomes(), [Outcome::Failed; 2]);
    house.is_clean();
}

#[test]
fn the_third_citizen_of_a_queue_of_two_hears_that_it_is_full() {
    let mut house = House::open(2, &[]);
    let waiting = [house.rings(0, "70101010"), house.rings(1, "70101010")];
    let third = house.rings(0, "70101010");
    house.confirms(third);
    house.is_said(third);
    assert!(is_let_go(&house, third, Cause::Full));
    assert_eq!(house.outcomes(), [Outcome::Full]);
    house.hangs_up(waiting[0]);
    let fourth = house.rings(0, "70101010");
    assert_eq!(house.outcomes().len(), 2, "a place has become free");
    house.hangs_up(waiting[1]);
    house.hangs_up(fourth);
    house.is_clean();
}

#[test]
fn an_unanswered_wait_becomes_music_and_the_longest_wait_ends_with_words() {
    let mut house = House::open(1, &[]);
    let citizen = house.rings(0, "70101010");
    assert!(house.told.legs.contains(&LegCommand::Ring { leg: citizen }));
    house.later(60 * S);
    assert!(matches!(house.told.legs.last(), Some(LegCommand::Answer { .. })));
    house.confirms(citizen);
    house.later(540 * S);
    house.is_said(citizen);
    assert!(is_let_go(&house, citizen, Cause::GaveUp));
    assert_eq!(house.outcomes(), [Outcome::GaveUp]);
    house.is_clean();
}

#[test]
fn who_hangs_up_in_the_greeting_never_stood_in_the_queue() {
    let mut house = House::open(1, &[]);
    let citizen = house.rings(0, "70202020");
    house.confirms(citizen);
    house.hangs_up(citizen);
    assert_eq!(house.outcomes(), [Outcome::AbandonedEarly]);
    house.is_clean();
}

#[test]
fn a_greeting_that_is_never_over_ends_in_the_queue() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    house.comes(0);
    let citizen = house.rings(0, "70202020");
    house.confirms(citizen);
    assert_eq!(house.phone_of("anna"), None);
    house.later(120 * S);
    assert_eq!(house.state(0), AgentState::Offered);
    house.hangs_up(citizen);
    house.is_clean();
}

#[test]
fn a_draining_shard_takes_no_new_call_and_lets_those_that_are_here_finish() {
    let mut house = House::open(1, &[at_the_desk("anna")]);
    let waits = house.rings(0, "70101010");
    house.give(0, Input::Drain);
    let late = house.rings(0, "70101010");
    assert!(is_refused(&house, late, Cause::Draining));
    house.hangs_up(waits);
    assert_eq!(house.outcomes(), [Outcome::Abandoned]);
    house.is_clean();
}

#[test]
fn more_calls_than_the_shard_may_have_are_refused() {
    let mut house = House::open(1, &[]);
    let here: Vec<_> = (0..8).map(|_| house.rings(0, "70202020")).collect();
    let ninth = house.rings(0, "70202020");
    assert!(is_refused(&house, ninth, Cause::Overloaded));
    for leg in here {
        house.hangs_up(leg);
    }
    house.is_clean();
}
