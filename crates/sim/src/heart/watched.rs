//! The core, watched: every request that reaches it and every reply that it gives is kept in order, beside what the
//! shards put out. Here also the wrongdoings of the seam to the core are planted. Decides nothing itself.

use std::cell::RefCell;

use centre::{Matching, Output};
use forecast::Outlook;
use model::Moment;
use plan::Plan;
use routing::reference::Reference;
use routing::{Core, Figures, Limits, Reply, Request};

use crate::bugs::Bug;
use crate::spoil::Spoil;

/// One thing that was seen at a shard's seams, in order.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    /// The core was asked.
    Asked(Request),
    /// The core answered.
    Answered(Reply),
    /// The shard put something out.
    Out(Output),
}

/// Who matches: the core, or the slow and obvious one that it is held against.
enum Engine {
    Real(Box<Core>),
    Slow(Box<RefCell<Reference>>),
}

/// The matcher that all shards share.
pub(crate) struct Watched {
    engine: Engine,
    pub(crate) trace: RefCell<Vec<Seen>>,
    pub(crate) spoil: RefCell<Spoil>,
}

impl Watched {
    pub(crate) fn new(plan: &Plan, outlook: &Outlook, slow: bool, tickets: usize, spoil: Spoil) -> Self {
        let limits = Limits {
            tickets,
            seats: plan.agents.len().max(1),
            classes: plan.classes.len().max(1),
            queues: plan.queues.len().max(1),
            explanations: 64,
            ..Limits::default()
        };
        let engine = if slow || spoil.needs_slow_core() {
            let mut slow = Reference::new(plan, outlook, limits).breaking(spoil.bug().and_then(Bug::rule));
            slow.grow_old();
            Engine::Slow(Box::new(RefCell::new(slow)))
        } else {
            let core = Box::new(Core::new(plan, outlook, limits));
            core.grow_old();
            Engine::Real(core)
        };
        Self { engine, trace: RefCell::new(Vec::new()), spoil: RefCell::new(spoil) }
    }

    pub(crate) fn figures(&self) -> Figures {
        match &self.engine {
            Engine::Real(core) => core.figures(),
            Engine::Slow(slow) => slow.borrow().figures(),
        }
    }

    fn ask(&self, request: Request, at: Moment) -> Vec<Reply> {
        let mut said = Vec::new();
        match &self.engine {
            Engine::Real(core) => core.carry_out(request, at, &mut |reply| said.push(reply)),
            Engine::Slow(slow) => slow.borrow_mut().carry_out(request, at, &mut |reply| said.push(reply)),
        }
        said
    }
}

impl Matching for Watched {
    fn carry_out(&self, request: Request, at: Moment, replies: &mut dyn FnMut(Reply)) {
        // A holder that lets go once more, long after: it must change nothing.
        if let Some(old) = self.spoil.borrow_mut().old_release(&request) {
            self.trace.borrow_mut().push(Seen::Asked(old));
            self.ask(old, at);
        }
        let Some(request) = self.spoil.borrow_mut().request(request) else { return };
        self.trace.borrow_mut().push(Seen::Asked(request));
        for reply in self.ask(request, at) {
            self.trace.borrow_mut().push(Seen::Answered(reply));
            let spoilt = self.spoil.borrow_mut().reply(reply);
            for reply in spoilt.into_iter().flatten() {
                replies(reply);
            }
        }
    }
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

impl Spoil {
    fn needs_slow_core(&self) -> bool {
        self.bug().is_some_and(|bug| bug.rule().is_some())
    }
}
