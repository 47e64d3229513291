//! The line as it should be: who waits, who is idle, who is barred from whom. Every match is held against it.
//! Knows requests and replies in the order in which the core saw them; knows no call and no phone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use forecast::Outlook;
use model::{CallId, Moment, OverflowWhy};
use plan::{AgentNo, Plan, QueueNo};
use routing::{Claim, Closed, Explanation, Generation, NewTicket, Precedence, Reply, Request, TicketId};

use crate::watch::Check;
use crate::watch::duty::{add_bar, whole_millis};
use crate::watch::surge::Surge;

/// As in the core: how long even a void bar holds.
const VOID_BAR_HOLDS: Duration = Duration::from_secs(1);
/// Tickets above which the core may be full.
const TICKETS_MANY: usize = 1_000;
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
    /// Where it waits: the queue that was asked for, or one that its overflow led to.
    pub(super) queue: QueueNo,
    pub(super) waits: bool,
    /// It is for that agent alone until then, and stands in nobody's line.
    pub(super) only_for: Option<(AgentNo, Moment)>,
    pub(super) bars: Vec<(usize, Moment)>,
    pub(super) firm_until: Moment,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(super) plan: Arc<Plan>,
    pub(super) outlook: Outlook,
    /// Agents with the skill, by class.
    pub(super) fitting: Vec<Vec<usize>>,
    /// Classes that an agent counts for, as on duty and as idle.
    pub(super) counted: Vec<Vec<usize>>,
    pub(super) surge: Surge,
    pub(super) seats: Vec<Seat>,
    pub(super) tickets: BTreeMap<TicketId, Ticket>,
    /// Who waits, by class, oldest first.
    pub(super) lanes: Vec<BTreeSet<(Moment, TicketId)>>,
    /// How many wait, by queue.
    pub(super) queues: Vec<u32>,
    pub(super) deadlines: BTreeSet<(Moment, usize)>,
    joining: Option<NewTicket>,
    /// From when on each call's wait counts in the core, until the books say the same.
    pub(super) joined: BTreeMap<CallId, Moment>,
    /// Tickets of claims, with the claimed agent.
    pub(super) taken: BTreeMap<TicketId, (usize, Generation)>,
    /// Tickets whose claim is over and who are not back in line, since when.
    pub(super) resting: BTreeMap<TicketId, Moment>,
    pub(super) idle: usize,
}

impl Line {
    pub(crate) fn new(plan: &Arc<Plan>, outlook: &Outlook) -> Self {
        let has_skill = |class: usize| {
            let has = |agent: &plan::Agent| agent.skills.iter().any(|(skill, _)| skill.at() == class);
            (0..plan.agents.len()).filter(|agent| has(&plan.agents[*agent])).collect()
        };
        Self {
            fitting: (0..plan.classes.len()).map(has_skill).collect(),
            counted: super::duty::counted(plan),
            surge: Surge::new(plan, outlook),
            outlook: outlook.clone(),
            seats: vec![Seat::Closed(Closed::Off); plan.agents.len()],
            tickets: BTreeMap::new(),
            lanes: vec![BTreeSet::new(); plan.classes.len()],
            queues: vec![0; plan.queues.len()],
            deadlines: BTreeSet::new(),
            joining: None,
            joined: BTreeMap::new(),
            taken: BTreeMap::new(),
            resting: BTreeMap::new(),
            idle: 0,
            plan: Arc::clone(plan),
        }
    }

    pub(crate) fn seat(&self, agent: usize) -> Seat {
        self.seats[agent]
    }

    /// The books say from when on a call's wait counts.
    pub(crate) fn queued(&mut self, call: CallId, since: Moment) -> Check {
        if self.joined.remove(&call) == Some(since) {
            return Ok(());
        }
        Err(format!("{call:?} stands in the line with another wait than the books say"))
    }

