//! The core does what a slow and obvious matcher does, request by request, whatever the day brings.
//! Days are drawn from a seed; a failure names the shortest day that shows it.

#![cfg(not(loom))]

mod floor;
mod slow;

use std::collections::BTreeMap;
use std::time::Duration;

use floor::{SMALL, call, plan, second, ticket};
use model::{CallId, Moment};
use plan::AgentNo;
use proptest::prelude::*;
use routing::{Claim, Closed, Core, Limits, Reply, Request, Tables, TicketId};
use slow::{Said, Slow};

const CLASSES: u32 = 4;

#[derive(Clone, Debug)]
enum Event {
    Joins { class: u32, credit_s: u64 },
    Leaves(usize),
    LooksAgain(usize),
    Ready(usize),
    Closes(usize, Closed),
    OfferFails { which: usize, released_first: bool, barred_s: u64 },
    Talks(usize),
    HangsUp(usize),
    Learns(usize, Vec<(u32, u8)>),
    TimePasses(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let closed = prop_oneof![Just(Closed::Off), Just(Closed::Paused), Just(Closed::Wrap)];
    prop_oneof![
        6 => (0..CLASSES, prop_oneof![4 => Just(0), 1 => 0..30_u64])
            .prop_map(|(class, credit_s)| Event::Joins { class, credit_s }),
        2 => any::<usize>().prop_map(Event::Leaves),
        1 => any::<usize>().prop_map(Event::LooksAgain),
        6 => any::<usize>().prop_map(Event::Ready),
        2 => (any::<usize>(), closed).prop_map(|(agent, to)| Event::Closes(agent, to)),
        4 => (any::<usize>(), any::<bool>(), 1..70_u64)
            .prop_map(|(which, released_first, barred_s)| Event::OfferFails { which, released_first, barred_s }),
        3 => any::<usize>().prop_map(Event::Talks),
        3 => any::<usize>().prop_map(Event::HangsUp),
        1 => (any::<usize>(), skills()).prop_map(|(agent, skills)| Event::Learns(agent, skills)),
        3 => (0..20_u64).prop_map(Event::TimePasses),
    ]
}

fn skills() -> impl Strategy<Value = Vec<(u32, u8)>> {
    proptest::collection::btree_map(0..CLASSES, 1..=9_u8, 0..4).prop_map(|skills| skills.into_iter().collect())
}

/// Both matchers, living the same day.
struct Day {
    core: Core,
    slow: Slow,
    calls: u64,
    tickets: BTreeMap<CallId, TicketId>,
    offers: Vec<Claim>,
    talks: Vec<Claim>,
}

impl Day {
    fn new(skills: Vec<Vec<(u32, u8)>>) -> Self {
        let limits = Limits { tickets: 512, seats: skills.len(), ..SMALL };
        let slices: Vec<&[(u32, u8)]> = skills.iter().map(Vec::as_slice).collect();
        let core = Core::new(&plan(CLASSES as usize, &slices), limits);
        let slow = Slow::new(skills, second(100));
        Self { core, slow, calls: 0, tickets: BTreeMap::new(), offers: Vec::new(), talks: Vec::new() }
    }

    fn lives(&mut self, event: &Event) {
        let agents = self.slow.seats.len();
        match event {
            Event::Joins { class, credit_s } => self.joins(*class, *credit_s),
            Event::Leaves(which) => {
                let Some((call, ticket)) = self.pick(*which) else { return };
                self.slow.leave(call);
                self.asks(Request::Leave { ticket });
                self.tickets.remove(&call);
            }
            Event::LooksAgain(which) => {
                let Some((call, ticket)) = self.pick(*which) else { return };
                self.slow.look_again(call);
                self.asks(Request::LookForAgent { ticket });
            }
            Event::Ready(agent) => {
                self.slow.ready(agent % agents);
                self.asks(Request::SeatReady { agent: AgentNo((agent % agents) as u32) });
            }
            Event::Closes(agent, to) => {
                self.slow.close(agent % agents, *to);
                self.asks(Request::SeatClose { agent: AgentNo((agent % agents) as u32), to: *to });
            }
            Event::OfferFails { which, released_first, barred_s } => {
                self.offer_fails(*which, *released_first, *barred_s);
            }
            Event::Talks(which) => {
                let Some(claim) = taken_from(&mut self.offers, *which) else { return };
                self.slow.commit(claim.call, claim.agent.at());
                self.asks(Request::Commit { claim });
                self.tickets.remove(&claim.call);
                self.talks.push(claim);
            }
            Event::HangsUp(which) => {
                let Some(claim) = taken_from(&mut self.talks, *which) else { return };
                self.release(claim);
            }
            Event::Learns(agent, skills) => self.learns(agent % agents, skills.clone()),
            Event::TimePasses(seconds) => self.slow.at = self.slow.at + Duration::from_secs(*seconds),
        }
    }

    fn joins(&mut self, class: u32, credit_s: u64) {
        self.calls += 1;
        let since = self.slow.at - Duration::from_secs(credit_s);
        self.slow.join(call(self.calls), class, since);
        self.asks(Request::Join(ticket(self.calls, class, since)));
    }

