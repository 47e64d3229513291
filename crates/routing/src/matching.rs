//! Matching: a call looks for an agent, an agent looks for a call, and nobody is overlooked.
//!
//! Both sides publish first (a ticket in its lane, a seat's Idle), then pass a SeqCst fence, then look at what the
//! other side has published. Of two fences one comes first, so at least one side sees the other: no lost match.
//! A match begins with the seat (Idle → Sought for that ticket) and is made by one swap of the ticket's word (Waiting →
//! Taken by that agent). Whoever gives a sought seat back looks for a call on that agent's behalf, so that those who
//! passed it over meanwhile are found. The policy here is the first one: fit, oldest `since`, longest idle.

use model::{CallId, DecisionNo, Moment, OfferedWhy};
use plan::{AgentNo, ClassNo, QueueNo};

use crate::api::{Claim, Reply};
use crate::core::Core;
use crate::explain::Explanation;
use crate::idle::GROUP;
use crate::seat::{SeatState, SeatWord, Who};
use crate::sync::{Relaxed, SeqCst, fence};
use crate::tables::Tables;
use crate::ticket::{Stint, TicketState, TicketWord};

/// Tickets that an agent looks past in one lane because of bars; at the bound the lane is left to the next look, which
/// comes at the latest when the first of those bars ends.
const LOOK_PAST_MAX: usize = 256;
/// Idle agents that one look compares; at the bound the longest idle of these is taken.
const CANDIDATES_MAX: u32 = 4_096;
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

/// A waiting ticket, as it was when its word was read; right if the swap of that word succeeds.
struct Found {
    stint: Stint,
    word: TicketWord,
    class: ClassNo,
    queue: QueueNo,
    call: CallId,
    since: i64,
}

/// What one side chose from.
#[derive(Clone, Copy)]
struct Choice {
    agent: usize,
    why: OfferedWhy,
    idle_since: Moment,
    candidates: u32,
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
            self.tell_no_match(class, stint);
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
            if self.core.tickets.take(found.stint.slot(), found.word, agent) {
                self.matched(choice, seat, &found);
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

    /// The ticket is taken: the rest follows, whoever does it.
    fn matched(&mut self, choice: Choice, seat: SeatWord, found: &Found) {
        let (core, agent) = (self.core, choice.agent);
        // If it fails, then someone who needed to know has done it (`settle_seat`, `Core::leave`).
        let _ = core.seats.change(agent, seat, seat.to(SeatState::Claimed), Who::Matcher);
        core.idle.clear(agent, || matches!(core.seats.word(agent).state(), SeatState::Idle | SeatState::Sought));
        core.no_longer_waits(found.class, found.queue);
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
            call: found.call,
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

    /// The idle agent who fits the class and has been idle longest; ties: the lowest number.
    fn longest_idle(&self, class: ClassNo, passed: &[usize]) -> Option<(Choice, SeatWord)> {
        let seats = &self.core.seats;
        let mut candidates = 0;
        let mut best: Option<(Moment, usize, SeatWord)> = None;
        for &(group, mask) in &self.tables.fitting(class)?.groups {
            let mut bits = self.core.idle.group(group) & mask;
            while bits != 0 && candidates < CANDIDATES_MAX {
                let agent = group * GROUP + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let seat = seats.word(agent);
                if seat.state() != SeatState::Idle || passed.contains(&agent) {
                    continue;
                }
                candidates += 1;
                let since = seats.idle_since(agent);
                if best.is_none_or(|(best, ..)| since < best) {
                    best = Some((since, agent, seat));
                }
            }
        }
        let (idle_since, agent, seat) = best?;
        Some((Choice { agent, why: OfferedWhy::BestFreeAgent, idle_since, candidates }, seat))
    }

    /// The best of the first tickets of all lanes that the agent fits: oldest, then the agent's better skill, then the
    /// lower class. With how many lanes there were to choose from.
    fn best_for(&self, agent: usize) -> Option<(Found, u32)> {
        let mut lanes = 0;
        let mut best: Option<(Found, u8)> = None;
        for skill in self.tables.skills(agent) {
            if self.core.waiting_in(skill.class) == 0 {
                continue;
            }
            let Some(found) = self.first_for(skill.class, agent) else { continue };
            lanes += 1;
            if best.as_ref().is_none_or(|(best, level)| (found.since, skill.level) < (best.since, *level)) {
                best = Some((found, skill.level));
            }
        }
        best.map(|(found, _)| (found, lanes))
    }

    /// The first ticket in the lane from which the agent isn't barred.
    fn first_for(&self, class: ClassNo, agent: usize) -> Option<Found> {
        let tickets = &self.core.tickets;
        let mut walk = self.core.lanes.walk(class.at(), |stint| tickets.waiting(stint).is_some());
        let (mut looked, mut restarts) = (0, 0);
        while let Some(standing) = walk.next() {
            if walk.restarts() != restarts {
                (looked, restarts) = (0, walk.restarts());
            }
            looked += 1;
            if looked > LOOK_PAST_MAX {
                return None;
            }
            let stint = standing.stint;
            // The word first, all else after: a match made with this word proves the rest right.
            let Some(word) = tickets.waiting(stint) else { continue };
            if self.is_barred(stint.slot(), class, agent) {
                continue;
            }
            let (class, queue) = tickets.class_queue(stint.slot());
            return Some(Found { stint, word, class, queue, call: tickets.call(stint.slot()), since: standing.since });
        }
        None
    }

    /// Whether an offer of this ticket to this agent failed lately, and somebody else could take it.
    fn is_barred(&self, slot: usize, class: ClassNo, agent: usize) -> bool {
        let tickets = &self.core.tickets;
        tickets.bars(slot, self.at).any(|(barred, _)| barred == agent)
            && (self.at < tickets.firm_until(slot) || self.somebody_else_fits(slot, class))
    }

    /// Whether someone on duty fits the class and isn't barred from the ticket.
    fn somebody_else_fits(&self, slot: usize, class: ClassNo) -> bool {
        let is_barred = |agent: usize| self.core.tickets.bars(slot, self.at).any(|(barred, _)| barred == agent);
        let fits = |agent: &AgentNo| self.core.seats.word(agent.at()).is_on_duty() && !is_barred(agent.at());
        self.tables.fitting(class).is_some_and(|fitting| fitting.agents.iter().any(fits))
    }

    fn tell_no_match(&mut self, class: ClassNo, stint: Stint) {
        let tickets = &self.core.tickets;
        let (call, look_again_at) = (tickets.call(stint.slot()), self.look_again_at(class, stint.slot()));
        // Still waiting: then what was just read is right.
        if tickets.waiting(stint).is_some() {
            (self.tell)(Reply::NoMatch { ticket: stint.id(), call, look_again_at });
        }
    }

    /// When the first bar ends, whether or not its agent is idle now: the agent may be idle by then.
    fn look_again_at(&self, class: ClassNo, slot: usize) -> Option<Moment> {
        let firm_until = self.core.tickets.firm_until(slot);
        let first_end = self.core.tickets.bars(slot, self.at).map(|(_, until)| until).min()?;
        let is_void = self.at < firm_until && !self.somebody_else_fits(slot, class);
        Some(if is_void { first_end.min(firm_until) } else { first_end })
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
