//! For coordinators: the plan changed by hand, its versions, and sounds that are uploaded.
//!
//! Knows how they are asked for, whose token it is, and how they are shown; what a change may be stands in `change`, and the node
//! puts it in force behind a door.

mod asked;
mod door;
mod notes;
mod rpc;
mod show;
mod uploading;
mod voicemail;

pub(crate) use asked::trial;
pub use door::{Coordinators, Deciding, Denied, TryWhat};
pub(crate) use rpc::{AdministrationRpc, status};
