//! The terminal clients: an agent's desktop and the live board. They know the API's messages and nothing of the centre.

pub(crate) mod desk;
mod server;
pub(crate) mod watch;
