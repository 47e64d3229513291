//! The plain HTTP side: pages for operators, and the server that carries them and gRPC on one port.
//! Knows paths and content types; the node hands in what the pages say.

mod origins;
mod pages;
mod places;
mod server;
mod socket;

pub(crate) use origins::may_ask_from;
pub(crate) use pages::{in_time, nothing_here, pages};
pub use server::{Encryption, ServeFault, serve};
pub use socket::{SocketDoor, SocketRoute, Upgraded, sockets};
