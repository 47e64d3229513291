//! The seam between the sockets and the stack: what comes in, what goes out, and by which path.
//!
//! Both halves of the crate know these words. They say where bytes go, never what they mean.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use model::{AgentId, LegEvent, TrunkId};

use crate::bindings::Binding;
use crate::message::Message;

/// How SIP travels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// Datagrams: we repeat what is lost (RFC 3261 §17).
    Udp,
    /// A byte stream: nothing is repeated.
    Tcp,
    /// The same, encrypted (RFC 3261 §26.2.1).
    Tls,
    /// A WebSocket (RFC 7118).
    Ws,
    /// The same, encrypted.
    Wss,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss];
    /// Whether the transport itself repeats what is lost.
    pub const fn reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp | Self::Tls | Self::Ws | Self::Wss => true,
        }
    }
    /// Whether only a browser speaks it (RFC 7118): its sound is another than that of any other phone.
    pub const fn is_web(self) -> bool {
        match self {
            Self::Udp | Self::Tcp | Self::Tls => false,
            Self::Ws | Self::Wss => true,
        }
    }
    /// As the `transport` parameter of a URI writes it (RFC 3261 §19.1.1, RFC 7118 §5.2): TLS is named as in Contact of most phones.
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws | Self::Wss => "ws",
        }
    }
    /// Where it is listened for, if nothing else is said (RFC 3261 §18.2.1, RFC 7118 §5.2).
    pub const fn port_default(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
    /// As Via writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }
}

/// What a message came on, and where its answer goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// How.
    pub transport: Transport,
    /// The listener's place in the settings' list: which of our addresses the peer knows.
    pub listener: u16,
    /// Which connection, never used twice while the node lives; 0 for datagrams.
    pub connection: u64,
    /// The peer's address as the socket sees it.
    pub peer: SocketAddr,
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}.{} {}", self.transport.name(), self.listener, self.connection, self.peer)
    }
}

/// A message from the network, past the door.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// What it says.
    pub message: Message,
    /// How it came.
    pub path: Path,
    /// The trunk that its source address belongs to; none for phones and strangers.
    pub trunk: Option<TrunkId>,
}

/// Where bytes go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Destination {
    /// Back along a path that something came on.
    Path(Path),
    /// To an address that nothing came from yet.
    Target(Target),
}

impl Destination {
    /// Whether the transport itself repeats what is lost.
    pub const fn reliable(&self) -> bool {
        match self {
            Self::Path(path) => path.transport.reliable(),
            Self::Target(target) => target.transport.reliable(),
        }
    }
    /// The listener that sends it.
    pub const fn listener(&self) -> u16 {
        match self {
            Self::Path(path) => path.listener,
            Self::Target(target) => target.listener,
        }
    }
}

/// An address as a URI names it; a name is looked up by the net half, off the hot path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// How.
    pub transport: Transport,
    /// The listener whose socket sends it, so that the answer comes to the address that our Via names.
    pub listener: u16,
    /// An IP literal without brackets, or a name.
    pub host: Box<str>,
    /// The port. 0: the URI names none, so a name's servers are asked for (SRV, RFC 3263 §4.2); a literal, or a name without servers,
    /// gets the transport's own.
    pub port: u16,
}

/// What the stack asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StackOut {
    /// Send these bytes: one whole message.
    Send {
        /// Where to.
        to: Destination,
        /// The message.
        bytes: Bytes,
    },
    /// Tell the centre.
    Leg(LegEvent),
    /// Tell the desk of this agent whether a phone can be called.
    Phone {
        /// Whose phone.
        agent: AgentId,
        /// Whether it has a contact.
        reachable: bool,
    },
    /// A browser has registered that was not registered before: a page was opened, or reloaded.
    BrowserCame {
        /// Whose.
        agent: AgentId,
    },
    /// What is registered for an agent has changed: to be kept over a restart.
    Registered {
        /// Whose.
        agent: AgentId,
        /// All that is; empty when nothing is left.
        bindings: Arc<[Binding]>,
    },
    /// Somebody sent credentials: right ones speak for the sender's address, wrong ones against it, in the list of bans.
    Proof {
        /// Where they came from.
        from: Path,
        /// Whether the password was right; a stale nonce says nothing either way.
        right: bool,
    },
}
