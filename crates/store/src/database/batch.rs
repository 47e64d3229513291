//! Facts from the spool turned into rows: of facts, of calls that are over, and of agents' time.
//!
//! The rows are made by `tally`'s fold, once; writing them may then be tried as often as it takes.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{About, AgentId, AgentState, CallId, Moment, What, WrapUp};
use tally::{AgentTimes, Change, EndedCall, Fold, NumberedFact, Quarter};

use crate::spool::RawFacts;

/// One fact's row.
pub(crate) struct FactRow {
    pub(crate) no: i64,
    pub(crate) id: [u8; 16],
    pub(crate) at_us: i64,
    pub(crate) kind: &'static str,
    pub(crate) call: Option<[u8; 16]>,
    pub(crate) agent: Option<AgentId>,
    pub(crate) body: Vec<u8>,
}

/// What one transaction writes.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) facts: Vec<FactRow>,
    pub(crate) calls: Vec<EndedCall>,
    /// Wrap-up of calls whose row was written by an earlier batch.
    pub(crate) later_wrap_up: BTreeMap<CallId, Duration>,
    /// What was written down of calls whose row was written by an earlier batch.
    pub(crate) later_written: BTreeMap<CallId, WrapUp>,
    pub(crate) agent_times: BTreeMap<(AgentId, Quarter), AgentTimes>,
    /// The last number in it.
    pub(crate) carried: u64,
    /// Facts of a newer version, which are kept as bytes but change no figure.
    pub(crate) unreadable: u64,
}

impl Batch {
    /// Turns facts into rows, going on with the fold.
    pub(crate) fn make(raw: &RawFacts, fold: &mut Fold) -> Self {
        let mut batch = Self::default();
        for (fact_no, body) in raw.iter() {
            batch.carried = fact_no;
            match wire::decode(body) {
                Ok(fact) => batch.take(&NumberedFact { fact_no, fact }, body, fold),
                Err(_) => batch.unreadable += 1,
            }
        }
        batch
    }

    fn take(&mut self, numbered: &NumberedFact, body: &[u8], fold: &mut Fold) {
        fold.apply(numbered, |change| self.change(change));
        let fact = &numbered.fact;
        let (call, agent) = match &fact.about {
            About::Call { call, .. } => (Some(call.bits().to_be_bytes()), None),
            About::Agent { agent, .. } => (None, Some(agent.clone())),
            About::Node => (None, None),
        };
        self.facts.push(FactRow {
            no: numbered.fact_no as i64,
            id: fact.id.0.to_be_bytes(),
            at_us: fact.at.as_micros(),
            kind: kind(&fact.what),
            call,
            agent,
            body: body.to_owned(),
        });
    }

    fn change(&mut self, change: Change) {
        match change {
            // An agent's own call is no citizen's: its facts are kept, and it has no row here.
            Change::Ended(call) if call.own.is_some() => {}
            Change::Ended(call) => self.calls.push(*call),
            Change::AgentDone { call, wrap_up } => match self.row_of(call) {
                Some(row) => row.wrap_up += wrap_up,
                None => *self.later_wrap_up.entry(call).or_default() += wrap_up,
            },
            Change::Written { call, wrap_up } => match self.row_of(call) {
                Some(row) => row.written = wrap_up,
                None => {
                    self.later_written.insert(call, wrap_up);
                }
            },
            Change::Agent { was: AgentState::Off, .. } | Change::Moved { .. } => {}
            Change::Agent { agent, was, since, at, .. } => {
                tally::for_each_quarter(since, at, |quarter, span| {
                    self.agent_times.entry((agent.clone(), quarter)).or_default().add(&was, span);
                });
            }
        }
    }

    /// Calls end shortly before their wrap-up, so the search from the end is short.
    fn row_of(&mut self, call: CallId) -> Option<&mut EndedCall> {
        self.calls.iter_mut().rev().find(|row| row.call == call)
    }
}

/// The fact's name in the table.
fn kind(what: &What) -> &'static str {
    match what {
        What::CallArrived { .. } => "call_arrived",
        What::RangBefore { .. } => "rang_before",
        What::LedOn { .. } => "led_on",
        What::LineFound { .. } => "line_found",
        What::FoundClosed { .. } => "found_closed",
        What::GreetingBegan => "greeting_began",
        What::Queued { .. } => "queued",
        What::Promised { .. } => "promised",
        What::Offered { .. } => "offered",
        What::OfferEnded { .. } => "offer_ended",
        What::Answered { .. } => "answered",
        What::Talking { .. } => "talking",
        What::HungUp { .. } => "hung_up",
        What::Ended { .. } => "ended",
        What::AgentBecame { .. } => "agent_became",
        What::WrappedUp { .. } => "wrapped_up",
        What::WrapUpExtended { .. } => "wrap_up_extended",
        What::NodeStarted { .. } => "node_started",
        What::NodeDraining => "node_draining",
        What::NodeStopped => "node_stopped",
        What::PlanChanged(_) => "plan_changed",
        What::TransferBegan { .. } => "transfer_began",
        What::Transferred { .. } => "transferred",
        What::TransferFailed { .. } => "transfer_failed",
        What::AgentLost { .. } => "agent_lost",
        What::OwnCall { .. } => "own_call",
        What::Connected => "connected",
        What::Bounced { .. } => "bounced",
        What::InCall(_) => "in_call",
        What::Recording(_) => "recording",
        What::MenuChosen { .. } => "menu_chosen",
        What::Callback(_) => "callback",
        What::Bot(_) => "bot",
        What::Voicemail(_) => "voicemail",
    }
}

/// Microseconds of a moment that may be absent.
pub(crate) fn us(moment: Option<Moment>) -> Option<i64> {
    moment.map(Moment::as_micros)
}
