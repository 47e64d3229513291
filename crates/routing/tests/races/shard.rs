//! A shard in a storm: it owns its calls and its agents' desks, and does at each turn what the dice say.
//! Draws from its own seed; knows no scheduler.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use model::{CallId, MunicipalityId, ShardNo};
use plan::{AgentNo, ClassNo, QueueNo};
use routing::{Claim, Closed, NewTicket, Precedence, Reply, Request, Tables, TicketId};

use super::plans::{AGENTS, FLOODED};
use super::storm::{NOW, SHARDS, Storm, WAITED, Wait};

#[derive(Clone, Copy)]
enum State {
    Waits,
    Offered(Claim),
    Talks(Claim),
    Left,
}

pub(crate) struct Shard<'a> {
    storm: &'a Storm,
    number: u64,
    calls: BTreeMap<CallId, (TicketId, State)>,
    next: u64,
    dice: u64,
}

impl<'a> Shard<'a> {
    pub(crate) fn new(storm: &'a Storm, number: u64, seed: u64) -> Self {
        let dice = (seed * 16 + number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { storm, number, calls: BTreeMap::new(), next: 1, dice }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) % bound
    }

    pub(crate) fn turns(&mut self) {
        self.reads_mail();
        match self.below(12) {
            0..=3 => self.joins(),
            4..=6 => self.acts_on_a_call(),
            7..=9 => {
                let agent = self.own_agent();
                self.storm.ask(Request::SeatReady { agent }, NOW);
            }
            10 => {
                let (agent, to) =
                    (self.own_agent(), [Closed::Paused, Closed::Off, Closed::Wrap][self.below(3) as usize]);
                self.storm.ask(Request::SeatClose { agent, to }, NOW);
            }
            _ if self.number == 0 => self.looks_after_all(),
            _ => {}
        }
    }

    fn own_agent(&mut self) -> AgentNo {
        let own = (u64::from(AGENTS) - self.number).div_ceil(SHARDS);
        AgentNo((self.below(own) * SHARDS + self.number) as u32)
    }

    /// Time goes on for standby agents alone; tables change.
    fn looks_after_all(&mut self) {
        let storm = self.storm;
        if let (Some(other), 0) = (storm.weather.other_plan, self.below(2)) {
            let sketch = if self.below(2) == 0 { other } else { storm.weather.plan };
            let (plan, outlook) = sketch();
            storm.world.core.swap(Tables::new(&plan, &outlook)).expect("it fits");
            let began = storm.steps.fetch_add(1, SeqCst);
            let replies = storm.world.settle(NOW);
            return storm.tells(&replies, began);
        }
        let later = Duration::from_secs(20 * self.below(8));
        storm.ask(Request::Tick, NOW + later);
    }

    fn reads_mail(&mut self) {
        let letters = std::mem::take(&mut *self.storm.mail[self.number as usize].lock().expect("no panic elsewhere"));
        for claim in letters {
            match self.calls.get(&claim.call) {
                Some(&(ticket, State::Waits)) => {
                    self.calls.insert(claim.call, (ticket, State::Offered(claim)));
                }
                Some((_, State::Left)) => self.lets_go(claim),
                Some((_, State::Offered(_) | State::Talks(_))) | None => panic!("{claim:?}: a call has two agents"),
            }
        }
    }

