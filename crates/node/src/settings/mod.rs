//! Settings of a node: one TOML file, the environment over it, flags over both.
//!
//! Everything is read and checked before anything is started, and all faults (of the plan too) are told at once.
//! `config/samkald.toml` is the manual. Knows addresses and bounds; opens no socket.

mod administration;
mod admission;
mod agents;
mod check;
mod count;
mod faults;
mod file;
mod ice;
mod load;
mod mail;
mod notes;
mod overrides;
mod recordings;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use api::IceServer;
use change::Coordinator;
use media::{Codec, Protection};
use model::TrunkId;
use plan::{Plan, Secret};
use sip::digest::Algorithm;
use sip::stack::TrunkSettings;

pub(crate) use admission::Admission;
pub(crate) use agents::Agents;
pub(crate) use faults::Faults;
pub(crate) use mail::{MailServer, MailTls};
pub(crate) use overrides::SettingsArgs;

/// Everything that a node is told.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The node itself.
    pub(crate) node: Node,
    /// Signalling.
    pub(crate) sip: Sip,
    /// Sound.
    pub(crate) media: Media,
    /// Web and gRPC.
    pub(crate) http: Http,
    /// What is asked of agents' phones.
    pub(crate) agents: Agents,
    /// Who may ask how much.
    pub(crate) admission: Admission,
    /// Bounds.
    pub(crate) limits: Limits,
    /// What is kept.
    pub(crate) store: Store,
    /// The folder of recorded talks.
    pub(crate) recordings: PathBuf,
    /// By which server municipalities are told of messages; none: by none.
    pub(crate) mail: Option<MailServer>,
    /// For how many days agents' free notes are kept, 1 to 365.
    pub(crate) notes_keep_days: u32,
    /// What is logged.
    pub(crate) log: Log,
    /// Folders of prompts, each of which exists; a later one goes over an earlier one.
    pub(crate) prompt_dirs: Vec<PathBuf>,
    /// The folder of sounds that coordinators uploaded; goes over all of these.
    pub(crate) uploaded: Option<PathBuf>,
    /// How many passwords of the plan are not sealed.
    pub(crate) plain_passwords: usize,
    /// The compiled plan.
    pub(crate) plan: Arc<Plan>,
    /// The plan file as it is written; the plan's table in TOML where it stands in the settings.
    pub(crate) plan_text: Arc<str>,
    /// Who may change the plan by hand; tokens in clear once the settings are loaded.
    pub(crate) coordinators: Vec<(Secret, Coordinator)>,
    /// From where all this was read.
    pub(crate) args: SettingsArgs,
}

/// The node itself.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where facts and figures lie. May not exist yet.
    pub(crate) data_dir: PathBuf,
    /// The key of sealed passwords, where it is not in the file.
    pub(crate) key: Option<Secret>,
    /// Where the key of sealed passwords lies. May not exist yet.
    pub(crate) key_file: PathBuf,
    /// Centres that run side by side, 1 to 64.
    pub(crate) shards: u8,
    /// How long talks may last after the node was told to stop.
    pub(crate) drain_max: Duration,
}

/// Signalling.
#[derive(Clone, Debug)]
pub(crate) struct Sip {
    /// Where it listens; never empty, none twice.
    pub(crate) listen: Vec<Listen>,
    /// Host (and port) that we call ourselves in Via and Contact; none: where we listen.
    pub(crate) advertised: Option<String>,
    /// Certificates of TLS; an identity, if there is a TLS listener.
    pub(crate) certificates: Certificates,
    /// Names of ours beside the addresses and the realm.
    pub(crate) domains: Vec<Box<str>>,
    /// Whom to ask for names; none: whom the machine asks.
    pub(crate) name_servers: Vec<SocketAddr>,
    /// Who may bring citizens' calls, and carries calls out.
    pub(crate) trunks: Vec<Trunk>,
    /// The realm of registrations.
    pub(crate) realm: String,
    /// The hashes that phones are offered, the preferred one first; never empty.
    pub(crate) digest: Vec<Algorithm>,
    /// Shortest, usual and longest registration.
    pub(crate) register: RegisterSpans,
    /// How long a nonce may be used.
    pub(crate) nonce_life: Duration,
    /// The session timer that we offer (RFC 4028).
    pub(crate) session_expires: Duration,
    /// How often ringing is repeated to an unanswered citizen.
    pub(crate) ring_repeat: Duration,
    /// After this much silence an agent's phone counts as unreachable.
    pub(crate) unreachable_after: Duration,
    /// T1, T2 and T4 (RFC 3261 §17).
    pub(crate) t1: Duration,
    /// See `t1`.
    pub(crate) t2: Duration,
    /// See `t1`.
    pub(crate) t4: Duration,
    /// A TCP connection without a message is closed after this.
    pub(crate) tcp_idle: Duration,
    /// TCP connections at once.
    pub(crate) connections_max: usize,
    /// TCP connections at once of one address that is no trunk's.
    pub(crate) connections_per_ip_max: usize,
}

