//! Overflow: in which queue a call waits, by room, by how hard the queues are pressed, and by how long it has waited.
//!
//! A call that goes on stays where it stands among the others of its class: lanes are by class, queues say who may take it.
//! It goes to the first queue on the way that is pressed neither by its own rule nor by the numbers of the rule that the call
//! leaves behind, so it is never worse off by the same rule; and never back, as no overflow leads back.

use std::time::Duration;

use model::{MunicipalityId, OverflowWhy};
use plan::{ClassNo, OverflowRule, QueueNo};

use crate::api::{NewTicket, Reply, TicketId};
use crate::lane_no::LaneOf;
use crate::matching::Look;
use crate::sync::{AcqRel, Acquire};
use crate::ticket::{TicketState, TicketWord};

/// Where a call waits, and why there.
#[derive(Clone, Copy)]
pub(crate) struct Admitted {
    pub(crate) queue: QueueNo,
    /// None: where it asked to.
    pub(crate) overflow: Option<OverflowWhy>,
}

/// A call as rules of overflow see it.
#[derive(Clone, Copy)]
struct Weighed {
    class: ClassNo,
    municipality: Option<MunicipalityId>,
    waited: Duration,
}

impl Look<'_> {
    /// The queue, however full: who comes back to the front was admitted once, and who is for one agent alone waits in
    /// nobody's way.
    pub(crate) fn admit_anyway(&self, queue: QueueNo) -> Option<Admitted> {
        if queue.at() >= self.core.limits.queues {
            return None;
        }
        self.core.queues[queue.at()].fetch_add(1, AcqRel);
        Some(Admitted { queue, overflow: None })
    }

    /// The queue, or one that its overflow leads to; counted there. Where all are pressed, the first with room.
    pub(crate) fn admit(&self, new: &NewTicket) -> Option<Admitted> {
        let call = Weighed { class: new.class, municipality: new.municipality, waited: self.at.since(new.since) };
        let why = self.tables.overflow_when(new.queue).and_then(|rule| self.pressed(rule, new.queue, &call));
        if why.is_none() && self.has_let_in(new.queue) {
            return Some(Admitted { queue: new.queue, overflow: None });
        }
        if let Some(queue) = self.enter_relieved(new.queue, &call) {
            return Some(Admitted { queue, overflow: Some(why.unwrap_or(OverflowWhy::Full)) });
        }
        let queue = std::iter::once(new.queue).chain(self.way_on(new.queue)).find(|queue| self.has_let_in(*queue))?;
        Some(Admitted { queue, overflow: (queue != new.queue).then_some(OverflowWhy::Full) })
    }

    /// Moves a waiting ticket on, if its queue's rule asks for that and there is somewhere to go. Not for its calls per
    /// agent: who was let in has a place.
    pub(crate) fn move_on(&mut self, ticket: TicketId) {
        let core = self.core;
        let Some((slot, word)) = core.tickets.find(ticket) else { return };
        let is_own = matches!(core.map.what(core.tickets.lane(slot)), LaneOf::Agent(_));
        if word.state() != TicketState::Waiting || is_own {
            return;
        }
        let (class, from, municipality) = core.tickets.asked(slot);
        let call = Weighed { class, municipality, waited: self.at.since(core.tickets.since(slot)) };
        let Some(rule) = self.tables.overflow_when(from) else { return };
        let Some(overflow) = self.pressed(&OverflowRule { calls_per_agent_over: None, ..*rule }, from, &call) else {
            return;
        };
        if let Some(to) = self.enter_relieved(from, &call) {
            self.stand_in(slot, word, (from, to), overflow);
        }
    }

    /// It is counted in the other queue already, and stands there from now on; unless it was taken just now.
    fn stand_in(&mut self, slot: usize, word: TicketWord, (from, to): (QueueNo, QueueNo), overflow: OverflowWhy) {
        let core = self.core;
        let (lane, since, call) = (core.tickets.lane(slot), core.tickets.since(slot), core.tickets.call(slot));
        let place = core.lanes.take_place(0);
        core.fronts.will_wait(lane);
        let moved = place.and_then(|place| Some((place, core.tickets.move_over(slot, word)?)));
        let Some((place, stint)) = moved else {
            core.fronts.waits_no_more(lane);
            core.queues[to.at()].fetch_sub(1, AcqRel); // undoes `has_let_in`
            return place.into_iter().for_each(|place| core.lanes.give_place(place));
        };
        // Nobody finds it before it is linked, and a match that was begun with its old word fails.
        core.tickets.set_queue(slot, to);
        core.link(lane, place, stint, since);
        core.no_longer_waits(lane, from);
        (self.tell)(Reply::MovedOn { call, queue: to, since, overflow });
        self.for_agent(lane, Some(stint));
        self.want_ticks(lane, to);
    }

    /// The first queue on the way with room where the call is not worse off.
    fn enter_relieved(&self, from: QueueNo, call: &Weighed) -> Option<QueueNo> {
        // How long it has waited is the same everywhere; that queue's own rule says what is too long there.
        let left = self.tables.overflow_when(from).map(|rule| OverflowRule { wait_over: None, ..*rule });
        let is_pressed = |queue: QueueNo| {
            let rules = [left.as_ref(), self.tables.overflow_when(queue)];
            rules.into_iter().flatten().any(|rule| self.pressed(rule, queue, call).is_some())
        };
        self.way_on(from).find(|queue| !is_pressed(*queue) && self.has_let_in(*queue))
    }

    /// The queues that the overflow leads to, one after the other.
    fn way_on(&self, from: QueueNo) -> impl Iterator<Item = QueueNo> + '_ {
        let next = |queue: &QueueNo| self.tables.room(*queue).1.filter(|next| next.at() < self.core.limits.queues);
        // A plan's overflow never leads back; the bound is for tables that were made by other hands.
        std::iter::successors(next(&from), next).take(self.core.limits.queues)
    }

    /// One more waits in the queue, if it has room.
    fn has_let_in(&self, queue: QueueNo) -> bool {
        if queue.at() >= self.core.limits.queues {
            return false;
        }
        let (waiting_max, _) = self.tables.room(queue);
        let admits = |waiting| (waiting < waiting_max).then_some(waiting + 1);
        // Pairs with itself in other threads: together they never admit more than `waiting_max`.
        self.core.queues[queue.at()].fetch_update(AcqRel, Acquire, admits).is_ok()
    }

    /// Whether a rule holds for a call in a queue. Counts are a moment old: they weigh.
    fn pressed(&self, rule: &OverflowRule, queue: QueueNo, call: &Weighed) -> Option<OverflowWhy> {
        if rule.wait_over.is_some_and(|longest| call.waited >= longest) {
            return Some(OverflowWhy::Wait);
        }
        if rule.agents_under.is_some_and(|least| !self.are_on_duty(least, queue, call)) {
            return Some(OverflowWhy::AgentsUnder);
        }
        let waiting = self.core.queues[queue.at()].load(Acquire); // a figure
        let needed = rule.calls_per_agent_over.map(|each| waiting.div_ceil(each.max(1)));
        needed.filter(|needed| !self.are_on_duty(*needed, queue, call)).map(|_| OverflowWhy::CallsPerAgent)
    }

    /// Whether so many are on duty who may ever take the call from that queue.
    fn are_on_duty(&self, needed: u32, queue: QueueNo, call: &Weighed) -> bool {
        let Some(fitting) = self.tables.fitting(call.class) else { return needed == 0 };
        let counts = |fit: &&crate::tables::Fit| {
            self.core.seats.word(fit.agent as usize).is_on_duty()
                && self.tables.ever_allows(fit, queue, call.municipality)
        };
        fitting.fits.iter().filter(counts).take(needed as usize).count() == needed as usize
    }
}
