//! What the stack waits for, in the order in which it is due.
//!
//! Timers that fire often at different moments lie in an ordered set and are really taken out when they
//! are no longer wanted, so that a talk's far-off session timer leaves nothing behind. The many
//! transactions that only linger, all for the same span, lie in queues: adding and expiring costs nothing.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use model::Moment;

/// Whose time has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Due {
    /// A server transaction, by its key.
    Server(u64),
    /// A client transaction, by its branch.
    Client(u64),
    /// A leg, by the bits of its id.
    Leg(u64),
}

/// Timers that are set, moved and taken back. At most one for each transaction and leg, so bounded by their tables.
#[derive(Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Moment, Due)>,
}

impl Timers {
    /// Replaces the timer `old` of `who` by `new`; both may be none.
    pub(crate) fn set(&mut self, who: Due, old: Option<Moment>, new: Option<Moment>) {
        if old == new {
            return;
        }
        if let Some(old) = old {
            self.due.remove(&(old, who));
        }
        if let Some(new) = new {
            self.due.insert((new, who));
        }
    }
    /// The first that is due at `at` or before, taken out.
    pub(crate) fn pop(&mut self, at: Moment) -> Option<Due> {
        let first = *self.due.first()?;
        if first.0 > at {
            return None;
        }
        self.due.remove(&first);
        Some(first.1)
    }
    /// When the first is due.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.due.first().map(|(moment, _)| *moment)
    }
}

/// Transactions that linger for one fixed span, oldest first. Bounded by the table of which they are a part.
pub(crate) struct Lingering {
    span: Duration,
    queue: VecDeque<(Moment, u64)>,
}

impl Lingering {
    /// All that enter here stay `span` long.
    pub(crate) fn new(span: Duration) -> Self {
        Self { span, queue: VecDeque::new() }
    }
    /// Begins to linger.
    pub(crate) fn push(&mut self, key: u64, at: Moment) {
        self.queue.push_back((at + self.span, key));
    }
    /// The next whose time is over.
    pub(crate) fn pop(&mut self, at: Moment) -> Option<u64> {
        match self.queue.front() {
            Some((end, _)) if *end <= at => self.pop_oldest(),
            _ => None,
        }
    }
    /// The oldest, whether or not its time is over.
    pub(crate) fn pop_oldest(&mut self) -> Option<u64> {
        let (_, key) = self.queue.pop_front()?;
        if self.queue.len() * 4 < self.queue.capacity() && self.queue.capacity() > 4_096 {
            self.queue.shrink_to(self.queue.len() * 2);
        }
        Some(key)
    }
    /// When the oldest's time is over.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.queue.front().map(|(end, _)| *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_come_in_order_and_can_be_moved() {
        let at = Moment::from_secs;
        let mut timers = Timers::default();
        timers.set(Due::Leg(1), None, Some(at(3)));
        timers.set(Due::Leg(2), None, Some(at(2)));
        timers.set(Due::Leg(1), Some(at(3)), Some(at(1)));
        timers.set(Due::Client(7), None, Some(at(5)));
        timers.set(Due::Client(7), Some(at(5)), None);
        assert_eq!(timers.next(), Some(at(1)));
        assert_eq!(timers.pop(at(2)), Some(Due::Leg(1)));
        assert_eq!(timers.pop(at(2)), Some(Due::Leg(2)));
        assert_eq!(timers.pop(at(9)), None);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn what_lingers_goes_after_its_span() {
        let mut lingering = Lingering::new(Duration::from_secs(32));
        lingering.push(1, Moment::from_secs(10));
        lingering.push(2, Moment::from_secs(11));
        assert_eq!(lingering.pop(Moment::from_secs(41)), None);
        assert_eq!(lingering.pop(Moment::from_secs(42)), Some(1));
        assert_eq!(lingering.next(), Some(Moment::from_secs(43)));
        assert_eq!(lingering.pop_oldest(), Some(2));
    }
}