/// Shortest, usual and longest registration; in that order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegisterSpans {
    /// Shorter ones are refused (423).
    pub(crate) min: Duration,
    /// Where the phone says nothing.
    pub(crate) default: Duration,
    /// Longer ones are shortened.
    pub(crate) max: Duration,
}

/// One listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Listen {
    /// How.
    pub(crate) transport: Transport,
    /// Where.
    pub(crate) addr: SocketAddr,
}

/// What carries SIP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Transport {
    /// Datagrams.
    Udp,
    /// Streams.
    Tcp,
    /// Encrypted streams.
    Tls,
}

/// Certificate files; none of them need be there for a port that is not encrypted.
#[derive(Clone, Debug)]
pub(crate) struct Certificates {
    /// Our certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
    /// Who may vouch for clients.
    pub(crate) client_ca: Option<PathBuf>,
    /// Who may vouch for servers that we connect to; none: whom the machine trusts.
    pub(crate) server_ca: Option<PathBuf>,
}

/// A known peer that brings citizens' calls, and may carry calls out.
#[derive(Clone, Debug)]
pub(crate) struct Trunk {
    /// Its name, in facts and figures.
    pub(crate) name: TrunkId,
    /// Its addresses; empty only where it proves itself in another way.
    pub(crate) addresses: Vec<TrunkAddress>,
    /// Names that its certificate may be issued to.
    pub(crate) tls_names: Vec<String>,
    /// How it is spoken to.
    pub(crate) rules: TrunkSettings,
    /// What is decided about encrypted sound with it.
    pub(crate) srtp: Protection,
}

/// Addresses of a trunk: one, or a network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TrunkAddress {
    /// The address, or the network's first.
    pub(crate) ip: IpAddr,
    /// How many leading bits count: 32 or 128 for one address.
    pub(crate) prefix_bits: u8,
    /// Only this port; none: any.
    pub(crate) port: Option<u16>,
}

/// Sound.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    /// Where RTP is received.
    pub(crate) bind: IpAddr,
    /// What we tell others to send to.
    pub(crate) advertised: IpAddr,
    /// First and last RTP port, both included; the first is even, the last odd.
    pub(crate) ports: (u16, u16),
    /// Packet workers, 1 to 64.
    pub(crate) workers: usize,
    /// A talk without a packet from one side for this long is over.
    pub(crate) rtp_silence_max: Duration,
    /// The mark on RTP packets, 0 to 63.
    pub(crate) dscp: u8,
    /// The codecs that are offered and taken, best first.
    pub(crate) codecs: Vec<Codec>,
    /// What is decided about encrypted sound of calls that go out, by whichever trunk.
    pub(crate) outward_srtp: Protection,
    /// What is decided about encrypted sound with agents' phones.
    pub(crate) phones_srtp: Protection,
    /// Where browsers' sound goes; none: agents at browsers have no sound.
    pub(crate) web: Option<WebPlaces>,
    /// Servers by which agents' pages may reach us.
    pub(crate) ice_servers: Vec<IceServer>,
}

/// The one port of all browsers' sound.
#[derive(Debug, Clone)]
pub(crate) struct WebPlaces {
    /// Where we receive it.
    pub(crate) listen: SocketAddr,
    /// Where browsers are told to send it, best first; at least one.
    pub(crate) public: Vec<SocketAddr>,
    /// Whether the TCP port of the same number is open to them, too.
    pub(crate) tcp: bool,
}

/// Web and gRPC, on one port.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    /// Where.
    pub(crate) listen: SocketAddr,
    /// With an identity: only encrypted.
    pub(crate) certificates: Certificates,
    /// Pages that may speak SIP by WebSocket, beside our own.
    pub(crate) websocket_origins: Vec<String>,
}

/// Bounds.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Calls at once in the node; more are refused with 503.
    pub(crate) calls_max: usize,
    /// New calls that may lie in a shard's mailbox; more are refused with 503.
    pub(crate) new_calls_max: usize,
}

/// What is kept.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// While busy, facts are flushed to disk this often at most.
    pub(crate) flush_every: Duration,
}

/// What is logged.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    /// A filter of the `tracing` kind: `info`, `info,sip=debug`.
    pub(crate) filter: String,
    /// One JSON object a line instead of text.
    pub(crate) json: bool,
}
