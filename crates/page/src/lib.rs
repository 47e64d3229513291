//! Agents' pages as phones: an agent with nothing but the desk's page is called there, and its browser carries the sound.
//!
//! Speaks the same closed lists as `sip` does, `LegCommand` in and `LegEvent` out, on virtual time. Knows which leg is
//! whose, and what a page is told anew when it comes back; doesn't know connections, session descriptions, or calls.

#![deny(clippy::iter_over_hash_type)]

mod leg;
mod own;
mod pages;
#[cfg(test)]
mod tests;
mod words;

pub use pages::Pages;
pub use words::{Calls, PageOut, Said, Says, Tells, Told};
