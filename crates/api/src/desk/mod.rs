//! The agent's desk over gRPC: commands with an answer, and a stream of what happens, which can be resumed.
//!
//! Knows how a desk is shown and how a stream goes on; what a desk may do is the centre's.

mod desks;
mod directory;
mod earlier;
mod feed;
mod noting;
mod refused;
mod repeats;
mod resume;
mod rpc;
mod show;
mod sound;
mod table;
#[cfg(test)]
mod tests;
mod written;

pub(crate) use desks::Desks;
pub(crate) use directory::{closed, directory};
pub(crate) use feed::WatchStream;
pub(crate) use refused::{code_of_desk, danish_of_desk, reason_of_desk};
pub(crate) use rpc::{DeskRpc, announcement_named, bearer, check_request_id, party_named};
