//! The core itself: the tables that all shards share, and the door to them.
//!
//! Takes a [`Request`] and a moment, and gives replies at once. Never blocks: any thread may stop in the middle of any
//! request, and all others go on. Knows nothing of menus, hours, SIP or who asks.

use arc_swap::ArcSwap;
use model::{DecisionNo, Moment};
use plan::{AgentNo, ClassNo, Plan, QueueNo};

use crate::api::{Reply, Request};
use crate::explain::{Explanation, Explanations};
use crate::idle::IdleBits;
use crate::lane::Lanes;
use crate::limits::{Limits, TooBig};
use crate::matching::Look;
use crate::seat::Seats;
use crate::sync::{AcqRel, Acquire, AtomicU32, Count, LongCount, Relaxed, no_counts, zeroes_u32};
use crate::tables::Tables;
use crate::ticket::Tickets;

/// The lock-free core, shared by all shards.
pub struct Core {
    pub(crate) limits: Limits,
    pub(crate) tables: ArcSwap<Tables>,
    pub(crate) seats: Seats,
    pub(crate) idle: IdleBits,
    pub(crate) tickets: Tickets,
    pub(crate) lanes: Lanes,
    /// Tickets that wait, by class; never less than there are.
    pub(crate) waiting: Box<[AtomicU32]>,
    /// Tickets that wait, by queue; never less than there are.
    pub(crate) queues: Box<[Count]>,
    pub(crate) decisions: LongCount,
    pub(crate) explanations: Explanations,
}

impl Core {
    /// A core for a plan: one seat per agent, all off.
    ///
    /// # Panics
    /// When the plan is bigger than the limits, which its compiler refuses, or the limits bigger than a word can name.
    pub fn new(plan: &Plan, limits: Limits) -> Self {
        limits.check(plan).expect("a compiled plan is within the core's limits");
        assert!(limits.seats <= crate::SEATS_MAX && limits.tickets <= crate::TICKETS_MAX, "a word can't name so many");
        Self {
            tables: ArcSwap::from_pointee(Tables::new(plan)),
            seats: Seats::new(limits.seats),
            idle: IdleBits::new(limits.seats),
            tickets: Tickets::new(limits.tickets),
            lanes: Lanes::new(limits.classes, limits.places()),
            waiting: zeroes_u32(limits.classes),
            queues: no_counts(limits.queues),
            decisions: LongCount::new(0),
            explanations: Explanations::new(limits.explanations),
            limits,
        }
    }

    /// A new core as it is after sixteen million claims of each seat: its generations are about to begin anew. For tests.
    pub fn grow_old(&self) {
        self.seats.grow_old();
    }

    /// The sizes that it was made with.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Other skills from the next decision on. Follow it with [`Core::settle`], so that those who wait already meet
    /// agents who are idle already. Tables that don't fit change nothing.
    pub fn swap(&self, tables: Tables) -> Result<(), TooBig> {
        let (agents, classes) = tables.sizes();
        if agents > self.limits.seats {
            return Err(TooBig::Agents(agents, self.limits.seats));
        }
        if classes > self.limits.classes {
            return Err(TooBig::Classes(classes, self.limits.classes));
        }
        self.tables.store(std::sync::Arc::new(tables));
        Ok(())
    }

    /// Matches whoever can be matched. Nothing is left to match after any other request; this is for a change of skills.
    pub fn settle(&self, at: Moment, replies: &mut impl FnMut(Reply)) {
        let tables = self.tables.load();
        let mut look = Look { core: self, tables: &tables, at, tell: replies };
        for class in (0..tables.sizes().1 as u32).map(ClassNo) {
            if self.waiting_in(class) > 0 {
                look.for_agent(class, None);
            }
        }
    }

    /// Carries out a request; replies are given before it returns, in order.
    pub fn carry_out(&self, request: Request, at: Moment, replies: &mut impl FnMut(Reply)) {
        let tables = self.tables.load();
        let mut look = Look { core: self, tables: &tables, at, tell: replies };
        match request {
            Request::Join(new) => look.join(&new),
            Request::LookForAgent { ticket } => look.look_again(ticket),
            Request::Leave { ticket } => look.leave(ticket),
            Request::Return { ticket, agent, barred_until } => look.come_back(ticket, agent, barred_until),
            Request::Commit { claim } => self.commit(&claim),
            Request::SeatReady { agent } if self.has_seat(agent) => look.seat_ready(agent),
            Request::SeatClose { agent, to } if self.has_seat(agent) => look.seat_close(agent, to),
            Request::SeatRelease { agent, generation } if self.has_seat(agent) => self.release(agent, generation),
            // Of another plan: nothing to change, and nobody to tell.
            Request::SeatReady { .. } | Request::SeatClose { .. } | Request::SeatRelease { .. } => {}
        }
    }

    /// Why a decision was made; none when it is too long ago.
    pub fn explain(&self, decision: DecisionNo) -> Option<Explanation> {
        self.explanations.find(decision)
    }

    fn has_seat(&self, agent: AgentNo) -> bool {
        agent.at() < self.limits.seats
    }

    /// How many wait in a class; never less than there are.
    pub(crate) fn waiting_in(&self, class: ClassNo) -> u32 {
        // A joiner raises it before its fence; the looker's fence (`Look::for_call`) comes before this.
        self.waiting[class.at()].load(Relaxed)
    }

    /// Counts one more who waits, before that is so.
    pub(crate) fn will_wait(&self, class: ClassNo) {
        // Pairs, by the fences of `Look`, with `waiting_in`.
        self.waiting[class.at()].fetch_add(1, AcqRel);
    }

    /// Counts one less who waits, after that is so.
    pub(crate) fn no_longer_waits(&self, class: ClassNo, queue: QueueNo) {
        // After the ticket's swap, so that it is never less than there are.
        self.waiting[class.at()].fetch_sub(1, AcqRel);
        self.queues[queue.at()].fetch_sub(1, AcqRel);
        let alive = |stint| self.tickets.waiting(stint).is_some();
        self.lanes.tidy(class.at(), self.waiting_in(class) as usize, alive);
    }

    /// Counts one more in a queue, if it has room.
    pub(crate) fn admit(&self, queue: QueueNo, waiting_max: u32) -> bool {
        let count = &self.queues[queue.at()];
        // Pairs with itself in other threads: together they never admit more than `waiting_max`.
        count.fetch_update(AcqRel, Acquire, |waiting| (waiting < waiting_max).then_some(waiting + 1)).is_ok()
    }
}
