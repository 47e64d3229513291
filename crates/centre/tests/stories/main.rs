//! Stories of calls and desks on virtual time, as citizens and agents would tell them.
//!
//! Each gives inputs to real shards and the real core, and looks at phones, desks and facts. No clock, no socket.

mod booked;
mod called_back;
mod crowd;
mod desks;
mod encryption;
mod ends;
mod house;
mod offers;
mod place;
mod plans;
mod policy;
mod promises;
mod races;
mod rings_again;
