//! The sockets: UDP and TCP, who may come in, and which shard a message is for.
//!
//! Knows peers, trunks and connections; knows no transaction and no call. Everything that a stranger can fill has
//! a bound, and a stranger leaves no state here but a connection that closes by itself.

mod config;
mod connections;
mod counts;
mod dealing;
mod door;
mod framing;
mod gate;
mod names;
mod sip_net;
mod tcp;
mod udp;

#[cfg(test)]
mod tests;

pub use config::{AddressBlock, BadBlock, ListenAt, NetConfig, NetError, TcpLimits, Trunk, TrunkAddress};
pub use counts::NetCounts;
pub use dealing::{Deal, Full, is_new_call, shard_of};
pub use door::{Answer, Door, Extra, at_the_door};
pub use sip_net::{Bound, SipNet};
