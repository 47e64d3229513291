//! The plain HTTP side: pages for operators, and the server that carries them and gRPC on one port.
//! Knows paths and content types; the node hands in what the pages say.

mod pages;
mod server;

pub(crate) use pages::{in_time, nothing_here, pages};
pub use server::{ServeFault, serve};
