//! SIP to legs and back, without rsipstack: a sans-IO layer of our own, and the sockets that carry it.
//!
//! `message` is the grammar, `digest` passwords, `stack` transactions, dialogs and legs on virtual time, `registrar` where
//! phones are, `net` the sockets. Session descriptions pass as bytes: this crate reads no SDP, and knows no queue.

pub mod bindings;
pub mod digest;
pub mod message;
pub mod net;
mod registrar;
pub mod stack;
pub mod trace;
pub mod whereabouts;
