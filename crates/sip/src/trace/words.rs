//! What is asked of a trace, and what is told of it.
//! Words alone: how a trace runs is known by `tap` and `running`.

use std::sync::Arc;
use std::time::Duration;

use model::{AgentId, CallId, Moment};
use tokio::sync::mpsc;

use super::filter::Filter;
use super::mask::Depth;
use super::running::End;
use super::seen::Kept;

/// Longest time of a trace; a longer wish is refused.
pub const SPAN_MAX: Duration = Duration::from_secs(3_600);

/// What is to be traced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// What it is about.
    pub filter: Filter,
    /// What is masked.
    pub depth: Depth,
    /// For how long: more than nothing, at most [`SPAN_MAX`].
    pub span: Duration,
}

/// A trace that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Started {
    /// Its number, never used twice while the node lives.
    pub id: u64,
    /// When it ends by itself.
    pub until: Moment,
}

/// Why there is no trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotTrace {
    /// [`super::TRACES_MAX`] run already.
    #[error("as many traces run as may: stop one, or wait until it ends")]
    TooMany,
    /// No time, or more than [`SPAN_MAX`].
    #[error("a trace runs for 1 second to 1 hour")]
    BadSpan,
}

/// What a shard tells of a leg.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// The call that it belongs to, if it is known (any more).
    pub call: Option<CallId>,
    /// The agent whose phone it is.
    pub agent: Option<&'a AgentId>,
    /// Its Call-ID.
    pub call_id: &'a str,
    /// Our end as From or To has it.
    pub local: &'a str,
    /// The other end.
    pub remote: &'a str,
}

/// A trace in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Its number.
    pub id: u64,
    /// What it is about.
    pub filter: Filter,
    /// What is masked.
    pub depth: Depth,
    /// When it ends by itself.
    pub until: Moment,
    /// Legs that were found.
    pub legs: usize,
    /// Messages that are kept.
    pub messages: usize,
    /// Messages that came beyond the bounds.
    pub beyond: u64,
}

/// What a reader is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// One more message.
    Message(Arc<Kept>),
    /// The trace is over, and forgotten.
    End {
        /// Why.
        why: End,
        /// Messages that came beyond the bounds, and were not kept.
        beyond: u64,
    },
}

/// A reader of a trace: what was kept before it came, and what comes. Without an end told, it was too slow.
#[derive(Debug)]
pub struct Watch {
    /// What is kept already.
    pub before: Vec<Arc<Kept>>,
    /// What comes.
    pub later: mpsc::Receiver<Told>,
}
