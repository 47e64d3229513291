//! Where recordings are put: what the scribe asks of whoever keeps them.
//! Knows bytes in their order. How they are sealed, where they lie and for how long is not this crate's matter.

use std::io;

use model::{MessageTape, Moment, Tape};

/// Where recordings begin.
pub trait Shelf: Send {
    /// A recording begins. An error: it can't be kept, so it is none.
    fn begin(&mut self, tape: &Tape) -> io::Result<Box<dyn Sealing>>;

    /// A citizen's message is to begin. An error: there is no room for it. What is written of it are samples, without a head.
    fn begin_message(&mut self, _message: &MessageTape) -> io::Result<Box<dyn Sealing>> {
        Err(io::Error::other("no messages are kept here"))
    }
}

/// A recording that is being kept.
pub trait Sealing: Send {
    /// What comes next of it. After an error, [`Sealing::give_up`] follows and nothing else.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// It is whole; `lost` packets of it had to be left out.
    fn keep(self: Box<Self>, ended: Moment, lost: u32) -> io::Result<()>;

    /// It can't go on; what there is of it is kept as broken, if it can be.
    fn give_up(self: Box<Self>, ended: Moment);
}
