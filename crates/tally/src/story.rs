//! One citizen's call while it lives: what each fact changes in the row that will be left of it, and where it is now.
//! Knows facts in their order; what the row means is `call`'s.

use std::time::Duration;

use model::{
    AgentId, CallId, CallbackFact, Dialled, Moment, OfferEnd, Outcome, PersonRef, TrunkId, VoicemailFact,
    VoicemailWhat, What, WrapUp,
};

use crate::call::{EndedCall, Place, Promise, Stage};

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
            left_queue: None,
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
                call.left_queue = leaves_queue(call, at);
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
                call.left_queue = None;
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
            What::Callback(CallbackFact::NotReached { .. }) => {
                // An agent was there, and the citizen was not: the wait goes on.
                call.answered = call.answered.filter(|_| call.talking.is_some());
                self.place.stage = Stage::Waiting;
            }
            // The node that kept the promise died, whatever its agents and phones were doing: it waits again.
            What::Callback(CallbackFact::Resumed) => {
                call.answered = call.answered.filter(|_| call.talking.is_some());
                self.place.stage = Stage::Waiting;
            }
            // Whoever speaks to a mailbox waits for nobody any more.
            What::Voicemail(VoicemailFact { what: VoicemailWhat::Asked, .. }) => {
                call.left_queue = leaves_queue(call, at);
                self.place.stage = Stage::Ending;
            }
            // Led to somebody outside, who has their own line.
            What::LedOn { .. } => {
                call.left_queue = leaves_queue(call, at);
                self.place.stage = Stage::Elsewhere;
            }
            // The wait that counts is that of the time which was agreed on, from when it stands in the queue for it.
            What::Callback(CallbackFact::Booked { .. }) => {
                (call.queued, call.promise) = (None, None);
                self.place.stage = Stage::Arriving;
            }
            What::HungUp { by } => {
                call.hung_up = Some(at);
                call.hung_up_by = Some(*by);
                self.talk_is_over(at);
                self.place.stage = Stage::Ending;
            }
            What::CallArrived { .. }
            | What::RangBefore { .. }
            | What::OwnCall { .. }
            | What::Bounced { .. }
            | What::InCall(_)
            | What::Recording(_)
            | What::Callback(CallbackFact::Offered | CallbackFact::Promised | CallbackFact::Called { .. })
            | What::MenuChosen { .. }
            | What::Bot(_)
            | What::Voicemail(_)
            | What::TransferBegan { .. }
            | What::TransferFailed { .. }
            | What::FoundClosed { .. }
            | What::GreetingBegan
            | What::Ended { .. }
            | What::AgentBecame { .. }
            | What::WrappedUp { .. }
            | What::WrapUpExtended { .. }
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

/// From when on it waits no more, if it waited: the first such moment since it stood in a queue last.
fn leaves_queue(call: &EndedCall, at: Moment) -> Option<Moment> {
    call.left_queue.or(call.queued.filter(|_| call.talking.is_none()).map(|_| at))
}
