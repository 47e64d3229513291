//! The slow, obvious matcher that the core is held against: sorted lists, one thought at a time.
//! Knows the rules as sentences; doesn't know lanes, atomics or bitmaps.

use std::time::Duration;

use model::{CallId, Moment, OfferedWhy};
use routing::Closed;

const BARS_MAX: usize = 8;
const VOID_BAR_HOLDS: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seat {
    Closed(Closed),
    Idle(Moment),
    Claimed,
    Busy,
}

/// What the slow matcher replies; as the core's, without ticket and decision numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    Queued(CallId),
    Matched { agent: usize, generation: u32, call: CallId, why: OfferedWhy },
    NoMatch(CallId, Option<Moment>),
    Left(CallId, bool),
    SeatIdle(usize),
    SeatIs(usize, Closed),
    SeatHeld(usize),
}

#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) call: CallId,
    pub(crate) class: u32,
    pub(crate) since: Moment,
    bars: Vec<(usize, Moment)>,
    firm_until: Moment,
}

pub(crate) struct Slow {
    pub(crate) skills: Vec<Vec<(u32, u8)>>,
    pub(crate) seats: Vec<(Seat, u32)>,
    /// In the order in which they are to be served.
    pub(crate) waiting: Vec<Ticket>,
    pub(crate) taken: Vec<Ticket>,
    pub(crate) at: Moment,
    pub(crate) said: Vec<Said>,
}

impl Slow {
    pub(crate) fn new(skills: Vec<Vec<(u32, u8)>>, at: Moment) -> Self {
        let seats = vec![(Seat::Closed(Closed::Off), 0); skills.len()];
        Self { skills, seats, waiting: Vec::new(), taken: Vec::new(), at, said: Vec::new() }
    }

    pub(crate) fn join(&mut self, call: CallId, class: u32, since: Moment) {
        let ticket = Ticket { call, class, since, bars: Vec::new(), firm_until: Moment::EPOCH };
        let behind = self.waiting.iter().position(|other| other.since > since).unwrap_or(self.waiting.len());
        self.waiting.insert(behind, ticket);
        self.said.push(Said::Queued(call));
        self.call_looks(class, Some(call));
    }

    pub(crate) fn look_again(&mut self, call: CallId) {
        if let Some(ticket) = self.waiting.iter().find(|ticket| ticket.call == call) {
            self.call_looks(ticket.class, Some(call));
        }
    }

    pub(crate) fn leave(&mut self, call: CallId) {
        let before = self.waiting.len();
        self.waiting.retain(|ticket| ticket.call != call);
        self.taken.retain(|ticket| ticket.call != call);
        self.said.push(Said::Left(call, self.waiting.len() < before));
    }

    pub(crate) fn come_back(&mut self, call: CallId, agent: usize, until: Moment) {
        let Some(index) = self.taken.iter().position(|ticket| ticket.call == call) else { return };
        let mut ticket = self.taken.remove(index);
        ticket.bars.retain(|(barred, _)| *barred != agent);
        if ticket.bars.len() == BARS_MAX {
            let first = ticket.bars.iter().enumerate().min_by_key(|(_, (_, until))| *until).map(|(index, _)| index);
            ticket.bars.remove(first.expect("eight"));
        }
        ticket.bars.push((agent, until));
        ticket.firm_until = until.min(self.at + VOID_BAR_HOLDS);
        let class = ticket.class;
        let behind = self.waiting.iter().position(|other| other.since >= ticket.since).unwrap_or(self.waiting.len());
        self.waiting.insert(behind, ticket);
        self.call_looks(class, Some(call));
    }

    pub(crate) fn ready(&mut self, agent: usize) {
        match self.seats[agent].0 {
            Seat::Claimed | Seat::Busy => return self.said.push(Said::SeatHeld(agent)),
            Seat::Closed(_) => self.seats[agent].0 = Seat::Idle(self.at),
            Seat::Idle(_) => {}
        }
        if !self.agent_looks(agent) {
            self.said.push(Said::SeatIdle(agent));
        }
    }

