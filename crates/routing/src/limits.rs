//! How big the core's tables are. They are made once, at start: a table that is full is an answer, never growth.
//! Knows sizes and bytes; doesn't know what is kept in the tables.

use std::time::Duration;

use plan::Plan;

/// Most seats that a word can name (16 bits, one value kept free).
pub const SEATS_MAX: usize = 65_534;
/// Most tickets that a word can name (20 bits, one value kept free).
pub const TICKETS_MAX: usize = (1 << 20) - 2;

/// The sizes of the core's tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Calls in queues at once, over all queues; above it a call is answered with `Full`.
    pub tickets: usize,
    /// Agents in the plan; at most [`SEATS_MAX`].
    pub seats: usize,
    /// Pairs of topic and language in the plan.
    pub classes: usize,
    /// Queues in the plan.
    pub queues: usize,
    /// Decisions whose explanation is kept; the oldest goes.
    pub explanations: usize,
    /// A bar that is void because nobody else fits still holds for this long after the offer failed, so that
    /// one agent who declines isn't offered the same call many times a second.
    pub void_bar_holds: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tickets: 131_072,
            seats: 16_384,
            classes: 1_024,
            queues: 4_096,
            explanations: 4_096,
            void_bar_holds: Duration::from_secs(1),
        }
    }
}

/// The plan doesn't fit into the core's tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TooBig {
    /// More agents than seats.
    #[error("the plan has {0} agents; there are {1} seats")]
    Agents(usize, usize),
    /// More classes than lanes.
    #[error("the plan has {0} pairs of topic and language; there are {1} lanes")]
    Classes(usize, usize),
    /// More queues than counters.
    #[error("the plan has {0} queues; there is room for {1}")]
    Queues(usize, usize),
}

impl Limits {
    /// Whether a plan fits.
    pub fn check(&self, plan: &Plan) -> Result<(), TooBig> {
        if plan.agents.len() > self.seats {
            return Err(TooBig::Agents(plan.agents.len(), self.seats));
        }
        if plan.classes.len() > self.classes {
            return Err(TooBig::Classes(plan.classes.len(), self.classes));
        }
        if plan.queues.len() > self.queues {
            return Err(TooBig::Queues(plan.queues.len(), self.queues));
        }
        Ok(())
    }

    /// Places in lanes: each waiting ticket has one; a ticket that left may keep one until the next sweep
    /// (`lane::TOMBSTONES_MAX`), and each lane may keep one more (its last). Never less than that, so that a
    /// returning ticket always finds a place.
    pub(crate) fn places(&self) -> usize {
        let others = self.classes * crate::lane_no::SPECIALS + self.seats;
        let tombstones =
            self.classes * (crate::lane::TOMBSTONES_MAX + 2) + others * (crate::lane::TOMBSTONES_IN_SPECIALS_MAX + 2);
        (self.tickets * 2 + tombstones + self.seats).min(TICKETS_MAX)
    }
}
