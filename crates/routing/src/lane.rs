//! Lanes: one lock-free list per class, ordered by `since`, with the returned tickets in front where they belong.
//!
//! A lane is a linked list of places (a slab of its own); a place names a ticket's stint. Joining appends at the end,
//! returning puts in order near the head, leaving only lets the place die: whoever walks by unlinks it. Every link
//! carries a tag that grows with each change, and a mark once its place is dead, so no thread acts on an old sight of
//! the list (after Michael, SPAA 2002). A thread that stops anywhere leaves the list usable for all others.

use crate::free_list::FreeList;
use crate::sync::{AcqRel, Acquire, AtomicU32, AtomicU64, Count, Relaxed, Release};
use crate::ticket::Stint;
use crate::walk::Walk;

/// Dead places that a lane may hold beside half as many as wait in it, before each leaver sweeps a little.
pub(crate) const TOMBSTONES_MAX: usize = if cfg!(any(loom, shuttle)) { 1 } else { 64 };
/// The same in the lanes beside the classes' own, of which there are many.
pub(crate) const TOMBSTONES_IN_SPECIALS_MAX: usize = if cfg!(any(loom, shuttle)) { 1 } else { 4 };
/// Places that one sweep looks at; the next goes on where it ended.
const SWEEP_STEPS_MAX: usize = 256;
/// Links that an append follows from the last known end before it walks from the head instead.
const FOLLOW_MAX: usize = 256;
/// Two shards' moments may differ by a step's length: a ticket this little older than the lane's last (in µs) still
/// goes behind it. An older one is put in order.
const ORDER_SLACK_MICROS: i64 = 100_000;

/// A link to a place: mark (1 bit) · tag (43) · place + 1 (20).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Link(pub(crate) u64);

const MARK: u64 = 1 << 63;
const PLACE_MASK: u64 = (1 << 20) - 1;

impl Link {
    pub(crate) const fn place(self) -> Option<usize> {
        ((self.0 & PLACE_MASK) as usize).checked_sub(1)
    }
    pub(crate) const fn is_marked(self) -> bool {
        self.0 & MARK != 0
    }
    /// The same link's next value, to another place.
    pub(crate) fn to(self, place: Option<usize>) -> Self {
        let tag = ((self.0 & !MARK) >> 20).wrapping_add(1) << 20;
        Self((tag & !MARK) | place.map_or(0, |place| place as u64 + 1))
    }
    /// The same link's last value: its place is dead.
    pub(crate) fn marked(self) -> Self {
        Self(self.to(self.place()).0 | MARK)
    }
}

/// A place in a lane: one stint of one ticket. Two share a cache line, and none lies in two.
#[repr(C, align(32))]
pub(crate) struct Place {
    pub(crate) next: AtomicU64,
    pub(crate) stint: AtomicU64,
    /// What the lane is ordered by, µs since the epoch.
    pub(crate) since: AtomicU64,
    /// Grows with each use: tells a remembered place from its successor in the slab.
    life: AtomicU32,
}

/// One class's lane.
pub(crate) struct Lane {
    pub(crate) head: AtomicU64,
    /// A place at or shortly before the end: life (32 bits) · place + 1. Only a hint.
    end: AtomicU64,
    /// Where the last sweep ended, in the same form. Only a hint.
    swept: AtomicU64,
    /// Places that hang in the list, dead ones included.
    pub(crate) linked: Count,
}

/// All lanes and their places.
pub(crate) struct Lanes {
    rows: Box<[Lane]>,
    pub(crate) places: Box<[Place]>,
    pub(crate) free: FreeList,
}

