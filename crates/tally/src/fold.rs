//! Facts, one after another, into changes: calls move and end, agents change their state, wrap-ups end.
//!
//! Ledger, board and the database's rows are all made from these changes, so they can't disagree. Facts of
//! calls and of desks come from different threads: either may be a little ahead of the other.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{About, AgentId, AgentState, CallId, Fact, Moment, Seen, What, WrapUp};

use crate::NumberedFact;
use crate::call::{EndedCall, Place};
use crate::story::Story;

/// What a fact changes in the figures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// A call came, moved, or (`to` is none) left.
    Moved {
        /// Which.
        call: CallId,
        /// Where it was; none: it has just come.
        from: Option<Place>,
        /// Where it is now; none: it has ended.
        to: Option<Place>,
    },
    /// A call is over.
    Ended(Box<EndedCall>),
    /// An agent's state changed: this span of the one before is over.
    Agent {
        /// Whose.
        agent: AgentId,
        /// What the agent was; [`AgentState::Off`] when nothing was known.
        was: AgentState,
        /// Since when.
        since: Moment,
        /// What the agent is now.
        state: AgentState,
        /// From when on.
        at: Moment,
        /// The call that it has to do with.
        call: Option<CallId>,
    },
    /// The agent is done with a call that had ended before; this much wrap-up is to be added to it.
    AgentDone {
        /// Which call.
        call: CallId,
        /// How long.
        wrap_up: Duration,
    },
    /// The agent wrote down what a call was about, after it had ended.
    Written {
        /// Which call.
        call: CallId,
        /// What.
        wrap_up: WrapUp,
    },
}

/// Whether the facts were whole. All zero on a sound node that was followed from its beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FoldHealth {
    /// Numbers missing in the facts of a call or a desk.
    pub gaps: u64,
    /// Facts that came twice.
    pub duplicates: u64,
    /// Facts that came behind a later one of the same call or desk; they change nothing.
    pub late: u64,
    /// Facts of calls whose beginning was never seen; they change nothing.
    pub orphans: u64,
}

/// The fold. Holds only calls that live and agents that are known; the same facts give the same fold, whatever the batches.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    calls: BTreeMap<CallId, Story>,
    agents: BTreeMap<AgentId, AgentStory>,
    seen: Seen,
    health: FoldHealth,
    last_no: u64,
}

#[derive(Clone, Debug)]
struct AgentStory {
    state: AgentState,
    since: Moment,
    call: Option<CallId>,
    seq: u32,
}

impl Fold {
    /// Takes in one fact and tells what it changes.
    pub fn apply(&mut self, numbered: &NumberedFact, mut tell: impl FnMut(Change)) {
        if !self.seen.first_time(numbered.fact.id) {
            self.health.duplicates += 1;
            return;
        }
        self.last_no = self.last_no.max(numbered.fact_no);
        let fact = &numbered.fact;
        match &fact.about {
            About::Call { call, seq } => self.call_fact(*call, *seq, fact, &mut tell),
            About::Agent { agent, seq } => self.agent_fact(agent, *seq, fact, &mut tell),
            About::Node => {
                if let What::NodeStarted { .. } = fact.what {
                    self.agents.values_mut().for_each(|agent| agent.seq = 0);
                }
            }
        }
    }

    /// Whether the facts were whole.
    pub fn health(&self) -> FoldHealth {
        self.health
    }
    /// The highest number taken in.
    pub fn last_no(&self) -> u64 {
        self.last_no
    }
    /// Whether a call lives.
    pub fn is_open(&self, call: CallId) -> bool {
        self.calls.contains_key(&call)
    }
    /// How many calls live.
    pub fn open_calls(&self) -> usize {
        self.calls.len()
    }
    /// Every agent's state, since when, and the call that it has to do with.
    pub fn agents(&self) -> impl Iterator<Item = (&AgentId, &AgentState, Moment, Option<CallId>)> {
        self.agents.iter().map(|(agent, story)| (agent, &story.state, story.since, story.call))
    }

