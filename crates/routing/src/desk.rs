//! What a desk and a claim's holder do with a seat: open it, close it, let go of it.
//!
//! Only the desk's shard opens and closes; only the holder, by its generation, lets go.

use plan::AgentNo;

use crate::api::{Closed, Generation, Reply};
use crate::core::Core;
use crate::matching::Look;
use crate::seat::{SeatState, Who};
use crate::sync::{SeqCst, fence};

impl Look<'_> {
    /// Makes a seat idle, and looks for a call. A seat that is idle already stays so since when it was.
    pub(crate) fn seat_ready(&mut self, agent: AgentNo) {
        let (seats, number) = (&self.core.seats, agent.at());
        loop {
            let seen = seats.word(number);
            match seen.state() {
                SeatState::Off | SeatState::Wrap | SeatState::Paused => {
                    seats.set_idle_since(number, self.at);
                    if seats.change(number, seen, seen.to(SeatState::Idle), Who::Desk).is_ok() {
                        break;
                    }
                }
                // What a matcher is doing with it is settled by the look below.
                SeatState::Idle | SeatState::Sought => break,
                SeatState::Claimed | SeatState::Busy => return (self.tell)(Reply::SeatHeld { agent }),
            }
        }
        // After the word, so that no clearing of an older bit can take it away.
        self.core.idle.set(number);
        self.for_call(number, true);
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
                SeatState::Sought | SeatState::Off | SeatState::Idle | SeatState::Wrap | SeatState::Paused => {}
            }
            if core.seats.change(number, seen, seen.to(to.into()), Who::Desk).is_ok() {
                break;
            }
        }
        core.idle.clear(number, || matches!(core.seats.word(number).state(), SeatState::Idle | SeatState::Sought));
        (self.tell)(Reply::SeatIs { agent, closed: to });
        if to != Closed::Wrap {
            self.wake_the_barred(number);
        }
    }

    fn wake_the_barred(&mut self, gone: usize) {
        // Pairs with the fence in `for_agent`: either a returning ticket sees this seat closed, or it is seen here.
        fence(SeqCst);
        for skill in self.tables.skills(gone) {
            if self.core.waiting_in(skill.class) > 0 {
                self.for_agent(skill.class, None);
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
