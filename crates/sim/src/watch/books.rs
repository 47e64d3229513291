//! The books: every fact is folded as it comes, and once more at the end; both must say the same, and what they say
//! must add up. Knows tally's folds, and counts a few plain sums of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{About, CallId, CallbackFact, Fact, Moment, Outcome, RecordingFact, What};
use plan::Plan;
use tally::{FoldHealth, NumberedFact, Slice, Step, Tally, Target, Targets};

use crate::watch::Check;

#[derive(Debug)]
pub(crate) struct Books {
    facts: Vec<NumberedFact>,
    live: Tally,
    targets: Targets,
    pub(crate) arrived: u64,
    outcomes: [u64; Outcome::ALL.len()],
    queued: u64,
    talked: u64,
    offers: u64,
    recordings: u64,
    transfers: u64,
    /// Talks whose agent never came back.
    pub(crate) agents_lost: u64,
    own: u64,
    /// Calls that live: whose they are, and whether they have stood in a queue, and talked.
    calls: BTreeMap<CallId, Seen>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    own: bool,
    queued: bool,
    talked: bool,
}

impl Books {
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        let targets = targets(plan);
        Self {
            facts: Vec::new(),
            live: Tally::new(targets.clone()),
            targets,
            arrived: 0,
            outcomes: [0; Outcome::ALL.len()],
            queued: 0,
            talked: 0,
            offers: 0,
            recordings: 0,
            transfers: 0,
            agents_lost: 0,
            own: 0,
            calls: BTreeMap::new(),
        }
    }

    pub(crate) fn take(&mut self, fact: &Fact) {
        if let About::Call { call, .. } = &fact.about {
            self.count(*call, &fact.what);
        }
        let numbered = NumberedFact { fact_no: self.facts.len() as u64 + 1, fact: fact.clone() };
        self.live.apply(&numbered);
        self.facts.push(numbered);
    }

    /// A call that is handed on is one call; an agent's own call is none.
    fn count(&mut self, call: CallId, what: &What) {
        let seen = self.calls.entry(call).or_default();
        match what {
            What::CallArrived { .. } => self.arrived += 1,
            What::OwnCall { .. } => {
                seen.own = true;
                self.own += 1;
            }
            What::Ended { .. } if seen.own => {
                self.calls.remove(&call);
            }
            _ if seen.own => {}
            What::Queued { .. } => self.queued += u64::from(!std::mem::replace(&mut seen.queued, true)),
            // A time was agreed on: the wait that counts begins then.
            What::Callback(CallbackFact::Booked { .. }) => {
                self.queued -= u64::from(std::mem::replace(&mut seen.queued, false));
            }
            What::Talking { .. } => self.talked += u64::from(!std::mem::replace(&mut seen.talked, true)),
            What::Recording(RecordingFact::Began { .. }) => self.recordings += 1,
            What::Transferred { .. } => self.transfers += 1,
            What::AgentLost { .. } => self.agents_lost += 1,
            What::Offered { .. } => self.offers += 1,
            What::Ended { outcome } => {
                self.outcomes[*outcome as usize] += 1;
                self.calls.remove(&call);
            }
            What::LineFound { .. }
            | What::RangBefore { .. }
            | What::LedOn { .. }
            | What::FoundClosed { .. }
            | What::Promised { .. }
            | What::GreetingBegan
            | What::OfferEnded { .. }
            | What::Answered { .. }
            | What::HungUp { .. }
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

    pub(crate) fn outcome(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }

    pub(crate) fn recordings(&self) -> u64 {
        self.recordings
    }

    pub(crate) fn transfers(&self) -> u64 {
        self.transfers
    }

    pub(crate) fn own_calls(&self) -> u64 {
        self.own
    }

    pub(crate) fn offers(&self) -> u64 {
        self.offers
    }

    pub(crate) fn facts(&self) -> &[NumberedFact] {
        &self.facts
    }

    pub(crate) fn end(&self, at: Moment) -> Check {
        if self.live.health() != FoldHealth::default() {
            return Err(format!("the facts were not whole: {:?}", self.live.health()));
        }
        let mut fresh = Tally::new(self.targets.clone());
        self.facts.iter().for_each(|fact| fresh.apply(fact));
        if fresh.digest() != self.live.digest() {
            return Err("a fresh fold of the facts says something else than the live figures".to_owned());
        }
        let hour = std::time::Duration::from_secs(3_600);
        let total = self.live.sheet(Moment::EPOCH, at + hour, Step::Quarter, Slice::default()).total();
        let told = [total.calls(), total.offered, total.answered, total.abandoned, total.phones_rung];
        let beside = (total.transfers, total.own_calls);
        if beside != (self.transfers, self.own) {
            let counted = (self.transfers, self.own);
            return Err(format!("transfers and agents' own calls are {counted:?}; the figures say {beside:?}"));
        }
        let abandoned = self.outcome(Outcome::Abandoned);
        let counted = [self.arrived, self.queued, self.talked, abandoned, self.offers];
        if told != counted {
            return Err(format!("calls, offered, answered, abandoned, rung are {counted:?}; the figures say {told:?}"));
        }
        let ended: u64 = self.outcomes.iter().sum();
        if ended != self.arrived {
            return Err(format!("{} calls arrived and {ended} ended", self.arrived));
        }
        Ok(())
    }
}

fn targets(plan: &Plan) -> Targets {
    let mut targets = Targets::default();
    for queue in &plan.queues {
        let target = Target { answer_within: queue.target, short_abandon: queue.short_abandon };
        targets.by_queue.insert(queue.id.clone(), target);
    }
    targets
}
