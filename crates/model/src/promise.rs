//! A promise to call a citizen back, as it is kept over a restart of the node: whom, about what, until when.
//! Holds names where the heart has numbers, so that it means the same under a later plan. Knows no rule of calling.

use std::time::Duration;

use crate::{CallId, Language, LineId, Moment, MunicipalityId, PhoneNumber, QueueId};

/// A time that a citizen has chosen to be called in, half-open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BookedSlot {
    /// From when the citizen is called.
    pub from: Moment,
    /// Until when the first attempt is to be made.
    pub until: Moment,
}

/// A promise to call a citizen back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Promise {
    /// Which call it is; the one in which it was made goes on.
    pub call: CallId,
    /// Whom. Masks itself.
    pub number: PhoneNumber,
    /// On which line.
    pub line: LineId,
    /// The line that was rung first.
    pub rung: LineId,
    /// Where the line's calls wait.
    pub queue: QueueId,
    /// In which language the citizen is spoken with.
    pub language: Language,
    /// The citizen's municipality; none when unknown.
    pub municipality: Option<MunicipalityId>,
    /// From when the wait counts.
    pub since: Moment,
    /// How long the citizen had waited when an agent was there for the last attempt; zero before the first.
    pub waited: Duration,
    /// The promise is kept until then.
    pub until: Moment,
    /// The next attempt comes no sooner; none: as soon as it is the citizen's turn.
    pub not_before: Option<Moment>,
    /// Attempts so far.
    pub attempts: u8,
    /// Attempts at most; as the line said when it was promised.
    pub attempts_max: u8,
    /// The second attempt comes so long after the first, the third three times that after the second; as the line said, too.
    pub again_after: Duration,
    /// The time that was chosen; none: the place in the queue was kept.
    pub slot: Option<BookedSlot>,
    /// The gapless number of the call's last fact, as far as was known.
    pub facts: u32,
}

/// What becomes of a promise, for whoever keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PromiseChange {
    /// It was made, or is not as it was.
    Kept(Box<Promise>),
    /// There is nothing left to keep: the citizen talks, or it has ended in another way.
    Over(CallId),
}
