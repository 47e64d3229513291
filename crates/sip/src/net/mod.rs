//! The sockets: UDP, TCP, TLS and WebSocket, who may come in, and which shard a message is for.
//!
//! Knows peers, trunks and connections; knows no transaction and no call. Everything that a stranger can fill has
//! a bound, and a stranger leaves no state here but a connection that closes by itself.

mod admission;
mod bans;
mod bound;
mod bucket;
mod certified;
mod config;
mod connection;
mod connections;
mod counts;
mod dealing;
mod dial;
mod door;
mod framing;
mod gate;
mod intake;
mod keeping;
mod line;
mod load;
mod names;
mod reply;
mod sip_net;
mod source;
mod streams;
mod stun;
mod tcp;
mod tls;
mod udp;
mod web;

#[cfg(test)]
mod tests;

pub use admission::{Admission, AdmissionSettings, Buckets, Kind, Sender};
pub use bans::{Ban, BanReason, BanSettings, Bans, Standing};
pub use bound::Bound;
pub use bucket::Rate;
pub use config::{AddressBlock, BadBlock, ListenAt, NetConfig, NetError, TcpLimits, Trunk, TrunkAddress};
pub use counts::NetCounts;
pub use dealing::{Deal, Full, is_new_call, shard_of, shard_of_phone};
pub use door::{Answer, Door, Extra, Proof, at_the_door, kind_of};
pub use keeping::{Clock, Keeping, UrgentNumbers};
pub use load::{Load, LoadSettings};
pub use sip_net::SipNet;
pub use source::{BadSource, Source};
pub use tls::{Refreshed, TlsFault, TlsFiles, TlsKeys};
