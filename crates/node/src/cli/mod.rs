//! The terminal clients: an agent's desktop and the live board. They know the API's messages and nothing of the centre.
//! Knows the API from outside, as any client does; nothing of the node's inside.

pub(crate) mod desk;
mod server;
pub(crate) mod watch;
