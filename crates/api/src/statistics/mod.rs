//! What was: ended calls, figures of intervals with their definitions, and the stream of facts that all figures come from.
//!
//! Knows how they are asked for and shown. Where they are kept is behind [`Archive`].

mod ask;
mod events;
mod rpc;
mod show;

use futures::future::BoxFuture;
use model::{AgentId, CallId, Dialled, LineId, Moment, MunicipalityId, Outcome, QueueId};
use tally::{Counts, EndedCall, NumberedFact};

pub(crate) use events::Saved;
pub(crate) use rpc::StatisticsRpc;

/// Where facts and figures are kept.
pub trait Archive: Send + Sync + 'static {
    /// Ended calls, newest first, at most `asked.limit` of them.
    fn calls(&self, asked: CallAsked) -> BoxFuture<'_, Result<Vec<CallRow>, ArchiveFault>>;
    /// Figures of quarters of an hour, by time and then by key; those without any call left out.
    fn intervals(&self, asked: IntervalsAsked) -> BoxFuture<'_, Result<Vec<IntervalRow>, ArchiveFault>>;
    /// The facts after that number, in order, at most `limit`. Fewer only when there are no more.
    fn facts_after(&self, fact_no: u64, limit: usize) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>>;
    /// The facts of one call, in order; none when it is not known (yet).
    fn facts_of_call(&self, call: CallId) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>>;
    /// The last saved fact's number; 0 without any.
    fn last_fact_no(&self) -> u64;
    /// An opaque text that leads back to that number, and only with these facts.
    fn token(&self, fact_no: u64) -> String;
    /// The number that a token leads to.
    fn place(&self, token: &str) -> Result<EventsFrom, ArchiveFault>;
}

/// Where a stream of facts goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventsFrom {
    /// After this fact; 0: from the oldest that is kept.
    pub after: u64,
}

/// Why the archive does not answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ArchiveFault {
    /// The database can't be reached, or took too long.
    #[error("the database cannot be reached")]
    Unavailable,
    /// The token is of other facts than these.
    #[error("the token is of other facts")]
    ForeignToken,
}

/// Which calls are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallAsked {
    /// Arrived at or after.
    pub from: Moment,
    /// Arrived before.
    pub to: Moment,
    /// Of this agent only.
    pub agent: Option<AgentId>,
    /// Of this line only.
    pub line: Option<LineId>,
    /// Older than this one: by arrival, then by id.
    pub older_than: Option<(Moment, CallId)>,
    /// At most so many, 1 to 1,001.
    pub limit: usize,
}

/// A call that has ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallRow {
    /// Which.
    pub call: CallId,
    /// When it came.
    pub arrived: Moment,
    /// When it was over.
    pub ended: Moment,
    /// What was rung.
    pub dialled: Option<Dialled>,
    /// The line.
    pub line: Option<LineId>,
    /// The municipality that was rung or forwarded from.
    pub municipality: Option<MunicipalityId>,
    /// The queue.
    pub queue: Option<QueueId>,
    /// Who talked.
    pub agent: Option<AgentId>,
    /// How it ended.
    pub outcome: Outcome,
    /// From the queue to the answer or the end, in ms; none when it came to no queue.
    pub waited_ms: Option<u64>,
    /// The conversation, in ms.
    pub talked_ms: u64,
    /// The wrap-up, in ms.
    pub wrap_up_ms: u64,
    /// Agents' phones that rang.
    pub offers: u32,
}

/// What figures are kept apart by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyKind {
    /// By queue.
    Queue,
    /// By line.
    Line,
    /// By municipality.
    Municipality,
}

/// One queue, line or municipality.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// A queue.
    Queue(QueueId),
    /// A line.
    Line(LineId),
    /// A municipality; none: unknown.
    Municipality(Option<MunicipalityId>),
}

/// Which intervals are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntervalsAsked {
    /// From the interval in which this lies.
    pub from: Moment,
    /// Before this.
    pub to: Moment,
    /// Kept apart by.
    pub by: KeyKind,
    /// Only this one.
    pub only: Option<Key>,
}

/// A quarter of an hour of one queue, line or municipality.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntervalRow {
    /// When it begins.
    pub from: Moment,
    /// Of what.
    pub key: Key,
    /// The whole numbers behind every figure.
    pub counts: Counts,
}

impl From<&EndedCall> for CallRow {
    fn from(call: &EndedCall) -> Self {
        let ms = |span: std::time::Duration| span.as_millis() as u64;
        Self {
            call: call.call,
            arrived: call.arrived,
            ended: call.ended,
            dialled: Some(call.dialled.clone()),
            line: call.line.clone(),
            municipality: call.municipality,
            queue: call.queue.clone(),
            agent: call.agent.clone(),
            outcome: call.outcome,
            waited_ms: call.waited().map(ms),
            talked_ms: call.talked().map_or(0, ms),
            wrap_up_ms: ms(call.wrap_up),
            offers: call.offers,
        }
    }
}
