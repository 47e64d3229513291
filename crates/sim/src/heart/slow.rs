//! The slow, obvious matcher: sorted lists, one thought at a time. It must say what the core says, and its rules can
//! be broken one by one, to show that the invariants see it. Knows the rules as sentences; no lanes, no atomics.

use std::time::Duration;

use model::{DecisionNo, Moment, OfferedWhy};
use plan::{AgentNo, ClassNo, Plan};
use routing::{Claim, Closed, Figures, Generation, Limits, NewTicket, Reply, Request, TicketId};

use crate::spoil::Bug;
use crate::watch::{add_bar, whole_millis};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seat {
    Closed(Closed),
    Idle(Moment),
    Claimed,
    Busy,
}

#[derive(Clone, Debug)]
struct Ticket {
    id: TicketId,
    new: NewTicket,
    bars: Vec<(usize, Moment)>,
    firm_until: Moment,
}

/// The slow matcher.
#[derive(Debug)]
pub(crate) struct Slow {
    skills: Vec<Vec<(ClassNo, u8)>>,
    seats: Vec<(Seat, u32)>,
    /// In the order in which they are to be served.
    waiting: Vec<Ticket>,
    taken: Vec<Ticket>,
    tickets_max: usize,
    void_bar_holds: Duration,
    numbers: u64,
    decisions: u64,
    at: Moment,
    bug: Option<Bug>,
}

impl Slow {
    pub(crate) fn new(plan: &Plan, limits: Limits, bug: Option<Bug>) -> Self {
        let skills: Vec<_> = plan.agents.iter().map(|agent| agent.skills.clone()).collect();
        Self {
            // As the core that has grown old: ten claims before its generations begin anew.
            seats: vec![(Seat::Closed(Closed::Off), 0xff_fff5); skills.len()],
            skills,
            waiting: Vec::new(),
            taken: Vec::new(),
            tickets_max: limits.tickets,
            void_bar_holds: limits.void_bar_holds,
            numbers: 0,
            decisions: 0,
            at: Moment::EPOCH,
            bug,
        }
    }

    pub(crate) fn figures(&self) -> Figures {
        let count = |wanted: fn(Seat) -> bool| self.seats.iter().filter(|(seat, _)| wanted(*seat)).count();
        Figures {
            waiting: self.waiting.len(),
            tickets: self.waiting.len() + self.taken.len(),
            places: self.waiting.len(),
            idle: count(|seat| matches!(seat, Seat::Idle(_))),
            claimed: count(|seat| seat == Seat::Claimed),
            busy: count(|seat| seat == Seat::Busy),
            decisions: self.decisions,
        }
    }

    pub(crate) fn carry_out(&mut self, request: Request, at: Moment, said: &mut Vec<Reply>) {
        self.at = at;
        match request {
            Request::Join(new) => self.join(new, said),
            Request::LookForAgent { ticket } => self.look_again(ticket, said),
            Request::Leave { ticket } => self.leave(ticket, said),
            Request::Return { ticket, agent, barred_until } => self.come_back(ticket, agent.at(), barred_until, said),
            Request::Commit { claim } => self.commit(&claim),
            Request::SeatReady { agent } => self.ready(agent.at(), said),
            Request::SeatClose { agent, to } => self.close(agent.at(), to, said),
            Request::SeatRelease { agent, generation } => self.release(agent.at(), generation),
        }
    }

    fn join(&mut self, new: NewTicket, said: &mut Vec<Reply>) {
        let in_queue = self.waiting.iter().filter(|ticket| ticket.new.queue == new.queue).count();
        let full = in_queue >= new.waiting_max as usize && self.bug != Some(Bug::QueueWithoutBound);
        if full || self.waiting.len() + self.taken.len() >= self.tickets_max {
            return said.push(Reply::Full { call: new.call });
        }
        self.numbers += 1;
        let id = TicketId(self.numbers);
        let ticket = Ticket { id, new, bars: Vec::new(), firm_until: Moment::EPOCH };
        let mut behind = self.waiting.iter().position(|other| other.new.since > new.since);
        if self.bug == Some(Bug::LastComeFirstServed) {
            behind = Some(0);
        }
        self.waiting.insert(behind.unwrap_or(self.waiting.len()), ticket);
        said.push(Reply::Queued { call: new.call, ticket: id });
        if self.bug != Some(Bug::CallDoesNotLook) {
            self.call_looks(new.class, Some(id), said);
        }
    }

