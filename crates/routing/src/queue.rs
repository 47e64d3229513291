//! A citizen's place in a queue: joining, coming back from a failed offer, leaving, and being done with.
//!
//! A ticket's end is always its call's doing: `Leave` or `Commit` frees it, whatever became of the seat.

use model::Moment;
use plan::QueueNo;

use crate::api::{Claim, NewTicket, Precedence, Reply, TicketId};
use crate::core::Core;
use crate::front::Seen;
use crate::lane_no::{LaneMap, LaneNo, LaneOf, Special};
use crate::matching::Look;
use crate::overflow::Admitted;
use crate::seat::{SeatState, Who};
use crate::sync::AcqRel;
use crate::ticket::{Stint, TicketState, TicketWord};

impl Look<'_> {
    /// Puts a call into its lane and looks for an agent. Full: nothing is kept.
    pub(crate) fn join(&mut self, new: &NewTicket) {
        let Some((slot, place, Admitted { queue, overflow })) = self.make_room(new) else {
            return (self.tell)(Reply::Full { call: new.call });
        };
        let lane = self.lane_for(new);
        let stint = self.core.stand(new, slot, place, lane);
        (self.tell)(Reply::Queued { call: new.call, ticket: stint.id(), queue, overflow });
        self.for_agent(lane, Some(stint));
        self.want_ticks(lane, queue);
    }

    /// Looks for an agent for a ticket that waits. One that is taken hears from its claim.
    pub(crate) fn look_again(&mut self, ticket: TicketId) {
        let Some((slot, word)) = self.core.tickets.find(ticket) else { return };
        if word.state() != TicketState::Waiting {
            return;
        }
        let lane = self.core.tickets.lane(slot);
        let is_own = matches!(self.core.map.what(lane), LaneOf::Agent(_));
        if is_own && self.core.tickets.preferred_until(slot) <= self.at {
            return self.end_preference(slot, word, lane);
        }
        self.for_agent(lane, Some(Stint::new(slot, word)));
    }

    /// The preferred agent's time is over: the ticket stands among the others of its class, from when it came.
    fn end_preference(&mut self, slot: usize, word: TicketWord, own: LaneNo) {
        let core = self.core;
        let (class, queue, _) = core.tickets.asked(slot);
        let lane = LaneMap::normal(class);
        // Full lanes' places: it stays where it is, and its wait goes on (`make_room` leaves room for this).
        let Some(place) = core.lanes.take_place(0) else { return };
        core.fronts.will_wait(lane);
        let Some(stint) = core.tickets.move_over(slot, word) else {
            // Taken just now: it hears from its claim.
            core.fronts.waits_no_more(lane);
            return core.lanes.give_place(place);
        };
        core.tickets.set_lane(slot, lane);
        core.link(lane, place, stint, core.tickets.since(slot));
        core.leave_lane(own);
        self.for_agent(lane, Some(stint));
        self.want_ticks(lane, queue);
    }

    /// A claim came to nothing: the ticket stands where its `since` belongs, without that agent for a while.
    pub(crate) fn come_back(&mut self, claim: &Claim, barred_until: Moment) {
        let core = self.core;
        let Some((slot, word)) = core.tickets.find(claim.ticket) else { return };
        if word.state() != TicketState::Taken {
            return;
        }
        let (class, queue, municipality) = core.tickets.asked(slot);
        if let Some(rates) = &self.tables.guard {
            core.guard.give_back(rates, claim.charge, class, municipality, self.at);
        }
        let firm_until = barred_until.min(self.at + core.limits.void_bar_holds);
        core.tickets.bar(slot, claim.agent.at(), barred_until, firm_until);
        let mut lane = core.tickets.lane(slot);
        if matches!(core.map.what(lane), LaneOf::Agent(_)) && core.tickets.preferred_until(slot) <= self.at {
            lane = LaneMap::normal(class);
            core.tickets.set_lane(slot, lane);
        }
        let Some(place) = core.lanes.take_place(0) else {
            // Not reached while joins leave room (`make_room`); if it were, the call must not hang in the air.
            let call = core.tickets.call(slot);
            core.free(slot, word);
            return (self.tell)(Reply::Full { call });
        };
        core.fronts.will_wait(lane);
        // One who was admitted once comes back in any case, so the queue may hold more than its bound by those.
        core.queues[queue.at()].fetch_add(1, AcqRel);
        // Waiting first, linked second: a place whose ticket doesn't wait would be swept.
        let stint = core.tickets.begin_to_wait(slot);
        core.link(lane, place, stint, core.tickets.since(slot));
        self.for_agent(lane, Some(stint));
        self.want_ticks(lane, queue);
    }

    /// Frees a ticket for good. An id that is no longer anyone's gets no reply.
    pub(crate) fn leave(&mut self, ticket: TicketId) {
        let core = self.core;
        while let Some((slot, word)) = core.tickets.find(ticket) {
            let ((_, queue, _), call) = (core.tickets.asked(slot), core.tickets.call(slot));
            let lane = core.tickets.lane(slot);
            let was_waiting = word.state() == TicketState::Waiting;
            if !was_waiting {
                core.finish_claim(slot, word);
            }
            // Fails only when it was taken or called off just now: then it is read again.
            if core.free(slot, word) {
                if was_waiting {
                    core.no_longer_waits(lane, queue);
                }
                return (self.tell)(Reply::Left { call, was_waiting });
            }
        }
    }

    /// Where a new ticket stands. The surge guard hears of it.
    fn lane_for(&self, new: &NewTicket) -> LaneNo {
        let core = self.core;
        let normal = LaneMap::normal(new.class);
        let special = |special| core.map.special(new.class, special);
        let diverted = self.tables.guard.as_ref().and_then(|rates| {
            core.guard.arrives(rates, new.class, new.municipality, self.at);
            if !self.is_in_line(new.precedence) {
                core.guard.charge_arrival(rates, new.municipality, self.at);
                return None;
            }
            let waits = |special| core.fronts.waiting(core.map.special(new.class, special)) > 0;
            core.guard.lane_for(rates, new.class, new.municipality, self.at, waits)
        });
        match new.precedence {
            Precedence::Normal => diverted.map_or(normal, special),
            Precedence::Granted => special(Special::GRANTED),
            Precedence::Front => special(Special::FRONT),
            Precedence::Later => special(Special::LATER),
            Precedence::Preferred { agent, until } if until > self.at && agent.at() < core.limits.seats => {
                core.map.own(agent.at())
            }
            Precedence::SameAgent { agent, .. } if !self.is_in_line(new.precedence) => core.map.own(agent.at()),
            Precedence::SameAgent { .. } => diverted.map_or(normal, special),
            Precedence::Preferred { .. } => normal,
        }
    }

    /// Whether it stands with the others of its class: also who is to have the same agent, where that one has gone home.
    fn is_in_line(&self, precedence: Precedence) -> bool {
        match precedence {
            Precedence::Normal => true,
            Precedence::SameAgent { agent, until } => {
                let is_there =
                    |agent: usize| agent < self.core.limits.seats && self.core.seats.word(agent).is_on_duty();
                until <= self.at || !is_there(agent.at())
            }
            Precedence::Granted | Precedence::Front | Precedence::Later | Precedence::Preferred { .. } => false,
        }
    }

    /// Room in a queue, a ticket and a place, or none of them.
    fn make_room(&self, new: &NewTicket) -> Option<(usize, usize, Admitted)> {
        let core = self.core;
        if new.class.at() >= core.limits.classes {
            return None;
        }
        let admitted = match new.precedence {
            Precedence::Front | Precedence::Preferred { .. } => self.admit_anyway(new.queue)?,
            Precedence::Normal | Precedence::Granted | Precedence::Later | Precedence::SameAgent { .. } => {
                self.admit(new)?
            }
        };
        // Each seat's ticket may have to come back: that many places are kept.
        let place = core.lanes.take_place(core.limits.seats);
        match (core.tickets.fill_in(new, admitted.queue), place) {
            (Some(slot), Some(place)) => Some((slot, place, admitted)),
            (slot, place) => {
                if let Some(slot) = slot {
                    core.tickets.tear_up(slot);
                }
                if let Some(place) = place {
                    core.lanes.give_place(place);
                }
                core.queues[admitted.queue.at()].fetch_sub(1, AcqRel); // undoes `admit`
                None
            }
        }
    }
}

