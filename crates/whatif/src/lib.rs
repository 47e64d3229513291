//! What if: recorded or invented days through the real routing core on virtual time, and what becomes of the figures.
//!
//! `scenario` says what there is, `day` draws it, `replay` plays it through [`routing::Core`], `figures` says how it went.
//! Knows scenarios, policies and statistics; knows no sockets, no storage and no real clock.

#![deny(clippy::iter_over_hash_type)]

mod builtin;
mod calls_file;
mod change;
mod check;
mod day;
mod draw;
mod figures;
mod given;
mod house;
mod plot;
mod policy;
mod proofs;
mod recorded;
mod replay;
mod run;
pub mod scenario;
mod table;
mod world;

pub use builtin::{built_in, built_in_names};
pub use calls_file::{BadCalls, COLUMNS, FAULTS_TOLD_MAX, ROWS_MAX, RowFault, read_calls};
pub use change::{BadChange, Change};
pub use check::{ErlangCheck, erlang_check};
pub use day::{Call, Day, Presence, draw_day};
pub use figures::*;
pub use given::{Given, GivenDay};
pub use house::{House, Talks};
pub use plot::{NotDrawn, Picture};
pub use policy::Policy;
pub use proofs::{Claim, ErlangCase, Need, Verdict, erlang_claims, judge, needs, same_assignments};
pub use recorded::{Local, NothingRecorded, Recorded, recorded};
pub use replay::{AgentTold, Assigned, CallEnd, CallTold, Told, replay};
pub use run::Run;
pub use table::{Column, Row, rows, text};
pub use world::{Ability, Person, World};
