//! Whom a side prefers: fit, then the oldest `since`, then the longest idle; and who is barred from a ticket.
//!
//! Only looks and compares; `matching` acts on what is found here, and proves it still right by its swaps.

use model::{Moment, OfferedWhy};
use plan::{AgentNo, ClassNo};

use crate::idle::GROUP;
use crate::matching::Look;
use crate::seat::{SeatState, SeatWord};
use crate::sync::Relaxed;
use crate::tables::Fitting;
use crate::ticket::{Stint, TicketWord};

/// Tickets that an agent looks past in one lane because of bars; at the bound the lane is left to the next look, which
/// comes at the latest when the first of those bars ends.
const LOOK_PAST_MAX: usize = 256;
/// Idle agents that one look compares; at the bound the longest idle of these is taken, and each look of a class with
/// more agents than that begins elsewhere.
const CANDIDATES_MAX: u32 = 2_048;
/// A waiting ticket, as it was when its word was read; right if the swap of that word succeeds.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    pub(crate) stint: Stint,
    pub(crate) word: TicketWord,
    pub(crate) class: ClassNo,
    pub(crate) since: i64,
}

/// What one side chose from.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) agent: usize,
    pub(crate) why: OfferedWhy,
    pub(crate) idle_since: Moment,
    pub(crate) candidates: u32,
}

impl Look<'_> {
    /// The idle agent who fits the class and has been idle longest; ties: the lowest number.
    pub(crate) fn longest_idle(&self, class: ClassNo, passed: &[usize]) -> Option<(Choice, SeatWord)> {
        let seats = &self.core.seats;
        let mut candidates = 0;
        let mut best: Option<(Moment, usize, SeatWord)> = None;
        let fitting = self.tables.fitting(class)?;
        let (later, first) = fitting.groups.split_at(self.first_group(fitting));
        for &(group, mask) in first.iter().chain(later) {
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
                if best.is_none_or(|(longest, number, _)| (since, agent) < (longest, number)) {
                    best = Some((since, agent, seat));
                }
            }
        }
        let (idle_since, agent, seat) = best?;
        Some((Choice { agent, why: OfferedWhy::BestFreeAgent, idle_since, candidates }, seat))
    }

    /// Where a look begins: at the first group, unless one look can't compare them all.
    fn first_group(&self, fitting: &Fitting) -> usize {
        if fitting.agents.len() <= CANDIDATES_MAX as usize {
            return 0;
        }
        // Any number will do that moves on.
        self.core.decisions.load(Relaxed) as usize % fitting.groups.len()
    }

    /// The best of the first tickets of all lanes that the agent fits: oldest, then the agent's better skill, then the
    /// lower class. With how many lanes there were to choose from.
    pub(crate) fn best_for(&self, agent: usize) -> Option<(Found, u32)> {
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
    pub(crate) fn first_for(&self, class: ClassNo, agent: usize) -> Option<Found> {
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
            // Most tickets have never come back, and so have no bars to be read.
            if word.has_come_back() && self.is_barred(stint.slot(), class, agent) {
                continue;
            }
            return Some(Found { stint, word, class, since: standing.since });
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

    /// When the first bar ends, whether or not its agent is idle now: the agent may be idle by then. While bars are
    /// firm, when that ends: whoever else fits may go off duty until then, and nobody would look for the barred.
    pub(crate) fn look_again_at(&self, slot: usize) -> Option<Moment> {
        let firm_until = self.core.tickets.firm_until(slot);
        let first_end = self.core.tickets.bars(slot, self.at).map(|(_, until)| until).min()?;
        Some(if self.at < firm_until { first_end.min(firm_until) } else { first_end })
    }
}
