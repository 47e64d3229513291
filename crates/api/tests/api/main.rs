//! The API over a real port: a real server, real clients, and a scripted shard in the centre's place.
//! The stories stand in the files beside this one.

mod administration;
mod desk;
mod edge;
mod notes;
mod operation;
mod pages;
mod shard;
mod sockets;
mod sound;
mod stage;
mod statistics;
mod streams;
mod supervision;
#[path = "../../src/testing.rs"]
mod testing;
mod voicemail;
