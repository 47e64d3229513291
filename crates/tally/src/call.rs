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

/// A call while it lives. About 400 bytes, freed when it ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Story {
    pub(crate) so_far: EndedCall,
    pub(crate) place: Place,
    pub(crate) seq: u32,
    /// Agents who talked with the citizen …
    agents_talked: u32,
    /// … and who are done with the call. Their facts come from other threads, and may be a little ahead.
    pub(crate) agents_done: u32,
    /// From when on the conversation of now goes.
    talking_since: Option<Moment>,
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
            wrap_ups_to_come: 0,
            written: WrapUp::default(),
            outcome: Outcome::Cut,
            talk: None,
            transfers: 0,
            left_after_transfer: false,
            own: None,
        };
        Self { so_far, place: Place::default(), seq: 0, agents_talked: 0, agents_done: 0, talking_since: None }
    }

    /// An agent's own call, from its first fact. No trunk brought it, and nobody dialled it from outside.
    pub(crate) fn begin_own(call: CallId, at: Moment, agent: AgentId) -> Self {
        let dialled = Dialled::from_kept("0").expect("a digit");
        let mut story = Self::begin(call, at, TrunkId::new(""), dialled, None);
        story.so_far.own = Some(agent);
        story
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
                // On another line it is as far as it was when it arrived.
                self.place = Place { line: Some(line.clone()), ..Place::default() };
            }
            What::Queued { queue, since, .. } => {
                call.queue = Some(queue.clone());
                call.queued = Some(call.queued.unwrap_or(*since));
                self.place = Place {
                    stage: Stage::Waiting,
                    queue: call.queue.clone(),
                    since: Some(*since),
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
                // Of a call that is handed on the first answer counts.
                call.answered = call.answered.filter(|_| call.talking.is_some());
                self.place.stage = match (self.talking_since, why) {
                    (Some(_), _) => Stage::Talking,
                    (None, OfferEnd::CitizenGone) => Stage::Ending,
                    (None, _) => Stage::Waiting,
                };
            }
            What::Answered { .. } => call.answered = Some(call.answered.unwrap_or(at)),
            What::Talking { agent } => {
                call.agent = Some(agent.clone());
                call.talking = Some(call.talking.unwrap_or(at));
                self.agents_talked += 1;
                self.talking_since = Some(at);
                self.place.stage = Stage::Talking;
            }
            What::Transferred { .. } => {
                self.talk_is_over(at);
                self.so_far.transfers += 1;
                self.place.stage = Stage::Elsewhere;
            }
            // No transfer: the citizen waits again, through nobody's wish.
            What::AgentLost { .. } => {
                self.talk_is_over(at);
                self.place.stage = Stage::Waiting;
            }
            What::TransferFailed { .. } if self.talking_since.is_some() => self.place.stage = Stage::Talking,
            What::Connected => {
                // What a citizen says outside is nobody's talk time; on a call of an agent's own it is that call's.
                self.talking_since = call.own.is_some().then_some(at);
                self.place.stage = Stage::Elsewhere;
            }
            What::HungUp { by } => {
                call.hung_up = Some(at);
                call.hung_up_by = Some(*by);
                self.talk_is_over(at);
                self.place.stage = Stage::Ending;
            }
            What::CallArrived { .. }
            | What::OwnCall { .. }
            | What::Bounced { .. }
            | What::InCall(_)
            | What::Recording(_)
            | What::MenuChosen { .. }
            | What::TransferBegan { .. }
            | What::TransferFailed { .. }
            | What::FoundClosed { .. }
            | What::GreetingBegan
            | What::Ended { .. }
            | What::AgentBecame { .. }
            | What::WrappedUp { .. }
            | What::NodeStarted { .. }
            | What::NodeDraining
            | What::PlanChanged(_)
            | What::NodeStopped => {}
        }
    }

    fn talk_is_over(&mut self, at: Moment) {
        if let Some(since) = self.talking_since.take() {
            self.so_far.talk = Some(self.so_far.talk.unwrap_or_default() + at.since(since));
        }
    }

    /// Its end.
    pub(crate) fn end(mut self, at: Moment, outcome: Outcome) -> EndedCall {
        self.talk_is_over(at);
        // A conversation that has an end has ended by itself; a call that was handed on has only left the agent.
        self.so_far.left_after_transfer = self.so_far.transfers > 0 && self.so_far.hung_up.is_none();
        self.so_far.ended = at;
        self.so_far.outcome = outcome;
        self.so_far.wrap_ups_to_come = self.agents_talked.saturating_sub(self.agents_done);
        self.so_far
    }
}
