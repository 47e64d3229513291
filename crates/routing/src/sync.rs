//! The atomics of this crate: the standard library's, or those of the tools that explore every order of the protocol.
//!
//! Every file takes its atomics from here, so that loom and shuttle explore the production code and no copy of it.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(shuttle)]
pub(crate) use shuttle::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(not(any(loom, shuttle)))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// Counters that no protocol rests on: loom needn't explore their orders. Shuttle does, since a thread may stop there too.
#[cfg(not(shuttle))]
pub(crate) use std::sync::atomic::{AtomicU32 as Count, AtomicU64 as LongCount};

#[cfg(shuttle)]
pub(crate) use shuttle::sync::atomic::{AtomicU32 as Count, AtomicU64 as LongCount};

/// Hints that are checked before anything is done with them. Loom explores them where that is the question (this crate's
/// own models), and leaves them alone in the models of the whole floor, which would be too many orders.
#[cfg(all(loom, test))]
pub(crate) use loom::sync::atomic::AtomicU64 as Hint;

#[cfg(not(all(loom, test)))]
pub(crate) use LongCount as Hint;

pub(crate) use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

/// A row of words that all start as zero.
pub(crate) fn zeroes_u64(count: usize) -> Box<[AtomicU64]> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

/// A row of counters that all start as zero.
pub(crate) fn no_counts(count: usize) -> Box<[Count]> {
    (0..count).map(|_| Count::new(0)).collect()
}
