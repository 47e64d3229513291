//! The people and machines around the heart: citizens and their trunk, agents, their phones and desks, the packet
//! workers. They keep the contracts of the real shells, and do everything that people do within them.

mod agenda;
mod agents;
mod browsers;
mod callers;
mod citizens;
mod company;
mod keys;
mod packets;
mod phones;
mod sessions;
mod town;

pub(crate) use agenda::Happening;
pub(crate) use sessions::Session;
pub(crate) use town::{Habits, Town};
