//! Matching: a call looks for an agent, an agent looks for a call, and nobody is overlooked.
//!
//! Both sides publish first (a ticket in its lane, a seat's Idle), pass a SeqCst fence, then look at what the other side
//! has published: so at least one side sees the other. A match begins with the seat (Idle → Sought for a ticket) and is
//! made by one swap of the ticket's word (Waiting → Taken). Whoever gives a sought seat back looks on that agent's behalf.
//! `cost` and `contend` know who is preferred, `looking` how a call goes about it.

use model::{CallId, DecisionNo, Moment};
use plan::AgentNo;

use crate::api::{Claim, Reply};
use crate::choice::{Choice, Found};
use crate::core::Core;
use crate::explain::Explanation;
use crate::lane_no::LaneOf;
use crate::seat::{SeatState, SeatWord, Who};
use crate::sync::{Relaxed, SeqCst, fence};
use crate::tables::Tables;
use crate::ticket::TicketState;

/// One look, by either side.
pub(crate) struct Look<'a> {
    pub(crate) core: &'a Core,
    pub(crate) tables: &'a Tables,
    pub(crate) at: Moment,
    pub(crate) tell: &'a mut dyn FnMut(Reply),
}

/// How seeking a ticket for a seat ended.
enum Sought {
    /// A match was made.
    Matched,
    /// There is no ticket; the seat is still ours as this word.
    Nothing(SeatWord),
    /// The desk or another matcher was faster with the seat.
    SeatLost,
}

impl Look<'_> {
    /// Brings an idle seat and a waiting ticket together. False: the seat is lost to another; or the ticket is, and the
    /// seat's own side has looked.
    pub(crate) fn pair(&mut self, found: &Found, choice: &Choice, seat: SeatWord) -> bool {
        let (seats, agent) = (&self.core.seats, choice.agent);
        // Whoever must know sooner finds the ticket through the seat (`settle_seat`).
        let Ok(sought) = seats.change(agent, seat, seat.sought_for(found.stint.slot()), Who::Matcher) else {
            return false;
        };
        if self.take(found, choice, sought) {
            return true;
        }
        if seats.change(agent, sought, sought.to(SeatState::Idle), Who::Matcher).is_ok() {
            self.for_call(agent, false);
        }
        false
    }

    /// The agent's side: the best ticket in all lanes that the agent fits, for a seat that is idle. `by_desk`: the desk
    /// asked, so it is told what came of it; otherwise someone gave the seat back, or called it in.
    pub(crate) fn for_call(&mut self, agent: usize, by_desk: bool) {
        loop {
            // Pairs with the fence in `for_agent`: the seat was made Idle before, and lanes are read after.
            fence(SeqCst);
            let seat = self.core.seats.word(agent);
            match seat.state() {
                SeatState::Idle => {}
                SeatState::Sought if by_desk => {
                    self.reopen(agent, seat, Who::Desk);
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
                | SeatState::Paused
                | SeatState::Standby => return,
            }
            match self.seek(agent, seat, Who::Matcher) {
                Sought::Matched => return,
                Sought::SeatLost => {}
                // Sought meanwhile, and so passed over by others: it is made idle and looks once more.
                Sought::Nothing(ours) if ours != seat => {
                    let _ = self.core.seats.change(agent, ours, ours.to(SeatState::Idle), Who::Matcher);
                }
                Sought::Nothing(_) => {
                    if by_desk {
                        (self.tell)(Reply::SeatIdle { agent: AgentNo(agent as u32) });
                    }
                    return;
                }
            }
        }
    }

    /// A seat that is about to be opened: a waiting call gets it before it is idle. False: there is none, and it is idle
    /// now; or someone was faster with it.
    pub(crate) fn open(&mut self, agent: usize, seen: SeatWord) -> bool {
        match self.seek(agent, seen, Who::Desk) {
            Sought::Matched => true,
            Sought::Nothing(ours) => {
                let who = if ours.state() == SeatState::Sought { Who::Matcher } else { Who::Desk };
                let _ = self.core.seats.change(agent, ours, ours.to(SeatState::Idle), who);
                false
            }
            Sought::SeatLost => false,
        }
    }

    /// Seeks the best ticket for a seat that is `seat` now, until one is taken or there is none.
    fn seek(&mut self, agent: usize, mut seat: SeatWord, mut who: Who) -> Sought {
        loop {
            let Some((found, choice)) = self.best_for(agent) else { return Sought::Nothing(seat) };
            match self.core.seats.change(agent, seat, seat.sought_for(found.stint.slot()), who) {
                Ok(sought) => (seat, who) = (sought, Who::Matcher),
                Err(_) => return Sought::SeatLost,
            }
            if self.take(&found, &choice, seat) {
                return Sought::Matched;
            }
        }
    }

    /// The match itself. False: the ticket is no longer as it was found.
    fn take(&mut self, found: &Found, choice: &Choice, sought: SeatWord) -> bool {
        let (tickets, slot) = (&self.core.tickets, found.stint.slot());
        // Read first: once the ticket is taken, its shard may free it at any time.
        let call = tickets.call(slot);
        let done = tickets.take(slot, found.word, choice.agent);
        if done {
            self.matched(found, choice, sought, call);
        }
        done
    }

    /// The ticket is taken: the rest follows, whoever does it.
    fn matched(&mut self, found: &Found, choice: &Choice, seat: SeatWord, call: CallId) {
        let (core, agent) = (self.core, choice.agent);
        let idle_since = core.seats.idle_since(agent);
        // If it fails, then someone who needed to know has done it (`settle_seat`, `Core::leave`).
        let _ = core.seats.change(agent, seat, seat.to(SeatState::Claimed), Who::Matcher);
        core.idle.clear(agent, || core.seats.word(agent).is_open());
        core.recount(agent, self.tables);
        core.no_longer_waits(found.lane, found.queue);
        let slot = match core.map.what(found.lane) {
            LaneOf::Special(_, special) => special.diversion(),
            LaneOf::Class(_) | LaneOf::Agent(_) => None,
        };
        let rates = self.tables.guard.as_ref();
        let charge = rates.map(|rates| core.guard.charge_match(rates, found.class, slot, self.at)).unwrap_or_default();
        core.pace.dispatched(found.lane, self.at, choice.level);
        let decision = DecisionNo(core.decisions.fetch_add(1, Relaxed) + 1); // only has to be unique
        let because = Explanation {
            decision,
            at: self.at,
            why: choice.why,
            class: found.class,
            lane: choice.kind,
            level: choice.level,
            agent: AgentNo(agent as u32),
            idle_since,
            waits_since: Moment::from_micros(found.since),
            score: choice.score,
            candidates: choice.candidates,
            others: choice.others,
            excluded: choice.excluded,
        };
        core.explanations.keep(&because);
        let claim = Claim {
            agent: AgentNo(agent as u32),
            generation: seat.generation(),
            ticket: found.stint.id(),
            call,
            decision,
            why: choice.why,
            charge,
        };
        (self.tell)(Reply::Matched { claim, because });
    }

    /// A sought seat, met by someone who can't wait: what becomes of it is settled now.
    pub(crate) fn reopen(&self, agent: usize, seen: SeatWord, who: Who) {
        if self.settle_seat(agent, seen) {
            // If it fails, then the matcher was faster, and the next look shows what it is.
            let _ = self.core.seats.change(agent, seen, seen.to(SeatState::Idle), who);
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
