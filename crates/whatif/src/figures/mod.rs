//! Figures of replayed days, each with its definition beside it, and intervals by leaving out one replication after the other.
//! Knows sums; doesn't know how they came about, or how they are shown.

mod figure;
mod interval;
mod sums;

pub use figure::{CLASS_CALLS_MIN, Figure, worst_class};
pub use interval::{Estimate, Replicated, estimate, estimate_difference};
pub use sums::{Promise, Share, Sums};
