//! What citizens and agents notice of the core, one request after another.
//! One thread: what several at once may do is told elsewhere.

#![cfg(not(loom))]

mod floor;

use std::time::Duration;

use floor::{Floor, SMALL, call, claim, plan, second, ticket, who};
use forecast::Outlook;
use model::OfferedWhy;
use plan::{AgentNo, ClassNo, QueueNo, Step};
use routing::{Closed, Core, Generation, Limits, Reply, Request, Tables};

const AGENT_0: AgentNo = AgentNo(0);

#[test]
fn a_call_goes_to_the_fitting_agent_who_has_been_idle_longest() {
    let mut floor = Floor::new(2, &[&[(0, 1)], &[(1, 1)], &[(0, 1)], &[(0, 1)]]);
    for agent in [1, 3, 0, 2] {
        assert_eq!(floor.ready(agent), [Reply::SeatIdle { agent: AgentNo(agent) }]);
    }
    let (_, replies) = floor.joins(7, 0);
    assert_eq!(who(&replies), (3, call(7)));
    assert_eq!(claim(&replies).why, OfferedWhy::BestFreeAgent);
    let (_, replies) = floor.joins(8, 0);
    assert_eq!(who(&replies), (0, call(8)));
}

#[test]
fn an_agent_who_becomes_free_gets_the_oldest_fitting_call() {
    let mut floor = Floor::new(3, &[&[(0, 3), (1, 3)]]);
    let (foreign, replies) = floor.joins(1, 2);
    assert_eq!(replies, [Reply::NoMatch { ticket: foreign, call: call(1), look_again_at: None }]);
    floor.joins(2, 1);
    floor.joins(3, 0);
    let replies = floor.ready(0);
    assert_eq!(who(&replies), (0, call(2)));
    assert_eq!(claim(&replies).why, OfferedWhy::BestWaitingCall);
    assert_eq!(floor.core.figures().waiting, 2);
}

#[test]
fn calls_of_the_same_moment_go_by_the_agents_better_skill() {
    let mut floor = Floor::new(2, &[&[(0, 5), (1, 1)]]);
    let since = second(1);
    floor.ask(Request::Join(ticket(1, 0, since)));
    floor.ask(Request::Join(ticket(2, 1, since)));
    assert_eq!(who(&floor.ready(0)), (0, call(2)));
}

#[test]
fn a_full_queue_keeps_nothing_of_the_call() {
    let mut small = plan(1, &[&[(0, 1)]]);
    small.queues[0].waiting_max = 1;
    let floor = Floor::of(&small, &Outlook::unknown());
    let mut new = ticket(1, 0, second(1));
    assert_eq!(floor.ask(Request::Join(new)).len(), 2);
    new.call = call(2);
    assert_eq!(floor.ask(Request::Join(new)), [Reply::Full { call: call(2) }]);
    assert_eq!((floor.core.figures().tickets, floor.core.waiting_in_queue(QueueNo(0))), (1, 1));
}

#[test]
fn a_full_slab_is_an_answer_and_leaves_room_for_those_who_come_back() {
    let mut floor = Floor::new(8, &[&[(0, 1)]]);
    for number in 0..SMALL.tickets as u64 {
        floor.joins(number, (number % 8) as u32);
    }
    assert_eq!(floor.ask(Request::Join(ticket(99, 0, second(999)))), [Reply::Full { call: call(99) }]);
    let first = claim(&floor.ready(0));
    let replies = floor.fails(first, 60);
    assert!(matches!(replies[..], [Reply::NoMatch { .. }]), "{replies:?}");
    assert_eq!(floor.core.figures().waiting, SMALL.tickets);
}

#[test]
fn who_hangs_up_while_waiting_is_gone_at_once() {
    let mut floor = Floor::new(1, &[&[(0, 1)]]);
    let (ticket, _) = floor.joins(1, 0);
    assert_eq!(floor.leave(ticket), [Reply::Left { call: call(1), was_waiting: true }]);
    assert_eq!(floor.leave(ticket), [], "an old ticket is nobody's");
    assert_eq!(floor.ready(0), [Reply::SeatIdle { agent: AGENT_0 }]);
    let figures = floor.core.figures();
    assert_eq!((figures.tickets, figures.places, figures.waiting), (0, 0, 0));
}

#[test]
fn who_hangs_up_during_the_offer_is_told_that_a_claim_is_there() {
    let mut floor = Floor::new(1, &[&[(0, 1)]]);
    let (ticket, _) = floor.joins(1, 0);
    let offer = claim(&floor.ready(0));
    assert_eq!(floor.leave(ticket), [Reply::Left { call: call(1), was_waiting: false }]);
    assert_eq!(floor.core.claimed_seats(), 1, "the holder lets go of the seat");
    floor.release(offer);
    assert_eq!(floor.core.claimed_seats(), 0);
    assert_eq!(floor.ready(0), [Reply::SeatIdle { agent: AGENT_0 }]);
}