    fn look_again(&mut self, ticket: TicketId, said: &mut Vec<Reply>) {
        let class = self.waiting.iter().find(|waiting| waiting.id == ticket).map(|waiting| waiting.new.class);
        if let Some(class) = class {
            self.call_looks(class, Some(ticket), said);
        }
    }

    fn leave(&mut self, ticket: TicketId, said: &mut Vec<Reply>) {
        let known = self.waiting.iter().chain(&self.taken).find(|known| known.id == ticket);
        let Some(call) = known.map(|known| known.new.call) else { return };
        let was_waiting = self.waiting.iter().any(|waiting| waiting.id == ticket);
        self.waiting.retain(|waiting| waiting.id != ticket);
        self.taken.retain(|taken| taken.id != ticket);
        said.push(Reply::Left { call, was_waiting });
    }

    fn come_back(&mut self, ticket: TicketId, agent: usize, until: Moment, said: &mut Vec<Reply>) {
        let Some(index) = self.taken.iter().position(|taken| taken.id == ticket) else { return };
        let mut ticket = self.taken.remove(index);
        ticket.firm_until = until.min(self.at + self.void_bar_holds);
        if self.bug != Some(Bug::BarsForgotten) {
            add_bar(&mut ticket.bars, agent, whole_millis(until));
        }
        let (id, class, since) = (ticket.id, ticket.new.class, ticket.new.since);
        let front = self.bug != Some(Bug::BackOfTheLine);
        let behind = self.waiting.iter().position(|other| front && other.new.since >= since);
        self.waiting.insert(behind.unwrap_or(self.waiting.len()), ticket);
        self.call_looks(class, Some(id), said);
    }

    fn commit(&mut self, claim: &Claim) {
        self.taken.retain(|taken| taken.id != claim.ticket);
        let (seat, generation) = &mut self.seats[claim.agent.at()];
        if *seat == Seat::Claimed && *generation == claim.generation.0 {
            *seat = Seat::Busy;
        }
    }

    fn ready(&mut self, agent: usize, said: &mut Vec<Reply>) {
        match self.seats[agent].0 {
            Seat::Claimed | Seat::Busy => return said.push(Reply::SeatHeld { agent: AgentNo(agent as u32) }),
            Seat::Closed(_) => self.seats[agent].0 = Seat::Idle(self.at),
            Seat::Idle(_) => {}
        }
        let looks = self.bug != Some(Bug::SeatDoesNotLook);
        if !looks || !self.agent_looks(agent, said) {
            said.push(Reply::SeatIdle { agent: AgentNo(agent as u32) });
        }
    }

    fn close(&mut self, agent: usize, to: Closed, said: &mut Vec<Reply>) {
        if matches!(self.seats[agent].0, Seat::Claimed | Seat::Busy) {
            return said.push(Reply::SeatHeld { agent: AgentNo(agent as u32) });
        }
        self.seats[agent].0 = Seat::Closed(to);
        said.push(Reply::SeatIs { agent: AgentNo(agent as u32), closed: to });
        if to != Closed::Wrap {
            for (class, _) in self.skills[agent].clone() {
                self.call_looks(class, None, said);
            }
        }
    }

    fn release(&mut self, agent: usize, generation: Generation) {
        let (seat, current) = &mut self.seats[agent];
        let held = matches!(seat, Seat::Claimed | Seat::Busy);
        let anyone = self.bug == Some(Bug::StaleReleaseFrees);
        if anyone || (held && *current == generation.0) {
            *seat = Seat::Closed(Closed::Wrap);
            *current = (*current + 1) & 0xff_ffff;
        }
    }

