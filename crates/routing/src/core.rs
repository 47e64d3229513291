//! The core itself: the tables that all shards share, and the door to them.
//!
//! Takes a [`Request`] and a moment, and gives replies at once. Never blocks: any thread may stop in the middle of any
//! request, and all others go on. Knows nothing of menus, hours, SIP or who asks.

use arc_swap::ArcSwap;
use forecast::Outlook;
use model::{DecisionNo, Moment};
use plan::{AgentNo, ClassNo, Plan};

use crate::api::{Reply, Request};
use crate::census::Census;
use crate::explain::{Explanation, Explanations};
use crate::front::Fronts;
use crate::guard::Guard;
use crate::idle::IdleBits;
use crate::lane::Lanes;
use crate::lane_no::{LaneMap, LaneNo, Special};
use crate::limits::{Limits, TooBig};
use crate::matching::Look;
use crate::pace::Pace;
use crate::seat::Seats;
use crate::standby::Standby;
use crate::sync::{Count, LongCount, no_counts};
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
    /// Which lane is which.
    pub(crate) map: LaneMap,
    pub(crate) fronts: Fronts,
    pub(crate) census: Census,
    pub(crate) guard: Guard,
    pub(crate) pace: Pace,
    pub(crate) standby: Standby,
    /// When the next tick was asked for, µs since the epoch; 0: none was.
    pub(crate) tick_due: LongCount,
    /// Until when ticks look after what new tables have changed, µs since the epoch.
    pub(crate) settling_until: LongCount,
    /// Tickets that wait, by queue; never less than there are.
    pub(crate) queues: Box<[Count]>,
    pub(crate) decisions: LongCount,
    pub(crate) explanations: Explanations,
}

impl Core {
    /// A core for a plan and what is expected: one seat per agent, all off.
    ///
    /// # Panics
    /// When the plan is bigger than the limits, which its compiler refuses, or the limits bigger than a word can name.
    pub fn new(plan: &Plan, outlook: &Outlook, limits: Limits) -> Self {
        limits.check(plan).expect("a compiled plan is within the core's limits");
        assert!(limits.seats <= crate::SEATS_MAX && limits.tickets <= crate::TICKETS_MAX, "a word can't name so many");
        let map = LaneMap::new(limits.classes, limits.seats);
        Self {
            tables: ArcSwap::from_pointee(Tables::new(plan, outlook)),
            seats: Seats::new(limits.seats),
            idle: IdleBits::new(limits.seats),
            tickets: Tickets::new(limits.tickets),
            lanes: Lanes::new(map.count(), limits.places()),
            map,
            fronts: Fronts::new(map.count(), limits.classes),
            census: Census::new(limits.classes, limits.seats),
            guard: Guard::new(),
            pace: Pace::new(map.count()),
            standby: Standby::new(limits.queues),
            tick_due: LongCount::new(0),
            settling_until: LongCount::new(0),
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

    /// Other skills, or other expectations, from the next decision on; waiting calls stay where they are. Follow it with
    /// [`Core::settle`], so that those who wait already meet agents who are idle already. One thread at a time swaps.
    /// Agents, classes, queues and topics keep their numbers. Tables that don't fit change nothing.
    pub fn swap(&self, mut tables: Tables) -> Result<(), TooBig> {
        let (agents, classes, queues) = tables.sizes();
        if agents > self.limits.seats {
            return Err(TooBig::Agents(agents, self.limits.seats));
        }
        if classes > self.limits.classes {
            return Err(TooBig::Classes(classes, self.limits.classes));
        }
        if queues > self.limits.queues {
            return Err(TooBig::Queues(queues, self.limits.queues));
        }
        tables.follow(&self.tables.load());
        let tables = std::sync::Arc::new(tables);
        self.tables.store(std::sync::Arc::clone(&tables));
        (0..agents).for_each(|agent| self.recount(agent, &tables));
        Ok(())
    }

    /// Matches whoever can be matched. Nothing is left to match after any other request; this is for new tables. What
    /// their reserves and steps change with time is looked after by ticks.
    pub fn settle(&self, at: Moment, replies: &mut impl FnMut(Reply)) {
        let tables = self.tables.load();
        Look { core: self, tables: &tables, at, tell: replies }.settle();
    }

    /// Carries out a request; replies are given before it returns, in order.
    pub fn carry_out(&self, request: Request, at: Moment, replies: &mut impl FnMut(Reply)) {
        let tables = self.tables.load();
        let mut look = Look { core: self, tables: &tables, at, tell: replies };
        match request {
            Request::Join(new) => look.join(&new),
            Request::LookForAgent { ticket } => look.look_again(ticket),
            Request::MoveOn { ticket } => look.move_on(ticket),
            Request::Leave { ticket } => look.leave(ticket),
            Request::Return { claim, barred_until } => look.come_back(&claim, barred_until),
            Request::Commit { claim } => self.commit(&claim),
            Request::SeatReady { agent } if self.has_seat(agent) => look.seat_ready(agent),
            Request::SeatClose { agent, to } if self.has_seat(agent) => look.seat_close(agent, to),
            Request::SeatRelease { agent, generation } if self.has_seat(agent) => self.release(agent, generation),
            // Of another plan: nothing to change, and nobody to tell.
            Request::SeatReady { .. } | Request::SeatClose { .. } | Request::SeatRelease { .. } => {}
            Request::Estimate { ticket } => look.estimate(ticket),
            Request::Tick => look.tick(),
        }
    }

    /// Why a decision was made; none when it is too long ago.
    pub fn explain(&self, decision: DecisionNo) -> Option<Explanation> {
        self.explanations.find(decision)
    }

    fn has_seat(&self, agent: AgentNo) -> bool {
        agent.at() < self.limits.seats
    }

    /// Counts a seat as what it is now.
    pub(crate) fn recount(&self, agent: usize, tables: &Tables) {
        let mut done = self.census.recount(agent, &self.seats, tables);
        while !done {
            // Counted by a newer snapshot than this look's.
            done = self.census.recount(agent, &self.seats, &self.tables.load());
        }
    }

    /// Special lanes of a class that someone has ever stood in.
    pub(crate) fn specials_of(&self, class: ClassNo) -> impl Iterator<Item = Special> + use<> {
        let used = self.fronts.specials(class);
        (0..u32::BITS).filter(move |bit| used & (1 << bit) != 0).map(Special)
    }

    /// How many wait in all lanes of a class.
    pub(crate) fn waiting_in(&self, class: ClassNo) -> u32 {
        let special = |special| self.map.special(class, special);
        let lanes = std::iter::once(LaneMap::normal(class)).chain(self.specials_of(class).map(special));
        lanes.map(|lane: LaneNo| self.fronts.waiting(lane)).sum()
    }
}