    fn offer_fails(&mut self, which: usize, released_first: bool, barred_s: u64) {
        let Some(claim) = taken_from(&mut self.offers, which) else { return };
        let barred_until = self.slow.at + Duration::from_secs(barred_s);
        if released_first {
            self.release(claim);
        }
        self.slow.come_back(claim.call, claim.agent.at(), barred_until);
        self.asks(Request::Return { ticket: claim.ticket, agent: claim.agent, barred_until });
        if !released_first {
            self.release(claim);
        }
    }

    fn release(&mut self, claim: Claim) {
        self.slow.release(claim.agent.at());
        self.asks(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
    }

    fn learns(&mut self, agent: usize, skills: Vec<(u32, u8)>) {
        self.slow.skills[agent] = skills;
        let slices: Vec<&[(u32, u8)]> = self.slow.skills.iter().map(Vec::as_slice).collect();
        self.core.swap(Tables::new(&plan(CLASSES as usize, &slices))).expect("as big as before");
        self.slow.settle(CLASSES);
        let mut replies = Vec::new();
        self.core.settle(self.slow.at, &mut |reply| replies.push(reply));
        self.agrees(&replies);
    }

    fn asks(&mut self, request: Request) {
        let mut replies = Vec::new();
        self.core.carry_out(request, self.slow.at, &mut |reply| replies.push(reply));
        self.agrees(&replies);
    }

    fn agrees(&mut self, replies: &[Reply]) {
        let said: Vec<Said> = replies.iter().map(|reply| self.understands(reply)).collect();
        assert_eq!(said, std::mem::take(&mut self.slow.said));
        assert_eq!(self.core.figures().waiting, self.slow.waiting.len());
    }

    fn understands(&mut self, reply: &Reply) -> Said {
        match *reply {
            Reply::Queued { call, ticket } => {
                self.tickets.insert(call, ticket);
                Said::Queued(call)
            }
            Reply::Full { call } => panic!("{call:?} found no room"),
            Reply::Matched(claim) => {
                assert_eq!(self.tickets.get(&claim.call), Some(&claim.ticket));
                // One who left while offered never hears of it here: leaving drops the offer below.
                self.offers.push(claim);
                let Claim { agent, generation, call, why, .. } = claim;
                Said::Matched { agent: agent.at(), generation: generation.0, call, why }
            }
            Reply::NoMatch { call, look_again_at, .. } => Said::NoMatch(call, look_again_at),
            Reply::Left { call, was_waiting } => Said::Left(call, was_waiting),
            Reply::SeatIdle { agent } => Said::SeatIdle(agent.at()),
            Reply::SeatIs { agent, closed } => Said::SeatIs(agent.at(), closed),
            Reply::SeatHeld { agent } => Said::SeatHeld(agent.at()),
        }
    }

    /// One of the calls that hold a ticket.
    fn pick(&self, which: usize) -> Option<(CallId, TicketId)> {
        let index = which.checked_rem(self.tickets.len())?;
        self.tickets.iter().nth(index).map(|(call, ticket)| (*call, *ticket))
    }

    /// Everyone hangs up: nothing is left.
    fn ends(&mut self) {
        while let Some((call, ticket)) = self.pick(0) {
            self.slow.leave(call);
            self.asks(Request::Leave { ticket });
            self.tickets.remove(&call);
        }
        let claims: Vec<Claim> = self.offers.drain(..).chain(self.talks.drain(..)).collect();
        for claim in claims {
            self.release(claim);
        }
        let figures = self.core.figures();
        assert_eq!((figures.waiting, figures.tickets, figures.claimed, figures.busy), (0, 0, 0, 0));
        assert_eq!(figures.places, 0, "dead places are swept when the last one leaves");
    }
}

fn taken_from(claims: &mut Vec<Claim>, which: usize) -> Option<Claim> {
    let index = which.checked_rem(claims.len())?;
    Some(claims.remove(index))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_day_goes_as_the_slow_matcher_says(
        agents in proptest::collection::vec(skills(), 1..7),
        events in proptest::collection::vec(event(), 1..200),
    ) {
        let mut day = Day::new(agents);
        for event in &events {
            day.lives(event);
        }
        day.ends();
    }

    #[test]
    fn the_same_day_twice_gives_the_same_replies(
        agents in proptest::collection::vec(skills(), 1..7),
        joins in proptest::collection::vec((0..CLASSES, 0..5_u64), 1..60),
    ) {
        let once = replies_of(&agents, &joins);
        prop_assert_eq!(once, replies_of(&agents, &joins));
    }
}

fn replies_of(skills: &[Vec<(u32, u8)>], joins: &[(u32, u64)]) -> Vec<Reply> {
    let slices: Vec<&[(u32, u8)]> = skills.iter().map(Vec::as_slice).collect();
    let core = Core::new(&plan(CLASSES as usize, &slices), SMALL);
    let mut replies = Vec::new();
    let mut at: Moment = second(0);
    for (index, (class, gap)) in joins.iter().enumerate() {
        at = at + Duration::from_secs(*gap);
        let new = ticket(index as u64, *class, at);
        core.carry_out(Request::Join(new), at, &mut |reply| replies.push(reply));
        let agent = AgentNo((index % skills.len()) as u32);
        core.carry_out(Request::SeatReady { agent }, at, &mut |reply| replies.push(reply));
    }
    replies
}