impl Core {
    /// The filled-in ticket waits, and stands in its lane.
    fn stand(&self, new: &NewTicket, slot: usize, place: usize, lane: LaneNo) -> Stint {
        if let LaneOf::Special(class, special) = self.map.what(lane) {
            self.fronts.use_special(class, special);
        }
        self.tickets.set_lane(slot, lane);
        self.fronts.will_wait(lane);
        let stint = self.tickets.begin_to_wait(slot);
        let alive = |stint| self.tickets.waiting(stint).is_some();
        self.lanes.join(lane.at(), place, stint, new.since.as_micros(), alive);
        self.renew_front(lane);
        stint
    }

    /// Puts a ticket that waits already where its `since` belongs.
    pub(crate) fn link(&self, lane: LaneNo, place: usize, stint: Stint, since: Moment) {
        let alive = |stint| self.tickets.waiting(stint).is_some();
        self.lanes.come_back(lane.at(), place, stint, since.as_micros(), alive);
        self.renew_front(lane);
    }

    /// Looks who is first in the lane.
    pub(crate) fn renew_front(&self, lane: LaneNo) {
        let alive = |stint| self.tickets.waiting(stint).is_some();
        self.fronts.renew(lane, || {
            let first = self.lanes.walk(lane.at(), alive).next()?;
            Some(Seen {
                since: first.since,
                municipality: self.tickets.asked(first.stint.slot()).2,
                has_come_back: first.stint.has_come_back(),
            })
        });
    }

