//! The rules of `routing.md`, each as a small story: what a citizen or an agent notices of it. Told to the core and to
//! the slow matcher, which must say the same.

#![cfg(not(loom))]

mod floor;

use std::cell::RefCell;
use std::time::Duration;

use floor::{SMALL, call, plan, queue, second, ticket};
use forecast::{ClassOutlook, Outlook};
use model::{CallId, Moment, MunicipalityId};
use plan::{AgentNo, Municipality, Plan, QueueNo, StandbyRule, Step, StepWho};
use routing::reference::Reference;
use routing::{Core, LaneKind, NewTicket, Precedence, Reply, Request, TicketId};

const AARHUS: MunicipalityId = MunicipalityId(751);
const ODENSE: MunicipalityId = MunicipalityId(461);

/// The core and the slow matcher, asked the same.
struct Both {
    core: Core,
    slow: RefCell<Reference>,
    at: Moment,
}

/// What came of a request for the one who asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Came {
    Match(u32, CallId, LaneKind, i8),
    Nobody(Option<Moment>),
    Idle,
}

impl Both {
    fn new(plan: &Plan, outlook: &Outlook) -> Self {
        let slow = RefCell::new(Reference::new(plan, outlook, SMALL));
        Self { core: Core::new(plan, outlook, SMALL), slow, at: second(0) }
    }

    /// What both say; each has its own number for the ticket.
    fn ask(&self, [request, to_slow]: [Request; 2]) -> (Vec<Came>, Option<[TicketId; 2]>) {
        let (mut ours, mut slows) = (Vec::new(), Vec::new());
        self.core.carry_out(request, self.at, &mut |reply| ours.push(reply));
        self.slow.borrow_mut().carry_out(to_slow, self.at, &mut |reply| slows.push(reply));
        let [(came, ticket), (slow_came, slow_ticket)] = [ours, slows].map(|replies| came_of(&replies));
        assert_eq!(came, slow_came, "the slow matcher says otherwise");
        (came, ticket.zip(slow_ticket).map(|(one, other)| [one, other]))
    }

    fn wait(&mut self, seconds: u64) {
        self.at = self.at + Duration::from_secs(seconds);
    }

    fn ready(&self, agent: u32) -> Vec<Came> {
        self.ask([Request::SeatReady { agent: AgentNo(agent) }; 2]).0
    }

    fn joins(&self, new: NewTicket) -> (Vec<Came>, [TicketId; 2]) {
        let (came, tickets) = self.ask([Request::Join(new); 2]);
        (came, tickets.expect("there is room"))
    }

    fn looks(&self, [ours, slows]: [TicketId; 2]) -> Vec<Came> {
        self.ask([Request::LookForAgent { ticket: ours }, Request::LookForAgent { ticket: slows }]).0
    }

    fn from(&self, number: u64, class: u32, municipality: MunicipalityId) -> NewTicket {
        NewTicket { municipality: Some(municipality), ..ticket(number, class, self.at) }
    }

    fn as_a(&self, number: u64, precedence: Precedence) -> NewTicket {
        NewTicket { precedence, ..ticket(number, 0, self.at) }
    }
}

fn came_of(replies: &[Reply]) -> (Vec<Came>, Option<TicketId>) {
    let mut queued = None;
    let mut came = Vec::new();
    for reply in replies {
        match reply {
            Reply::Queued { ticket, .. } => queued = Some(*ticket),
            Reply::Matched { claim, because } => {
                came.push(Came::Match(claim.agent.0, claim.call, because.lane, because.level));
            }
            Reply::NoMatch { look_again_at, .. } => came.push(Came::Nobody(*look_again_at)),
            Reply::SeatIdle { .. } => came.push(Came::Idle),
            Reply::Full { .. }
            | Reply::MovedOn { .. }
            | Reply::Left { .. }
            | Reply::Estimated { .. }
            | Reply::TickWanted { .. }
            | Reply::SeatIs { .. }
            | Reply::SeatHeld { .. } => {}
        }
    }
    (came, queued)
}

