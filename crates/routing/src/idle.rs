//! Which seats are idle, as bits: a hint that lets a call find agents without asking every seat.
//!
//! The seat's own word is the truth. The hint errs to one side only: an idle seat's bit is never missing once the one
//! who made it idle is through, even if a thread that wants to clear an older bit slept at the worst moment.

use crate::sync::{AcqRel, Acquire, AtomicU64, zeroes_u64};

/// Seats per word.
pub(crate) const GROUP: usize = 32;

/// One word per 32 seats: version (upper half, grows with each seat that becomes idle) · bits (lower half).
pub(crate) struct IdleBits {
    groups: Box<[AtomicU64]>,
}

impl IdleBits {
    pub(crate) fn new(seats: usize) -> Self {
        Self { groups: zeroes_u64(seats.div_ceil(GROUP)) }
    }

    /// The idle ones of a group of 32.
    pub(crate) fn group(&self, group: usize) -> u32 {
        // Pairs with the swap in `set`.
        self.groups[group].load(Acquire) as u32
    }

    /// Whether a seat is known to be idle.
    pub(crate) fn has(&self, agent: usize) -> bool {
        self.group(agent / GROUP) & bit(agent) != 0
    }

    /// All idle ones.
    pub(crate) fn count(&self) -> u32 {
        // Pairs with the swap in `set`.
        self.groups.iter().map(|group| (group.load(Acquire) as u32).count_ones()).sum()
    }

    /// The seat was made idle (before this call).
    pub(crate) fn set(&self, agent: usize) {
        let group = &self.groups[agent / GROUP];
        // Pairs with the swaps in `set` and `clear`.
        let mut seen = group.load(Acquire);
        loop {
            let version = (seen >> 32).wrapping_add(1) << 32;
            let bits = (seen as u32) | bit(agent);
            // Pairs with the load in `group`, and makes every older `clear` fail.
            match group.compare_exchange_weak(seen, version | u64::from(bits), AcqRel, Acquire) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    /// Clears the bit, unless the seat is open again by what `is_open` reads from its word.
    /// The version was read before that word: whoever makes the seat idle later changes the version, and the swap fails.
    pub(crate) fn clear(&self, agent: usize, is_open: impl Fn() -> bool) {
        let group = &self.groups[agent / GROUP];
        // Pairs with the swap in `set`.
        let mut seen = group.load(Acquire);
        while (seen as u32) & bit(agent) != 0 && !is_open() {
            // Pairs with the swaps in `set` and `clear`.
            match group.compare_exchange_weak(seen, seen & !u64::from(bit(agent)), AcqRel, Acquire) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }
}

const fn bit(agent: usize) -> u32 {
    1 << (agent % GROUP)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_became_idle_again_keeps_its_bit() {
        let idle = IdleBits::new(40);
        idle.set(33);
        idle.clear(33, || true);
        assert_eq!((idle.group(0), idle.group(1)), (0, 2));
        let reopened = std::cell::Cell::new(false);
        // The seat becomes idle between the reading of its word and the swap.
        idle.clear(33, || {
            if !reopened.replace(true) {
                idle.set(33);
                return false;
            }
            true
        });
        assert_eq!(idle.group(1), 2);
        idle.clear(33, || false);
        assert_eq!(idle.group(1), 0);
    }
}

#[cfg(all(test, loom))]
mod races {
    use std::sync::Arc;

    use super::IdleBits;
    use crate::sync::{AcqRel, Acquire, AtomicU64};

    #[test]
    fn clearing_an_old_bit_never_hides_a_seat_that_is_idle_again() {
        loom::model(|| {
            let floor = Arc::new((IdleBits::new(1), AtomicU64::new(0)));
            floor.0.set(0);
            let desk = Arc::clone(&floor);
            let reopens = loom::thread::spawn(move || {
                desk.1.swap(1, AcqRel);
                desk.0.set(0);
            });
            floor.0.clear(0, || floor.1.load(Acquire) == 1);
            reopens.join().expect("no panic");
            assert_eq!(floor.0.group(0), 1);
        });
    }
}