#[test]
fn a_call_whose_offer_failed_stands_in_front_and_goes_to_another_agent() {
    let mut floor = Floor::new(1, &[&[(0, 1)], &[(0, 1)]]);
    floor.joins(1, 0);
    floor.joins(2, 0);
    let offer = claim(&floor.ready(0));
    floor.close(1, Closed::Wrap);
    let replies = floor.fails(offer, 60);
    let in_a_second = floor.at + Duration::from_secs(1);
    let expected = Reply::NoMatch { ticket: offer.ticket, call: call(1), look_again_at: Some(in_a_second) };
    assert_eq!(replies, [expected]);
    assert_eq!(who(&floor.ready(0)), (0, call(2)), "the agent who declined gets the next");
    assert_eq!(who(&floor.ready(1)), (1, call(1)), "the first is still in front");
}

#[test]
fn a_bar_ends_with_its_time() {
    let mut floor = Floor::new(1, &[&[(0, 1)], &[(0, 1)]]);
    floor.close(1, Closed::Wrap);
    let (ticket, _) = floor.joins(1, 0);
    let offer = claim(&floor.ready(0));
    floor.fails(offer, 60);
    assert_eq!(floor.ready(0), [Reply::SeatIdle { agent: AGENT_0 }]);
    floor.at = floor.at + Duration::from_secs(60);
    assert_eq!(who(&floor.ask(Request::LookForAgent { ticket })), (0, call(1)));
}

#[test]
fn a_call_is_looked_at_again_when_the_last_other_agent_leaves_within_the_same_second() {
    let mut floor = Floor::new(1, &[&[(0, 1)], &[(0, 1)]]);
    floor.close(1, Closed::Wrap);
    let (ticket, _) = floor.joins(1, 0);
    let offer = claim(&floor.ready(0));
    let in_a_second = floor.at + Duration::from_secs(1);
    let replies = floor.fails(offer, 60);
    assert_eq!(replies, [Reply::NoMatch { ticket, call: call(1), look_again_at: Some(in_a_second) }]);
    assert_eq!(floor.ask(Request::SeatReady { agent: AGENT_0 }), [Reply::SeatIdle { agent: AGENT_0 }]);
    floor.close(1, Closed::Paused);
    floor.at = in_a_second;
    assert_eq!(who(&floor.ask(Request::LookForAgent { ticket })), (0, call(1)));
}

#[test]
fn a_bar_is_void_when_nobody_else_is_on_duty_but_not_within_the_same_second() {
    let mut floor = Floor::new(1, &[&[(0, 1)], &[(0, 1)]]);
    let (ticket, _) = floor.joins(1, 0);
    let offer = claim(&floor.ready(0));
    let in_a_second = floor.at + Duration::from_secs(1);
    let replies = floor.fails(offer, 60);
    assert_eq!(replies, [Reply::NoMatch { ticket, call: call(1), look_again_at: Some(in_a_second) }]);
    assert_eq!(floor.ask(Request::SeatReady { agent: AGENT_0 }), [Reply::SeatIdle { agent: AGENT_0 }]);
    floor.at = in_a_second;
    assert_eq!(who(&floor.ask(Request::LookForAgent { ticket })), (0, call(1)));
}

#[test]
fn a_call_is_not_left_waiting_when_the_last_other_agent_goes_home() {
    let mut floor = Floor::new(1, &[&[(0, 1)], &[(0, 1)]]);
    floor.joins(1, 0);
    let offer = claim(&floor.ready(0));
    floor.close(1, Closed::Wrap);
    floor.fails(offer, 60);
    floor.ready(0);
    floor.at = floor.at + Duration::from_secs(5);
    let replies = floor.close(1, Closed::Off);
    assert_eq!(replies[0], Reply::SeatIs { agent: AgentNo(1), closed: Closed::Off });
    assert_eq!(who(&replies), (0, call(1)));
}

#[test]
fn a_seat_that_is_offered_or_busy_is_neither_closed_nor_opened() {
    let mut floor = Floor::new(1, &[&[(0, 1)]]);
    floor.joins(1, 0);
    let offer = claim(&floor.ready(0));
    let held = [Reply::SeatHeld { agent: AGENT_0 }];
    assert_eq!(floor.close(0, Closed::Off), held);
    assert_eq!(floor.ready(0), held);
    floor.commit(offer);
    assert_eq!((floor.close(0, Closed::Paused), floor.ready(0)), (held.to_vec(), held.to_vec()));
    let figures = floor.core.figures();
    assert_eq!((figures.busy, figures.claimed, figures.tickets), (1, 0, 0));
}

#[test]
fn a_late_release_does_not_touch_the_next_claim() {
    let mut floor = Floor::new(1, &[&[(0, 1)]]);
    floor.joins(1, 0);
    let first = claim(&floor.ready(0));
    floor.commit(first);
    floor.release(first);
    floor.joins(2, 0);
    let second = claim(&floor.ready(0));
    assert_eq!(second.generation, Generation(first.generation.0 + 1));
    floor.release(first);
    floor.commit(first);
    assert_eq!((floor.core.figures().claimed, floor.core.claimed_seats()), (1, 1));
}

