//! One fold of facts into the ledger, the live board and the agents' times: everything that a node counts while it runs.
//! Knows the three folds; a fact that comes twice is counted once.

use std::collections::BTreeMap;

use model::{AgentId, Moment};

use crate::agent_times::AgentSheet;
use crate::{
    AgentTimes, BoardSnapshot, Change, Digest, Fold, FoldHealth, Ledger, LiveBoard, NumberedFact, Sheet, Slice, Step,
    Targets,
};

/// All figures of a node. About 2 µs a fact.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    fold: Fold,
    ledger: Ledger,
    board: LiveBoard,
    agents: AgentSheet,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(targets: Targets) -> Self {
        Self { ledger: Ledger::new(targets.clone()), board: LiveBoard::new(targets), ..Self::default() }
    }

    /// New promises, for calls that end from now on.
    pub fn set_targets(&mut self, targets: Targets) {
        self.ledger.set_targets(targets.clone());
        self.board.set_targets(targets);
    }

    /// Takes in a fact, in the order of `fact_no`. Every change that it makes goes to `also` too (for metrics).
    pub fn apply_and(&mut self, numbered: &NumberedFact, mut also: impl FnMut(&Change)) {
        let Self { fold, ledger, board, agents } = self;
        fold.apply(numbered, |change| {
            ledger.take(&change);
            board.take(&change);
            if let Change::Agent { agent, was, since, at, .. } = &change {
                agents.add(agent, was, *since, *at);
            }
            also(&change);
        });
    }

    /// Takes in a fact, in the order of `fact_no`.
    pub fn apply(&mut self, numbered: &NumberedFact) {
        self.apply_and(numbered, |_| {});
    }

    /// What is going on now.
    pub fn snapshot(&self, now: Moment) -> BoardSnapshot {
        self.board.snapshot(now, self.fold.last_no())
    }

    /// A table of calls that are over and began in `from .. to`.
    pub fn sheet(&self, from: Moment, to: Moment, step: Step, slice: Slice) -> Sheet {
        self.ledger.sheet(from, to, step, slice)
    }

    /// How long agents were what, in quarters that begin in `from .. to`; spans still going on are not in it.
    pub fn agent_times(&self, from: Moment, to: Moment) -> BTreeMap<AgentId, AgentTimes> {
        self.agents.sum(from, to)
    }

    /// Whether the facts were whole.
    pub fn health(&self) -> FoldHealth {
        self.fold.health()
    }

    /// The counters.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The fold itself.
    pub fn fold(&self) -> &Fold {
        &self.fold
    }

    /// Two tallies with the same figures have the same digest.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.ledger.digest(&mut digest);
        self.agents.digest(&mut digest);
        digest.value()
    }
}
