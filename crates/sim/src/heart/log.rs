//! The log of a world: every input with its moment and its shard, which is a complete replay.
//! Knows how much of it is kept; nobody decides by it.

use centre::Input;
use model::{Moment, ShardNo};
use tally::Digest;

/// How much of the log is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// Nothing but the number of entries.
    Nothing,
    /// A digest of all of it.
    Digest,
    /// Every line, bounded by [`Log::LINES_MAX`].
    Lines,
}

/// What was put in, in order.
#[derive(Debug)]
pub struct Log {
    keep: Keep,
    entries: u64,
    digest: Digest,
    lines: Vec<String>,
}

impl Log {
    /// Lines that are kept; above it only the digest goes on.
    pub const LINES_MAX: usize = 2_000_000;

    pub(crate) fn new(keep: Keep) -> Self {
        Self { keep, entries: 0, digest: Digest::default(), lines: Vec::new() }
    }

    pub(crate) fn note(&mut self, at: Moment, shard: ShardNo, input: &Input) {
        self.entries += 1;
        if self.keep == Keep::Nothing {
            return;
        }
        let line = format!("{at:?} {} {input:?}", shard.0);
        self.digest.text(&line);
        if self.keep == Keep::Lines && self.lines.len() < Self::LINES_MAX {
            self.lines.push(line);
        }
    }

    /// How many inputs there were.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The same for two logs that are the same byte for byte.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// What was kept.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}
