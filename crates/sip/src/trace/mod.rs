//! The trace of one call: switched on for a bounded time, its messages masked and kept, shown as a ladder or a capture file.
//!
//! Knows messages, who they came from and which leg they belong to; knows no transaction. When nothing is traced it costs one
//! relaxed load a message. Everything here is kept in memory alone, and gone when the trace is over.

mod filter;
pub mod ladder;
mod lookback;
mod mask;
pub mod pcap;
mod running;
mod seen;
mod tap;
#[cfg(test)]
mod tests;
mod words;

pub use filter::Filter;
pub use mask::{Depth, Nothing, Public, says_nothing};
pub use running::{BYTES_MAX, End, LEGS_MAX, MESSAGES_MAX};
pub use seen::{Kept, Peer, Way, call_id_of};
pub use tap::{TRACES_MAX, Tap, WATCHERS_MAX};
pub use words::{CannotTrace, Link, SPAN_MAX, Shown, Started, Told, Watch, Wish};