    /// Counts one less who waits, after that is so.
    pub(crate) fn no_longer_waits(&self, lane: LaneNo, queue: QueueNo) {
        self.queues[queue.at()].fetch_sub(1, AcqRel);
        self.leave_lane(lane);
    }

    /// One less stands in the lane.
    pub(crate) fn leave_lane(&self, lane: LaneNo) {
        self.fronts.waits_no_more(lane);
        let alive = |stint| self.tickets.waiting(stint).is_some();
        let tombstones_max = match self.map.what(lane) {
            LaneOf::Class(_) => crate::lane::TOMBSTONES_MAX,
            LaneOf::Special(..) | LaneOf::Agent(_) => crate::lane::TOMBSTONES_IN_SPECIALS_MAX,
        };
        self.lanes.tidy(lane.at(), self.fronts.waiting(lane) as usize, tombstones_max, alive);
        self.renew_front(lane);
    }

    /// Frees a ticket as it was seen, with its place beyond the surge guard.
    fn free(&self, slot: usize, seen: TicketWord) -> bool {
        let lane = self.tickets.lane(slot);
        let done = self.tickets.free(slot, seen);
        if let (true, LaneOf::Special(_, special)) = (done, self.map.what(lane))
            && let Some(diversion) = special.diversion()
        {
            self.guard.stands_no_more(diversion);
        }
        done
    }

    /// The claim became a conversation: the ticket is done with, the seat is busy.
    pub(crate) fn commit(&self, claim: &Claim) {
        if self.limits.seats <= claim.agent.at() {
            return;
        }
        let agent = claim.agent.at();
        if let Some((slot, word)) = self.tickets.find(claim.ticket)
            && word.is_taken_by(agent)
        {
            // Ours alone: a taken ticket is changed by its call's shard only.
            self.free(slot, word);
        }
        let seat = self.seats.word(agent);
        if seat.state() == SeatState::Claimed && seat.generation() == claim.generation {
            // Fails only if the claim was released meanwhile, and then there is nothing to commit.
            let _ = self.seats.change(agent, seat, seat.to(SeatState::Busy), Who::Holder);
        }
    }

    /// A taken ticket is about to be freed: its seat is claimed, even if whoever took it hasn't come so far.
    /// Otherwise the desk, settling the seat, could not tell any more that this match was made.
    fn finish_claim(&self, slot: usize, word: TicketWord) {
        let agent = word.agent();
        let seat = self.seats.word(agent);
        if seat.state() == SeatState::Sought && seat.slot() == slot {
            // If it fails, then it has been done.
            let _ = self.seats.change(agent, seat, seat.to(SeatState::Claimed), Who::Matcher);
        }
    }
}
