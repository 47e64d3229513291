//! One citizen's call as the figures see it: its story while it lives, and what is left when it has ended.
//! Knows what is counted later; doesn't know in which interval.

use std::time::Duration;

use model::{
    AgentId, CallId, Dialled, Language, LineId, Moment, MunicipalityId, Outcome, Party, PersonRef, QueueId, TopicId,
    TrunkId, WrapUp,
};

/// How far a call has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Stage {
    /// Arrived, greeted, or hearing a message.
    #[default]
    Arriving,
    /// Stands in the queue.
    Waiting,
    /// An agent's phone rings for it; the citizen still waits.
    Offered,
    /// Citizen and agent are joined.
    Talking,
    /// The citizen talks with somebody outside, or at a colleague's phone, to whom an agent has handed the call on.
    Elsewhere,
    /// The conversation is over.
    Ending,
}

/// Where a call is now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// How far.
    pub stage: Stage,
    /// Its line, once found.
    pub line: Option<LineId>,
    /// Its queue, from when it stood in one.
    pub queue: Option<QueueId>,
    /// From when its wait counts.
    pub since: Option<Moment>,
}

/// A promise to a waiting citizen: answered within so much of that moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Promise {
    /// When it was made.
    pub at: Moment,
    /// How much time it gave.
    pub within: Duration,
}

/// A call that is over. One row of the table of calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndedCall {
    /// Which.
    pub call: CallId,
    /// When it arrived; it belongs to that interval.
    pub arrived: Moment,
    /// When it was over.
    pub ended: Moment,
    /// The trunk that brought it.
    pub trunk: TrunkId,
    /// The number dialled.
    pub dialled: Dialled,
    /// The caller, if not withheld.
    pub person: Option<PersonRef>,
    /// The line, if one was found.
    pub line: Option<LineId>,
    /// The municipality; none when unknown.
    pub municipality: Option<MunicipalityId>,
    /// What about.
    pub topic: Option<TopicId>,
    /// In which language.
    pub language: Option<Language>,
    /// The last queue that it stood in.
    pub queue: Option<QueueId>,
    /// From when its wait counts: the first entry to a queue.
    pub queued: Option<Moment>,
    /// When it left its queue for something else than an answer (a mailbox, another line, somebody outside) and stood in none again; none: it
    /// waited until it was answered, or over.
    pub left_queue: Option<Moment>,
    /// What was promised, if nobody was free at once.
    pub promise: Option<Promise>,
    /// When the agent who talked answered.
    pub answered: Option<Moment>,
    /// From when citizen and agent talked.
    pub talking: Option<Moment>,
    /// When the conversation was over.
    pub hung_up: Option<Moment>,
    /// Who ended the conversation.
    pub hung_up_by: Option<Party>,
    /// Who talked.
    pub agent: Option<AgentId>,
    /// How many phones rang for it.
    pub offers: u32,
    /// Wrap-up that was over when the call was; more may come afterwards.
    pub wrap_up: Duration,
    /// Agents who talked and are not done with it, so that wrap-up will still come.
    pub wrap_ups_to_come: u32,
    /// What the agent has written down so far.
    pub written: WrapUp,
    /// How it ended.
    pub outcome: Outcome,
    /// All conversations with agents together, from when each began to when it was handed on or over; none: only the one
    /// from `talking` to `hung_up`.
    pub talk: Option<Duration>,
    /// How often the citizen was handed on.
    pub transfers: u32,
    /// Whether the citizen was gone before the next agent was there.
    pub left_after_transfer: bool,
    /// An agent's own call: whose. It is no citizen's, and counted apart.
    pub own: Option<AgentId>,
}

impl EndedCall {
    /// Whether an agent talked with the citizen.
    pub fn is_answered(&self) -> bool {
        self.talking.is_some()
    }
    /// Whether the citizen gave up while waiting in the queue.
    pub fn is_abandoned(&self) -> bool {
        self.outcome == Outcome::Abandoned
    }
    /// From the first entry to a queue until answered, or until the wait's end; none when it never stood in one.
    pub fn waited(&self) -> Option<Duration> {
        let until = self.answered.or(self.talking).unwrap_or_else(|| self.wait_ended());
        self.queued.map(|queued| until.since(queued))
    }
    fn wait_ended(&self) -> Moment {
        self.left_queue.unwrap_or(self.ended)
    }
    /// Whether what was promised was kept; none when nothing was promised, or when the citizen left before its time.
    pub fn promise_kept(&self) -> Option<bool> {
        let promise = self.promise?;
        let due = promise.at + promise.within;
        match self.answered.or(self.talking) {
            Some(answered) => Some(answered <= due),
            None => (self.wait_ended() > due).then_some(false),
        }
    }
    /// Solved at once ("straksafklaret") as the agent said: never a call that was handed on.
    pub fn solved_at_once(&self) -> Option<bool> {
        self.written.solved.map(|solved| solved && self.transfers == 0)
    }
    /// How long citizen and agents talked; none when they didn't.
    pub fn talked(&self) -> Option<Duration> {
        self.talk.or_else(|| self.one_talk())
    }
    fn one_talk(&self) -> Option<Duration> {
        self.talking.map(|talking| self.hung_up.unwrap_or(self.ended).since(talking))
    }
}
