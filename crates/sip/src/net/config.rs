//! What the sockets must be told: where to listen, whom to trust, how much to bear.
//!
//! Checked by whoever reads the settings; here only what can't be bound or read is an error.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use model::TrunkId;

use super::keeping::Keeping;
use super::tls::TlsKeys;
use crate::stack::Transport;

/// Settings of the sockets.
#[derive(Clone, Debug)]
pub struct NetConfig {
    /// Where to listen; the place in this list is [`crate::stack::Path`]'s `listener`. Never empty.
    pub listen: Vec<ListenAt>,
    /// Known peers. Whoever comes from no trunk's address is a stranger.
    pub trunks: Vec<Trunk>,
    /// How many shards messages are dealt to, 1–255.
    pub shards: u8,
    /// Whom to ask for names; none: whom the machine asks.
    pub name_servers: Vec<SocketAddr>,
    /// Bounds of connections.
    pub tcp: TcpLimits,
    /// Our certificate and whom we trust; none: no TLS, in or out.
    pub tls: Option<Arc<TlsKeys>>,
    /// What the gate keeps watch with.
    pub keeping: Keeping,
}

/// One listener.
#[derive(Clone, Debug)]
pub struct ListenAt {
    /// How.
    pub transport: Transport,
    /// Where; port 0 takes a free one.
    pub address: SocketAddr,
    /// `host:port` as others reach it, if it is not this address (behind a translation of addresses, or listening on all).
    pub advertised: Option<Box<str>>,
}

/// A peer that brings citizens' calls.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// Its name in the settings.
    pub id: TrunkId,
    /// Where it sends from.
    pub addresses: Vec<TrunkAddress>,
    /// Names that its certificate may be issued to: who shows such a one, verified, over TLS is this trunk wherever it comes from.
    pub tls_names: Vec<Box<str>>,
}

/// One address, or a block of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TrunkAddress {
    /// Which.
    pub block: AddressBlock,
    /// From this port only, if it is given.
    pub port: Option<u16>,
}

/// Bounds of connections: TCP, TLS, WebSocket.
#[derive(Clone, Copy, Debug)]
pub struct TcpLimits {
    /// Connections in all; more are closed at once. Default 4,096.
    pub connections_max: usize,
    /// Of these, kept free for trunks. Default 64.
    pub reserved_for_trunks: usize,
    /// Connections from one address that is no trunk's; many agents sit behind one municipality's address. Default 512.
    pub per_address_max: usize,
    /// How long a connection may be silent (RFC 5626 keep-alives count). Default 10 min.
    pub idle_max: Duration,
    /// How long a message may take from its first byte to its last, and a new connection to its first message. Default 10 s.
    pub message_max: Duration,
    /// TLS handshakes of strangers at once; beyond, the oldest is cut off. Each costs some kB and a processor's millisecond.
    /// Default 256.
    pub handshakes_max: usize,
    /// How long a connection to somebody else may take to come about. Default 5 s.
    pub connect_max: Duration,
}

impl Default for TcpLimits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            reserved_for_trunks: 64,
            per_address_max: 512,
            idle_max: Duration::from_secs(600),
            message_max: Duration::from_secs(10),
            handshakes_max: 256,
            connect_max: Duration::from_secs(5),
        }
    }
}

/// A block of addresses: `192.0.2.0/24`, `2001:db8::/32`, or a single one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AddressBlock {
    address: IpAddr,
    prefix: u8,
}

/// The text is no address and no block of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an IP address or block such as 192.0.2.0/24")]
pub struct BadBlock;

impl AddressBlock {
    /// Whether an address lies in the block; an IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        let prefix = u32::from(self.prefix);
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).checked_shr(32 - prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).checked_shr(128 - prefix).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl From<IpAddr> for AddressBlock {
    fn from(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { address, prefix: if address.is_ipv4() { 32 } else { 128 } }
    }
}

impl FromStr for AddressBlock {
    type Err = BadBlock;
    fn from_str(text: &str) -> Result<Self, BadBlock> {
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(|_| BadBlock);
        };
        let whole = Self::from(address.parse::<IpAddr>().map_err(|_| BadBlock)?);
        let prefix = prefix.parse::<u8>().map_err(|_| BadBlock)?;
        if prefix > whole.prefix { Err(BadBlock) } else { Ok(Self { prefix, ..whole }) }
    }
}

impl NetConfig {
    /// The trunk that an address belongs to: the first in the list.
    pub fn trunk_of(&self, peer: SocketAddr) -> Option<&TrunkId> {
        let is_from = |address: &TrunkAddress| {
            address.port.is_none_or(|port| port == peer.port()) && address.block.contains(peer.ip())
        };
        self.trunks.iter().find(|trunk| trunk.addresses.iter().any(is_from)).map(|trunk| &trunk.id)
    }
    /// The place of the trunk that a name of a verified certificate belongs to.
    pub(super) fn trunk_named(&self, is_name: impl Fn(&str) -> bool) -> Option<usize> {
        self.trunks.iter().position(|trunk| trunk.tls_names.iter().any(|name| is_name(name)))
    }
}

/// Why we can't listen.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The address is taken, or not ours.
    #[error("cannot listen for SIP on {address}: {why}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
    /// Listening on all addresses, we can't know at which others reach us.
    #[error("SIP on {0} needs an advertised address")]
    NeedsAdvertised(SocketAddr),
    /// There is a TLS listener, and no certificate.
    #[error("SIP over TLS on {0} needs a certificate")]
    NeedsCertificate(SocketAddr),
    /// The list of listeners is empty or too long, or there is no shard.
    #[error("SIP needs 1 to 64 listeners and at least one shard")]
    Empty,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_is_known_by_its_block_and_port() {
        let block = |text: &str| text.parse::<AddressBlock>().expect("a block");
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(block("192.0.2.0/24").contains(address("192.0.2.255")));
        assert!(!block("192.0.2.0/24").contains(address("192.0.3.0")));
        assert!(block("0.0.0.0/0").contains(address("8.8.8.8")));
        assert!(!block("0.0.0.0/0").contains(address("::1")));
        assert!(block("127.0.0.2").contains(address("::ffff:127.0.0.2")));
        assert!(block("2001:db8::/32").contains(address("2001:db8:ffff::1")));
        for text in ["", "x", "1.2.3.4/33", "1.2.3.4/", "::/129", "1.2.3/8"] {
            assert!(text.parse::<AddressBlock>().is_err(), "{text}");
        }
    }
}