    fn call_fact(&mut self, call: CallId, seq: u32, fact: &Fact, tell: &mut impl FnMut(Change)) {
        if let What::CallArrived { trunk, dialled, person } = &fact.what
            && !self.calls.contains_key(&call)
        {
            let mut story = Story::begin(call, fact.at, trunk.clone(), dialled.clone(), *person);
            story.seq = seq;
            self.health.gaps += u64::from(seq.saturating_sub(1));
            tell(Change::Moved { call, from: None, to: Some(story.place.clone()) });
            self.calls.insert(call, story);
            return;
        }
        if let What::OwnCall { agent, .. } = &fact.what
            && !self.calls.contains_key(&call)
        {
            let mut story = Story::begin_own(call, fact.at, agent.clone());
            story.seq = seq;
            self.health.gaps += u64::from(seq.saturating_sub(1));
            tell(Change::Moved { call, from: None, to: Some(story.place.clone()) });
            self.calls.insert(call, story);
            return;
        }
        let Some(story) = self.calls.get_mut(&call) else {
            self.health.orphans += 1;
            return;
        };
        if !in_order(&mut story.seq, seq, &mut self.health) {
            return;
        }
        let before = story.place.clone();
        story.go_on(fact.at, &fact.what);
        if let What::Ended { outcome } = fact.what {
            if let Some(story) = self.calls.remove(&call) {
                tell(Change::Moved { call, from: Some(before), to: None });
                tell(Change::Ended(Box::new(story.end(fact.at, outcome))));
            }
        } else if story.place != before {
            tell(Change::Moved { call, from: Some(before), to: Some(story.place.clone()) });
        }
    }

    fn agent_fact(&mut self, agent: &AgentId, seq: u32, fact: &Fact, tell: &mut impl FnMut(Change)) {
        let begin = || AgentStory { state: AgentState::Off, since: fact.at, call: None, seq: seq.saturating_sub(1) };
        let story = self.agents.entry(agent.clone()).or_insert_with(begin);
        if !in_order(&mut story.seq, seq, &mut self.health) {
            return;
        }
        if let What::AgentBecame { state, call } = &fact.what {
            let was = std::mem::replace(&mut story.state, state.clone());
            let since = std::mem::replace(&mut story.since, fact.at);
            let old_call = std::mem::replace(&mut story.call, *call);
            let (agent, state) = (agent.clone(), state.clone());
            if let Some(old_call) = old_call.filter(|old| *call != Some(*old)) {
                self.agent_leaves(old_call, &was, fact.at.since(since), tell);
            }
            tell(Change::Agent { agent, was, since, state, at: fact.at, call: *call });
        } else if let What::WrappedUp { call, wrap_up } = &fact.what {
            match self.calls.get_mut(call) {
                Some(story) => story.so_far.written = wrap_up.clone(),
                None => tell(Change::Written { call: *call, wrap_up: wrap_up.clone() }),
            }
        }
    }

    /// The agent has nothing more to do with the call. Only the one who talked with the citizen has anything to wrap up.
    fn agent_leaves(&mut self, call: CallId, was: &AgentState, span: Duration, tell: &mut impl FnMut(Change)) {
        let wrap_up = match was {
            AgentState::WrapUp => span,
            AgentState::Talking => Duration::ZERO,
            AgentState::Off | AgentState::Ready | AgentState::Offered | AgentState::Paused(_) => return,
        };
        match self.calls.get_mut(&call) {
            Some(story) => {
                story.so_far.wrap_up += wrap_up;
                story.agents_done += 1;
            }
            None => tell(Change::AgentDone { call, wrap_up }),
        }
    }
}

/// Counts what is missing, and says whether the fact comes in its turn.
fn in_order(last: &mut u32, seq: u32, health: &mut FoldHealth) -> bool {
    if seq <= *last {
        health.late += 1;
        return false;
    }
    health.gaps += u64::from(seq - *last - 1);
    *last = seq;
    true
}
