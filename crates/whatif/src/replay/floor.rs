//! The floor of a replayed day: who waits, who talks, who is on duty; each move is a request to the core.
//! Knows the core's seam, as a node's shards do; decides nothing that the core decides.

use std::time::Duration;

use model::{CallId, Moment, ShardNo};
use plan::{AgentNo, ClassNo, QueueNo};
use routing::{Claim, Closed, Core, NewTicket, Precedence, Reply, Request, Tables, TicketId};

use super::events::{Event, Events};
use super::told::{AgentTold, Assigned, CallEnd, CallTold, Told};
use super::{MIDNIGHT_S, moment, seconds};
use crate::day::Day;
use crate::house::House;

pub(super) struct Floor<'f> {
    core: &'f Core,
    house: &'f House,
    day: &'f Day,
    calls: Vec<Call>,
    people: Vec<Person>,
    waiting: u32,
    /// Whose hours are over, and who stay until nobody waits.
    staying: Vec<u32>,
    tick_at: Option<Moment>,
    replies: Vec<Reply>,
    told: Told,
}

#[derive(Clone, Copy, Default)]
struct Call {
    ticket: Option<TicketId>,
    looks_at: Option<Moment>,
    /// Its claim, while the agent's phone rings.
    ringing: Option<Claim>,
}

#[derive(Clone, Copy, Default)]
struct Person {
    on_duty: bool,
    came: Option<Moment>,
    /// Claimed, talking or wrapping up.
    is_held: bool,
}

impl<'f> Floor<'f> {
    pub(super) fn new(core: &'f Core, house: &'f House, day: &'f Day) -> Self {
        let told = Told {
            calls: vec![CallTold::default(); day.calls.len()],
            agents: vec![AgentTold::default(); house.plan.agents.len()],
            assigned: Vec::with_capacity(day.calls.len()),
            surges: Vec::new(),
        };
        Self {
            core,
            house,
            day,
            calls: vec![Call::default(); day.calls.len()],
            people: vec![Person::default(); house.plan.agents.len()],
            waiting: 0,
            staying: Vec::new(),
            tick_at: None,
            replies: Vec::new(),
            told,
        }
    }

    pub(super) fn told(self) -> Told {
        self.told
    }

    fn ask(&mut self, request: Request, at: Moment, events: &mut Events) {
        let mut replies = std::mem::take(&mut self.replies);
        self.core.carry_out(request, at, &mut |reply| replies.push(reply));
        self.hear(replies, at, events);
    }

    pub(super) fn swap(&mut self, tables: Tables, at: Moment, events: &mut Events) {
        let mut replies = std::mem::take(&mut self.replies);
        self.core.swap(tables).expect("the same plan fits as it did");
        self.core.settle(at, &mut |reply| replies.push(reply));
        self.hear(replies, at, events);
    }

    fn hear(&mut self, mut replies: Vec<Reply>, at: Moment, events: &mut Events) {
        for reply in replies.drain(..) {
            match reply {
                Reply::Queued { call, ticket, .. } => self.queued(call, ticket, at, events),
                Reply::Full { call } => self.full(call),
                Reply::Matched { claim, because } => {
                    if because.level >= 1 {
                        self.told.surges.push((seconds(at), place(claim.call) as u32));
                    }
                    self.matched(claim, at, events);
                }
                Reply::NoMatch { call, look_again_at, .. } => self.no_match(call, look_again_at, events),
                Reply::Estimated { call, wait, .. } => {
                    self.told.calls[place(call)].estimate_s = wait.map(|wait| wait.as_secs_f64());
                }
                Reply::TickWanted { at: when } => {
                    if self.tick_at.is_none_or(|known| when < known) {
                        self.tick_at = Some(when);
                        events.at(when, Event::Tick);
                    }
                }
                Reply::Left { .. }
                | Reply::MovedOn { .. }
                | Reply::SeatIdle { .. }
                | Reply::SeatIs { .. }
                | Reply::SeatHeld { .. } => {}
            }
        }
        self.replies = replies;
    }

    pub(super) fn arrives(&mut self, number: u32, at: Moment, events: &mut Events) {
        let call = &self.day.calls[number as usize];
        let new = NewTicket {
            call: CallId::new(MIDNIGHT_S as u64 * 1_000, ShardNo(0), u64::from(number)),
            class: ClassNo(call.class),
            queue: QueueNo(call.class),
            municipality: call.municipality,
            since: at,
            precedence: Precedence::Normal,
        };
        self.ask(Request::Join(new), at, events);
        // What a waiting citizen would be told now.
        if let (CallEnd::Open, Call { ticket: Some(ticket), ringing: None, .. }) =
            (self.told.calls[number as usize].end, self.calls[number as usize])
        {
            self.ask(Request::Estimate { ticket }, at, events);
        }
    }

    fn queued(&mut self, call: CallId, ticket: TicketId, at: Moment, events: &mut Events) {
        let number = place(call);
        self.calls[number].ticket = Some(ticket);
        self.waiting += 1;
        let patience = Duration::from_secs_f64(self.day.calls[number].patience_s.min(1e6));
        events.at(at + patience, Event::HangsUp(number as u32));
    }

    fn full(&mut self, call: CallId) {
        self.told.calls[place(call)].end = CallEnd::Full;
    }

    fn no_match(&mut self, call: CallId, look_again_at: Option<Moment>, events: &mut Events) {
        let number = place(call);
        self.calls[number].looks_at = look_again_at;
        if let Some(when) = look_again_at {
            events.at(when, Event::LooksAgain(number as u32));
        }
    }

