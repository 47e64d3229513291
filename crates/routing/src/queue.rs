//! A citizen's place in a queue: joining, coming back from a failed offer, leaving, and being done with.
//!
//! A ticket's end is always its call's doing: `Leave` or `Commit` frees it, whatever became of the seat.

use model::Moment;
use plan::AgentNo;

use crate::api::{Claim, NewTicket, Reply, TicketId};
use crate::core::Core;
use crate::matching::Look;
use crate::seat::{SeatState, Who};
use crate::sync::AcqRel;
use crate::ticket::{Stint, TicketState, TicketWord};

impl Look<'_> {
    /// Puts a call into its lane and looks for an agent. Full: nothing is kept.
    pub(crate) fn join(&mut self, new: &NewTicket) {
        let Some((slot, place)) = self.core.make_room(new) else {
            return (self.tell)(Reply::Full { call: new.call });
        };
        let stint = self.core.stand(new, slot, place);
        (self.tell)(Reply::Queued { call: new.call, ticket: stint.id() });
        self.for_agent(new.class, Some(stint));
    }

    /// Looks for an agent for a ticket that waits. One that is taken hears from its claim.
    pub(crate) fn look_again(&mut self, ticket: TicketId) {
        let Some((slot, word)) = self.core.tickets.find(ticket) else { return };
        if word.state() == TicketState::Waiting {
            let (class, _) = self.core.tickets.class_queue(slot);
            self.for_agent(class, Some(Stint::new(slot, word)));
        }
    }

    /// A claim came to nothing: the ticket stands where its `since` belongs, without that agent for a while.
    pub(crate) fn come_back(&mut self, ticket: TicketId, agent: AgentNo, barred_until: Moment) {
        let core = self.core;
        let Some((slot, word)) = core.tickets.find(ticket) else { return };
        if word.state() != TicketState::Taken {
            return;
        }
        let firm_until = barred_until.min(self.at + core.limits.void_bar_holds);
        core.tickets.bar(slot, agent.at(), barred_until, firm_until);
        let (class, queue) = core.tickets.class_queue(slot);
        let Some(place) = core.lanes.take_place(0) else {
            // Not reached while joins leave room (`make_room`); if it were, the call must not hang in the air.
            let call = core.tickets.call(slot);
            core.tickets.free(slot, word);
            return (self.tell)(Reply::Full { call });
        };
        core.will_wait(class);
        // One who was admitted once comes back in any case, so the queue may hold more than its bound by those.
        core.queues[queue.at()].fetch_add(1, AcqRel);
        let since = core.tickets.since(slot).as_micros();
        // Waiting first, linked second: a place whose ticket doesn't wait would be swept.
        let stint = core.tickets.begin_to_wait(slot);
        core.lanes.come_back(class.at(), place, stint, since, |stint| core.tickets.waiting(stint).is_some());
        self.for_agent(class, Some(stint));
    }

    /// Frees a ticket for good. An id that is no longer anyone's gets no reply.
    pub(crate) fn leave(&mut self, ticket: TicketId) {
        let core = self.core;
        while let Some((slot, word)) = core.tickets.find(ticket) {
            let ((class, queue), call) = (core.tickets.class_queue(slot), core.tickets.call(slot));
            let was_waiting = word.state() == TicketState::Waiting;
            if !was_waiting {
                core.finish_claim(slot, word);
            }
            // Fails only when it was taken or called off just now: then it is read again.
            if core.tickets.free(slot, word) {
                if was_waiting {
                    core.no_longer_waits(class, queue);
                }
                return (self.tell)(Reply::Left { call, was_waiting });
            }
        }
    }
}

impl Core {
    /// Room in the queue, a ticket and a place, or none of them.
    fn make_room(&self, new: &NewTicket) -> Option<(usize, usize)> {
        if new.class.at() >= self.limits.classes || new.queue.at() >= self.limits.queues {
            return None;
        }
        if !self.admit(new.queue, new.waiting_max) {
            return None;
        }
        // Each seat's ticket may have to come back: that many places are kept.
        let place = self.lanes.take_place(self.limits.seats);
        match (self.tickets.fill_in(new), place) {
            (Some(slot), Some(place)) => Some((slot, place)),
            (slot, place) => {
                if let Some(slot) = slot {
                    self.tickets.tear_up(slot);
                }
                if let Some(place) = place {
                    self.lanes.give_place(place);
                }
                self.queues[new.queue.at()].fetch_sub(1, AcqRel); // undoes `admit`
                None
            }
        }
    }

    /// The filled-in ticket waits, and stands in its lane.
    fn stand(&self, new: &NewTicket, slot: usize, place: usize) -> Stint {
        self.will_wait(new.class);
        let stint = self.tickets.begin_to_wait(slot);
        let alive = |stint| self.tickets.waiting(stint).is_some();
        self.lanes.join(new.class.at(), place, stint, new.since.as_micros(), alive);
        stint
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
            self.tickets.free(slot, word);
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