    fn call_looks(&mut self, class: ClassNo, wanted: Option<TicketId>, said: &mut Vec<Reply>) {
        let mut passed = Vec::new();
        while wanted.is_none_or(|id| self.waiting.iter().any(|ticket| ticket.id == id)) {
            let Some(agent) = self.best_idle(class, &passed) else { break };
            let first =
                self.waiting.iter().position(|ticket| ticket.new.class == class && !self.is_barred(ticket, agent));
            match first {
                Some(index) => self.bring_together(agent, index, OfferedWhy::BestFreeAgent, said),
                None => passed.push(agent),
            }
        }
        if let Some(ticket) = self.waiting.iter().find(|ticket| Some(ticket.id) == wanted) {
            let (id, call, look_again_at) = (ticket.id, ticket.new.call, self.look_again_at(ticket));
            said.push(Reply::NoMatch { ticket: id, call, look_again_at });
        }
    }

    fn best_idle(&self, class: ClassNo, passed: &[usize]) -> Option<usize> {
        let idle = |agent: usize| match self.seats[agent].0 {
            Seat::Idle(since) => Some((since, agent)),
            Seat::Closed(_) | Seat::Claimed | Seat::Busy => None,
        };
        let idle = (0..self.seats.len())
            .filter(|agent| {
                !passed.contains(agent) && (self.fits(*agent, class) || self.bug == Some(Bug::SkillIgnored))
            })
            .filter_map(idle);
        let best = if self.bug == Some(Bug::ShortestIdle) { idle.max() } else { idle.min() };
        best.map(|(_, agent)| agent)
    }

    fn agent_looks(&mut self, agent: usize, said: &mut Vec<Reply>) -> bool {
        let fitting = self.waiting.iter().enumerate().filter(|(_, ticket)| !self.is_barred(ticket, agent));
        let mine = fitting.filter_map(|(index, ticket)| {
            let skill = self.skills[agent].iter().find(|(class, _)| *class == ticket.new.class)?;
            Some((ticket.new.since, skill.1, ticket.new.class, index))
        });
        let best = match self.bug {
            Some(Bug::LastComeFirstServed) => mine.max(),
            Some(Bug::BackOfTheLine) => mine.min_by_key(|(.., index)| *index),
            Some(_) | None => mine.min(),
        };
        let Some((.., index)) = best else { return false };
        self.bring_together(agent, index, OfferedWhy::BestWaitingCall, said);
        true
    }

    fn bring_together(&mut self, agent: usize, index: usize, why: OfferedWhy, said: &mut Vec<Reply>) {
        let ticket = self.waiting.remove(index);
        self.seats[agent].0 = Seat::Claimed;
        self.decisions += 1;
        said.push(Reply::Matched(Claim {
            agent: AgentNo(agent as u32),
            generation: Generation(self.seats[agent].1),
            ticket: ticket.id,
            call: ticket.new.call,
            decision: DecisionNo(self.decisions),
            why,
        }));
        self.taken.push(ticket);
    }

    fn fits(&self, agent: usize, class: ClassNo) -> bool {
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
        let on_duty = |seat: Seat| !matches!(seat, Seat::Closed(Closed::Off | Closed::Paused));
        (0..self.seats.len())
            .filter(|agent| self.fits(*agent, ticket.new.class) && on_duty(self.seats[*agent].0))
            .any(|agent| !self.bars(ticket).any(|(barred, _)| *barred == agent))
    }

    fn look_again_at(&self, ticket: &Ticket) -> Option<Moment> {
        let first = self.bars(ticket).map(|(_, until)| *until).min()?;
        // The others may go meanwhile, so that only the firm part of the bar is left.
        Some(if self.at < ticket.firm_until { first.min(ticket.firm_until) } else { first })
    }
}
