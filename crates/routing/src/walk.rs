//! A walk along a lane: meets the living in order and unlinks the dead on its way.
//!
//! Each step is checked against the link that led to it; when that has changed the walk starts again from the head, so
//! it may meet a ticket twice, and never misses one that stood there from beginning to end.

use crate::lane::{Lane, Lanes, Link};
use crate::sync::{AcqRel, Acquire, AtomicU64, Relaxed};
use crate::ticket::Stint;

/// A ticket met on the walk.
pub(crate) struct Standing {
    /// Its stint.
    pub(crate) stint: Stint,
    /// What the lane is ordered by.
    pub(crate) since: i64,
    /// Its place.
    pub(crate) place: usize,
    /// The place before it; none at the head.
    pub(crate) before: Option<usize>,
    /// The link that led to it.
    pub(crate) link: Link,
}

/// Somewhere along a lane.
pub(crate) struct Walk<'a, A> {
    lanes: &'a Lanes,
    lane: &'a Lane,
    alive: A,
    before: Option<usize>,
    link: Link,
    steps_left: usize,
    restarts: usize,
}

impl<'a, A: Fn(Stint) -> bool> Walk<'a, A> {
    pub(crate) fn from_head(lanes: &'a Lanes, lane: &'a Lane, alive: A, steps_left: usize) -> Self {
        // Pairs with the swaps that link and unlink.
        let link = Link(lane.head.load(Acquire));
        Self { lanes, lane, alive, before: None, link, steps_left, restarts: 0 }
    }

    /// From behind a place, whose open link was just seen.
    pub(crate) fn from_place(
        lanes: &'a Lanes,
        lane: &'a Lane,
        alive: A,
        before: usize,
        link: Link,
        steps_left: usize,
    ) -> Self {
        Self { lanes, lane, alive, before: Some(before), link, steps_left, restarts: 0 }
    }

    /// The next who waits; none at the end, or when the steps are used up.
    pub(crate) fn next(&mut self) -> Option<Standing> {
        loop {
            let at = self.link.place()?;
            self.steps_left = self.steps_left.checked_sub(1)?;
            let place = &self.lanes.places[at];
            // All three pair with the stores of whoever filled the place in. If any of them is of a later life, then
            // the place was unlinked before, which the check below sees (Acquire keeps the order).
            let next = Link(place.next.load(Acquire));
            let stint = Stint(place.stint.load(Acquire));
            let since = place.since.load(Acquire) as i64;
            // Unchanged and open: `before` still hangs in the lane, and `at` behind it.
            if self.word().load(Acquire) != self.link.0 {
                self.restart();
            } else if next.is_marked() {
                self.unlink(at, next);
            } else if (self.alive)(stint) {
                let standing = Standing { stint, since, place: at, before: self.before, link: self.link };
                (self.before, self.link) = (Some(at), next);
                return Some(standing);
            } else {
                self.bury(at, next);
            }
        }
    }

    /// Goes on to the end: the last place (dead or alive) and its open link, or the head's of an empty lane.
    pub(crate) fn run_to_end(&mut self) -> (Option<usize>, Link) {
        while self.next().is_some() {}
        (self.before, self.link)
    }

    /// How often it had to start again.
    pub(crate) const fn restarts(&self) -> usize {
        self.restarts
    }

    pub(crate) const fn is_at_end(&self) -> bool {
        self.link.place().is_none()
    }

    /// Whether the place that the walk stands behind still hangs in the lane.
    pub(crate) fn is_where_it_was(&self) -> bool {
        // Pairs with the swaps that link and unlink: each of them changes the link, in every life of the place.
        self.word().load(Acquire) == self.link.0
    }

    /// The place that the walk stands behind.
    pub(crate) const fn before(&self) -> Option<usize> {
        self.before
    }

    /// The dead place's link is closed, so that nobody links anything behind it, and the place unlinked. Only a lane's
    /// last place stays while others stand before it: so the end stays known, and costs a joiner no walk.
    fn bury(&mut self, at: usize, next: Link) {
        if next.place().is_none() && self.before.is_some() {
            (self.before, self.link) = (Some(at), next);
            return;
        }
        // Pairs with the swaps of those who link behind this place: one of them fails.
        if self.lanes.places[at].next.compare_exchange(next.0, next.marked().0, AcqRel, Acquire).is_ok() {
            self.unlink(at, next);
        }
    }

    /// Takes a closed place out. Whoever succeeds gives it back; there is one link to it, so that is one thread.
    fn unlink(&mut self, at: usize, next: Link) {
        let to = self.link.to(next.place());
        // Pairs with the loads of links in `next` and with all other swaps of this link.
        if self.word().compare_exchange(self.link.0, to.0, AcqRel, Acquire).is_ok() {
            self.link = to;
            self.lane.linked.fetch_sub(1, Relaxed); // a figure
            self.lanes.give_place(at);
        } else {
            self.restart();
        }
    }

    fn restart(&mut self) {
        // Pairs with the swaps that link and unlink.
        (self.before, self.link) = (None, Link(self.lane.head.load(Acquire)));
        self.restarts += 1;
    }

    fn word(&self) -> &'a AtomicU64 {
        self.before.map_or(&self.lane.head, |before| &self.lanes.places[before].next)
    }
}
