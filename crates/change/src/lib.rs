//! What coordinators have decided by hand, on top of the operator's plan file: edits, versions, whose what is, and the way back.
//!
//! The plan in force is the file as it was last read, with the edits in force applied to it in order (`apply`), compiled by `plan`.
//! Who may change what is asked of `scope`; two who change the same thing at once are told apart by `book`. Knows no file, no clock
//! and no running call: bases come in as tables, moments as numbers.

#![deny(clippy::iter_over_hash_type)]

mod apply;
mod book;
mod draft;
mod edit;
mod ends;
mod read;
mod refused;
mod scope;
#[cfg(test)]
mod tests;
mod version;

pub use apply::{Misfit, apply};
pub use book::{
    Asked, BOOK_BYTES_MAX, Book, EDITS_MAX, EDITS_PER_CHANGE_MAX, TEXTS_BYTES_MAX, VERSIONS_MAX, WHY_CHARS,
};
pub use draft::Draft;
pub use edit::{Edit, HoursOf, List, VALUE_BYTES_MAX, Wish};
pub use refused::Refused;
pub use scope::Coordinator;
pub use version::{Made, Setting, Version};
