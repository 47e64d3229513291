//! Facts and persons as protobuf and back: the one encoding at rest, in the spool and on the API.
//!
//! Knows the field numbers and nothing of what facts mean. Fields are only added; the bytes in
//! `golden/` must decode for ever. Writing is by hand (it is on the hot path and allocates nothing), reading by prost.

#![deny(clippy::iter_over_hash_type)]

mod because;
mod bits;
mod bot;
mod called_back;
mod in_call;
mod menu;
mod pen;
mod person;
mod plan_change;
mod read;
mod recorded;
mod voicemail;
mod write;

pub use person::{decode_person, encode_person};
pub use read::{BadFact, decode, from_proto};
pub use write::{encode, encode_into, to_proto};

/// The messages of `samkald.facts.v1`, as prost made them.
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "made by prost; the proto file documents them")]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/samkald.facts.v1.rs"));

    impl std::fmt::Debug for Person {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Person(masked)")
        }
    }
}