fn normal(agent: u32, number: u64) -> Vec<Came> {
    vec![Came::Match(agent, call(number), LaneKind::Normal, 0)]
}

#[test]
fn a_call_goes_to_an_agent_of_the_citizens_own_municipality_even_if_another_is_idle_longer() {
    let mut plan = plan(1, &[&[(0, 1)], &[(0, 1)]]);
    plan.agents[1].home = Some(AARHUS);
    let mut both = Both::new(&plan, &Outlook::unknown());
    both.ready(0);
    both.wait(60);
    both.ready(1);
    assert_eq!(both.joins(both.from(1, 0, AARHUS)).0, normal(1, 1));
    assert_eq!(both.joins(both.from(2, 0, ODENSE)).0, normal(0, 2));
}

#[test]
fn the_last_idle_agent_of_a_scarce_class_is_kept_for_fifteen_seconds_and_no_longer() {
    let both = Both::new(&plan(2, &[&[(0, 1), (1, 1)], &[(0, 1)]]), &Outlook::unknown());
    both.ready(0);
    both.ask([Request::SeatClose { agent: AgentNo(1), to: routing::Closed::Wrap }; 2]);
    let (came, tickets) = both.joins(ticket(1, 0, both.at));
    assert_eq!(came, [Came::Nobody(Some(both.at + Duration::from_secs(15)))]);
    assert_eq!(both.joins(ticket(2, 1, both.at)).0, normal(0, 2), "the scarce class has its agent");
    let mut later = Both::new(&plan(2, &[&[(0, 1), (1, 1)], &[(0, 1)]]), &Outlook::unknown());
    later.ready(0);
    later.ask([Request::SeatClose { agent: AgentNo(1), to: routing::Closed::Wrap }; 2]);
    assert_eq!(later.joins(ticket(1, 0, later.at)).1, tickets);
    later.wait(15);
    assert_eq!(later.looks(tickets), normal(0, 1));
}

#[test]
fn a_step_lets_more_agents_in_when_its_time_has_come() {
    let mut plan = plan(1, &[&[(0, 1)], &[(0, 5)]]);
    let best = Step { after: Duration::ZERO, level_max: 2, who: StepWho::Everyone };
    plan.queues[0].steps = vec![best, Step { after: Duration::from_secs(20), ..Step::ALL }];
    let mut both = Both::new(&plan, &Outlook::unknown());
    both.ready(1);
    let (came, tickets) = both.joins(ticket(1, 0, both.at));
    assert_eq!(came, [Came::Nobody(Some(both.at + Duration::from_secs(15)))]);
    both.wait(15);
    assert_eq!(both.looks(tickets), [Came::Nobody(Some(both.at + Duration::from_secs(5)))]);
    both.wait(5);
    assert_eq!(both.looks(tickets), normal(1, 1));
}

#[test]
fn an_agent_takes_only_those_municipalities_citizens_that_the_membership_says() {
    let mut plan = plan(1, &[&[(0, 1)]]);
    plan.agents[0].serves = Some([AARHUS].into());
    let both = Both::new(&plan, &Outlook::unknown());
    both.joins(both.from(1, 0, ODENSE));
    both.joins(ticket(2, 0, both.at));
    assert_eq!(both.ready(0), [Came::Idle], "neither another member's citizen nor one from nobody knows where");
    assert_eq!(both.joins(both.from(3, 0, AARHUS)).0, normal(0, 3));
}

