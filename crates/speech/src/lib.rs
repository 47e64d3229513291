//! Words to clips: numbers, times, days and whole sentences, as text and as the names of the sounds that say them.
//!
//! Grammar (how a number is put together) is code, one file a language; sentences are a Fluent file a language, which a
//! municipality may replace. Knows what is said and in which order; doesn't know files, sound, or when it is said.

#![deny(clippy::iter_over_hash_type)]

mod compile;
mod danish;
mod english;
mod phrase;
mod rounding;
mod spoken;
mod tongue;
mod wording;
mod wordings;

pub use compile::WordingFault;
pub use phrase::{Phrase, WaitTone};
pub use spoken::{PAUSE_MS, Spoken, SpokenClip};
pub use tongue::Tongue;
pub use wording::Wording;
pub use wordings::Wordings;
