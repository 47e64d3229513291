//! The lock-free core that all shards share: seats, tickets, lanes, matching.

mod api;
pub use api::*;
