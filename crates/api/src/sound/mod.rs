//! Agents' pages as phones over gRPC and gRPC-web: one ear an agent, and what it says.
//!
//! Knows which page counts and who may speak for it; what rings and what is agreed is known behind the door.

mod door;
mod ear;
mod ears;
mod ice;
mod rpc;
mod show;
mod table;
#[cfg(test)]
mod tests;

pub use door::{ForPages, PageDoor};
pub(crate) use ears::Ears;
pub use ice::{IceLogin, IceServer};
pub(crate) use rpc::SoundRpc;
