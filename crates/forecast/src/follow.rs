//! Calls and agents followed from fact to fact, until there is a lesson in them.
//!
//! Facts of a call may come in any order and twice; its lessons are drawn when all have come (they are numbered without gaps).
//! Holds only what lives. Doesn't know what becomes of the lessons.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{
    About, AgentId, AgentState, CallId, CallbackFact, Fact, FactId, Language, Moment, MunicipalityId, Outcome, Party,
    Seen, TopicId, VoicemailFact, VoicemailWhat, What,
};

use crate::half_hour;

/// Calls followed at once, as many as the slab of tickets has room for; one more teaches nothing.
const CALLS_MAX: usize = 131_072;
/// Agents on duty followed at once; one more teaches nothing.
const AGENTS_MAX: usize = 16_384;
/// A call that has ended waits so long for facts that were overtaken; then its lessons are drawn from what there is.
const OVERTAKEN_MAX: Duration = Duration::from_secs(3_600);
/// A call without a fact for so long is forgotten: it has no end, and no lesson.
const SILENT_MAX: Duration = Duration::from_secs(24 * 3_600);

/// Something to learn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Lesson {
    /// A citizen's call stood in a queue for the first time.
    Arrived { class: (TopicId, Language), municipality: Option<MunicipalityId> },
    /// A citizen got an agent: on this day the centre served.
    Served,
    /// A conversation came to its own end.
    Talked { class: (TopicId, Language), agent: AgentId, span: Duration },
    /// A wait in the queue is over, by the citizen's own will or because there was an agent.
    Waited { span: Duration, gave_up: bool },
    /// An agent was at work (not paused) until now.
    AtWork { since: Moment },
    /// An agent is done with a conversation.
    WrappedUp { span: Duration },
}

/// How whole the facts were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LearnerHealth {
    /// Facts that came twice; the second changes nothing.
    pub doubled: u64,
    /// Facts of an agent that came behind a later one; they change nothing.
    pub late: u64,
    /// Calls of which facts are missing for good; what is there was learnt from.
    pub incomplete: u64,
    /// Calls and agents that were not followed, because too many were at once.
    pub beyond_bounds: u64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Follow {
    calls: BTreeMap<CallId, OpenCall>,
    agents: BTreeMap<AgentId, AtDesk>,
    seen: Seen,
    newest: Moment,
    pub(crate) health: LearnerHealth,
}

#[derive(Clone, Debug, Default)]
struct OpenCall {
    facts: u32,
    last: Moment,
    line: Option<((TopicId, Language), Option<MunicipalityId>)>,
    queued: Option<Moment>,
    talking: Option<(Moment, AgentId)>,
    hung_up: Option<(Moment, Party)>,
    ended: Option<(Moment, u32, Outcome)>,
    /// From then on the citizen has been waiting for a call, with no phone.
    promised_back: Option<Moment>,
    /// From then on the citizen has been waiting for nobody: at a mailbox, or led to somebody outside.
    left: Option<Moment>,
    /// A call of an agent's own: nobody's demand.
    own: bool,
}

#[derive(Clone, Debug)]
struct AtDesk {
    state: AgentState,
    since: Moment,
    /// None after the node began anew, when the numbers begin anew.
    seq: Option<u32>,
}

impl Follow {
    /// Takes in one fact; tells each lesson with the moment that it belongs to.
    pub(crate) fn apply(&mut self, fact: &Fact, mut tell: impl FnMut(Moment, Lesson)) {
        if !self.first_time(fact.id) {
            return;
        }
        match &fact.about {
            About::Call { call, seq } => self.call_fact(*call, *seq, fact, &mut tell),
            About::Agent { agent, seq } => self.agent_fact(agent, *seq, fact, &mut tell),
            About::Node => {
                if let What::NodeStarted { .. } = fact.what {
                    self.agents.values_mut().for_each(|agent| agent.seq = None);
                }
            }
        }
        if half_hour::number(fact.at) > half_hour::number(self.newest) {
            self.sweep(fact.at, &mut tell);
        }
        self.newest = self.newest.max(fact.at);
    }

    fn first_time(&mut self, id: FactId) -> bool {
        let new = self.seen.first_time(id);
        self.health.doubled += u64::from(!new);
        new
    }

    fn call_fact(&mut self, id: CallId, seq: u32, fact: &Fact, tell: &mut impl FnMut(Moment, Lesson)) {
        if self.calls.len() >= CALLS_MAX && !self.calls.contains_key(&id) {
            self.health.beyond_bounds += u64::from(seq == 1);
            return;
        }
        let call = self.calls.entry(id).or_default();
        call.facts = call.facts.saturating_add(1);
        call.last = call.last.max(fact.at);
        call.go_on(seq, fact, tell);
        if call.is_whole()
            && let Some(call) = self.calls.remove(&id)
        {
            call.settle(tell);
        }
    }

    fn agent_fact(&mut self, agent: &AgentId, seq: u32, fact: &Fact, tell: &mut impl FnMut(Moment, Lesson)) {
        if self.agents.len() >= AGENTS_MAX && !self.agents.contains_key(agent) {
            self.health.beyond_bounds += 1;
            return;
        }
        let new = || AtDesk { state: AgentState::Off, since: fact.at, seq: None };
        let desk = self.agents.entry(agent.clone()).or_insert_with(new);
        let in_turn = desk.seq.is_none_or(|last| Some(seq) == last.checked_add(1));
        if desk.seq.is_some_and(|last| seq <= last) {
            self.health.late += 1;
            return;
        }
        desk.seq = Some(seq);
        if let What::AgentBecame { state, .. } = &fact.what {
            desk.became(state, fact.at, in_turn, tell);
        }
        if desk.state == AgentState::Off {
            self.agents.remove(agent);
        }
    }

