//! A new plan while calls run: who comes under it and when, and what becomes of desks.
//!
//! Numbers mean the same in every plan that takes over from another (`plan::Plan::after`), so a call can be brought under a later
//! one at any moment. Knows plans, calls and desks; doesn't know who decided what.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use model::{CallId, Moment};
use plan::{Agent, AgentNo, LineNo, Plan, ReadyRule};
use speech::Wordings;

use crate::centre::Centre;
use crate::desk::{Desk, Next, Stage, Step};
use crate::desks;
use crate::output::Output;

/// A plan that is in force from now on.
#[derive(Clone, Debug)]
pub struct Decided {
    /// It, in the numbers of the one before.
    pub plan: Arc<Plan>,
    /// How announcements are worded from now on.
    pub wordings: Wordings,
    /// A plan that is tried on one line: new calls on it come under that plan. It has as many lines, queues, classes and agents
    /// as `plan`, in the same numbers.
    pub tried: Option<(LineNo, Arc<Plan>)>,
}

/// New calls come under it; calls that are here keep theirs, until something new takes part in them. Desks of those who have left
/// close when their talk is over. New desks stay closed until every shard knows of them.
pub(crate) fn take_in(centre: &mut Centre, decided: Decided, at: Moment, out: &mut Vec<Output>) {
    centre.plan = decided.plan;
    centre.tried = decided.tried;
    centre.settings.wordings = decided.wordings;
    let plan = Arc::clone(&centre.plan);
    for (no, agent) in (0..).map(AgentNo).zip(&plan.agents) {
        if desks::desk_shard(no, centre.settings.shards) != centre.settings.shard {
            continue;
        }
        if let Entry::Vacant(place) = centre.desks.entry(no) {
            place.insert(Desk::new(no, agent));
            centre.opening.insert(no);
            continue;
        }
        let mut comes = false;
        desks::with(centre, no, at, out, |desk, step| {
            comes = desk.is_decided(agent, step);
            if agent.has_left() {
                desks::leave(desk, Next::Off, step);
            }
        });
        if comes {
            centre.opening.insert(no);
        }
    }
}

impl Desk {
    /// What the plan says of the agent now. Whether the agent may become ready by that alone.
    fn is_decided(&mut self, known: &Agent, step: &mut Step<'_>) -> bool {
        let comes = self.rule != known.ready && self.stage == Stage::Off;
        self.rule = known.ready;
        let fixed = known.contact.is_some();
        if self.fixed != fixed {
            self.fixed = fixed;
            // A registered phone is told of anew by whoever keeps the registrations.
            self.phone(fixed, step);
        }
        comes
    }
}

/// Every shard knows the plan: agents whom it makes ready by itself become so.
pub(crate) fn is_everywhere(centre: &mut Centre, at: Moment, out: &mut Vec<Output>) {
    for agent in std::mem::take(&mut centre.opening) {
        desks::with(centre, agent, at, out, |desk, step| {
            let by_itself = match desk.rule() {
                ReadyRule::FromTheStart => true,
                ReadyRule::WhenRegistered => desk.reachable,
                ReadyRule::AtTheDesk => false,
            };
            if by_itself && desk.stage == Stage::Off {
                desk.go_ready(step);
            }
        });
    }
}

/// The plan for a new call on a line.
pub(crate) fn plan_for(centre: &Centre, line: LineNo) -> Arc<Plan> {
    match &centre.tried {
        Some((tried, plan)) if *tried == line => Arc::clone(plan),
        Some(_) | None => Arc::clone(&centre.plan),
    }
}

/// Something that a later plan may have brought takes part in the call from now on: if that plan has more than the call's, the
/// call comes under it.
pub(crate) fn meets(centre: &mut Centre, call: CallId) {
    let Some(call) = centre.calls.get_mut(&call) else { return };
    let (ours, now) = (&call.plan, &centre.plan);
    let has_less = ours.agents.len() < now.agents.len()
        || ours.queues.len() < now.queues.len()
        || ours.lines.len() < now.lines.len()
        || ours.classes.len() < now.classes.len();
    if has_less {
        call.plan = Arc::clone(now);
    }
}

/// The citizen is handed on, which is decided by what holds now; a call that came under a plan on trial keeps that one.
pub(crate) fn is_handed_on(centre: &mut Centre, call: CallId) {
    meets(centre, call);
    let Some(call) = centre.calls.get_mut(&call) else { return };
    let is_tried = centre.tried.as_ref().is_some_and(|(_, tried)| Arc::ptr_eq(tried, &call.plan));
    if !is_tried {
        call.plan = Arc::clone(&centre.plan);
    }
}
