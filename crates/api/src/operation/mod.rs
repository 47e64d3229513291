//! For those who keep the centre running: the trace of one call, bans, phones, trunks and connections.
//!
//! Knows how they are asked for and shown; the SIP edge itself stands behind a door.

mod door;
mod plans;
mod rpc;

pub use door::{
    BanShown, BeginFault, Edge, PhoneShown, TraceAbout, TraceAsked, TraceBegun, TraceMessage, TraceShown, TraceTold,
    TraceWatch, TrunkShown, Unmasked,
};
pub(crate) use rpc::OperationRpc;
