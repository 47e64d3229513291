//! The lock-free core that all shards share: seats, tickets, lanes, matching.
//!
//! Read `api` for what can be asked, `matching` for how a call and an agent find each other, `cost` and `contend` for whom each of
//! them prefers, `seat` for the one table of how a seat changes. It knows nothing of menus, hours, SIP or who asks; it
//! never blocks, and never reads a clock.

#![deny(clippy::iter_over_hash_type)]

mod api;
#[cfg(shuttle)]
mod at_rest;
mod bars;
mod bucket;
mod census;
mod choice;
mod contend;
mod core;
mod cost;
mod desk;
mod estimate;
mod explain;
mod figures;
mod fit;
mod free_list;
mod front;
mod guard;
mod guard_rates;
mod idle;
mod lane;
mod lane_no;
#[cfg(all(test, loom))]
mod lane_races;
mod limits;
mod looking;
mod matching;
mod overflow;
mod pace;
mod podium;
mod queue;
mod rank;
#[cfg(feature = "reference")]
pub mod reference;
mod seat;
mod standby;
mod sync;
mod tables;
mod tables_made;
mod ticket;
mod ticket_word;
mod ticks;
mod walk;

pub use crate::core::Core;
pub use api::*;
pub use explain::{Excluded, Explanation, LaneKind, OTHERS_MAX, Other};
pub use figures::{Figures, Footprint};
pub use limits::{Limits, SEATS_MAX, TICKETS_MAX, TooBig};
pub use tables::Tables;
