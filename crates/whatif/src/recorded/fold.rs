//! Facts folded into calls and spans on duty.
//! Knows what each fact means for a call or an agent; doesn't know days.

use std::collections::BTreeMap;

use model::{About, AgentId, AgentState, CallId, Fact, Language, Moment, MunicipalityId, Outcome, TopicId, What};

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) calls: Vec<Recalled>,
    pub(super) duties: Vec<Duty>,
    /// Spans of wrap-up: how many, and their sum in seconds.
    pub(super) wrap_ups: (f64, f64),
    /// Rings that were answered: how many, and their sum in seconds.
    pub(super) rings: (f64, f64),
}

/// A call that stood in a queue.
pub(super) struct Recalled {
    pub(super) topic: TopicId,
    pub(super) language: Language,
    pub(super) municipality: Option<MunicipalityId>,
    pub(super) since: Moment,
    /// From the queue to the talk, or to the end.
    pub(super) wait_s: f64,
    /// Whom it talked with, and how long; none: it was lost.
    pub(super) talk: Option<(AgentId, f64)>,
}

/// An agent on duty without a pause.
pub(super) struct Duty {
    pub(super) agent: AgentId,
    pub(super) from: Moment,
    pub(super) to: Moment,
}

/// Folds facts in their order.
#[derive(Default)]
pub(super) struct Fold {
    open: BTreeMap<CallId, Open>,
    agents: BTreeMap<AgentId, At>,
    found: Found,
    last: Moment,
}

#[derive(Default)]
struct Open {
    class: Option<(TopicId, Language)>,
    municipality: Option<MunicipalityId>,
    since: Option<Moment>,
    offered: Option<Moment>,
    talking: Option<(AgentId, Moment)>,
    hung_up: Option<Moment>,
}

#[derive(Default)]
struct At {
    on_duty: Option<Moment>,
    wrapping: Option<Moment>,
}

impl Fold {
    pub(super) fn hear(&mut self, fact: &Fact) {
        self.last = self.last.max(fact.at);
        match &fact.about {
            About::Call { call, .. } => self.call(*call, fact.at, &fact.what),
            About::Agent { agent, .. } => {
                if let What::AgentBecame { state, .. } = &fact.what {
                    self.agent(agent, fact.at, state);
                }
            }
            About::Node => {}
        }
    }

    fn call(&mut self, call: CallId, at: Moment, what: &What) {
        let open = self.open.entry(call).or_default();
        match what {
            What::LineFound { municipality, topic, language, .. } => {
                open.class = Some((topic.clone(), language.clone()));
                open.municipality = *municipality;
            }
            What::Queued { since, .. } => {
                open.since.get_or_insert(*since);
            }
            What::Offered { .. } => open.offered = Some(at),
            What::Answered { .. } => {
                if let Some(offered) = open.offered {
                    self.found.rings.0 += 1.0;
                    self.found.rings.1 += at.since(offered).as_secs_f64();
                }
            }
            What::Talking { agent } => {
                open.talking.get_or_insert((agent.clone(), at));
            }
            What::HungUp { .. } | What::AgentLost { .. } => {
                open.hung_up.get_or_insert(at);
            }
            What::Ended { outcome } => {
                let open = self.open.remove(&call).unwrap_or_default();
                self.found.calls.extend(open.ended(at, *outcome));
            }
            What::CallArrived { .. }
            | What::RangBefore { .. }
            | What::LedOn { .. }
            | What::FoundClosed { .. }
            | What::GreetingBegan
            | What::Promised { .. }
            | What::OfferEnded { .. }
            | What::AgentBecame { .. }
            | What::WrappedUp { .. }
            | What::WrapUpExtended { .. }
            | What::NodeStarted { .. }
            | What::NodeDraining
            | What::PlanChanged(_)
            | What::TransferBegan { .. }
            | What::Transferred { .. }
            | What::TransferFailed { .. }
            | What::OwnCall { .. }
            | What::Connected
            | What::Bounced { .. }
            | What::InCall(_)
            | What::Recording(_)
            | What::MenuChosen { .. }
            | What::Callback(_)
            | What::Bot(_)
            | What::Voicemail(_)
            | What::NodeStopped => {}
        }
    }

    fn agent(&mut self, agent: &AgentId, at: Moment, state: &AgentState) {
        let one = self.agents.entry(agent.clone()).or_default();
        if let Some(began) = one.wrapping.take() {
            self.found.wrap_ups.0 += 1.0;
            self.found.wrap_ups.1 += at.since(began).as_secs_f64();
        }
        match state {
            AgentState::Ready | AgentState::Offered | AgentState::Talking | AgentState::WrapUp => {
                one.on_duty.get_or_insert(at);
                one.wrapping = (*state == AgentState::WrapUp).then_some(at);
            }
            AgentState::Off | AgentState::Paused(_) => {
                if let Some(from) = one.on_duty.take() {
                    self.found.duties.push(Duty { agent: agent.clone(), from, to: at });
                }
            }
        }
    }

    /// Whoever is still on duty is so until the last fact; calls that go on are left out.
    pub(super) fn end(mut self) -> Found {
        for (agent, at) in self.agents {
            if let Some(from) = at.on_duty {
                self.found.duties.push(Duty { agent, from, to: self.last });
            }
        }
        self.found
    }
}

impl Open {
    fn ended(self, at: Moment, outcome: Outcome) -> Option<Recalled> {
        let ((topic, language), since) = (self.class?, self.since?);
        let talk = self.talking.map(|(agent, began)| (agent, began, self.hung_up.unwrap_or(at).since(began)));
        let waited = talk.as_ref().map_or(at, |(_, began, _)| *began).since(since).as_secs_f64();
        // What the centre itself could not carry says nothing of citizens and agents.
        let counts = talk.is_some() || matches!(outcome, Outcome::Abandoned | Outcome::GaveUp);
        counts.then(|| Recalled {
            topic,
            language,
            municipality: self.municipality,
            since,
            wait_s: waited,
            talk: talk.map(|(agent, _, length)| (agent, length.as_secs_f64())),
        })
    }
}
