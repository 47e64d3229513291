//! Where a call waits when queues are full or pressed, said one rule at a time.
//! Two queues of one class: agents of level 1 alone take calls of the first, everybody those of the second.

mod floor;

use std::time::Duration;

use floor::{Floor, call, plan, queue, ticket};
use forecast::Outlook;
use model::{Moment, OverflowWhy};
use plan::{AgentNo, OverflowRule, Plan, QueueNo, Step, StepWho};
use routing::{Claim, Closed, NewTicket, Precedence, Reply, Request, TicketId};

/// One agent of level 1, two of level 5.
fn two_queues(rule: OverflowRule) -> Plan {
    let mut plan = plan(1, &[&[(0, 1)], &[(0, 5)], &[(0, 5)]]);
    plan.queues.push(queue(1));
    plan.queues[0].steps = vec![Step { after: Duration::ZERO, level_max: 1, who: StepWho::Everyone }];
    plan.queues[0].overflow = Some(QueueNo(1));
    plan.queues[0].overflow_when = Some(rule);
    plan
}

fn floor(plan: &Plan) -> Floor {
    Floor::of(plan, &Outlook::unknown())
}

/// On duty, and in a conversation or pause from which they come back to calls by themselves.
fn is_on_duty(floor: &Floor, agent: u32) {
    floor.ask(Request::SeatClose { agent: AgentNo(agent), to: Closed::Wrap });
}

/// The queue in which a call waits at first, and why there; none: all are full.
fn where_to(floor: &Floor, number: u64) -> Option<(u32, Option<OverflowWhy>)> {
    stands(&floor.ask(Request::Join(ticket(number, 0, floor.at))))
}

fn stands(replies: &[Reply]) -> Option<(u32, Option<OverflowWhy>)> {
    let Reply::Queued { queue, overflow, .. } = replies.first()? else { return None };
    Some((queue.0, *overflow))
}

fn id_of(replies: &[Reply]) -> TicketId {
    let Some(Reply::Queued { ticket, .. }) = replies.first() else { panic!("not queued: {replies:?}") };
    *ticket
}

fn moved(replies: &[Reply]) -> Option<(u32, Moment, OverflowWhy)> {
    let Reply::MovedOn { queue, since, overflow, .. } = replies.first()? else { return None };
    Some((queue.0, *since, *overflow))
}

fn matched(replies: &[Reply]) -> Option<Claim> {
    replies.iter().find_map(|reply| if let Reply::Matched { claim, .. } = reply { Some(*claim) } else { None })
}

#[test]
fn a_call_goes_on_when_more_than_so_many_wait_for_each_agent_who_may_take_it() {
    let floor = floor(&two_queues(OverflowRule { calls_per_agent_over: Some(2), ..OverflowRule::default() }));
    (0..3).for_each(|agent| is_on_duty(&floor, agent));
    let waits: Vec<_> = (1..=4).map(|number| where_to(&floor, number)).collect();
    let (here, on) = (Some((0, None)), Some((1, Some(OverflowWhy::CallsPerAgent))));
    assert_eq!(waits, [here, here, here, on], "one agent of level 1, and three wait");
}

#[test]
fn a_call_stays_when_the_next_queue_would_be_worse_by_the_same_rule() {
    let floor = floor(&two_queues(OverflowRule { calls_per_agent_over: Some(1), ..OverflowRule::default() }));
    (0..3).for_each(|agent| is_on_duty(&floor, agent));
    let waits: Vec<_> = (1..=7).map(|number| where_to(&floor, number).map(|(queue, _)| queue)).collect();
    // Two in the first; four in the second, which has three agents; then both are pressed, and it waits where it asked to.
    assert_eq!(waits, [0, 0, 1, 1, 1, 1, 0].map(Some));
}

#[test]
fn a_call_goes_on_when_too_few_agents_who_may_take_it_are_on_duty() {
    let floor = floor(&two_queues(OverflowRule { agents_under: Some(1), ..OverflowRule::default() }));
    is_on_duty(&floor, 1);
    assert_eq!(where_to(&floor, 1), Some((1, Some(OverflowWhy::AgentsUnder))));
    is_on_duty(&floor, 0);
    assert_eq!(where_to(&floor, 2), Some((0, None)));
}

#[test]
fn where_nobody_at_all_is_on_duty_a_call_waits_in_its_own_queue() {
    let floor = floor(&two_queues(OverflowRule { agents_under: Some(1), ..OverflowRule::default() }));
    assert_eq!(where_to(&floor, 1), Some((0, None)));
}

#[test]
fn who_has_waited_too_long_is_moved_keeps_the_time_and_gets_an_agent_whom_the_other_queue_allows() {
    let rule = OverflowRule { wait_over: Some(Duration::from_secs(60)), ..OverflowRule::default() };
    let mut floor = floor(&two_queues(rule));
    floor.ask(Request::SeatReady { agent: AgentNo(1) });
    let since = floor.at;
    let id = id_of(&floor.ask(Request::Join(ticket(1, 0, since))));
    floor.at = since + Duration::from_secs(59);
    assert_eq!(floor.ask(Request::MoveOn { ticket: id }), [], "not yet");
    floor.at = since + Duration::from_secs(60);
    let replies = floor.ask(Request::MoveOn { ticket: id });
    assert_eq!(moved(&replies), Some((1, since, OverflowWhy::Wait)));
    let claim = matched(&replies).expect("an agent of level 5 is free");
    assert_eq!((claim.agent, claim.call, claim.ticket), (AgentNo(1), call(1), id));
    assert_eq!(floor.ask(Request::MoveOn { ticket: id }), [], "who is offered moves no more");
}

#[test]
fn who_is_moved_frees_a_place_in_the_first_queue_and_stays_before_who_came_later() {
    let mut plan = two_queues(OverflowRule { wait_over: Some(Duration::from_secs(60)), ..OverflowRule::default() });
    plan.queues[0].waiting_max = 1;
    plan.queues[1].waiting_max = 2;
    let mut floor = floor(&plan);
    let since = floor.at;
    let first = id_of(&floor.ask(Request::Join(ticket(1, 0, since))));
    floor.at = since + Duration::from_secs(1);
    assert_eq!(where_to(&floor, 2), Some((1, Some(OverflowWhy::Full))));
    floor.at = since + Duration::from_secs(60);
    assert!(moved(&floor.ask(Request::MoveOn { ticket: first })).is_some());
    assert_eq!(where_to(&floor, 3), Some((0, None)), "there is room again");
    assert_eq!(where_to(&floor, 4), None, "and none in the other");
    let claim = matched(&floor.ask(Request::SeatReady { agent: AgentNo(1) })).expect("two wait");
    assert_eq!(claim.call, call(1), "who came first");
}

#[test]
fn who_waits_is_not_moved_to_a_full_queue_and_who_comes_with_the_time_already_waited_goes_on_at_once() {
    let mut plan = two_queues(OverflowRule { wait_over: Some(Duration::from_secs(60)), ..OverflowRule::default() });
    plan.queues[1].waiting_max = 1;
    let floor = floor(&plan);
    let long_ago = floor.at - Duration::from_secs(100);
    let handed_on = NewTicket { precedence: Precedence::Normal, ..ticket(1, 0, long_ago) };
    assert_eq!(stands(&floor.ask(Request::Join(handed_on))), Some((1, Some(OverflowWhy::Wait))));
    let next = floor.ask(Request::Join(ticket(2, 0, long_ago)));
    assert_eq!(stands(&next), Some((0, None)), "the other is full");
    assert_eq!(floor.ask(Request::MoveOn { ticket: id_of(&next) }), []);
}
