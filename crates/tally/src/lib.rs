//! Facts folded into figures: what is going on now, and what went on in each quarter of an hour.
//!
//! Knows the definitions of the trade, and nothing of how calls work, of storage or of clocks. The
//! fold of the same facts is the same whatever batches they come in. The door by which facts leave stands here too.

#![deny(clippy::iter_over_hash_type)]

mod agent_times;
mod board;
mod call;
mod counts;
mod definitions;
mod digest;
mod figures;
mod fold;
mod ledger;
mod open_ends;
mod quarter;
mod sink;
mod story;

mod targets;
mod waits;

pub use agent_times::{AgentTimes, for_each_quarter};
pub use board::{AgentNow, BoardSnapshot, LineNow, LiveBoard, QueueNow};
pub use call::{EndedCall, Place, Promise, Stage};
pub use counts::{Counts, OutcomeCounts};
pub use definitions::{Rate, Ratio, ServiceLevel};
pub use digest::Digest;
pub use figures::Tally;
pub use fold::{Change, Fold, FoldHealth};
pub use ledger::{Cell, Ledger, Sheet, Slice};
pub use open_ends::{OpenEnds, closing_cuts};
pub use quarter::{Quarter, Step, day_of};
pub use sink::{Append, FactSink, Full, MemorySink, NumberedFact, WhenSaved};

pub use targets::{Target, Targets};
pub use waits::Waits;
