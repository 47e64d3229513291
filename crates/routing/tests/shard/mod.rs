//! A shard in the storm: it owns its calls and its agents' desks, and does at each turn what the dice say.
//! It notices whatever a call, an agent or a desk would complain about.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use model::{CallId, Moment, MunicipalityId, ShardNo};
use plan::{AgentNo, ClassNo, QueueNo};
use routing::{Claim, Closed, NewTicket, Precedence, Reply, Request, TicketId};

use crate::{AGENTS, CALLS_MAX, CLASSES, House, Letter, MEMBERS, Served};

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
    /// Who stand in the same lane, for the same agents.
    alike: (u32, u8, Option<MunicipalityId>),
    since: Moment,
    joined: (u64, u64),
    came_back: bool,
}

pub(crate) struct Shard<'a> {
    house: &'a House,
    number: usize,
    calls: BTreeMap<CallId, Call>,
    next_call: u64,
    dice: u64,
}

impl<'a> Shard<'a> {
    pub(crate) fn new(house: &'a House, number: usize, seed: u64) -> Self {
        let dice = seed * 1_000 + number as u64 + 1;
        Self { house, number, calls: BTreeMap::new(), next_call: 1, dice }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) as usize % bound
    }

    fn one_of_mine(&mut self) -> usize {
        let shards = self.house.shards();
        self.below(AGENTS / shards) * shards + self.number
    }

    pub(crate) fn turn(&mut self, turn: usize) {
        if turn.is_multiple_of(16) {
            std::thread::yield_now();
        }
        self.reads_mail();
        match self.below(10) {
            0..=3 => self.joins(),
            4..=5 => self.acts_on_a_call(),
            6..=8 => {
                let agent = self.one_of_mine();
                self.ready(agent);
            }
            _ => {
                let agent = self.one_of_mine();
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
        self.house.delivers(&replies, (began, ended));
        replies
    }

    pub(crate) fn reads_mail(&mut self) -> bool {
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
                    let served = Served { alike: call.alike, since: call.since, joined: call.joined, matched };
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
        let since = Moment::from_millis(self.house.clock.load(SeqCst));
        let (kind, precedence) = self.precedence(since);
        let municipality = if self.house.is_rich { Some(MEMBERS[self.below(MEMBERS.len())]) } else { None };
        let new = NewTicket { call: id, class: ClassNo(class), queue: QueueNo(class), municipality, since, precedence };
        let began = self.house.step();
        let replies = self.ask(Request::Join(new));
        let joined = (began, self.house.step());
        if let Some(Reply::Queued { ticket, .. }) = replies.first() {
            // One who waits for one agent first may come into the lane any time later.
            let came_back = kind == 4;
            let alike = (class, kind, municipality);
            let call = Call { ticket: *ticket, state: State::Waiting, alike, since, joined, came_back };
            self.calls.insert(id, call);
        }
    }

    /// Mostly in line.
    fn precedence(&mut self, at: Moment) -> (u8, Precedence) {
        match self.below(10) {
            0 if self.house.is_rich => (1, Precedence::Granted),
            1 if self.house.is_rich => (2, Precedence::Front),
            2 if self.house.is_rich => (3, Precedence::Later),
            3 if self.house.is_rich => {
                let (agent, until) = (AgentNo(self.below(AGENTS) as u32), at + Duration::from_millis(20));
                (4, Precedence::Preferred { agent, until })
            }
            _ => (0, Precedence::Normal),
        }
    }

    /// All who wait look once more, as their reminders would make them.
    pub(crate) fn looks_for_all(&mut self) {
        let waiting = self.calls.values().filter(|call| call.state == State::Waiting).map(|call| call.ticket);
        for ticket in waiting.collect::<Vec<_>>() {
            self.ask(Request::LookForAgent { ticket });
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
                self.ask(Request::Return { claim, barred_until });
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
        self.house.post(claim.agent.at() % self.house.shards(), Letter::Freed(claim.agent.at()));
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
    pub(crate) fn files_the_waiting(&self) {
        let never = (u64::MAX, u64::MAX);
        let waiting = self.calls.values().filter(|call| call.state == State::Waiting && !call.came_back);
        let served =
            waiting.map(|call| Served { alike: call.alike, since: call.since, joined: call.joined, matched: never });
        self.house.served.lock().expect("no panic").extend(served);
    }

    /// Everyone hangs up and goes home.
    pub(crate) fn ends(&mut self) {
        for agent in (self.number..AGENTS).step_by(self.house.shards()) {
            self.closes(agent, Closed::Off);
        }
        while !self.calls.is_empty() {
            self.acts_on_a_call();
            self.reads_mail();
        }
    }
}
