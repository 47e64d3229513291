//! Three shards at once, with everything that can happen on a floor: nobody gets two calls, nobody is overlooked.
//!
//! Each thread is a shard: it owns its calls and its agents' desks, and hears of matches by a mailbox, as in the node.

#![cfg(not(loom))]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests run threads and read mailboxes")]

mod floor;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use floor::plan;
use model::{CallId, Moment, ShardNo};
use plan::{AgentNo, ClassNo, QueueNo};
use routing::{Claim, Closed, Core, Limits, NewTicket, Reply, Request, TicketId};

const SHARDS: usize = 3;
const AGENTS: usize = 24;
const CLASSES: u32 = 5;
/// Calls of one shard at once; few enough that a shard that gets no processor doesn't hold all agents.
const CALLS_MAX: usize = 10;
/// Each floor goes on until so many matches were made …
const MATCHES: u64 = 3_000;
/// … or, if it can't get there, for so many turns a shard.
const TURNS_MAX: usize = 2_000_000;

/// What reaches a shard from another.
enum Letter {
    /// A match, and the steps between which it was made.
    Matched(Claim, (u64, u64)),
    /// A seat was let go.
    Freed(usize),
}

/// What all shards share.
struct House {
    core: Core,
    mailboxes: [Mutex<Vec<Letter>>; SHARDS],
    /// Agents who have a call.
    held: Vec<AtomicBool>,
    /// Desks that were told that their seat is closed.
    closed: Vec<AtomicBool>,
    clock: AtomicI64,
    /// Counts every step of every shard, to tell what certainly came before what.
    steps: AtomicU64,
    served: Mutex<Vec<Served>>,
}

/// A call that was served without having come back, with the steps between which it joined and was matched.
#[derive(Clone, Copy, Debug)]
struct Served {
    class: u32,
    since: Moment,
    joined: (u64, u64),
    matched: (u64, u64),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Waiting,
    Offered(Claim),
    Talking(Claim),
    /// Hung up while a claim was on its way.
    Left,
}

struct Call {
    ticket: TicketId,
    state: State,
    class: u32,
    since: Moment,
    joined: (u64, u64),
    came_back: bool,
}

struct Shard<'a> {
    house: &'a House,
    number: usize,
    calls: BTreeMap<CallId, Call>,
    next_call: u64,
    dice: u64,
}

#[test]
fn three_busy_shards_share_their_agents_without_a_mistake() {
    for seed in 1..=4 {
        let house = House::new();
        let mut shards: Vec<Shard<'_>> = (0..SHARDS).map(|number| Shard::new(&house, number, seed)).collect();
        std::thread::scope(|scope| {
            for shard in &mut shards {
                scope.spawn(|| {
                    (0..TURNS_MAX).take_while(|_| !house.has_seen_enough()).for_each(|turn| shard.turn(turn));
                });
            }
        });
        while shards.iter_mut().any(Shard::reads_mail) {}
        house.has_overlooked_nobody();
        shards.iter().for_each(Shard::files_the_waiting);
        house.kept_the_order();
        shards.iter_mut().for_each(Shard::ends);
        while shards.iter_mut().any(Shard::reads_mail) {}
        house.is_empty();
    }
}

impl House {
    fn new() -> Self {
        let skills: Vec<Vec<(u32, u8)>> = (0..AGENTS as u32)
            .map(|agent| (0..CLASSES - 1).filter(|c| (agent >> c) & 1 == 1).map(|c| (c, 1)).collect())
            .collect();
        let slices: Vec<&[(u32, u8)]> = skills.iter().map(Vec::as_slice).collect();
        let limits = Limits { tickets: 4_096, seats: AGENTS, explanations: 64, ..floor::SMALL };
        Self {
            core: Core::new(&plan(CLASSES as usize, &slices), limits),
            mailboxes: Default::default(),
            held: (0..AGENTS).map(|_| AtomicBool::new(false)).collect(),
            closed: (0..AGENTS).map(|_| AtomicBool::new(true)).collect(),
            clock: AtomicI64::new(1_000),
            steps: AtomicU64::new(1),
            served: Mutex::default(),
        }
    }

    fn has_seen_enough(&self) -> bool {
        self.core.figures().decisions >= MATCHES
    }

    fn step(&self) -> u64 {
        self.steps.fetch_add(1, SeqCst)
    }

    fn post(&self, shard: usize, letter: Letter) {
        self.mailboxes[shard].lock().expect("no panic").push(letter);
    }

