//! Which seats are idle, as bits: a hint that lets a call find agents without asking every seat.
//!
//! The seat's own word is the truth. The hint errs to one side only: an idle seat's bit is never missing once the one
//! who made it idle is through, even if a thread that wants to clear an older bit slept at the worst moment.

use crate::sync::{AcqRel, Acquire, AtomicU64, zeroes_u64};

/// Seats per word.
pub(crate) const GROUP: usize = 32;

/// A row of words, each 32 bits with a version (upper half) that grows with each bit that is set.
struct Words(Box<[AtomicU64]>);

impl Words {
    fn new(bits: usize) -> Self {
        Self(zeroes_u64(bits.div_ceil(GROUP)))
    }

    fn word(&self, number: usize) -> u32 {
        // Pairs with the swap in `set`.
        self.0[number].load(Acquire) as u32
    }

    fn set(&self, at: usize) {
        let word = &self.0[at / GROUP];
        // Pairs with the swaps in `set` and `clear`.
        let mut seen = word.load(Acquire);
        loop {
            let version = (seen >> 32).wrapping_add(1) << 32;
            let bits = (seen as u32) | bit(at);
            // Pairs with the load in `word`, and makes every older `clear` fail.
            match word.compare_exchange_weak(seen, version | u64::from(bits), AcqRel, Acquire) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    /// Clears the bit, unless what it stands for is there (again) by what `is_there` reads.
    /// The version was read before that: whoever sets the bit later changes the version, and the swap fails.
    fn clear(&self, at: usize, is_there: impl Fn() -> bool) {
        let word = &self.0[at / GROUP];
        // Pairs with the swap in `set`.
        let mut seen = word.load(Acquire);
        while (seen as u32) & bit(at) != 0 && !is_there() {
            // Pairs with the swaps in `set` and `clear`.
            match word.compare_exchange_weak(seen, seen & !u64::from(bit(at)), AcqRel, Acquire) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }
}

/// Who is idle: a bit for each seat, and one for each 32 of them, so that a look at few idle reads few words.
pub(crate) struct IdleBits {
    seats: Words,
    groups: Words,
}

impl IdleBits {
    pub(crate) fn new(seats: usize) -> Self {
        Self { seats: Words::new(seats), groups: Words::new(seats.div_ceil(GROUP)) }
    }

    /// The idle ones of a group of 32.
    pub(crate) fn group(&self, group: usize) -> u32 {
        self.seats.word(group)
    }

    /// Groups with someone idle; perhaps some without.
    pub(crate) fn groups(&self) -> impl Iterator<Item = usize> {
        (0..self.groups.0.len()).flat_map(move |number| {
            let mut bits = self.groups.word(number);
            std::iter::from_fn(move || {
                let first = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
                bits &= bits - 1;
                Some(number * GROUP + first)
            })
        })
    }

    /// Whether a seat is known to be idle.
    pub(crate) fn has(&self, agent: usize) -> bool {
        self.group(agent / GROUP) & bit(agent) != 0
    }

    /// All idle ones.
    pub(crate) fn count(&self) -> u32 {
        self.groups().map(|group| self.group(group).count_ones()).sum()
    }

    /// The seat was made idle (before this call).
    pub(crate) fn set(&self, agent: usize) {
        self.seats.set(agent);
        // After the seat's bit, so that no clearing of an older one can take it away.
        self.groups.set(agent / GROUP);
    }

    /// Clears the bit, unless the seat is open again by what `is_open` reads from its word.
    pub(crate) fn clear(&self, agent: usize, is_open: impl Fn() -> bool) {
        self.seats.clear(agent, is_open);
        if self.group(agent / GROUP) == 0 {
            self.groups.clear(agent / GROUP, || self.group(agent / GROUP) != 0);
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
        assert_eq!((idle.group(1), idle.groups().collect::<Vec<_>>()), (2, vec![1]));
        idle.clear(33, || false);
        assert_eq!((idle.group(1), idle.groups().count()), (0, 0));
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
            assert_eq!((floor.0.group(0), floor.0.groups().count()), (1, 1));
        });
    }
}
