//! What a shard keeps of one call: its journey, its legs, its place in the queue, and the claim that it holds.
//!
//! Kept small: thousands wait at once. It holds no rule.

use std::sync::Arc;

use journey::{Alarm, Journey};
use media::{LocalSession, RemoteSession, Sound};
use model::{CallId, Caller, LegId, Moment};
use plan::Plan;
use routing::{Claim, TicketId};

use crate::timers::TimerKey;

/// One citizen's call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    /// The plan that it came under, and keeps to its end.
    pub(crate) plan: Arc<Plan>,
    pub(crate) journey: Journey,
    pub(crate) citizen: CitizenLeg,
    pub(crate) agent: Option<AgentLeg>,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) claim: Option<Claim>,
    /// The last claim that came to nothing, until the call goes back to its queue by it.
    pub(crate) failed_claim: Option<Claim>,
    pub(crate) caller: Caller,
    /// From when the wait counts.
    pub(crate) queued_at: Option<Moment>,
    /// Gapless number of the last fact.
    pub(crate) facts: u32,
    pub(crate) alarms: Vec<(Alarm, TimerKey)>,
}

/// The citizen's side.
#[derive(Debug)]
pub(crate) struct CitizenLeg {
    pub(crate) leg: LegId,
    pub(crate) sound: LegSound,
    /// What the trunk offered, until it is answered; none: the offer is left to us.
    pub(crate) offer: Option<Box<RemoteSession>>,
    /// Whether the leg is still there to be let go.
    pub(crate) alive: bool,
}

/// The agent's side.
#[derive(Debug)]
pub(crate) struct AgentLeg {
    pub(crate) leg: LegId,
    pub(crate) sound: LegSound,
    /// Whether the two are joined.
    pub(crate) joined: bool,
}

/// A leg's sound: its port and what was settled.
#[derive(Debug, Default)]
pub(crate) struct LegSound {
    pub(crate) port: Option<u16>,
    pub(crate) local: Option<LocalSession>,
    pub(crate) settled: Option<Sound>,
    /// Counts what was played, so that a late "played" is recognised.
    pub(crate) plays: u32,
}
