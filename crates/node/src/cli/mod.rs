//! The terminal clients: an agent's desktop, the live board, and why a call went where it went.
//! They know the API's messages, as any client does; nothing of the node's inside. `whatif` needs no node at all.

pub(crate) mod desk;
mod server;
pub(crate) mod watch;
pub(crate) mod whatif;
pub(crate) mod why;