    pub(crate) fn close(&mut self, agent: usize, to: Closed) {
        if matches!(self.seats[agent].0, Seat::Claimed | Seat::Busy) {
            return self.said.push(Said::SeatHeld(agent));
        }
        self.seats[agent].0 = Seat::Closed(to);
        self.said.push(Said::SeatIs(agent, to));
        if to != Closed::Wrap {
            self.skills[agent].clone().iter().for_each(|(class, _)| self.call_looks(*class, None));
        }
    }

    pub(crate) fn commit(&mut self, call: CallId, agent: usize) {
        self.taken.retain(|ticket| ticket.call != call);
        self.seats[agent].0 = Seat::Busy;
    }

    pub(crate) fn release(&mut self, agent: usize) {
        self.seats[agent] = (Seat::Closed(Closed::Wrap), self.seats[agent].1 + 1);
    }

    pub(crate) fn settle(&mut self, classes: u32) {
        (0..classes).for_each(|class| self.call_looks(class, None));
    }

    fn call_looks(&mut self, class: u32, wanted: Option<CallId>) {
        let mut passed = Vec::new();
        while wanted.is_none_or(|call| self.waiting.iter().any(|ticket| ticket.call == call)) {
            let idle = (0..self.seats.len()).filter(|agent| self.fits(*agent, class) && !passed.contains(agent));
            let idle = idle.filter_map(|agent| match self.seats[agent].0 {
                Seat::Idle(since) => Some((since, agent)),
                Seat::Closed(_) | Seat::Claimed | Seat::Busy => None,
            });
            let Some((_, agent)) = idle.min() else { break };
            let first = self.waiting.iter().position(|ticket| ticket.class == class && !self.is_barred(ticket, agent));
            match first {
                Some(index) => self.bring_together(agent, index, OfferedWhy::BestFreeAgent),
                None => passed.push(agent),
            }
        }
        let waits = self.waiting.iter().find(|ticket| Some(ticket.call) == wanted);
        if let Some(ticket) = waits {
            self.said.push(Said::NoMatch(ticket.call, self.look_again_at(ticket)));
        }
    }

    fn agent_looks(&mut self, agent: usize) -> bool {
        let fitting = self.waiting.iter().enumerate().filter(|(_, ticket)| !self.is_barred(ticket, agent));
        let mine = fitting.filter_map(|(index, ticket)| {
            let skill = self.skills[agent].iter().find(|(class, _)| *class == ticket.class)?;
            Some((ticket.since, skill.1, ticket.class, index))
        });
        let Some((.., index)) = mine.min() else { return false };
        self.bring_together(agent, index, OfferedWhy::BestWaitingCall);
        true
    }

    fn bring_together(&mut self, agent: usize, index: usize, why: OfferedWhy) {
        let ticket = self.waiting.remove(index);
        self.seats[agent].0 = Seat::Claimed;
        self.said.push(Said::Matched { agent, generation: self.seats[agent].1, call: ticket.call, why });
        self.taken.push(ticket);
    }

    fn fits(&self, agent: usize, class: u32) -> bool {
        self.skills[agent].iter().any(|(skill, _)| *skill == class)
    }

    fn bars<'a>(&self, ticket: &'a Ticket) -> impl Iterator<Item = &'a (usize, Moment)> {
        let at = self.at;
        ticket.bars.iter().filter(move |(_, until)| *until > at)
    }

    fn is_barred(&self, ticket: &Ticket, agent: usize) -> bool {
        self.bars(ticket).any(|(barred, _)| *barred == agent)
            && (self.at < ticket.firm_until || self.others_fit(ticket))
    }

    fn others_fit(&self, ticket: &Ticket) -> bool {
        let is_on_duty = |seat: Seat| !matches!(seat, Seat::Closed(Closed::Off | Closed::Paused));
        (0..self.seats.len())
            .filter(|agent| self.fits(*agent, ticket.class) && is_on_duty(self.seats[*agent].0))
            .any(|agent| !self.bars(ticket).any(|(barred, _)| *barred == agent))
    }

    fn look_again_at(&self, ticket: &Ticket) -> Option<Moment> {
        let first = self.bars(ticket).map(|(_, until)| *until).min()?;
        Some(if self.at < ticket.firm_until { first.min(ticket.firm_until) } else { first })
    }
}
