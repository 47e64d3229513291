//! Figures for readers: how many wait, how the seats are, what is in use. Read without stopping anyone.
//!
//! Each figure is right for some moment during the reading; together they are no snapshot.

use plan::{ClassNo, QueueNo};

use crate::core::Core;
use crate::lane::Lanes;
use crate::lane_no::LaneNo;
use crate::seat::{SeatState, Seats};
use crate::sync::Relaxed;
use crate::ticket::Tickets;

/// How the core stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    /// Tickets that wait.
    pub waiting: usize,
    /// Tickets in use: those that wait, and those of claims that are neither committed nor given up.
    pub tickets: usize,
    /// Places in lanes, with those of tickets that left and are not swept yet.
    pub places: usize,
    /// Idle seats.
    pub idle: usize,
    /// Claimed seats: phones being called.
    pub claimed: usize,
    /// Seats in a conversation.
    pub busy: usize,
    /// Decisions since the start.
    pub decisions: u64,
    /// Topics and municipalities that surge.
    pub surging: u32,
    /// Queues that have called their standby agents in.
    pub standby_called_in: u32,
}

/// What the tables cost, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Footprint {
    /// Per seat.
    pub seat: usize,
    /// Per ticket, its places included.
    pub ticket: usize,
}

impl Core {
    /// All figures at once; looks at every seat.
    pub fn figures(&self) -> Figures {
        let count = |wanted: SeatState| self.seats.count(|state| state == wanted);
        Figures {
            waiting: (0..self.map.count() as u32).map(|lane| self.fronts.waiting(LaneNo(lane)) as usize).sum(),
            tickets: self.tickets.in_use(),
            places: self.lanes.free.taken(),
            idle: count(SeatState::Idle),
            claimed: count(SeatState::Claimed),
            busy: count(SeatState::Busy),
            decisions: self.decisions.load(Relaxed), // a figure
            surging: self.guard.surging(),
            standby_called_in: self.standby.queues_called_in(),
        }
    }

    /// Seats that some call holds, for the leak check: zero when no call is offered or talked to.
    pub fn claimed_seats(&self) -> usize {
        let held = |state| matches!(state, SeatState::Sought | SeatState::Claimed | SeatState::Busy);
        self.seats.count(held)
    }

    /// How many wait in a queue.
    pub fn waiting_in_queue(&self, queue: QueueNo) -> usize {
        self.queues.get(queue.at()).map_or(0, |count| count.load(Relaxed) as usize) // a figure
    }

    /// How many wait in a class.
    pub fn waiting_in_class(&self, class: ClassNo) -> usize {
        if class.at() < self.limits.classes { self.waiting_in(class) as usize } else { 0 }
    }

    /// What the tables cost.
    pub const fn footprint(&self) -> Footprint {
        Footprint { seat: Seats::bytes(), ticket: Tickets::bytes() + 2 * Lanes::bytes() }
    }
}