#[test]
fn a_full_queue_overflows_and_a_call_is_turned_away_only_when_all_are_full() {
    let mut plan = plan(1, &[&[(0, 1)]]);
    plan.queues.push(queue(1));
    plan.queues.iter_mut().for_each(|queue| queue.waiting_max = 1);
    plan.queues[0].overflow = Some(QueueNo(1));
    let floor = floor::Floor::of(&plan, &Outlook::unknown());
    let where_to = |number| {
        let reply = floor.ask(Request::Join(ticket(number, 0, floor.at)))[0];
        if let Reply::Queued { queue, .. } = reply { Some(queue.0) } else { None }
    };
    assert_eq!([where_to(1), where_to(2), where_to(3)], [Some(0), Some(1), None]);
}

#[test]
fn a_call_whose_target_can_still_be_met_comes_before_one_that_has_missed_it_and_an_overdue_one_before_both() {
    let skills: &[(u32, u8)] = &[(0, 1), (1, 1), (2, 1)];
    let both = Both::new(&plan(3, &[skills]), &Outlook::unknown());
    both.joins(ticket(1, 0, both.at - Duration::from_secs(100)));
    both.joins(ticket(2, 1, both.at - Duration::from_secs(30)));
    assert_eq!(both.ready(0), normal(0, 2), "half a minute of a minute is gone");
    let overdue = Both::new(&plan(3, &[skills]), &Outlook::unknown());
    overdue.joins(ticket(1, 0, overdue.at - Duration::from_secs(241)));
    overdue.joins(ticket(2, 1, overdue.at - Duration::from_secs(59)));
    assert_eq!(overdue.ready(0), normal(0, 1), "four times its target is too long for anybody");
}

#[test]
fn front_comes_first_grants_count_as_any_and_booked_ones_come_last() {
    let mut both = Both::new(&plan(1, &[&[(0, 1)], &[(0, 1)], &[(0, 1)], &[(0, 1)]]), &Outlook::unknown());
    both.joins(both.as_a(1, Precedence::Later));
    both.wait(1);
    both.joins(both.as_a(2, Precedence::Granted));
    both.wait(1);
    both.joins(both.as_a(3, Precedence::Normal));
    both.wait(1);
    both.joins(both.as_a(4, Precedence::Front));
    let order: Vec<Came> = (0..4).flat_map(|agent| both.ready(agent)).collect();
    let came = |agent, number, lane, level| Came::Match(agent, call(number), lane, level);
    assert_eq!(
        order,
        [
            came(0, 4, LaneKind::Front, -1),
            came(1, 2, LaneKind::Granted, 0),
            came(2, 3, LaneKind::Normal, 0),
            came(3, 1, LaneKind::Later, 2)
        ]
    );
}

#[test]
fn a_call_for_one_agent_waits_for_that_agent_and_then_stands_in_line_from_when_it_came() {
    let mut both = Both::new(&plan(1, &[&[(0, 1)], &[(0, 1)]]), &Outlook::unknown());
    let until = both.at + Duration::from_secs(30);
    let (came, tickets) = both.joins(both.as_a(1, Precedence::Preferred { agent: AgentNo(1), until }));
    assert_eq!(came, [Came::Nobody(Some(until))]);
    both.wait(5);
    assert_eq!(both.ready(0), [Came::Idle], "it is not for this one");
    both.wait(25);
    assert_eq!(both.looks(tickets), normal(0, 1));
    both.joins(both.as_a(2, Precedence::Preferred { agent: AgentNo(1), until: both.at + Duration::from_secs(9) }));
    assert_eq!(both.ready(1), [Came::Match(1, call(2), LaneKind::Own, 0)]);
}

#[test]
fn who_is_to_have_the_same_agent_waits_for_that_one_a_while_and_for_nobody_who_is_not_there() {
    let both = Both::new(&plan(1, &[&[(0, 1)], &[(0, 1)]]), &Outlook::unknown());
    let same = Precedence::SameAgent { agent: AgentNo(1), until: both.at + Duration::from_secs(30) };
    both.joins(both.as_a(1, same));
    assert_eq!([both.ready(0), both.ready(1)], [normal(0, 1), vec![Came::Idle]], "anybody takes them");
    assert_eq!(both.joins(both.as_a(2, same)).0, [Came::Match(1, call(2), LaneKind::Own, 0)]);
    assert_eq!(both.joins(both.as_a(3, same)).0, [Came::Nobody(Some(both.at + Duration::from_secs(30)))]);
}