    /// At rest nobody waits whom an idle agent could take (there are no bars here). No one serves the last class.
    fn has_overlooked_nobody(&self) {
        let mut late = Vec::new();
        self.core.settle(Moment::from_secs(1 << 40), &mut |reply| late.push(reply));
        assert!(late.is_empty(), "lost matches: {late:?}");
    }

    /// No one was served before one of the same class who had certainly joined earlier and was certainly still there.
    fn kept_the_order(&self) {
        let mut by_class: BTreeMap<u32, Vec<Served>> = BTreeMap::new();
        for call in self.served.lock().expect("no panic").iter() {
            by_class.entry(call.class).or_default().push(*call);
        }
        for (call, served) in by_class.values().flat_map(|served| served.iter().map(move |call| (call, served))) {
            // A call whose `since` is older may stand in front, whenever it joined.
            let was_passed_over = |other: &&Served| {
                other.since <= call.since && other.joined.1 < call.joined.0 && other.matched.0 > call.matched.1
            };
            let passed_over = served.iter().find(was_passed_over);
            assert!(passed_over.is_none(), "{call:?} was served before {passed_over:?}");
        }
    }

    fn is_empty(&self) {
        for class in 0..CLASSES {
            assert_eq!(self.core.waiting_in_class(ClassNo(class)), 0);
        }
        let figures = self.core.figures();
        assert_eq!((figures.tickets, figures.claimed, figures.busy, self.core.claimed_seats()), (0, 0, 0, 0));
        assert!(figures.places <= 2 * CLASSES as usize, "places left behind: {figures:?}");
        assert!(figures.decisions >= MATCHES, "the floor was too quiet to prove anything: {figures:?}");
    }
}

