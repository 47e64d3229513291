//! The doors through which the API reaches the rest of the node. The node builds them; tests build scripted ones.
//!
//! Nothing behind a door may block: the archive alone is asynchronous, since a disk stands behind it.

use std::sync::Arc;

use centre::DeskRequest;
use model::{AgentId, Because, DecisionNo, Moment, OfferedWhy};
use plan::Plan;

use crate::administration::{Coordinators, Deciding};
use crate::notes::NoteBook;
use crate::operation::Edge;
use crate::sound::ForPages;
use crate::statistics::Archive;
use crate::supervision::Board;
use crate::voicemail::Mailroom;

/// Everything that the API needs of the node.
#[derive(Clone)]
pub struct Doors {
    /// The desks' shards, the plan and the clock.
    pub centre: Arc<dyn CentreDoor>,
    /// Live queues and agents.
    pub board: Arc<dyn Board>,
    /// What was.
    pub archive: Arc<dyn Archive>,
    /// The node's own health.
    pub house: Arc<dyn House>,
    /// The SIP edge, for operators.
    pub edge: Arc<dyn Edge>,
    /// Agents' pages as phones.
    pub pages: ForPages,
    /// The plan's versions, for coordinators.
    pub deciding: Arc<dyn Deciding>,
    /// Who they are.
    pub coordinators: Coordinators,
    /// Agents' free notes.
    pub notes: Arc<dyn NoteBook>,
    /// Citizens' messages.
    pub mailroom: Arc<dyn Mailroom>,
}

/// The way to the centre.
pub trait CentreDoor: Send + Sync + 'static {
    /// Puts a request into the mailbox of the desk's shard. The answer comes through [`crate::Api::on_desk_answer`].
    fn send(&self, request: DeskRequest) -> Result<(), MailboxFull>;
    /// Why a decision was made, while the routing core still knows it.
    fn explain(&self, decision: DecisionNo) -> Option<Decided>;
    /// The plan in force.
    fn plan(&self) -> Arc<Plan>;
    /// Now, by the node's clock.
    fn now(&self) -> Moment;
}

/// A decision, as the routing core remembers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// When.
    pub at: Moment,
    /// Who got the call.
    pub agent: AgentId,
    /// Which side decided.
    pub why: OfferedWhy,
    /// What was compared.
    pub because: Because,
}

/// The shard's mailbox is full; nothing was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the shard's mailbox is full")]
pub struct MailboxFull;

/// The node's own health, for whoever watches it.
pub trait House: Send + Sync + 'static {
    /// All metrics in the Prometheus text format.
    fn metrics(&self) -> String;
    /// What is held for calls just now.
    fn leaks(&self) -> Leaks;
    /// Each condition of being ready; ready when all hold.
    fn conditions(&self) -> Vec<Condition>;
}

/// What is held for calls just now; all zero when no call is here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Leaks {
    /// Citizens' calls.
    pub calls: u64,
    /// SIP dialogs.
    pub dialogs: u64,
    /// Seats that are claimed or busy.
    pub claimed_seats: u64,
    /// RTP ports that are lent out.
    pub rtp_ports: u64,
}

/// One condition of being ready.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Condition {
    /// What: `plan`, `spool`, `shards`.
    pub name: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// A sentence for the operator, in English.
    pub detail: String,
}
