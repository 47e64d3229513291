//! One citizen's call as the figures see it: its story while it lives, and what is left when it has ended.
//! Knows what is counted later; doesn't know in which interval.

use std::time::Duration;

use model::{
    AgentId, CallId, Dialled, Language, LineId, Moment, MunicipalityId, OfferEnd, Outcome, Party, PersonRef, QueueId,
    TopicId, TrunkId, What, WrapUp,
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
    /// Whether the agent is not done with it, so that wrap-up will still come.
    pub wrap_up_to_come: bool,
    /// What the agent has written down so far.
    pub written: WrapUp,
    /// How it ended.
    pub outcome: Outcome,
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
    /// From the first entry to a queue until answered, or until the end; none when it never stood in one.
    pub fn waited(&self) -> Option<Duration> {
        let until = self.answered.or(self.talking).unwrap_or(self.ended);
        self.queued.map(|queued| until.since(queued))
    }
    /// Whether what was promised was kept; none when nothing was promised, or when the citizen left before its time.
    pub fn promise_kept(&self) -> Option<bool> {
        let promise = self.promise?;
        let due = promise.at + promise.within;
        match self.answered.or(self.talking) {
            Some(answered) => Some(answered <= due),
            None => (self.ended > due).then_some(false),
        }
    }
    /// How long citizen and agent talked; none when they didn't.
    pub fn talked(&self) -> Option<Duration> {
        self.talking.map(|talking| self.hung_up.unwrap_or(self.ended).since(talking))
    }
}

/// A call while it lives. About 400 bytes, freed when it ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Story {
    pub(crate) so_far: EndedCall,
    pub(crate) place: Place,
    pub(crate) seq: u32,
    /// Whether the agent who talked is done with it.
    pub(crate) agent_is_done: bool,
}

impl Story {
    /// From its first fact.
    pub(crate) fn begin(call: CallId, at: Moment, trunk: TrunkId, dialled: Dialled, person: Option<PersonRef>) -> Self {
        let so_far = EndedCall {
            call,
            arrived: at,
            ended: at,
            trunk,
            dialled,
            person,
            line: None,
            municipality: None,
            topic: None,
            language: None,
            queue: None,
            queued: None,
            promise: None,
            answered: None,
            talking: None,
            hung_up: None,
            hung_up_by: None,
            agent: None,
            offers: 0,
            wrap_up: Duration::ZERO,
            wrap_up_to_come: false,
            written: WrapUp::default(),
            outcome: Outcome::Cut,
        };
        Self { so_far, place: Place::default(), seq: 0, agent_is_done: false }
    }

    /// One more thing happened to it. What is about agents or the node leaves it as it is.
    pub(crate) fn go_on(&mut self, at: Moment, what: &What) {
        let call = &mut self.so_far;
        match what {
            What::LineFound { line, municipality, topic, language } => {
                call.line = Some(line.clone());
                call.municipality = *municipality;
                call.topic = Some(topic.clone());
                call.language = Some(language.clone());
                self.place.line = Some(line.clone());
            }
            What::Queued { queue, since } => {
                call.queue = Some(queue.clone());
                call.queued = Some(call.queued.unwrap_or(*since));
                self.place = Place {
                    stage: Stage::Waiting,
                    queue: call.queue.clone(),
                    since: call.queued,
                    line: call.line.clone(),
                };
            }
            What::Promised { within, .. } => {
                call.promise = Some(call.promise.unwrap_or(Promise { at, within: *within }));
            }
            What::Offered { .. } => {
                call.offers += 1;
                self.place.stage = Stage::Offered;
            }
            What::OfferEnded { why, .. } => {
                call.answered = None;
                self.place.stage = if *why == OfferEnd::CitizenGone { Stage::Ending } else { Stage::Waiting };
            }
            What::Answered { .. } => call.answered = Some(at),
            What::Talking { agent } => {
                call.agent = Some(agent.clone());
                call.talking = Some(call.talking.unwrap_or(at));
                self.place.stage = Stage::Talking;
            }
            What::HungUp { by } => {
                call.hung_up = Some(at);
                call.hung_up_by = Some(*by);
                self.place.stage = Stage::Ending;
            }
            What::CallArrived { .. }
            | What::FoundClosed { .. }
            | What::GreetingBegan
            | What::Ended { .. }
            | What::AgentBecame { .. }
            | What::WrappedUp { .. }
            | What::NodeStarted { .. }
            | What::NodeDraining
            | What::NodeStopped => {}
        }
    }

    /// Its end.
    pub(crate) fn end(mut self, at: Moment, outcome: Outcome) -> EndedCall {
        self.so_far.ended = at;
        self.so_far.outcome = outcome;
        self.so_far.wrap_up_to_come = self.so_far.talking.is_some() && !self.agent_is_done;
        self.so_far
    }
}
