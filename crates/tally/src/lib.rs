//! Facts folded into figures: what is going on now, and what went on in each quarter of an hour.
//!
//! Knows the definitions of the trade, and nothing of how calls work, of storage or of clocks. The
//! fold of the same facts is the same whatever batches they come in. The door by which facts leave stands here too.

mod sink;

pub use sink::{Append, FactSink, Full, MemorySink, NumberedFact, WhenSaved};
