//! Sound without sockets: session descriptions, codecs, packets, prompts, and what is asked of the packet workers.

mod codec;
mod command;
mod ports;
mod session;

pub use codec::Codec;
pub use command::{MediaCommand, MediaEvent, PlayNo, Sound, Times, Traffic};
pub use ports::{PortPool, PortRange};
pub use session::{BadSession, Direction, LocalSession, NoCommonCodec, RemoteSession, read_answer};
