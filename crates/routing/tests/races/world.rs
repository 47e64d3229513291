//! The core with all that it was asked and has answered, and what must be so whenever everybody is through.
//! Its own memory is no part of the schedule: nobody can be stopped while writing it down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use forecast::Outlook;
use model::{CallId, DecisionNo, Moment};
use plan::{AgentNo, Plan};
use routing::{Claim, Closed, Core, Generation, Limits, Reply, Request, TicketId};

/// What has happened so far, in no order of its own: threads tell late.
#[derive(Default)]
struct Log {
    queued: BTreeMap<CallId, TicketId>,
    claims: Vec<Claim>,
    returned: BTreeSet<DecisionNo>,
    committed: BTreeSet<DecisionNo>,
    released: BTreeSet<(AgentNo, Generation)>,
    left: BTreeMap<CallId, bool>,
}

/// The core and its log.
pub(crate) struct World {
    pub(crate) core: Core,
    log: Mutex<Log>,
}

/// Where a call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Where {
    Waits,
    Taken(Claim),
    Gone,
}

impl World {
    pub(crate) fn new(plan: &Plan, outlook: &Outlook, limits: Limits) -> Self {
        Self { core: Core::new(plan, outlook, limits), log: Mutex::default() }
    }

    pub(crate) fn ask(&self, request: Request, at: Moment) -> Vec<Reply> {
        let mut replies = Vec::new();
        self.core.carry_out(request, at, &mut |reply| replies.push(reply));
        self.notes(&request, &replies);
        replies
    }

    pub(crate) fn settle(&self, at: Moment) -> Vec<Reply> {
        let mut replies = Vec::new();
        self.core.settle(at, &mut |reply| replies.push(reply));
        self.notes_replies(&replies);
        replies
    }

    fn notes(&self, request: &Request, replies: &[Reply]) {
        let mut log = self.log.lock().expect("no panic elsewhere");
        match request {
            Request::Return { claim, .. } => {
                log.returned.insert(claim.decision);
            }
            Request::Commit { claim } => {
                log.committed.insert(claim.decision);
            }
            Request::SeatRelease { agent, generation } => {
                log.released.insert((*agent, *generation));
            }
            Request::Join(_)
            | Request::LookForAgent { .. }
            | Request::Leave { .. }
            | Request::MoveOn { .. }
            | Request::SeatReady { .. }
            | Request::SeatClose { .. }
            | Request::Estimate { .. }
            | Request::Tick => {}
        }
        drop(log);
        self.notes_replies(replies);
    }

    fn notes_replies(&self, replies: &[Reply]) {
        let mut log = self.log.lock().expect("no panic elsewhere");
        for reply in replies {
            match *reply {
                Reply::Queued { call, ticket, .. } => {
                    log.queued.insert(call, ticket);
                }
                Reply::Matched { claim, .. } => log.claims.push(claim),
                Reply::Left { call, was_waiting } => {
                    log.left.insert(call, was_waiting);
                }
                Reply::Full { .. }
                | Reply::NoMatch { .. }
                | Reply::Estimated { .. }
                | Reply::TickWanted { .. }
                | Reply::SeatIdle { .. }
                | Reply::SeatIs { .. }
                | Reply::MovedOn { .. }
                | Reply::SeatHeld { .. } => {}
            }
        }
    }

    pub(crate) fn ticket(&self, call: CallId) -> TicketId {
        self.log.lock().expect("no panic elsewhere").queued[&call]
    }

    /// The last claim of a call that was told.
    pub(crate) fn claim(&self, call: CallId) -> Option<Claim> {
        let log = self.log.lock().expect("no panic elsewhere");
        log.claims.iter().rev().find(|claim| claim.call == call).copied()
    }

    /// Where each call is, as everybody was told; and what can't be so.
    pub(crate) fn calls(&self) -> (BTreeMap<CallId, Where>, Vec<String>) {
        let (log, mut faults) = (self.log.lock().expect("no panic elsewhere"), Vec::new());
        let mut calls = BTreeMap::new();
        for &call in log.queued.keys() {
            let claims: Vec<&Claim> = log.claims.iter().filter(|claim| claim.call == call).collect();
            let open: Vec<&&Claim> = claims.iter().filter(|claim| !log.returned.contains(&claim.decision)).collect();
            let is_committed = claims.iter().any(|claim| log.committed.contains(&claim.decision));
            let place = match (&open[..], log.left.get(&call)) {
                ([], None) => Where::Waits,
                ([], Some(true)) | ([_], Some(false)) => Where::Gone,
                ([_], None) if is_committed => Where::Gone,
                ([claim], None) => Where::Taken(***claim),
                (many, left) => {
                    faults.push(format!("{call:?} was told it left (waiting: {left:?}), and has claims {many:?}"));
                    Where::Gone
                }
            };
            calls.insert(call, place);
        }
        (calls, faults)
    }

    /// Claims whose seat nobody has let go of.
    pub(crate) fn held(&self) -> Vec<Claim> {
        let log = self.log.lock().expect("no panic elsewhere");
        let is_held = |claim: &&Claim| !log.released.contains(&(claim.agent, claim.generation));
        log.claims.iter().filter(is_held).copied().collect()
    }

    /// What is wrong while everybody is through. Nobody may be found by looking once more.
    pub(crate) fn faults_at_rest(&self, at: Moment) -> Vec<String> {
        let (calls, mut faults) = self.calls();
        faults.extend(self.core.faults_at_rest());
        let held = self.held();
        let agents: BTreeSet<AgentNo> = held.iter().map(|claim| claim.agent).collect();
        if agents.len() != held.len() {
            faults.push(format!("an agent has two calls: {held:?}"));
        }
        let waiting = calls.values().filter(|place| **place == Where::Waits).count();
        let taken = calls.values().filter(|place| matches!(place, Where::Taken(_))).count();
        let figures = self.core.figures();
        if (figures.waiting, figures.tickets, figures.claimed + figures.busy) != (waiting, waiting + taken, held.len())
        {
            faults.push(format!("{waiting} wait, {taken} are taken, {held:?} are held; the core says {figures:?}"));
        }
        let late = self.settle(at);
        if late.iter().any(|reply| matches!(reply, Reply::Matched { .. })) {
            faults.push(format!("a lost match: {late:?}"));
        }
        faults
    }

    /// Everybody hangs up and goes home; what is left behind.
    pub(crate) fn faults_after_all_have_gone(&self, agents: u32, lanes_used: usize, at: Moment) -> Vec<String> {
        for agent in (0..agents).map(AgentNo) {
            self.ask(Request::SeatClose { agent, to: Closed::Off }, at);
        }
        for (call, place) in self.calls().0 {
            if place != Where::Gone {
                self.ask(Request::Leave { ticket: self.ticket(call) }, at);
            }
        }
        for Claim { agent, generation, .. } in self.held() {
            self.ask(Request::SeatRelease { agent, generation }, at);
            self.ask(Request::SeatClose { agent, to: Closed::Off }, at);
        }
        let (_, mut faults) = self.calls();
        faults.extend(self.core.faults_at_rest());
        let figures = self.core.figures();
        if (figures.waiting, figures.tickets, figures.idle, self.core.claimed_seats()) != (0, 0, 0, 0) {
            faults.push(format!("left behind: {figures:?}, {} seats", self.core.claimed_seats()));
        }
        // Each lane may keep its last place and a tombstone, and one that two leavers left to each other.
        if figures.places > 3 * lanes_used {
            faults.push(format!("places left behind: {figures:?}"));
        }
        faults
    }
}