impl<'a> Shard<'a> {
    fn new(house: &'a House, number: usize, seed: u64) -> Self {
        let dice = seed * 1_000 + number as u64 + 1;
        Self { house, number, calls: BTreeMap::new(), next_call: 1, dice }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) as usize % bound
    }

    fn turn(&mut self, turn: usize) {
        if turn.is_multiple_of(16) {
            std::thread::yield_now();
        }
        self.reads_mail();
        match self.below(10) {
            0..=3 => self.joins(),
            4..=5 => self.acts_on_a_call(),
            6..=8 => {
                let agent = self.below(AGENTS / SHARDS) * SHARDS + self.number;
                self.ready(agent);
            }
            _ => {
                let agent = self.below(AGENTS / SHARDS) * SHARDS + self.number;
                self.closes(agent, if turn.is_multiple_of(2) { Closed::Paused } else { Closed::Off });
            }
        }
        // Some must go, or the queues fill up: the impatient.
        while self.calls.len() > CALLS_MAX {
            self.acts_on_a_call();
            self.reads_mail();
        }
    }

    fn ask(&mut self, request: Request) -> Vec<Reply> {
        let at = Moment::from_millis(self.house.clock.fetch_add(1, SeqCst));
        let mut replies = Vec::new();
        let began = self.house.step();
        self.house.core.carry_out(request, at, &mut |reply| replies.push(reply));
        let ended = self.house.step();
        for reply in &replies {
            if let Reply::Matched(claim) = reply {
                self.house.post(usize::from(claim.call.shard().0), Letter::Matched(*claim, (began, ended)));
            }
        }
        replies
    }

    fn reads_mail(&mut self) -> bool {
        let letters = std::mem::take(&mut *self.house.mailboxes[self.number].lock().expect("no panic"));
        let any = !letters.is_empty();
        for letter in letters {
            match letter {
                Letter::Matched(claim, steps) => self.hears_of(claim, steps),
                Letter::Freed(agent) => self.ready(agent),
            }
        }
        any
    }

    fn hears_of(&mut self, claim: Claim, matched: (u64, u64)) {
        let house = self.house;
        assert!(!house.closed[claim.agent.at()].load(SeqCst), "{claim:?}: a desk was told that its seat is closed");
        assert!(!house.held[claim.agent.at()].swap(true, SeqCst), "{claim:?}: an agent has two calls");
        let Some(call) = self.calls.get_mut(&claim.call) else { panic!("{claim:?}: it was told that none would come") };
        match call.state {
            State::Waiting => {
                call.state = State::Offered(claim);
                if !call.came_back {
                    let served = Served { class: call.class, since: call.since, joined: call.joined, matched };
                    house.served.lock().expect("no panic").push(served);
                }
            }
            State::Left => {
                self.calls.remove(&claim.call);
                self.release(claim);
            }
            State::Offered(_) | State::Talking(_) => panic!("{claim:?}: a call has two agents"),
        }
    }

    fn joins(&mut self) {
        let class = self.below(CLASSES as usize) as u32;
        let id = CallId::new(1, ShardNo(self.number as u8), self.next_call);
        self.next_call += 1;
        let new = NewTicket {
            call: id,
            class: ClassNo(class),
            queue: QueueNo(class),
            municipality: None,
            since: Moment::from_millis(self.house.clock.load(SeqCst)),
            waiting_max: 50,
            target: Duration::from_secs(60),
        };
        let began = self.house.step();
        let replies = self.ask(Request::Join(new));
        let joined = (began, self.house.step());
        if let Some(Reply::Queued { ticket, .. }) = replies.first() {
            let call =
                Call { ticket: *ticket, state: State::Waiting, class, since: new.since, joined, came_back: false };
            self.calls.insert(id, call);
        }
    }

    /// The next thing in some call's life: hang up while waiting, decline, answer, or end.
    fn acts_on_a_call(&mut self) {
        if self.calls.is_empty() {
            return;
        }
        let index = self.below(self.calls.len());
        let luck = self.below(3);
        let (&id, call) = self.calls.iter_mut().nth(index).expect("within the map");
        match call.state {
            State::Waiting if luck == 0 => self.hangs_up(id),
            State::Offered(claim) if luck == 0 => {
                call.came_back = true;
                call.state = State::Waiting;
                self.house.held[claim.agent.at()].store(false, SeqCst);
                // Ended already: this floor has no bars, so that everyone who waits can be matched at rest.
                let barred_until = Moment::from_millis(1);
                self.ask(Request::Return { ticket: claim.ticket, agent: claim.agent, barred_until });
                self.release(claim);
            }
            State::Offered(claim) if luck == 1 => {
                // Hangs up while the phone rings.
                let replies = self.ask(Request::Leave { ticket: claim.ticket });
                assert_eq!(replies, [Reply::Left { call: id, was_waiting: false }]);
                self.calls.remove(&id);
                self.release(claim);
            }
            State::Offered(claim) => {
                call.state = State::Talking(claim);
                self.ask(Request::Commit { claim });
            }
            State::Talking(claim) => {
                self.calls.remove(&id);
                self.release(claim);
            }
            State::Waiting | State::Left => {}
        }
    }

    fn hangs_up(&mut self, id: CallId) {
        let ticket = self.calls[&id].ticket;
        let replies = self.ask(Request::Leave { ticket });
        let [Reply::Left { was_waiting, .. }] = replies[..] else { panic!("{replies:?}") };
        if was_waiting {
            self.calls.remove(&id);
        } else {
            self.calls.get_mut(&id).expect("it was here").state = State::Left;
        }
    }

    fn release(&mut self, claim: Claim) {
        self.house.held[claim.agent.at()].store(false, SeqCst);
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
        // A second one is too late for this claim, and must not touch the next.
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation });
        self.house.post(claim.agent.at() % SHARDS, Letter::Freed(claim.agent.at()));
    }

    fn ready(&mut self, agent: usize) {
        self.house.closed[agent].store(false, SeqCst);
        self.ask(Request::SeatReady { agent: AgentNo(agent as u32) });
    }

    fn closes(&mut self, agent: usize, to: Closed) {
        let replies = self.ask(Request::SeatClose { agent: AgentNo(agent as u32), to });
        if let Some(Reply::SeatIs { .. }) = replies.first() {
            assert!(!self.house.held[agent].load(SeqCst), "the desk closed a seat that a call holds");
            self.house.closed[agent].store(true, SeqCst);
        }
    }

    /// Those who still wait were passed over by nobody, either.
    fn files_the_waiting(&self) {
        let never = (u64::MAX, u64::MAX);
        let waiting = self.calls.values().filter(|call| call.state == State::Waiting && !call.came_back);
        let served =
            waiting.map(|call| Served { class: call.class, since: call.since, joined: call.joined, matched: never });
        self.house.served.lock().expect("no panic").extend(served);
    }

    /// Everyone hangs up and goes home.
    fn ends(&mut self) {
        for agent in (self.number..AGENTS).step_by(SHARDS) {
            self.closes(agent, Closed::Off);
        }
        while !self.calls.is_empty() {
            self.acts_on_a_call();
            self.reads_mail();
        }
    }
}