impl Lanes {
    pub(crate) fn new(lanes: usize, places: usize) -> Self {
        let lane = |_| Lane {
            head: AtomicU64::new(0),
            end: AtomicU64::new(0),
            swept: AtomicU64::new(0),
            linked: Count::new(0),
        };
        let place = |_| Place {
            next: AtomicU64::new(MARK),
            stint: AtomicU64::new(0),
            since: AtomicU64::new(0),
            life: AtomicU32::new(0),
        };
        Self {
            rows: (0..lanes).map(lane).collect(),
            places: (0..places).map(place).collect(),
            free: FreeList::new(places),
        }
    }

    /// Bytes per place, its place in the free list included.
    pub(crate) const fn bytes() -> usize {
        size_of::<Place>() + size_of::<u32>()
    }

    /// A walk along a lane, from its head. `alive` says whether a stint still waits.
    pub(crate) fn walk<A: Fn(Stint) -> bool>(&self, lane: usize, alive: A) -> Walk<'_, A> {
        Walk::from_head(self, &self.rows[lane], alive, usize::MAX)
    }

    /// A free place; none when all are taken, or when no more than `kept` are left.
    pub(crate) fn take_place(&self, kept: usize) -> Option<usize> {
        if self.free.taken() + kept >= self.places.len() {
            return None;
        }
        let at = self.free.take()?;
        // Before the link is opened: whoever sees the open link sees the new life (`end_by_hint`).
        let life = self.places[at].life.load(Relaxed).wrapping_add(1);
        self.places[at].life.store(life, Release);
        Some(at)
    }

    /// Gives back a place that was taken and never linked, or was just unlinked by the caller.
    pub(crate) fn give_place(&self, at: usize) {
        self.free.give(at);
    }

    /// Puts a ticket at the lane's end, or in order if it is older than the last there.
    pub(crate) fn join<A: Fn(Stint) -> bool>(&self, lane: usize, at: usize, stint: Stint, since: i64, alive: A) {
        let row = &self.rows[lane];
        self.fill(at, stint);
        row.linked.fetch_add(1, Relaxed); // a figure, raised first so that it never wraps below zero
        loop {
            let (before, link) = self.end_by_hint(row).unwrap_or_else(|| {
                let mut walk = Walk::from_head(self, row, &alive, usize::MAX);
                walk.run_to_end()
            });
            // Pairs with the stores in `place_before`: right if the swap below finds `before` unchanged.
            let last = before.map_or(i64::MIN, |before| self.places[before].since.load(Acquire) as i64);
            if since.saturating_add(ORDER_SLACK_MICROS) < last {
                // Behind its equals: it is the newcomer.
                return self.put_in_order(row, at, since, &alive, |standing| standing > since);
            }
            if self.place_before(row, at, since.max(last), before, link, None) {
                return;
            }
        }
    }

    /// Puts a ticket where its `since` belongs, in front of its equals.
    /// Walks over all that are older: few for a returned ticket, at most the slab.
    pub(crate) fn come_back<A: Fn(Stint) -> bool>(&self, lane: usize, at: usize, stint: Stint, since: i64, alive: A) {
        let row = &self.rows[lane];
        self.fill(at, stint);
        row.linked.fetch_add(1, Relaxed); // as in `join`
        self.put_in_order(row, at, since, &alive, |standing| standing >= since);
    }

    fn put_in_order<A: Fn(Stint) -> bool>(
        &self,
        row: &Lane,
        at: usize,
        since: i64,
        alive: &A,
        is_behind: impl Fn(i64) -> bool,
    ) {
        loop {
            let mut walk = Walk::from_head(self, row, alive, usize::MAX);
            let found = std::iter::from_fn(|| walk.next()).find(|standing| is_behind(standing.since));
            let (before, link, next) = if let Some(next) = found {
                (next.before, next.link, Some(next.place))
            } else {
                let (before, link) = walk.run_to_end();
                (before, link, None)
            };
            if self.place_before(row, at, since, before, link, next) {
                return;
            }
        }
    }

    fn fill(&self, at: usize, stint: Stint) {
        // Pairs with the load in `Walk::next`, which may still look at this place's former life.
        self.places[at].stint.store(stint.0, Release);
    }

    /// Links a place between `before` (whose link was seen as `link`) and `next`.
    fn place_before(
        &self,
        row: &Lane,
        at: usize,
        since: i64,
        before: Option<usize>,
        link: Link,
        next: Option<usize>,
    ) -> bool {
        let place = &self.places[at];
        // Pairs with the load in `Walk::next`.
        place.since.store(since as u64, Release);
        // Ours until linked: a closed (marked) link is swapped by nobody. Opened after life, stint and since are set.
        let own = Link(place.next.load(Relaxed)).to(next);
        place.next.store(own.0, Release);
        // Now, while it is ours: once linked it may have died, and live again in another lane, before its life is read.
        let remembered = self.remembered(at);
        let word = before.map_or(&row.head, |before| &self.places[before].next);
        // Publishes the place; pairs with the loads of links in `Walk` and `end_by_hint`.
        let done = word.compare_exchange(link.0, link.to(Some(at)).0, AcqRel, Acquire).is_ok();
        if done && next.is_none() {
            // Only a hint; pairs with the load in `end_by_hint`.
            row.end.store(remembered, Release);
        }
        done
    }

    /// The last place and its open link, found from the hint in a few steps; none when the hint is stale.
    fn end_by_hint(&self, row: &Lane) -> Option<(Option<usize>, Link)> {
        // Pairs with the store in `place_before`.
        let (mut at, mut link) = self.recall(row.end.load(Acquire))?;
        for _ in 0..FOLLOW_MAX {
            let Some(next) = link.place() else {
                return Some((Some(at), link));
            };
            let remembered = self.remembered(next);
            // Unchanged, so `next` hung behind `at` when its life was read.
            if self.places[at].next.load(Acquire) != link.0 {
                return None;
            }
            (at, link) = self.recall(remembered)?;
        }
        None
    }

    /// A place with its life, as a hint.
    fn remembered(&self, at: usize) -> u64 {
        // Pairs with the store in `take_place`.
        (u64::from(self.places[at].life.load(Acquire)) << 32) | (at as u64 + 1)
    }

    /// A remembered place and its link, if it still hangs in the lane that it was remembered for.
    fn recall(&self, remembered: u64) -> Option<(usize, Link)> {
        let at = ((remembered & 0xffff_ffff) as usize).checked_sub(1)?;
        // Link first, life second: an open link of a later life comes with that life (`take_place`, `place_before`).
        let link = Link(self.places[at].next.load(Acquire));
        (!link.is_marked() && self.remembered(at) == remembered).then_some((at, link))
    }

    /// Clears a bounded stretch of dead places when more than `tombstones_max` of them hang there, beside half as many as
    /// wait. (The head is cleared by whoever looks who is first.)
    pub(crate) fn tidy<A: Fn(Stint) -> bool>(&self, lane: usize, waiting: usize, tombstones_max: usize, alive: A) {
        let row = &self.rows[lane];
        // Figures only.
        if row.linked.load(Relaxed) as usize > waiting + waiting / 2 + tombstones_max {
            self.sweep(row, &alive);
        }
    }

    fn sweep<A: Fn(Stint) -> bool>(&self, row: &Lane, alive: &A) {
        // Pairs with the store below.
        let mut walk = match self.recall(row.swept.load(Acquire)) {
            Some((before, link)) => Walk::from_place(self, row, alive, before, link, SWEEP_STEPS_MAX),
            None => Walk::from_head(self, row, alive, SWEEP_STEPS_MAX),
        };
        while walk.next().is_some() {}
        let ended_at = if walk.is_at_end() { None } else { walk.before() };
        let remembered = ended_at.map_or(0, |at| self.remembered(at));
        // Only a hint, checked by `recall`; but of this lane: the place still hung here when its life was read.
        row.swept.store(if walk.is_where_it_was() { remembered } else { 0 }, Release);
    }
}
