//! What a shard tells the tap while something is traced: which Call-ID is which leg's, and which call the leg belongs to.
//! One relaxed load a message when nothing is. Decides nothing about what is traced.

use std::collections::BTreeSet;
use std::sync::Arc;

use centre::Centre;
use model::{AgentId, CallId, LegCommand, LegEvent, LegId};
use sip::stack::{Stack, StackOut};
use sip::trace::{Link, Tap};

/// A shard's side of the tap.
pub(super) struct Tapping {
    tap: Arc<Tap>,
    /// The last trace for which all legs were told.
    told: u64,
    touched: Vec<Touched>,
}

/// A leg that something happened to in this step.
struct Touched {
    leg: LegId,
    agent: Option<AgentId>,
    call_id: String,
}

impl Tapping {
    pub(super) fn new(tap: Arc<Tap>) -> Self {
        Self { tap, told: 0, touched: Vec::new() }
    }

    pub(super) fn is_on(&self) -> bool {
        self.tap.is_on()
    }

    /// A message of this Call-ID led to what the stack put out.
    pub(super) fn came(&mut self, call_id: &str, outs: &[StackOut]) {
        for out in outs {
            let StackOut::Leg(event) = out else { continue };
            let agent = if let LegEvent::AgentCalls(call) = event { Some(call.agent.clone()) } else { None };
            self.touched.push(Touched { leg: event.leg(), agent, call_id: call_id.to_owned() });
        }
    }

    /// A command to a leg led to what the stack put out.
    pub(super) fn commanded(&mut self, leg: LegId, agent: Option<&AgentId>, outs: &[StackOut]) {
        for out in outs {
            let StackOut::Send { bytes, .. } = out else { continue };
            if let Some(call_id) = sip::trace::call_id_of(bytes) {
                self.touched.push(Touched { leg, agent: agent.cloned(), call_id: call_id.to_owned() });
            }
        }
    }

    /// The step is over, and the centre knows whose the legs are.
    pub(super) fn tell(&mut self, centre: &Centre, stack: &Stack) {
        if !self.tap.is_on() {
            self.touched.clear();
            return;
        }
        if self.told != self.tap.last_begun() {
            self.told = self.tap.last_begun();
            let found: BTreeSet<CallId> =
                centre.legs().filter_map(|(leg, _)| self.tell_of(leg, centre, stack)).collect();
            self.tell_all(&found, centre, stack);
        }
        for Touched { leg, agent, call_id } in std::mem::take(&mut self.touched) {
            let (call, agent) = (centre.call_of(leg), agent.as_ref());
            let (local, remote) = stack.papers_of(leg).map_or(("", ""), |papers| (papers.local, papers.remote));
            let new = self.tap.link(&Link { call, agent, call_id: &call_id, local, remote });
            if new && let Some(call) = call {
                self.tell_all(&BTreeSet::from([call]), centre, stack);
            }
        }
    }

    /// All legs of calls that a trace has just found.
    fn tell_all(&self, calls: &BTreeSet<CallId>, centre: &Centre, stack: &Stack) {
        if !calls.is_empty() {
            let theirs = centre.legs().filter(|(_, call)| calls.contains(call));
            // Nothing more is found by it: these calls are known.
            for (leg, _) in theirs {
                self.tell_of(leg, centre, stack);
            }
        }
    }

    /// A leg whose dialog stands; its call if a trace finds it by this leg.
    fn tell_of(&self, leg: LegId, centre: &Centre, stack: &Stack) -> Option<CallId> {
        let (call, papers) = (centre.call_of(leg)?, stack.papers_of(leg)?);
        let (agent, call_id, local, remote) = (centre.agent_of(call), papers.call_id, papers.local, papers.remote);
        self.tap.link(&Link { call: Some(call), agent, call_id, local, remote }).then_some(call)
    }
}

/// What a command says of whose phone it is about.
pub(super) fn agent_of(command: &LegCommand) -> Option<AgentId> {
    if let LegCommand::CallAgent { agent, .. } = command { Some(agent.clone()) } else { None }
}