#[test]
fn an_agent_who_closes_gets_nothing_and_a_skill_counts_from_the_next_decision() {
    let mut floor = Floor::new(2, &[&[(0, 1)]]);
    floor.ready(0);
    assert_eq!(floor.close(0, Closed::Paused), [Reply::SeatIs { agent: AGENT_0, closed: Closed::Paused }]);
    floor.joins(1, 0);
    floor.joins(2, 1);
    assert_eq!(floor.swaps(&plan(2, &[&[(1, 1)]]), &Outlook::unknown()), []);
    assert_eq!(who(&floor.ready(0)), (0, call(2)));
}

#[test]
fn a_new_skill_brings_waiting_calls_and_idle_agents_together() {
    let mut floor = Floor::new(2, &[&[(0, 1)], &[(0, 1)]]);
    floor.ready(0);
    floor.ready(1);
    for number in 1..=3 {
        floor.joins(number, 1);
    }
    let replies = floor.swaps(&plan(2, &[&[(0, 1), (1, 1)], &[(0, 1), (1, 4)]]), &Outlook::unknown());
    let matched: Vec<_> = replies.into_iter().map(|reply| who(&[reply])).collect();
    assert_eq!(matched, [(0, call(1)), (1, call(2))]);
    assert_eq!(floor.core.waiting_in_class(ClassNo(1)), 1);
}

#[test]
fn steps_of_a_new_plan_are_looked_after_however_late_the_tick_comes() {
    let mut floor = Floor::new(2, &[&[(0, 1)]]);
    floor.ready(0);
    floor.joins(1, 1);
    let mut stepwise = plan(2, &[&[(0, 1), (1, 5)]]);
    let best_first = Step { level_max: 1, ..Step::ALL };
    stepwise.queues[1].steps = vec![best_first, Step { after: Duration::from_secs(20), ..Step::ALL }];
    assert_eq!(floor.swaps(&stepwise, &Outlook::unknown()), []);
    floor.at = floor.at + Duration::from_secs(60);
    assert_eq!(who(&floor.ask(Request::Tick)), (0, call(1)));
}

#[test]
fn a_plan_that_is_too_big_changes_nothing() {
    let core = Core::new(&plan(1, &[&[(0, 1)]]), &Outlook::unknown(), Limits { seats: 1, classes: 1, ..SMALL });
    let refused = core.swap(Tables::new(&plan(1, &[&[(0, 1)], &[(0, 1)]]), &Outlook::unknown()));
    assert_eq!(refused.expect_err("there is one seat").to_string(), "the plan has 2 agents; there are 1 seats");
}

#[test]
fn a_decision_can_be_explained() {
    let mut floor = Floor::new(1, &[&[(0, 1)], &[(0, 1)]]);
    floor.ready(1);
    let idle_since = floor.at;
    floor.ready(0);
    let (_, replies) = floor.joins(1, 0);
    let explanation = floor.core.explain(claim(&replies).decision).expect("it was just made");
    assert_eq!((explanation.agent, explanation.idle_since, explanation.candidates), (AgentNo(1), idle_since, 2));
}

#[test]
fn a_credit_counts_as_time_already_waited() {
    let mut floor = Floor::new(1, &[&[(0, 1)]]);
    floor.joins(1, 0);
    floor.joins(2, 0);
    floor.joins(3, 0);
    floor.ask(Request::Join(ticket(4, 0, second(1) + Duration::from_millis(500))));
    let order: Vec<_> = (0..4)
        .map(|_| {
            let claim = claim(&floor.ready(0));
            floor.commit(claim);
            floor.release(claim);
            claim.call
        })
        .collect();
    assert_eq!(order, [call(1), call(4), call(2), call(3)]);
}

#[test]
fn a_hundred_thousand_who_give_up_behind_a_patient_one_leave_no_trace() {
    let mut floor = Floor::new(1, &[&[(0, 1)]]);
    let (patient, _) = floor.joins(0, 0);
    let mut standing = std::collections::VecDeque::new();
    for number in 1..100_000 {
        standing.push_back(floor.joins(number, 0).0);
        if standing.len() > 9 {
            // Now the newest, now the oldest gives up.
            let gone = if number % 3 == 0 { standing.pop_back() } else { standing.pop_front() };
            floor.leave(gone.expect("ten stand here"));
        }
    }
    assert!(floor.core.figures().places < 2 * 64 + 20, "{:?}", floor.core.figures());
    for ticket in standing {
        floor.leave(ticket);
    }
    assert_eq!(who(&floor.ready(0)), (0, call(0)));
    floor.leave(patient);
    let figures = floor.core.figures();
    assert_eq!((figures.tickets, figures.waiting), (0, 0));
}
