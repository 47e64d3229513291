//! A skill is given to 200 agents at once while 10,000 calls wait for it: it counts from the next decision on, and no call
//! is lost or changes its place. First one thing after the other, then with everything at once.

#![cfg(not(loom))]
#![allow(clippy::disallowed_methods, reason = "a test runs threads")]

mod floor;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use floor::{SMALL, call, claim, plan, ticket};
use forecast::Outlook;
use model::{CallId, Moment};
use plan::{AgentNo, Plan};
use routing::{Claim, Closed, Core, Limits, Reply, Request, Tables, TicketId};

const AGENTS: usize = 200;
const CALLS: u64 = 10_000;
/// Comes to work when the skill was just given.
const NEXT: AgentNo = AgentNo(AGENTS as u32);

/// Everybody has the first class; the second is given to all, or to nobody.
fn centre(agents: usize, second: bool) -> Plan {
    let skills: &[(u32, u8)] = if second { &[(0, 1), (1, 3)] } else { &[(0, 1)] };
    let mut plan = plan(2, &vec![skills; agents]);
    plan.queues.iter_mut().for_each(|queue| queue.waiting_max = 20_000);
    plan
}

fn core(agents: usize) -> Core {
    Core::new(&centre(agents, false), &Outlook::unknown(), Limits { tickets: 32_768, seats: agents, ..SMALL })
}

fn give_the_skill(core: &Core, agents: usize) {
    core.swap(Tables::new(&centre(agents, true), &Outlook::unknown())).expect("as big as before");
}

fn at(ms: u64) -> Moment {
    Moment::from_millis(1_800_000_000_000 + ms as i64)
}

fn ask(core: &Core, request: Request, ms: u64) -> Vec<Reply> {
    let mut replies = Vec::new();
    core.carry_out(request, at(ms), &mut |reply| replies.push(reply));
    replies
}

fn settle(core: &Core, ms: u64) -> Vec<Claim> {
    let mut claims = Vec::new();
    core.settle(at(ms), &mut |reply| claims.extend(as_claim(&reply)));
    claims
}

fn as_claim(reply: &Reply) -> Option<Claim> {
    if let Reply::Matched { claim, .. } = reply { Some(*claim) } else { None }
}

fn joins(core: &Core, number: u64) -> (TicketId, Vec<Claim>) {
    let replies = ask(core, Request::Join(ticket(number, 1, at(number))), number);
    let Some(Reply::Queued { ticket, .. }) = replies.first() else { panic!("{replies:?}") };
    (*ticket, replies.iter().filter_map(as_claim).collect())
}

#[test]
fn a_skill_given_to_two_hundred_counts_from_the_next_decision_on_and_keeps_the_order_of_ten_thousand() {
    let core = core(AGENTS + 1);
    for agent in 0..AGENTS as u32 {
        ask(&core, Request::SeatReady { agent: AgentNo(agent) }, 0);
    }
    (1..=CALLS).for_each(|number| assert!(joins(&core, number).1.is_empty(), "nobody has the skill yet"));
    give_the_skill(&core, AGENTS + 1);
    let first = claim(&ask(&core, Request::SeatReady { agent: NEXT }, CALLS));
    assert_eq!((first.call, first.agent), (call(1), NEXT), "the very next decision");

    let met = settle(&core, CALLS);
    let in_order: Vec<CallId> = (2..=AGENTS as u64 + 1).map(call).collect();
    assert_eq!(met.iter().map(|claim| claim.call).collect::<Vec<_>>(), in_order);
    let agents: BTreeSet<AgentNo> = met.iter().map(|claim| claim.agent).collect();
    assert_eq!(agents.len(), AGENTS, "each of them got one");
    assert_eq!(core.figures().waiting as u64, CALLS - 1 - AGENTS as u64);

    let mut talks: std::collections::VecDeque<Claim> = std::iter::once(first).chain(met).collect();
    let mut served = Vec::new();
    while let Some(talk) = talks.pop_front() {
        served.push(talk.call);
        let ms = CALLS + served.len() as u64 * 100;
        ask(&core, Request::Commit { claim: talk }, ms);
        ask(&core, Request::SeatRelease { agent: talk.agent, generation: talk.generation }, ms);
        talks.extend(ask(&core, Request::SeatReady { agent: talk.agent }, ms).iter().filter_map(as_claim));
    }
    assert_eq!(served, (1..=CALLS).map(call).collect::<Vec<_>>(), "each once, in the order in which they came");
}

