//! What facts teach: shares of calls, talk times, agents' pace, patience; and the queueing formulas beside them.
//!
//! Folds facts into what is expected of each half-hour ([`Outlook`]). Knows nothing of calls in progress, of plans or
//! of storage; reads no clock.

#![deny(clippy::iter_over_hash_type)]

mod outlook;

pub use outlook::{ClassOutlook, Outlook};
