//! Matching: a call looks for an agent, an agent looks for a call, and nobody is overlooked.
//!
//! Both sides publish first (a ticket in its lane, a seat's Idle), pass a SeqCst fence, then look at what the other side
//! has published: one fence comes first, so at least one side sees the other. A match begins with the seat (Idle →
//! Sought for a ticket) and is made by one swap of the ticket's word (Waiting → Taken by that agent). Whoever gives a
//! sought seat back looks on that agent's behalf, for those who passed it over meanwhile. `choose` knows who is preferred.

use model::{CallId, DecisionNo, Moment, OfferedWhy};
use plan::{AgentNo, ClassNo, QueueNo};

use crate::api::{Claim, Reply};
use crate::choose::{Choice, Found};
use crate::core::Core;
use crate::explain::Explanation;
use crate::seat::{SeatState, SeatWord, Who};
use crate::sync::{Relaxed, SeqCst, fence};
use crate::tables::Tables;
use crate::ticket::{Stint, TicketState};

/// Agents that a call's look passes over because nothing in the lane was for them; at the bound it ends, and the
/// agents' own looks remain.
const PASSED_MAX: usize = 64;

/// One look, by either side.
pub(crate) struct Look<'a> {
    pub(crate) core: &'a Core,
    pub(crate) tables: &'a Tables,
    pub(crate) at: Moment,
    pub(crate) tell: &'a mut dyn FnMut(Reply),
}

/// What a match takes along of its ticket; read before the swap of the word, which proves it right.
struct Taken {
    found: Found,
    queue: QueueNo,
    call: CallId,
}

/// How an attempt to bring a seat and a ticket together ended.
#[derive(PartialEq, Eq)]
enum Paired {
    /// A match was made.
    Matched,
    /// No ticket was left; the seat is idle again, and someone must look on its behalf.
    NothingLeft,
    /// The desk or another matcher was faster with the seat.
    SeatLost,
}