    fn joins(&mut self) {
        let call = CallId::new(1, ShardNo(self.number as u8), self.next);
        self.next += 1;
        let class = self.below(2) as u32;
        let since = NOW - WAITED + Duration::from_millis(self.storm.steps.load(SeqCst));
        let new = NewTicket {
            call,
            class: ClassNo(class),
            queue: QueueNo(class),
            municipality: self.comes_from(),
            since,
            precedence: self.precedence(),
        };
        let began = self.storm.steps.load(SeqCst);
        let wait = Wait { class, since, joined: (began, u64::MAX), matched: (u64::MAX, u64::MAX), came_back: false };
        self.storm.waits.lock().expect("no panic elsewhere").insert(call, wait);
        let replies = self.storm.ask(Request::Join(new), NOW);
        let ended = self.storm.steps.load(SeqCst);
        let mut waits = self.storm.waits.lock().expect("no panic elsewhere");
        if let Some(Reply::Queued { ticket, .. }) = replies.first() {
            waits.get_mut(&call).expect("it was put in").joined.1 = ended;
            self.calls.insert(call, (*ticket, State::Waits));
        } else {
            waits.remove(&call);
        }
    }

    fn comes_from(&mut self) -> Option<MunicipalityId> {
        (!self.storm.weather.is_plain && self.below(3) > 0).then_some(FLOODED)
    }

    fn precedence(&mut self) -> Precedence {
        let agent = AgentNo(self.below(u64::from(AGENTS)) as u32);
        match self.below(if self.storm.weather.is_plain { 1 } else { 9 }) {
            0..=3 => Precedence::Normal,
            4 => Precedence::Granted,
            5 => Precedence::Front,
            6 => Precedence::Later,
            7 => Precedence::Preferred { agent, until: NOW },
            _ => Precedence::Preferred { agent, until: NOW + Duration::from_secs(500) },
        }
    }

    /// The next thing in some call's life.
    fn acts_on_a_call(&mut self) {
        if self.calls.is_empty() {
            return;
        }
        let (index, luck) = (self.below(self.calls.len() as u64), self.below(4));
        let (&call, &(ticket, state)) = self.calls.iter().nth(index as usize).expect("within the map");
        match state {
            State::Waits if luck == 0 => {
                self.storm.ask(Request::Estimate { ticket }, NOW);
            }
            State::Waits if luck == 1 => {
                // As if it were late: a preferred call goes to the line of its class.
                self.storm.ask(Request::LookForAgent { ticket }, NOW + Duration::from_secs(501));
            }
            State::Waits => self.hangs_up(call, ticket),
            State::Offered(claim) if luck == 0 => {
                self.calls.insert(call, (ticket, State::Talks(claim)));
                self.storm.ask(Request::Commit { claim }, NOW);
            }
            State::Offered(_) if luck == 1 => self.hangs_up(call, ticket),
            State::Offered(claim) => {
                self.calls.insert(call, (ticket, State::Waits));
                self.storm.waits.lock().expect("no panic elsewhere").get_mut(&call).expect("it joined").came_back =
                    true;
                self.storm.ask(Request::Return { claim, barred_until: NOW + Duration::from_secs(600) }, NOW);
                self.lets_go(claim);
            }
            State::Talks(claim) => {
                self.calls.remove(&call);
                self.lets_go(claim);
            }
            State::Left => {}
        }
    }

    fn hangs_up(&mut self, call: CallId, ticket: TicketId) {
        let offered = match self.calls[&call].1 {
            State::Offered(claim) => Some(claim),
            State::Waits | State::Talks(_) | State::Left => None,
        };
        let replies = self.storm.ask(Request::Leave { ticket }, NOW);
        let [Reply::Left { was_waiting, .. }] = replies[..] else { panic!("{replies:?}") };
        match (was_waiting, offered) {
            (true, None) => {
                self.calls.remove(&call);
                self.storm.waits.lock().expect("no panic elsewhere").remove(&call);
            }
            (false, Some(claim)) => {
                self.calls.remove(&call);
                self.lets_go(claim);
            }
            // Its claim is on its way.
            (false, None) => {
                self.calls.insert(call, (ticket, State::Left));
            }
            (true, Some(claim)) => panic!("{claim:?} was told, and the call still waited"),
        }
    }

    fn lets_go(&self, Claim { agent, generation, .. }: Claim) {
        self.storm.ask(Request::SeatRelease { agent, generation }, NOW);
    }
}
