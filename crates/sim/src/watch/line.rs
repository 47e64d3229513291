//! The line as it should be: who waits, who is idle, who is barred from whom. Every match is held against it.
//! Knows requests and replies in the order in which the core saw them; knows no call and no phone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use model::{CallId, Moment};
use plan::Plan;
use routing::{Claim, Closed, Figures, Generation, NewTicket, Reply, Request, TicketId};

use crate::watch::Check;
use crate::watch::fairness::{add_bar, whole_millis};

/// As in the core: how long even a void bar holds.
const VOID_BAR_HOLDS: Duration = Duration::from_secs(1);
/// A claim becomes a conversation or ends within the ring time, the journey's grace of 5 s, and this for the mail.
const CLAIM_GRACE: Duration = Duration::from_secs(6);

/// A seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seat {
    Closed(Closed),
    Idle(Moment),
    Claimed(Generation, Moment),
    Busy(Generation),
}

#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) new: NewTicket,
    pub(super) waits: bool,
    pub(super) bars: Vec<(usize, Moment)>,
    pub(super) firm_until: Moment,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(super) plan: Arc<Plan>,
    /// Agents who fit, by class.
    pub(super) fitting: Vec<Vec<usize>>,
    pub(super) seats: Vec<Seat>,
    pub(super) tickets: BTreeMap<TicketId, Ticket>,
    /// Who waits, by class, oldest first.
    pub(super) lanes: Vec<BTreeSet<(Moment, TicketId)>>,
    /// How many wait, by queue.
    queues: Vec<u32>,
    deadlines: BTreeSet<(Moment, usize)>,
    joining: Option<NewTicket>,
    /// From when on each call that is about to join was told that its wait counts.
    promised: BTreeMap<CallId, Moment>,
    /// Tickets of claims, with the claimed agent.
    taken: BTreeMap<TicketId, (usize, Generation)>,
    idle: usize,
}

