//! The door to the SIP edge: what operators may ask of it, in words of the house.
//! Nothing behind it may block for long; the node builds it.

use std::net::SocketAddr;
use std::time::Duration;

use futures::stream::BoxStream;
use model::{AgentId, CallId, Dialled, Moment, TrunkId};

/// The SIP edge, for operators.
pub trait Edge: Send + Sync + 'static {
    /// Begins a trace; one that is not masked is written to the audit file first.
    fn start_trace(&self, asked: &TraceAsked) -> Result<TraceBegun, BeginFault>;
    /// Reads a trace; none if there is none (any more), or it has too many readers.
    fn watch_trace(&self, trace: u64) -> Option<TraceWatch>;
    /// Ends a trace; whether there was one.
    fn stop_trace(&self, trace: u64) -> bool;
    /// All that run. Ends those whose time is over.
    fn traces(&self) -> Vec<TraceShown>;
    /// Bans in force.
    fn bans(&self) -> Vec<BanShown>;
    /// Ends the ban of a source (`192.0.2.7`, `2001:db8::/64`); whether there was one, none for what is no source.
    fn release_ban(&self, source: &str) -> Option<bool>;
    /// Phones that have registered, by agent.
    fn phones(&self) -> Vec<PhoneShown>;
    /// Trunks, in the order of the settings.
    fn trunks(&self) -> Vec<TrunkShown>;
    /// Open connections by transport.
    fn connections(&self) -> Vec<(&'static str, usize)>;
}

/// What a trace is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TraceAbout {
    /// One call.
    Call(CallId),
    /// A number that calls or is called.
    Number(Dialled),
    /// An agent.
    Agent(AgentId),
}

/// A trace that is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceAsked {
    /// What it is about.
    pub about: TraceAbout,
    /// For how long.
    pub span: Duration,
    /// Why nothing is to be masked; none: it is masked.
    pub unmasked: Option<Unmasked>,
}

/// Why personal data is shown, and to whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmasked {
    /// Why.
    pub reason: String,
    /// Who asks, as they say.
    pub operator: String,
}

/// A trace that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraceBegun {
    /// Its number.
    pub trace: u64,
    /// When it ends by itself.
    pub until: Moment,
}

/// Why a trace does not begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BeginFault {
    /// As many run as may.
    TooMany,
    /// The time is too short or too long.
    BadSpan,
    /// The audit file can't be written.
    NoAudit,
    /// The plan has no such agent.
    UnknownAgent,
}

/// A reader of a trace.
pub struct TraceWatch {
    /// What is kept already.
    pub before: Vec<TraceMessage>,
    /// What comes. Ends without [`TraceTold::End`] when the reader was too slow.
    pub later: BoxStream<'static, TraceTold>,
}

/// What a reader is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TraceTold {
    /// One more message.
    Message(TraceMessage),
    /// It is over.
    End {
        /// Whether by time; else somebody stopped it.
        time_over: bool,
        /// Messages that were not kept.
        beyond: u64,
    },
}

/// A message of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceMessage {
    /// When.
    pub at: Moment,
    /// Whether it came to us.
    pub inward: bool,
    /// The trunk at the other end.
    pub trunk: Option<TrunkId>,
    /// The leg's number in the trace, from 1.
    pub leg: u16,
    /// `UDP` and so on.
    pub transport: &'static str,
    /// From where.
    pub from: SocketAddr,
    /// Where to.
    pub to: SocketAddr,
    /// The message, masked.
    pub text: Vec<u8>,
}

/// A trace in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceShown {
    /// Its number.
    pub trace: u64,
    /// What it is about.
    pub about: TraceAbout,
    /// Whether personal data is shown.
    pub unmasked: bool,
    /// When it ends by itself.
    pub until: Moment,
    /// Legs that were found.
    pub legs: usize,
    /// Messages that are kept.
    pub messages: usize,
    /// Messages that were not kept.
    pub beyond: u64,
}

/// A ban.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BanShown {
    /// An address, or a network.
    pub source: String,
    /// `failed_proofs` or `unreadable`.
    pub reason: &'static str,
    /// Since when.
    pub since: Moment,
    /// Until when.
    pub until: Moment,
    /// How many in a row.
    pub times: u32,
}

/// A phone that has registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhoneShown {
    /// Whose.
    pub agent: AgentId,
    /// What it registered on.
    pub transport: &'static str,
    /// Its address; of a public one the first part alone.
    pub address: String,
    /// Whether its Contact names another address than we see.
    pub behind_nat: bool,
    /// Until when.
    pub expires_at: Moment,
    /// Whether it can be called now.
    pub reachable: bool,
}

/// A trunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrunkShown {
    /// Its name.
    pub id: TrunkId,
    /// Where calls go out.
    pub outbound: Vec<String>,
    /// Whether it answers; none: it is not asked.
    pub up: Option<bool>,
    /// Since when.
    pub since: Option<Moment>,
    /// Calls that it brought, and at most.
    pub channels_in: (u32, Option<u32>),
    /// Calls that we made on it, and at most.
    pub channels_out: (u32, Option<u32>),
}