    pub(super) fn looks_again(&mut self, number: u32, at: Moment, events: &mut Events) {
        let call = &mut self.calls[number as usize];
        if call.looks_at != Some(at) {
            return;
        }
        call.looks_at = None;
        if let (Some(ticket), None) = (call.ticket, call.ringing) {
            self.ask(Request::LookForAgent { ticket }, at, events);
        }
    }

    fn matched(&mut self, claim: Claim, at: Moment, events: &mut Events) {
        let number = place(claim.call);
        self.waiting -= 1;
        self.people[claim.agent.at()].is_held = true;
        let at_us = at.as_micros() - MIDNIGHT_S * 1_000_000;
        self.told.assigned.push(Assigned { at_us, call: number as u32, agent: claim.agent.0 });
        let call = &mut self.calls[number];
        (call.ringing, call.looks_at) = (Some(claim), None);
        events.at(at + Duration::from_secs_f64(self.house.talks.ring_s), Event::Answers(claim));
    }

    pub(super) fn answers(&mut self, claim: &Claim, at: Moment, events: &mut Events) {
        let number = place(claim.call);
        if self.calls[number].ringing != Some(*claim) {
            return;
        }
        self.calls[number] = Call::default();
        self.ask(Request::Commit { claim: *claim }, at, events);
        let talk_s = self.talk_s(number, claim.agent);
        let call = &self.day.calls[number];
        let home = self.house.plan.agents[claim.agent.at()].home;
        let told = &mut self.told.calls[number];
        told.end = CallEnd::Served;
        told.wait_s = seconds(at) - call.at_s;
        told.own = home.is_some() && home == call.municipality;
        self.told.agents[claim.agent.at()].busy_s += talk_s + self.house.talks.wrap_up_s;
        events.at(at + Duration::from_secs_f64(talk_s), Event::TalkEnds(*claim));
    }

    fn talk_s(&self, number: usize, agent: AgentNo) -> f64 {
        let (talks, call) = (&self.house.talks, &self.day.calls[number]);
        let home = self.house.plan.agents[agent.at()].home;
        let is_home = home.is_some() && home == call.municipality;
        let own = talks.pace[agent.at()] * talks.of_class[agent.at()][call.class as usize];
        talks.class_s[call.class as usize] * call.luck * own * if is_home { 1.0 } else { talks.away }
    }

    pub(super) fn talk_ends(&mut self, claim: &Claim, at: Moment, events: &mut Events) {
        self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation }, at, events);
        events.at(at + Duration::from_secs_f64(self.house.talks.wrap_up_s), Event::WrapUpEnds(claim.agent.0));
    }

    pub(super) fn wrap_up_ends(&mut self, person: u32, at: Moment, events: &mut Events) {
        self.people[person as usize].is_held = false;
        self.ready_or_off(person, at, events);
    }

    pub(super) fn hangs_up(&mut self, number: u32, at: Moment, events: &mut Events) {
        let call = self.calls[number as usize];
        let Some(ticket) = call.ticket else { return };
        self.calls[number as usize] = Call::default();
        let told = &mut self.told.calls[number as usize];
        (told.end, told.wait_s) = (CallEnd::Lost, self.day.calls[number as usize].patience_s);
        self.ask(Request::Leave { ticket }, at, events);
        match call.ringing {
            None => self.waiting -= 1,
            Some(claim) => {
                self.ask(Request::SeatRelease { agent: claim.agent, generation: claim.generation }, at, events);
                self.wrap_up_ends(claim.agent.0, at, events);
            }
        }
    }

    pub(super) fn comes(&mut self, person: u32, at: Moment, events: &mut Events) {
        self.staying.retain(|staying| *staying != person);
        let one = &mut self.people[person as usize];
        one.on_duty = true;
        one.came.get_or_insert(at);
        if !one.is_held {
            self.ready_or_off(person, at, events);
        }
    }

    pub(super) fn goes(&mut self, person: u32, at: Moment, events: &mut Events) {
        if at >= moment(self.day.closes_s) {
            return self.staying.push(person);
        }
        self.people[person as usize].on_duty = false;
        if !self.people[person as usize].is_held {
            self.ready_or_off(person, at, events);
        }
    }

    /// After closing, when nobody waits.
    pub(super) fn lets_go_home(&mut self, at: Moment, events: &mut Events) {
        if self.waiting > 0 || self.staying.is_empty() {
            return;
        }
        for person in std::mem::take(&mut self.staying) {
            self.people[person as usize].on_duty = false;
            if !self.people[person as usize].is_held {
                self.ready_or_off(person, at, events);
            }
        }
    }

    fn ready_or_off(&mut self, person: u32, at: Moment, events: &mut Events) {
        let agent = AgentNo(person);
        let one = &mut self.people[person as usize];
        if one.on_duty {
            return self.ask(Request::SeatReady { agent }, at, events);
        }
        if let Some(came) = one.came.take() {
            self.told.agents[person as usize].present_s += at.since(came).as_secs_f64();
        }
        self.ask(Request::SeatClose { agent, to: Closed::Off }, at, events);
    }

    pub(super) fn tick(&mut self, at: Moment, events: &mut Events) {
        if self.tick_at == Some(at) {
            self.tick_at = None;
            self.ask(Request::Tick, at, events);
        }
    }
}

/// A call's place in the day.
fn place(call: CallId) -> usize {
    call.bits() as u64 as usize
}
