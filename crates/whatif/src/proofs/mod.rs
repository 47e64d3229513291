//! The claims of docs/routing.md that only many days can show (proofs 6 to 11), each with figure, interval and verdict.
//!
//! Runs nothing beside itself: says which runs it needs, and judges their sums. A claim holds when its figure does; whether
//! the whole interval does is told too.

mod claims;
mod erlang;
mod needs;

pub use claims::{Claim, Verdict};
pub use erlang::{ErlangCase, erlang_claims};
pub use needs::{Need, judge, needs, same_assignments};
