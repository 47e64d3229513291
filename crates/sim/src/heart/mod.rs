//! The heart as it runs here: its shards, the mail between them, and one core that is watched.
//! Knows how an input is carried out; knows nothing of citizens, agents or rules.

mod house;
mod log;
mod mail;
mod watched;

pub(crate) use house::{House, HouseSettings};
pub use log::{Keep, Log};
pub(crate) use watched::Seen;