impl Look<'_> {
    /// The call's side: serves the lane's first tickets with idle agents until `wanted` is served (or, without one,
    /// until nobody waits), or nobody fits. Tells `NoMatch` for `wanted` if it still waits.
    pub(crate) fn for_agent(&mut self, class: ClassNo, wanted: Option<Stint>) {
        // Pairs with the fence in `for_call`: the ticket was linked before, and seats are read after.
        fence(SeqCst);
        let mut passed = Vec::new();
        while self.somebody_waits(class, wanted) && passed.len() < PASSED_MAX {
            let Some((choice, seat)) = self.longest_idle(class, &passed) else { break };
            if !self.serve(class, choice, seat) {
                passed.push(choice.agent);
            }
        }
        if let Some(stint) = wanted {
            self.tell_no_match(stint);
        }
    }

    /// The agent's side: the oldest ticket in all lanes that the agent fits. `by_desk`: the desk asked, so it is told
    /// what came of it; otherwise someone gave the seat back.
    pub(crate) fn for_call(&mut self, agent: usize, by_desk: bool) {
        loop {
            // Pairs with the fence in `for_agent`: the seat was made Idle before, and lanes are read after.
            fence(SeqCst);
            let seat = self.core.seats.word(agent);
            match seat.state() {
                SeatState::Idle => {}
                SeatState::Sought if by_desk => {
                    self.reopen(agent, seat);
                    continue;
                }
                SeatState::Claimed | SeatState::Busy if by_desk => {
                    return (self.tell)(Reply::SeatHeld { agent: AgentNo(agent as u32) });
                }
                // Not ours any more: whoever seeks it looks on its behalf, whoever closed it will open it.
                SeatState::Sought
                | SeatState::Claimed
                | SeatState::Busy
                | SeatState::Off
                | SeatState::Wrap
                | SeatState::Paused => return,
            }
            let Some((found, candidates)) = self.best_for(agent) else {
                if by_desk {
                    (self.tell)(Reply::SeatIdle { agent: AgentNo(agent as u32) });
                }
                return;
            };
            let idle_since = self.core.seats.idle_since(agent);
            let choice = Choice { agent, why: OfferedWhy::BestWaitingCall, idle_since, candidates };
            let again = |look: &Self| look.best_for(agent).map(|(found, _)| found);
            if self.pair(choice, seat, found, again) == Paired::Matched {
                return;
            }
        }
    }

    /// Serves the first ticket of the lane that is for this agent. False: there is none, or the seat was lost.
    fn serve(&mut self, class: ClassNo, choice: Choice, seat: SeatWord) -> bool {
        let Some(found) = self.first_for(class, choice.agent) else { return false };
        match self.pair(choice, seat, found, |look| look.first_for(class, choice.agent)) {
            Paired::Matched => true,
            Paired::NothingLeft => {
                self.for_call(choice.agent, false);
                false
            }
            Paired::SeatLost => false,
        }
    }

    /// Brings an idle seat and a waiting ticket together; when the ticket is lost to another, tries the next.
    fn pair(
        &mut self,
        choice: Choice,
        seen: SeatWord,
        mut found: Found,
        again: impl Fn(&Self) -> Option<Found>,
    ) -> Paired {
        let (seats, agent) = (&self.core.seats, choice.agent);
        let mut seat = seen;
        loop {
            // Whoever must know sooner finds the ticket through the seat (`settle_seat`).
            match seats.change(agent, seat, seat.sought_for(found.stint.slot()), Who::Matcher) {
                Ok(sought) => seat = sought,
                Err(_) => return Paired::SeatLost,
            }
            if let Some(taken) = self.take(found, agent) {
                self.matched(choice, seat, &taken);
                return Paired::Matched;
            }
            match again(self) {
                Some(next) => found = next,
                None if seats.change(agent, seat, seat.to(SeatState::Idle), Who::Matcher).is_ok() => {
                    return Paired::NothingLeft;
                }
                None => return Paired::SeatLost,
            }
        }
    }

    /// The match itself.
    fn take(&self, found: Found, agent: usize) -> Option<Taken> {
        let (tickets, slot) = (&self.core.tickets, found.stint.slot());
        // Read first: once the ticket is taken, its shard may free it at any time.
        let taken = Taken { found, queue: tickets.class_queue(slot).1, call: tickets.call(slot) };
        tickets.take(slot, found.word, agent).then_some(taken)
    }

    /// The ticket is taken: the rest follows, whoever does it.
    fn matched(&mut self, choice: Choice, seat: SeatWord, taken: &Taken) {
        let (core, agent, found) = (self.core, choice.agent, taken.found);
        // If it fails, then someone who needed to know has done it (`settle_seat`, `Core::leave`).
        let _ = core.seats.change(agent, seat, seat.to(SeatState::Claimed), Who::Matcher);
        core.idle.clear(agent, || matches!(core.seats.word(agent).state(), SeatState::Idle | SeatState::Sought));
        core.no_longer_waits(found.class, taken.queue);
        let decision = DecisionNo(core.decisions.fetch_add(1, Relaxed) + 1); // only has to be unique
        core.explanations.keep(&Explanation {
            decision,
            at: self.at,
            why: choice.why,
            class: found.class,
            agent: AgentNo(agent as u32),
            idle_since: choice.idle_since,
            waits_since: Moment::from_micros(found.since),
            candidates: choice.candidates,
        });
        (self.tell)(Reply::Matched(Claim {
            agent: AgentNo(agent as u32),
            generation: seat.generation(),
            ticket: found.stint.id(),
            call: taken.call,
            decision,
            why: choice.why,
        }));
    }

    fn somebody_waits(&self, class: ClassNo, wanted: Option<Stint>) -> bool {
        match wanted {
            Some(stint) => self.core.tickets.waiting(stint).is_some(),
            None => self.core.waiting_in(class) > 0,
        }
    }

    fn tell_no_match(&mut self, stint: Stint) {
        let tickets = &self.core.tickets;
        let (call, look_again_at) = (tickets.call(stint.slot()), self.look_again_at(stint.slot()));
        // Still waiting: then what was just read is right.
        if tickets.waiting(stint).is_some() {
            (self.tell)(Reply::NoMatch { ticket: stint.id(), call, look_again_at });
        }
    }

    /// A sought seat, met by its own desk: what becomes of it is settled now.
    fn reopen(&self, agent: usize, seen: SeatWord) {
        if self.settle_seat(agent, seen) {
            // If it fails, then the matcher was faster, and the next look shows what it is.
            let _ = self.core.seats.change(agent, seen, seen.to(SeatState::Idle), Who::Desk);
        }
    }

    /// Settles a sought seat without waiting for whoever seeks it. True: that match is called off and can't be made any
    /// more, so the caller may change the seat from `seen`. False: look at the seat again (it may be claimed now).
    pub(crate) fn settle_seat(&self, agent: usize, seen: SeatWord) -> bool {
        let word = self.core.tickets.word(seen.slot());
        if word.is_taken_by(agent) {
            let _ = self.core.seats.change(agent, seen, seen.to(SeatState::Claimed), Who::Matcher);
            return false;
        }
        // In any other state the ticket's word has moved on, and never comes back to what the seeker saw.
        word.state() != TicketState::Waiting || self.core.tickets.call_off(seen.slot(), word)
    }
}
