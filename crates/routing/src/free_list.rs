//! A lock-free stack of free slots in a slab: who takes the top has it alone.
//!
//! The top carries a tag that grows with each change, so that a thread that slept between reading the top and
//! swapping it can't be fooled by the same slot having come back (ABA).

use crate::sync::{AcqRel, Acquire, AtomicU32, AtomicU64, Count, Relaxed};

/// Slot numbers are 24 bits in the top's word; 0 is "none".
const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// The free slots of one slab.
pub(crate) struct FreeList {
    /// Tag (40 bits) · slot + 1 (24 bits).
    top: AtomicU64,
    /// What lies under each slot, + 1.
    under: Box<[AtomicU32]>,
    /// How many are taken; a figure, and the bound that joins keep to.
    taken: Count,
}

impl FreeList {
    /// All of `slots` free; the lowest is taken first.
    pub(crate) fn new(slots: usize) -> Self {
        let under = (0..slots).map(|slot| AtomicU32::new(if slot + 1 < slots { slot as u32 + 2 } else { 0 })).collect();
        Self { top: AtomicU64::new(u64::from(slots > 0)), under, taken: Count::new(0) }
    }

    /// Takes a slot; none when all are taken.
    pub(crate) fn take(&self) -> Option<usize> {
        loop {
            // Pairs with the swap in `give`: whoever sees the slot on top sees what lies under it.
            let top = self.top.load(Acquire);
            let slot = ((top & SLOT_MASK) as usize).checked_sub(1)?;
            // May be stale when another takes the slot meanwhile: then the tag has changed and the swap fails.
            let under = u64::from(self.under[slot].load(Relaxed));
            // Pairs with the load in `take` and `give` of others: the tag makes each state of the top unique.
            if self.top.compare_exchange(top, next_tag(top) | under, AcqRel, Acquire).is_ok() {
                // A figure only.
                self.taken.fetch_add(1, Relaxed);
                return Some(slot);
            }
        }
    }

    /// Gives a slot back.
    pub(crate) fn give(&self, slot: usize) {
        // A figure only; lowered first, so that it never counts more than there are.
        self.taken.fetch_sub(1, Relaxed);
        loop {
            // Pairs with the swaps of `take` and `give`.
            let top = self.top.load(Acquire);
            // Published by the swap below.
            self.under[slot].store((top & SLOT_MASK) as u32, Relaxed);
            // Pairs with the load in `take`.
            if self.top.compare_exchange(top, next_tag(top) | (slot as u64 + 1), AcqRel, Acquire).is_ok() {
                return;
            }
        }
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        // A figure only.
        self.taken.load(Relaxed) as usize
    }
}

const fn next_tag(top: u64) -> u64 {
    (top >> SLOT_BITS).wrapping_add(1) << SLOT_BITS
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_handed_out_once_and_comes_back() {
        let list = FreeList::new(3);
        assert_eq!([list.take(), list.take(), list.take(), list.take()], [Some(0), Some(1), Some(2), None]);
        list.give(1);
        assert_eq!((list.taken(), list.take(), list.take()), (2, Some(1), None));
    }
}

#[cfg(all(test, loom))]
mod races {
    use std::sync::Arc;

    use super::FreeList;

    #[test]
    fn a_slot_that_comes_back_to_the_top_fools_nobody() {
        loom::model(|| {
            let list = Arc::new(FreeList::new(3));
            let other = Arc::clone(&list);
            let thread = loom::thread::spawn(move || other.take());
            let (first, second) = (list.take().expect("three are free"), list.take().expect("two are free"));
            list.give(first);
            let theirs = thread.join().expect("no panic").expect("one is free");
            let mine = list.take().expect("one is free");
            assert!(theirs != second && theirs != mine && mine != second);
            assert!(list.take().is_none());
        });
    }
}
