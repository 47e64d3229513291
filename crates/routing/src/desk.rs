//! What a desk and a claim's holder do with a seat: open it, close it, let go of it.
//!
//! Only the desk's shard opens and closes; only the holder, by its generation, lets go.

use plan::AgentNo;

use crate::api::{Closed, Generation, Reply};
use crate::core::Core;
use crate::lane_no::LaneMap;
use crate::matching::Look;
use crate::seat::{SeatState, Who};
use crate::sync::{SeqCst, fence};

impl Look<'_> {
    /// Opens a seat: the best waiting call gets it at once, or it is idle from now on. A seat that is idle already stays
    /// so since when it was. An agent on standby who isn't called in is ready, and waits for that.
    pub(crate) fn seat_ready(&mut self, agent: AgentNo) {
        let (seats, number) = (&self.core.seats, agent.at());
        let stands_by = self.stands_by(number);
        loop {
            let seen = seats.word(number);
            match seen.state() {
                SeatState::Standby if stands_by => return (self.tell)(Reply::SeatIdle { agent }),
                SeatState::Off | SeatState::Wrap | SeatState::Paused if stands_by => {
                    seats.set_idle_since(number, self.at);
                    if seats.change(number, seen, seen.to(SeatState::Standby), Who::Desk).is_ok() {
                        self.core.recount(number, self.tables);
                        return self.stand_by(agent);
                    }
                }
                SeatState::Off | SeatState::Wrap | SeatState::Paused | SeatState::Standby => {
                    seats.set_idle_since(number, self.at);
                    if self.open(number, seen) {
                        return;
                    }
                    if seats.word(number).is_open() {
                        break;
                    }
                }
                // What a matcher is doing with it is settled by the look below.
                SeatState::Idle | SeatState::Sought => break,
                SeatState::Claimed | SeatState::Busy => return (self.tell)(Reply::SeatHeld { agent }),
            }
        }
        self.becomes_idle(number, true);
    }

    /// A seat was made idle: it can be found, is counted, and looks for a call.
    pub(crate) fn becomes_idle(&mut self, agent: usize, by_desk: bool) {
        // After the word, so that no clearing of an older bit can take it away.
        self.core.idle.set(agent);
        // Whoever claimed or closed it between the word and the bit found no bit to clear.
        self.core.idle.clear(agent, || self.core.seats.word(agent).is_open());
        self.core.recount(agent, self.tables);
        self.for_call(agent, by_desk);
        self.wake_the_kept_back();
    }

    /// Ready, and standing by; unless called in just now: then nobody else would open the seat.
    fn stand_by(&mut self, agent: AgentNo) {
        // Pairs with the fence in `Look::switch_standby`: either it is seen there as standing by, or the switch is here.
        fence(SeqCst);
        if self.stands_by(agent.at()) { (self.tell)(Reply::SeatIdle { agent }) } else { self.seat_ready(agent) }
    }

    /// Closes a seat, unless a claim was faster. Those who were barred from calls because this agent would have come
    /// back to them may now be the only ones left: they are looked for.
    pub(crate) fn seat_close(&mut self, agent: AgentNo, to: Closed) {
        let (core, number) = (self.core, agent.at());
        loop {
            let seen = core.seats.word(number);
            match seen.state() {
                SeatState::Claimed | SeatState::Busy => return (self.tell)(Reply::SeatHeld { agent }),
                SeatState::Sought if !self.settle_seat(number, seen) => continue,
                SeatState::Sought
                | SeatState::Off
                | SeatState::Idle
                | SeatState::Wrap
                | SeatState::Paused
                | SeatState::Standby => {}
            }
            if core.seats.change(number, seen, seen.to(to.into()), Who::Desk).is_ok() {
                break;
            }
        }
        core.idle.clear(number, || core.seats.word(number).is_open());
        core.recount(number, self.tables);
        (self.tell)(Reply::SeatIs { agent, closed: to });
        if to != Closed::Wrap {
            self.wake_after(number);
        }
    }

    /// An agent has gone off duty: whoever that gives an agent to is looked for.
    pub(crate) fn wake_after(&mut self, gone: usize) {
        self.wake_the_barred(gone);
        self.wake_the_kept_back();
    }

    fn wake_the_barred(&mut self, gone: usize) {
        // Pairs with the fence in `for_agent`: either a returning ticket sees this seat closed, or it is seen here.
        fence(SeqCst);
        let tables = self.tables;
        for skill in tables.skills(gone) {
            self.look_in_class(skill.class, |_| true);
        }
    }

    /// More are idle, or fewer are on duty, than before: calls beyond the surge guard may have an agent now.
    pub(crate) fn wake_the_kept_back(&mut self) {
        let nobody_is = self.core.guard.surging() == 0 && !self.core.fronts.somebody_waits_beside();
        if nobody_is || self.idle_is_at_most_kept(0, 0) {
            return;
        }
        for class in (0..self.tables.sizes().1 as u32).map(plan::ClassNo) {
            self.look_in_class(class, |level| level >= 1);
        }
    }

    /// Looks for agents for all lanes of a class whose level is wanted.
    pub(crate) fn look_in_class(&mut self, class: plan::ClassNo, wanted: impl Fn(i8) -> bool) {
        let normal = LaneMap::normal(class);
        if self.core.fronts.waiting(normal) > 0 && wanted(self.level(class, None)) {
            self.for_agent(normal, None);
        }
        for special in self.core.specials_of(class) {
            let lane = self.core.map.special(class, special);
            if self.core.fronts.waiting(lane) > 0 && wanted(self.level(class, Some(special))) {
                self.for_agent(lane, None);
            }
        }
    }
}

impl Core {
    /// The holder lets go: the seat is wrapping up, and no claim of this generation is worth anything any more.
    pub(crate) fn release(&self, agent: AgentNo, generation: Generation) {
        loop {
            let seen = self.seats.word(agent.at());
            let is_held = matches!(seen.state(), SeatState::Claimed | SeatState::Busy);
            if !is_held || seen.generation() != generation {
                return;
            }
            if self.seats.change(agent.at(), seen, seen.released(), Who::Holder).is_ok() {
                return;
            }
        }
    }
}
