//! The races of the floor, each in every order that two preemptions or more can make: loom runs the production code.
//!
//! Run: `RUSTFLAGS="--cfg loom" cargo test -p routing --release --lib --test loom`

#![cfg(loom)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests run threads; loom's are not even real ones"
)]

mod floor;
mod race;

use floor::{call, second, ticket};
use loom::thread;
use plan::AgentNo;
use race::{Race, explore, ticket_of};
use routing::{Closed, NewTicket, Precedence, Reply, Request};

#[test]
fn two_callers_and_one_agent_make_one_match() {
    explore(2, || {
        let race = Race::new(1);
        race.ready(0);
        let other = race.clone();
        let thread = thread::spawn(move || other.join(1));
        race.join(2);
        thread.join().expect("no panic");
        race.is_at_rest(1, &race.claims());
    });
}

#[test]
fn an_agent_who_becomes_idle_and_a_call_that_joins_always_meet() {
    explore(4, || {
        let race = Race::new(1);
        let other = race.clone();
        let thread = thread::spawn(move || other.ready(0));
        race.join(1);
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn a_call_that_leaves_is_told_the_truth_about_a_claim() {
    explore(4, || {
        let race = Race::new(1);
        let ticket = race.join(1);
        let other = race.clone();
        let thread = thread::spawn(move || other.ready(0));
        let left = race.ask(Request::Leave { ticket });
        thread.join().expect("no panic");
        let claims = race.claims();
        race.is_at_rest(0, &claims);
        assert_eq!(left, [Reply::Left { call: call(1), was_waiting: claims.is_empty() }]);
    });
}

#[test]
fn a_call_that_comes_back_meets_the_agent_who_becomes_idle() {
    explore(3, || {
        let race = Race::new(2);
        race.ready(0);
        race.join(1);
        let first = race.claims()[0];
        let other = race.clone();
        let thread = thread::spawn(move || other.ready(1));
        race.ask(Request::Return { claim: first, barred_until: second(60) });
        race.ask(Request::SeatRelease { agent: first.agent, generation: first.generation });
        thread.join().expect("no panic");
        let claims = race.claims();
        race.is_at_rest(0, &claims);
        assert_eq!(claims[0].agent, AgentNo(1));
    });
}

#[test]
fn a_desk_that_closes_is_told_the_truth_about_a_claim() {
    explore(4, || {
        let race = Race::new(1);
        race.ready(0);
        let other = race.clone();
        let thread = thread::spawn(move || other.join(1));
        let closed = race.close(0);
        thread.join().expect("no panic");
        let claims = race.claims();
        let agent = AgentNo(0);
        let expected =
            if claims.is_empty() { Reply::SeatIs { agent, closed: Closed::Paused } } else { Reply::SeatHeld { agent } };
        assert_eq!(closed, [expected]);
        race.is_at_rest(1 - claims.len(), &claims);
    });
}

#[test]
fn a_desk_that_closes_and_opens_again_during_a_match_loses_neither_call_nor_seat() {
    explore(3, || {
        let race = Race::new(1);
        race.ready(0);
        let other = race.clone();
        let thread = thread::spawn(move || other.join(1));
        race.close(0);
        race.ready(0);
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn two_agents_and_one_call_make_one_match_and_leave_the_other_idle() {
    explore(3, || {
        let race = Race::new(2);
        race.join(1);
        let other = race.clone();
        let thread = thread::spawn(move || other.ready(0));
        race.ready(1);
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
        assert_eq!(race.core.figures().idle, 1);
    });
}

#[test]
fn a_call_is_found_though_its_agent_was_sought_for_one_that_hung_up() {
    explore(1, || {
        let race = Race::new(1);
        let gone = race.join(1);
        let (desk, caller) = (race.clone(), race.clone());
        let ready = thread::spawn(move || desk.ready(0));
        let joins = thread::spawn(move || caller.join(2));
        let left = race.ask(Request::Leave { ticket: gone });
        ready.join().expect("no panic");
        joins.join().expect("no panic");
        let claims = race.claims();
        let was_waiting = claims.iter().all(|claim| claim.call != call(1));
        assert_eq!(left, [Reply::Left { call: call(1), was_waiting }]);
        race.is_at_rest(usize::from(!was_waiting), &claims);
    });
}

#[test]
fn a_call_that_passed_a_sought_agent_over_is_found_when_that_match_fails() {
    explore(3, || {
        let race = Race::new(2);
        let ticket = race.is_barred_from_an_idle_agent();
        // Its bar has ended: it seeks agent 0, but agent 1 may take it; the second call may meet agent 0 while sought.
        let other = race.clone();
        let looks = thread::spawn(move || other.ask_at(Request::LookForAgent { ticket }, second(70)));
        race.ready(1);
        race.join(2);
        looks.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn a_desk_is_told_the_truth_though_the_claimed_call_hangs_up_at_once() {
    explore(2, || {
        let race = Race::new(2);
        let ticket = race.is_barred_from_an_idle_agent();
        // The bar has ended: whoever joins finds the older call for the idle agent.
        let other = race.clone();
        let joins = thread::spawn(move || other.ask_at(Request::Join(ticket_of(2)), second(70)));
        let left = race.ask(Request::Leave { ticket });
        let closed = race.close(0);
        joins.join().expect("no panic");
        let claims = race.claims();
        assert!(claims.len() <= 1);
        let was_waiting = claims.iter().all(|claim| claim.call != call(1));
        assert_eq!(left, [Reply::Left { call: call(1), was_waiting }]);
        assert_eq!(matches!(closed[0], Reply::SeatHeld { .. }), !claims.is_empty());
        assert_eq!(race.core.figures().claimed, claims.len());
    });
}

#[test]
fn a_release_that_comes_twice_frees_the_seat_once() {
    explore(3, || {
        let race = Race::new(1);
        race.ready(0);
        race.join(1);
        let claim = race.claims()[0];
        race.ask(Request::Commit { claim });
        let release = Request::SeatRelease { agent: claim.agent, generation: claim.generation };
        race.ask(release);
        let other = race.clone();
        let late = thread::spawn(move || other.ask(release));
        race.ready(0);
        race.join(2);
        late.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn slots_that_are_freed_and_used_again_are_not_mixed_up() {
    explore(2, || {
        let race = Race::new(1);
        let first = race.join(2);
        let other = race.clone();
        let thread = thread::spawn(move || {
            let ticket = other.join(1);
            other.ask(Request::Leave { ticket });
        });
        race.ask(Request::Leave { ticket: first });
        race.join(3);
        thread.join().expect("no panic");
        race.ready(0);
        let claims = race.claims();
        race.is_at_rest(0, &claims);
        assert_eq!((claims[0].call, race.core.figures().tickets), (call(3), 1));
    });
}

#[test]
fn an_agent_who_wraps_up_and_a_call_that_joins_always_meet() {
    explore(4, || {
        let race = Race::new(1);
        race.wraps_up();
        let other = race.clone();
        let thread = thread::spawn(move || other.ready(0));
        race.join(2);
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn an_agent_who_opens_onto_a_call_that_hangs_up_gets_the_next_one() {
    explore(2, || {
        let race = Race::new(1);
        let gone = race.join(1);
        let desk = race.clone();
        let ready = thread::spawn(move || desk.ready(0));
        let left = race.ask(Request::Leave { ticket: gone });
        race.join(2);
        let replies = ready.join().expect("no panic");
        let claims = race.claims();
        let was_waiting = claims.iter().all(|claim| claim.call != call(1));
        assert_eq!(left, [Reply::Left { call: call(1), was_waiting }]);
        race.is_at_rest(usize::from(!was_waiting), &claims);
        // What the desk is told is so: a call, or that there was none.
        assert!(replies.len() <= 1, "{replies:?}");
    });
}

#[test]
fn callers_of_two_lines_who_call_off_each_others_match_lose_neither_the_agent_nor_a_call() {
    explore(2, || {
        let race = Race::of(2, &[&[(0, 1), (1, 1)]]);
        race.ready(0);
        let other = race.clone();
        let thread = thread::spawn(move || other.joins_as(ticket(1, 0, second(0))));
        race.joins_as(ticket(2, 1, second(0)));
        thread.join().expect("no panic");
        race.is_at_rest(1, &race.claims());
    });
}

#[test]
fn a_call_that_no_longer_waits_for_one_agent_alone_meets_that_agent_becoming_idle() {
    explore(3, || {
        let race = Race::new(1);
        let precedence = Precedence::Preferred { agent: AgentNo(0), until: second(5) };
        let ticket = race.joins_as(NewTicket { precedence, ..ticket_of(1) });
        let other = race.clone();
        let thread = thread::spawn(move || other.ask_at(Request::SeatReady { agent: AgentNo(0) }, second(6)));
        race.ask_at(Request::LookForAgent { ticket }, second(6));
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn a_call_that_no_longer_waits_for_one_agent_alone_meets_another_becoming_idle() {
    explore(3, || {
        let race = Race::new(2);
        let precedence = Precedence::Preferred { agent: AgentNo(0), until: second(5) };
        let ticket = race.joins_as(NewTicket { precedence, ..ticket_of(1) });
        let other = race.clone();
        let thread = thread::spawn(move || other.ask_at(Request::SeatReady { agent: AgentNo(1) }, second(6)));
        race.ask_at(Request::LookForAgent { ticket }, second(6));
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}

#[test]
fn a_granted_call_and_an_agent_who_becomes_idle_always_meet() {
    explore(3, || {
        let race = Race::new(1);
        let other = race.clone();
        let thread = thread::spawn(move || other.ready(0));
        race.joins_as(NewTicket { precedence: Precedence::Granted, ..ticket_of(1) });
        thread.join().expect("no panic");
        race.is_at_rest(0, &race.claims());
    });
}