/// Ten agents who can do both topics, of which ten calls an hour are expected each; enough is known for the guard.
fn flooded() -> Both {
    let everybody: [&[(u32, u8)]; 10] = [&[(0, 1), (1, 1)]; 10];
    let mut plan = plan(2, &everybody);
    for id in [AARHUS, ODENSE] {
        plan.municipalities.insert(id, Municipality { id, name: "".into(), recordings: None });
    }
    let expected = ClassOutlook { calls_an_hour: 10.0, talk_s: 450.0 };
    let classes = plan.classes.iter().map(|class| ((class.topic.clone(), class.language.clone()), expected));
    // Many calls from Odense are nothing new.
    let municipalities = [(ODENSE, 1_000.0)].into();
    let outlook = Outlook { classes: classes.collect(), municipalities, days_known: 30, ..Outlook::unknown() };
    let both = Both::new(&plan, &outlook);
    (0..10).for_each(|agent| assert_eq!(both.ready(agent), [Came::Idle]));
    both
}

/// Kept back; it is looked at again when a reserve against it would be over.
fn kept_back(both: &Both) -> Came {
    Came::Nobody(Some(both.at + Duration::from_secs(15)))
}

#[test]
fn a_flood_of_one_topic_gets_its_tokens_and_what_is_spare_but_not_the_last_idle_agent() {
    let mut both = flooded();
    let mut levels = Vec::new();
    for number in 1..=10 {
        both.wait(1);
        match both.joins(both.from(number, 0, ODENSE)).0[..] {
            [Came::Match(_, _, LaneKind::Normal, level)] => levels.push(level),
            ref other => assert_eq!((number, other), (10, &[kept_back(&both)][..])),
        }
    }
    assert_eq!(levels, [0, 0, 0, 0, 0, 0, 0, 0, 1], "nine calls in a row are a flood, and the tokens are gone");
    assert!(matches!(both.joins(both.from(11, 1, ODENSE)).0[..], [Came::Match(_, _, LaneKind::Normal, 0)]));
}

#[test]
fn a_municipality_in_a_flood_waits_in_a_line_of_its_own_and_the_others_do_not_wait_for_it() {
    let mut both = flooded();
    let mut lanes = Vec::new();
    for number in 1..=9 {
        both.wait(1);
        // Two topics, so that neither is a flood by itself.
        if let [Came::Match(_, _, lane, _)] = both.joins(both.from(number, (number % 2) as u32, AARHUS)).0[..] {
            lanes.push(lane);
        }
    }
    assert!(lanes.contains(&LaneKind::Diverted), "{lanes:?}");
    assert!(matches!(both.joins(both.from(20, 0, ODENSE)).0[..], [Came::Match(_, _, LaneKind::Normal, 0)]));
}

#[test]
fn standby_agents_get_calls_only_while_a_queue_has_called_them_in() {
    let mut plan = plan(1, &[&[(0, 1)]]);
    plan.agents[0].standby = true;
    plan.queues[0].standby = Some(StandbyRule { waiting_over: 1, wait_over: Duration::from_secs(300) });
    let mut both = Both::new(&plan, &Outlook::unknown());
    assert_eq!(both.ready(0), [Came::Idle]);
    let waits: Vec<Came> = (1..=2).flat_map(|number| both.joins(ticket(number, 0, both.at)).0).collect();
    assert_eq!(waits, [Came::Nobody(None), Came::Nobody(None)], "ready is not yet called in");
    let mut came = Vec::new();
    for _ in 0..=10 {
        both.wait(1);
        came.extend(both.ask([Request::Tick; 2]).0);
    }
    assert_eq!(came, normal(0, 1), "more than one waited for ten seconds");
}