    pub(crate) fn asked(&mut self, request: &Request, at: Moment) {
        match request {
            Request::Join(new) => self.joining = Some(*new),
            Request::LookForAgent { ticket } => self.looks_again(*ticket, at),
            Request::MoveOn { .. } | Request::Estimate { .. } | Request::Tick => {}
            Request::Leave { ticket } => {
                self.taken.remove(ticket);
                if let Some(gone) = self.tickets.remove(ticket)
                    && gone.waits
                {
                    self.leaves_lane(*ticket, &gone.new, gone.queue);
                }
            }
            Request::Return { claim, barred_until } => self.returns(claim, *barred_until, at),
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
    }

    pub(crate) fn answered(&mut self, reply: &Reply, at: Moment) -> Check {
        match reply {
            Reply::Queued { ticket, queue, overflow, .. } => self.joins(*ticket, (*queue, *overflow), at),
            Reply::MovedOn { call, queue, since, overflow } => self.moves_on(*call, (*queue, *overflow), *since, at),
            Reply::Full { call } => {
                let Some(new) = self.joining.take() else { return Ok(()) };
                match self.first_with_room(new.queue) {
                    Some(queue) if self.tickets.len() < TICKETS_MANY => {
                        Err(format!("{call:?} was told that all is full, and queue {} is not", queue.0))
                    }
                    Some(_) | None => Ok(()),
                }
            }
            Reply::Matched { claim, because } => self.matched(claim, because, at),
            Reply::SeatHeld { agent } => match self.seats[agent.at()] {
                Seat::Claimed(..) | Seat::Busy(_) => Ok(()),
                Seat::Closed(_) | Seat::Idle(_) => {
                    Err(format!("the seat of {} is held by nobody", self.name(agent.at())))
                }
            },
            Reply::NoMatch { .. }
            | Reply::Left { .. }
            | Reply::Estimated { .. }
            | Reply::TickWanted { .. }
            | Reply::SeatIdle { .. }
            | Reply::SeatIs { .. } => Ok(()),
        }
    }

    fn joins(&mut self, id: TicketId, (queue, why): (QueueNo, Option<OverflowWhy>), at: Moment) -> Check {
        let new = self.joining.take().ok_or("somebody is in the queue who did not ask")?;
        let anyway = matches!(new.precedence, Precedence::Front | Precedence::Preferred { .. });
        if anyway && (queue, why) != (new.queue, None) {
            return Err(format!("{:?} asked for queue {} and stands in queue {}", new.call, new.queue.0, queue.0));
        }
        if !anyway {
            self.is_where_it_belongs(&new, (queue, why), at)?;
        }
        self.surge.arrives(&self.plan, &new, at);
        self.queues[queue.at()] += 1;
        self.joined.insert(new.call, new.since);
        let only_for = self.only_for(&new).filter(|(_, until)| *until > at);
        if only_for.is_none() {
            self.lanes[new.class.at()].insert((new.since, id));
        }
        let ticket = Ticket { new, queue, waits: true, only_for, bars: Vec::new(), firm_until: Moment::EPOCH };
        match self.tickets.insert(id, ticket) {
            Some(_) => Err(format!("{id:?} was given to two calls")),
            None => Ok(()),
        }
    }

    fn matched(&mut self, claim: &Claim, because: &Explanation, at: Moment) -> Check {
        let agent = claim.agent.at();
        let Seat::Idle(_) = self.seats[agent] else {
            return Err(format!("{} was claimed while {:?}", self.name(agent), self.seats[agent]));
        };
        let ticket = self.tickets.get(&claim.ticket).ok_or_else(|| format!("{claim:?} is of nobody who waits"))?;
        if !ticket.waits || ticket.new.call != claim.call {
            return Err(format!("{:?} was matched twice, or for another's ticket", claim.call));
        }
        match ticket.only_for {
            Some((wanted, _)) if wanted == claim.agent => {}
            Some(_) => return Err(format!("{:?} was meant for another than {}", claim.call, self.name(agent))),
            None => self.is_fair(claim, because, ticket, at)?,
        }
        let (new, queue) = (ticket.new, ticket.queue);
        self.surge.matched(&self.plan, &new, claim.charge, at)?;
        self.leaves_lane(claim.ticket, &new, queue);
        if let Some(ticket) = self.tickets.get_mut(&claim.ticket) {
            ticket.waits = false;
        }
        self.resting.remove(&claim.ticket);
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

    fn returns(&mut self, claim: &Claim, until: Moment, at: Moment) {
        let id = claim.ticket;
        let Some(ticket) = self.tickets.get_mut(&id).filter(|ticket| !ticket.waits) else { return };
        ticket.waits = true;
        self.taken.remove(&id);
        add_bar(&mut ticket.bars, claim.agent.at(), whole_millis(until));
        ticket.firm_until = until.min(at + VOID_BAR_HOLDS);
        ticket.only_for = ticket.only_for.filter(|(_, until)| *until > at);
        self.queues[ticket.queue.at()] += 1;
        if ticket.only_for.is_none() {
            self.lanes[ticket.new.class.at()].insert((ticket.new.since, id));
        }
        let new = ticket.new;
        self.surge.gives_back(&self.plan, &new, claim.charge, at);
    }

    /// Whose time with one agent is over stands in line from then on.
    fn looks_again(&mut self, id: TicketId, at: Moment) {
        let ended = |ticket: &&mut Ticket| ticket.waits && ticket.only_for.is_some_and(|(_, until)| until <= at);
        if let Some(ticket) = self.tickets.get_mut(&id).filter(ended) {
            ticket.only_for = None;
            self.lanes[ticket.new.class.at()].insert((ticket.new.since, id));
        }
    }

    fn leaves_lane(&mut self, id: TicketId, new: &NewTicket, queue: QueueNo) {
        self.lanes[new.class.at()].remove(&(new.since, id));
        self.queues[queue.at()] -= 1;
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

    /// The one agent whom it is for, and until when; who is to have the same agent as before waits for nobody who isn't there.
    fn only_for(&self, new: &NewTicket) -> Option<(AgentNo, Moment)> {
        match new.precedence {
            Precedence::Preferred { agent, until } => Some((agent, until)),
            Precedence::SameAgent { agent, until } => match self.seats[agent.at()] {
                Seat::Idle(_) | Seat::Claimed(..) | Seat::Busy(_) | Seat::Closed(Closed::Wrap) => Some((agent, until)),
                Seat::Closed(Closed::Off | Closed::Paused) => None,
            },
            Precedence::Normal | Precedence::Granted | Precedence::Front | Precedence::Later => None,
        }
    }

    pub(super) fn name(&self, agent: usize) -> &str {
        &self.plan.agents[agent].id
    }
}
