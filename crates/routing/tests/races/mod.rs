//! What shuttle's tests share: a world that remembers all that was asked and answered, the deeds that threads do in it,
//! and a scheduler that stops one of them.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod deeds;
pub(crate) mod plans;
pub(crate) mod scenes;
pub(crate) mod shard;
pub(crate) mod stopper;
pub(crate) mod storm;
pub(crate) mod world;