#[test]
fn the_same_with_joins_hang_ups_and_desks_at_the_same_moment_loses_and_reorders_nobody() {
    for round in 0..5 {
        let everybody = 2 * AGENTS;
        let core = core(everybody);
        for agent in 0..AGENTS as u32 {
            ask(&core, Request::SeatReady { agent: AgentNo(agent) }, 0);
        }
        let tickets: Vec<TicketId> = (1..=CALLS).map(|number| joins(&core, number).0).collect();
        let clock = AtomicU64::new(CALLS + 1);
        let now = || clock.fetch_add(1, SeqCst);
        let (mut met, mut gone) = (Vec::new(), BTreeSet::new());
        std::thread::scope(|scope| {
            let giver = scope.spawn(|| {
                give_the_skill(&core, everybody);
                settle(&core, now())
            });
            let desks = scope.spawn(|| {
                let ready = |agent: usize| ask(&core, Request::SeatReady { agent: AgentNo(agent as u32) }, now());
                (AGENTS..everybody).flat_map(ready).filter_map(|reply| as_claim(&reply)).collect::<Vec<_>>()
            });
            let leavers = scope.spawn(|| {
                // Every third of the first, who are just being served, and some behind them.
                let leaves = |number: u64| {
                    let ticket = tickets[number as usize - 1];
                    let replies = ask(&core, Request::Leave { ticket }, now());
                    replies.contains(&Reply::Left { call: call(number), was_waiting: true }).then(|| call(number))
                };
                (1 + round..900).step_by(3).filter_map(leaves).collect::<BTreeSet<_>>()
            });
            let comers = scope.spawn(|| {
                (CALLS + 10_000..CALLS + 10_300).flat_map(|number| joins(&core, number).1).collect::<Vec<_>>()
            });
            met.extend(giver.join().expect("no panic"));
            met.extend(desks.join().expect("no panic"));
            met.extend(comers.join().expect("no panic"));
            gone = leavers.join().expect("no panic");
        });
        is_in_order(&core, met, &gone, everybody);
    }
}

/// Everybody idle has got a call, and those who were served stood in front of all who still wait.
fn is_in_order(core: &Core, mut met: Vec<Claim>, gone: &BTreeSet<CallId>, agents: usize) {
    assert_eq!(settle(core, 3 * CALLS), [], "somebody was overlooked");
    met.sort_by_key(|claim| claim.decision);
    let by_call: BTreeMap<CallId, AgentNo> = met.iter().map(|claim| (claim.call, claim.agent)).collect();
    let by_agent: BTreeSet<AgentNo> = by_call.values().copied().collect();
    assert_eq!((by_call.len(), by_agent.len()), (met.len(), met.len()), "a call has one agent, an agent one call");
    assert_eq!(met.len(), agents, "as many as there are agents");
    assert!(by_call.keys().all(|call| !gone.contains(call)), "somebody who left was served");
    let in_line = (1..=CALLS).map(call).filter(|call| !gone.contains(call));
    let first: BTreeSet<CallId> = in_line.take(agents).collect();
    let served: BTreeSet<CallId> = by_call.into_keys().collect();
    let behind = served.difference(&first).count();
    assert!(behind == 0, "{behind} were served before others who came sooner");
    assert_eq!(core.figures().waiting as u64 + agents as u64 + gone.len() as u64, CALLS + 300);
}

#[test]
fn a_skill_that_is_taken_away_counts_from_the_next_decision_on_too() {
    let core = core(2);
    give_the_skill(&core, 2);
    joins(&core, 1);
    core.swap(Tables::new(&centre(2, false), &Outlook::unknown())).expect("as big as before");
    let idle = [Reply::SeatIdle { agent: AgentNo(0) }];
    assert_eq!(ask(&core, Request::SeatReady { agent: AgentNo(0) }, 2), idle);
    ask(&core, Request::SeatClose { agent: AgentNo(0), to: Closed::Paused }, 3);
    give_the_skill(&core, 2);
    let late = Duration::from_secs(5).as_millis() as u64;
    assert_eq!(claim(&ask(&core, Request::SeatReady { agent: AgentNo(0) }, late)).call, call(1));
}