    /// Once a half-hour: calls that still lack facts are settled, those that fell silent forgotten.
    fn sweep(&mut self, now: Moment, tell: &mut impl FnMut(Moment, Lesson)) {
        let over = |call: &OpenCall| call.ended.as_ref().is_some_and(|(ended, ..)| now.since(*ended) > OVERTAKEN_MAX);
        let due: Vec<CallId> =
            self.calls.iter().filter(|(_, call)| over(call) || call.is_silent(now)).map(|(id, _)| *id).collect();
        self.health.incomplete += due.len() as u64;
        for id in due {
            if let Some(call) = self.calls.remove(&id).filter(|call| call.ended.is_some()) {
                call.settle(tell);
            }
        }
    }
}

impl OpenCall {
    fn go_on(&mut self, seq: u32, fact: &Fact, tell: &mut impl FnMut(Moment, Lesson)) {
        match &fact.what {
            What::LineFound { municipality, topic, language, .. } => {
                self.line = Some(((topic.clone(), language.clone()), *municipality));
            }
            What::Queued { .. } => {
                self.queued = Some(self.queued.map_or(fact.at, |earlier| earlier.min(fact.at)));
            }
            What::Talking { agent } => {
                if self.talking.is_none() {
                    tell(fact.at, Lesson::Served);
                }
                if self.talking.as_ref().is_none_or(|(earlier, _)| fact.at < *earlier) {
                    self.talking = Some((fact.at, agent.clone()));
                }
            }
            // The first conversation is what is learnt from, and a transfer is its end.
            What::HungUp { .. } | What::Transferred { .. } | What::AgentLost { .. } if self.hung_up.is_some() => {}
            What::HungUp { by } => self.hung_up = Some((fact.at, *by)),
            What::Transferred { .. } => self.hung_up = Some((fact.at, Party::Agent)),
            // Shorter than it would have been, as one that we cut.
            What::AgentLost { .. } => self.hung_up = Some((fact.at, Party::Centre)),
            What::OwnCall { .. } => self.own = true,
            What::Callback(CallbackFact::Promised | CallbackFact::Booked { .. }) => {
                self.promised_back = Some(self.promised_back.unwrap_or(fact.at));
            }
            What::Voicemail(VoicemailFact { what: VoicemailWhat::Asked, .. }) | What::LedOn { .. } => {
                self.left = Some(fact.at);
            }
            What::Ended { outcome } => self.ended = Some((fact.at, seq, *outcome)),
            What::CallArrived { .. }
            | What::RangBefore { .. }
            | What::FoundClosed { .. }
            | What::GreetingBegan
            | What::Promised { .. }
            | What::Offered { .. }
            | What::OfferEnded { .. }
            | What::Answered { .. }
            | What::AgentBecame { .. }
            | What::WrappedUp { .. }
            | What::WrapUpExtended { .. }
            | What::NodeStarted { .. }
            | What::NodeDraining
            | What::PlanChanged(_)
            | What::TransferBegan { .. }
            | What::TransferFailed { .. }
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

    /// Whether its end has come, and every fact before it.
    fn is_whole(&self) -> bool {
        self.ended.as_ref().is_some_and(|(_, seq, _)| self.facts >= *seq)
    }

    fn is_silent(&self, now: Moment) -> bool {
        now.since(self.last) > SILENT_MAX
    }

    /// Its lessons.
    fn settle(self, tell: &mut impl FnMut(Moment, Lesson)) {
        let Some((ended, _, outcome)) = self.ended.filter(|_| !self.own) else { return };
        if let Some(queued) = self.queued {
            if let Some((class, municipality)) = &self.line {
                tell(queued, Lesson::Arrived { class: class.clone(), municipality: *municipality });
            }
            // Who is to be called back has hung up content, and shows no patience after that.
            let until = self.talking.as_ref().map_or(self.left.unwrap_or(ended), |(talking, _)| *talking);
            let until = self.promised_back.unwrap_or(until);
            let gave_up = self.talking.is_none() && outcome == Outcome::Abandoned;
            tell(until, Lesson::Waited { span: until.since(queued), gave_up });
        }
        // A conversation that we cut was shorter than it would have been.
        let by_us = matches!(self.hung_up, Some((_, Party::Centre)));
        if let (Some((talking, agent)), Some((class, _)), Outcome::Talked, false) =
            (self.talking, self.line, outcome, by_us)
        {
            let until = self.hung_up.map_or(ended, |(hung_up, _)| hung_up);
            tell(until, Lesson::Talked { class, agent, span: until.since(talking) });
        }
    }
}

impl AtDesk {
    /// A span that ends in "off" may have been cut by a crash, and one before which facts are missing is not known: neither
    /// is taken for a wrap-up.
    fn became(&mut self, state: &AgentState, at: Moment, in_turn: bool, tell: &mut impl FnMut(Moment, Lesson)) {
        let was = std::mem::replace(&mut self.state, state.clone());
        let since = std::mem::replace(&mut self.since, at);
        let (after_talk, after_wrap_up) = match was {
            AgentState::Off | AgentState::Paused(_) => return,
            AgentState::Ready | AgentState::Offered => (false, false),
            AgentState::Talking => (true, false),
            AgentState::WrapUp => (false, true),
        };
        tell(at, Lesson::AtWork { since });
        let off = *state == AgentState::Off;
        if in_turn && !off && after_wrap_up {
            tell(at, Lesson::WrappedUp { span: at.since(since) });
        } else if in_turn && !off && after_talk && *state != AgentState::WrapUp {
            tell(at, Lesson::WrappedUp { span: Duration::ZERO });
        }
    }
}