impl Line {
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        let fits = |class: usize| {
            let has = |agent: &plan::Agent| agent.skills.iter().any(|(skill, _)| skill.at() == class);
            (0..plan.agents.len()).filter(|agent| has(&plan.agents[*agent])).collect()
        };
        Self {
            fitting: (0..plan.classes.len()).map(fits).collect(),
            seats: vec![Seat::Closed(Closed::Off); plan.agents.len()],
            tickets: BTreeMap::new(),
            lanes: vec![BTreeSet::new(); plan.classes.len()],
            queues: vec![0; plan.queues.len()],
            deadlines: BTreeSet::new(),
            joining: None,
            promised: BTreeMap::new(),
            taken: BTreeMap::new(),
            idle: 0,
            plan: Arc::clone(plan),
        }
    }

    pub(crate) fn seat(&self, agent: usize) -> Seat {
        self.seats[agent]
    }

    /// The books say from when on a call's wait counts.
    pub(crate) fn promised(&mut self, call: CallId, since: Moment) {
        self.promised.insert(call, since);
    }

    pub(crate) fn asked(&mut self, request: &Request, at: Moment) -> Check {
        match request {
            Request::Join(new) => {
                self.joining = Some(*new);
                if self.promised.remove(&new.call) != Some(new.since) {
                    return Err(format!("{:?} stands in the line with another wait than the books say", new.call));
                }
            }
            Request::LookForAgent { .. } => {}
            Request::Leave { ticket } => {
                self.taken.remove(ticket);
                if let Some(gone) = self.tickets.remove(ticket)
                    && gone.waits
                {
                    self.leaves_lane(*ticket, &gone.new);
                }
            }
            Request::Return { ticket, agent, barred_until } => self.returns(*ticket, agent.at(), *barred_until, at),
            Request::Commit { claim } => self.commits(claim),
            Request::SeatReady { agent } => {
                if let Seat::Closed(_) = self.seats[agent.at()] {
                    self.set(agent.at(), Seat::Idle(at));
                }
            }
            Request::SeatClose { agent, to } => {
                if let Seat::Closed(_) | Seat::Idle(_) = self.seats[agent.at()] {
                    self.set(agent.at(), Seat::Closed(*to));
                }
            }
            Request::SeatRelease { agent, generation } => {
                if let Seat::Claimed(held, _) | Seat::Busy(held) = self.seats[agent.at()]
                    && held == *generation
                {
                    self.set(agent.at(), Seat::Closed(Closed::Wrap));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn answered(&mut self, reply: &Reply, at: Moment) -> Check {
        match reply {
            Reply::Queued { ticket, .. } => {
                let new = self.joining.take().ok_or("somebody is in the queue who did not ask")?;
                self.queues[new.queue.at()] += 1;
                self.lanes[new.class.at()].insert((new.since, *ticket));
                let ticket_of_new = Ticket { new, waits: true, bars: Vec::new(), firm_until: Moment::EPOCH };
                if self.tickets.insert(*ticket, ticket_of_new).is_some() {
                    return Err(format!("{ticket:?} was given to two calls"));
                }
                // One whose offer failed comes back in any case, but nobody else is let in above the bound.
                if self.queues[new.queue.at()] > new.waiting_max {
                    return Err(format!("queue {} took one more than its {}", new.queue.0, new.waiting_max));
                }
                Ok(())
            }
            Reply::Full { call } => {
                let Some(new) = self.joining.take() else { return Ok(()) };
                if self.queues[new.queue.at()] < new.waiting_max && self.tickets.len() < 1_000 {
                    return Err(format!("{call:?} was told that queue {} is full, and it is not", new.queue.0));
                }
                Ok(())
            }
            Reply::Matched(claim) => self.matched(claim, at),
            Reply::SeatHeld { agent } => match self.seats[agent.at()] {
                Seat::Claimed(..) | Seat::Busy(_) => Ok(()),
                Seat::Closed(_) | Seat::Idle(_) => {
                    Err(format!("the seat of {} is held by nobody", self.name(agent.at())))
                }
            },
            Reply::NoMatch { .. } | Reply::Left { .. } | Reply::SeatIdle { .. } | Reply::SeatIs { .. } => Ok(()),
        }
    }

    fn matched(&mut self, claim: &Claim, at: Moment) -> Check {
        let agent = claim.agent.at();
        let Seat::Idle(idle_since) = self.seats[agent] else {
            return Err(format!("{} was claimed while {:?}", self.name(agent), self.seats[agent]));
        };
        let ticket = self.tickets.get(&claim.ticket).ok_or_else(|| format!("{claim:?} is of nobody who waits"))?;
        if !ticket.waits || ticket.new.call != claim.call {
            return Err(format!("{:?} was matched twice, or for another's ticket", claim.call));
        }
        let (class, since, queue) = (ticket.new.class, ticket.new.since, ticket.new.queue);
        if !self.fitting[class.at()].contains(&agent) {
            return Err(format!("{} was offered class {} without the skill", self.name(agent), class.0));
        }
        if self.is_barred(ticket, agent, at) {
            return Err(format!("{} was offered {:?} again while barred from it", self.name(agent), claim.call));
        }
        self.nobody_is_passed_over(claim, class, since, at)?;
        self.nobody_idles_longer(claim, class, idle_since, at)?;
        let new = ticket.new;
        self.leaves_lane(claim.ticket, &new);
        if let Some(ticket) = self.tickets.get_mut(&claim.ticket) {
            ticket.waits = false;
        }
        self.taken.insert(claim.ticket, (agent, claim.generation));
        let deadline = at + self.plan.queues[queue.at()].ring_time_max + CLAIM_GRACE;
        self.set(agent, Seat::Claimed(claim.generation, deadline));
        Ok(())
    }

    fn commits(&mut self, claim: &Claim) {
        if self.tickets.get(&claim.ticket).is_some_and(|ticket| !ticket.waits) {
            self.tickets.remove(&claim.ticket);
            self.taken.remove(&claim.ticket);
        }
        if let Seat::Claimed(held, _) = self.seats[claim.agent.at()]
            && held == claim.generation
        {
            self.set(claim.agent.at(), Seat::Busy(held));
        }
    }

    fn returns(&mut self, id: TicketId, agent: usize, until: Moment, at: Moment) {
        let Some(ticket) = self.tickets.get_mut(&id) else { return };
        if ticket.waits {
            return;
        }
        ticket.waits = true;
        self.taken.remove(&id);
        add_bar(&mut ticket.bars, agent, whole_millis(until));
        ticket.firm_until = until.min(at + VOID_BAR_HOLDS);
        self.queues[ticket.new.queue.at()] += 1;
        self.lanes[ticket.new.class.at()].insert((ticket.new.since, id));
    }

    fn leaves_lane(&mut self, id: TicketId, new: &NewTicket) {
        self.lanes[new.class.at()].remove(&(new.since, id));
        self.queues[new.queue.at()] -= 1;
    }

    fn set(&mut self, agent: usize, to: Seat) {
        let before = std::mem::replace(&mut self.seats[agent], to);
        if let Seat::Claimed(_, deadline) = before {
            self.deadlines.remove(&(deadline, agent));
        }
        if let Seat::Claimed(_, deadline) = to {
            self.deadlines.insert((deadline, agent));
        }
        self.idle += usize::from(matches!(to, Seat::Idle(_)));
        self.idle -= usize::from(matches!(before, Seat::Idle(_)));
    }

    /// At rest nobody falls out of the line, and nobody waits while somebody who fits is idle.
    pub(crate) fn at_rest(&self, at: Moment) -> Check {
        for (id, (agent, generation)) in &self.taken {
            if !matches!(self.seats[*agent], Seat::Claimed(held, _) if held == *generation) {
                return Err(format!("{id:?} neither waits nor is offered to anybody, and has not left"));
            }
        }
        if self.idle == 0 {
            return Ok(());
        }
        for (class, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| !lane.is_empty()) {
            for agent in self.fitting[class].iter().filter(|agent| matches!(self.seats[**agent], Seat::Idle(_))) {
                for ticket in lane.iter().filter_map(|(_, id)| self.tickets.get(id)) {
                    if !self.is_barred(ticket, *agent, at) {
                        return Err(format!("{:?} waits while {} is idle", ticket.new.call, self.name(*agent)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Every claim has an end.
    pub(crate) fn time(&self, at: Moment) -> Check {
        match self.deadlines.first() {
            Some((deadline, agent)) if *deadline < at => {
                Err(format!("{} is claimed since longer than a phone may ring", self.name(*agent)))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The core's own figures are ours.
    pub(crate) fn agrees_with(&self, figures: &Figures) -> Check {
        let count = |wanted: fn(&Seat) -> bool| self.seats.iter().filter(|seat| wanted(seat)).count();
        let ours = [
            self.lanes.iter().map(BTreeSet::len).sum(),
            self.tickets.len(),
            count(|seat| matches!(seat, Seat::Idle(_))),
            count(|seat| matches!(seat, Seat::Claimed(..))),
            count(|seat| matches!(seat, Seat::Busy(_))),
        ];
        let theirs = [figures.waiting, figures.tickets, figures.idle, figures.claimed, figures.busy];
        if ours == theirs {
            return Ok(());
        }
        Err(format!("waiting, tickets, idle, claimed, busy should be {ours:?}, and the core says {theirs:?}"))
    }

    pub(super) fn name(&self, agent: usize) -> &str {
        &self.plan.agents[agent].id
    }
}
