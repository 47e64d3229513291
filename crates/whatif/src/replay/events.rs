//! What is going to happen, in the order of time; what happens at the same moment, in the order in which it was foreseen.
//! Knows moments and events; doesn't know what they bring about.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use model::Moment;
use routing::Claim;

/// Something that is going to happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// An agent comes on duty.
    Comes(u32),
    /// An agent's hours are over.
    Goes(u32),
    /// Another half-hour, another forecast: its place in the list.
    Outlook(u32),
    /// Patience is over.
    HangsUp(u32),
    /// The core asked to be asked again.
    LooksAgain(u32),
    /// The agent answers.
    Answers(Claim),
    /// The talk is over.
    TalkEnds(Claim),
    /// The wrap-up is over.
    WrapUpEnds(u32),
    /// The core asked for a tick.
    Tick,
}

/// The events to come.
#[derive(Default)]
pub(super) struct Events {
    heap: BinaryHeap<Reverse<Foreseen>>,
    foreseen: u64,
}

struct Foreseen {
    at: Moment,
    number: u64,
    event: Event,
}

impl Events {
    pub(super) fn at(&mut self, at: Moment, event: Event) {
        self.foreseen += 1;
        self.heap.push(Reverse(Foreseen { at, number: self.foreseen, event }));
    }

    /// When the next one happens.
    pub(super) fn next_at(&self) -> Option<Moment> {
        self.heap.peek().map(|Reverse(next)| next.at)
    }

    pub(super) fn next(&mut self) -> Option<(Moment, Event)> {
        self.heap.pop().map(|Reverse(next)| (next.at, next.event))
    }
}

impl Ord for Foreseen {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}
impl PartialOrd for Foreseen {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Foreseen {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Foreseen {}
