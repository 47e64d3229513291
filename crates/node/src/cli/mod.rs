//! The terminal clients: an agent's desktop, the live board, why a call went where it went, and what stands at the SIP edge.
//! They know the API's messages, as any client does; nothing of the node's inside. `whatif` and `recordings` need no node at all.

pub(crate) mod by_hand;
pub(crate) mod desk;
pub(crate) mod edge;
pub(crate) mod recordings;
mod server;
pub(crate) mod trace;
pub(crate) mod watch;
pub(crate) mod whatif;
pub(crate) mod why;
