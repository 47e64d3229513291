//! The simulator: the whole heart on virtual time, with citizens, agents, phones, packet workers and mail that a seed
//! draws, and invariants that are held against it after every step. A failure is a seed that anyone can replay.
//!
//! `World` is a day drawn by a seed. It calls the heart through its one door, and decides nothing itself.

mod bugs;
mod habits;
mod heart;
pub mod journeys;
mod lot;
mod offers;
mod parties;
mod scene;
mod spoil;
mod waits;
mod watch;
mod world;

pub use bugs::Bug;
pub use heart::{Keep, Log};
pub use world::{Broken, Day, Summary, World};
