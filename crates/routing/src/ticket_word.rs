//! A ticket's word, and what a place in a lane remembers of it: how they are packed, and how one follows from another.
//!
//! Only values; `ticket` swaps them.

use crate::api::TicketId;

/// What a ticket is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TicketState {
    /// In nobody's hands, or being filled in.
    Free,
    /// Stands in its lane.
    Waiting,
    /// Belongs to the seat that the word names.
    Taken,
}

/// A ticket's word: generation (24 bits) · stint (12) · agent (16) · tag (10) · state (2).
/// The stint counts how often it began to wait; the tag grows when a would-be match is called off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TicketWord(pub(crate) u64);

const STINT_LAST: u64 = 0xfff;
const AGENT_SHIFT: u32 = 12;
const STINT_SHIFT: u32 = 28;
const GENERATION_SHIFT: u32 = 40;

impl TicketWord {
    pub(crate) const fn state(self) -> TicketState {
        match self.0 & 3 {
            1 => TicketState::Waiting,
            2 => TicketState::Taken,
            _ => TicketState::Free,
        }
    }

    pub(crate) const fn generation(self) -> u64 {
        self.0 >> GENERATION_SHIFT
    }

    pub(crate) const fn stint(self) -> u64 {
        (self.0 >> STINT_SHIFT) & STINT_LAST
    }

    /// Who took it; meaningless in other states.
    pub(crate) const fn agent(self) -> usize {
        ((self.0 >> AGENT_SHIFT) & 0xffff) as usize
    }

    pub(crate) const fn is_taken_by(self, agent: usize) -> bool {
        matches!(self.state(), TicketState::Taken) && self.agent() == agent
    }

    /// Whether it waits for the second time or more.
    pub(crate) const fn has_come_back(self) -> bool {
        self.stint() != 1
    }

    pub(crate) fn build(generation: u64, stint: u64, agent: usize, tag: u64, state: TicketState) -> Self {
        Self(
            (generation << GENERATION_SHIFT)
                | ((stint & STINT_LAST) << STINT_SHIFT)
                | ((agent as u64) << AGENT_SHIFT)
                | ((tag & 0x3ff) << 2)
                | state as u64,
        )
    }

    pub(crate) fn waiting_again(self) -> Self {
        // After the last number comes 2: whoever waits for the first time is the only one with 1 (`has_come_back`).
        let stint = if self.stint() == STINT_LAST { 2 } else { self.stint() + 1 };
        Self::build(self.generation(), stint, 0, 0, TicketState::Waiting)
    }

    pub(crate) fn taken_by(self, agent: usize) -> Self {
        Self::build(self.generation(), self.stint(), agent, 0, TicketState::Taken)
    }

    /// Still waiting, but a match that was begun with the former word will fail.
    pub(crate) fn with_next_tag(self) -> Self {
        Self::build(self.generation(), self.stint(), 0, ((self.0 >> 2) & 0x3ff) + 1, TicketState::Waiting)
    }

    pub(crate) fn freed(self) -> Self {
        Self::build((self.generation() + 1) & 0xff_ffff, 0, 0, 0, TicketState::Free)
    }
}

/// What a place in a lane knows of its ticket: slot, generation and stint. A place whose ticket has moved on is dead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stint(pub(crate) u64);

impl Stint {
    pub(crate) fn new(slot: usize, word: TicketWord) -> Self {
        Self((word.generation() << 32) | (word.stint() << 20) | slot as u64)
    }

    pub(crate) const fn slot(self) -> usize {
        (self.0 & 0xf_ffff) as usize
    }

    /// As [`TicketWord::has_come_back`].
    pub(crate) const fn has_come_back(self) -> bool {
        (self.0 >> 20) & STINT_LAST != 1
    }

    /// The id that callers know the ticket by.
    pub(crate) const fn id(self) -> TicketId {
        TicketId((self.0 >> 32 << 32) | self.slot() as u64)
    }

    pub(crate) const fn is_of(self, word: TicketWord) -> bool {
        self.0 >> 20 == (word.generation() << 12) | word.stint()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_that_came_back_4096_times_still_counts_as_come_back() {
        let mut word = TicketWord(0).waiting_again();
        assert!(!word.has_come_back());
        for _ in 0..10_000 {
            word = word.waiting_again();
            assert!(word.has_come_back());
        }
    }
}
