//! Which segment files there are, and where in them a fact's number lies. Shared by the writer and all readers.
//!
//! Only what is flushed is listed, so a reader never sees a fact that could still be lost.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::record::HEADER_BYTES;

/// Distance between two entries of a segment's index, in bytes: what a reader skips at most.
const INDEX_EVERY_BYTES: u64 = 64 * 1024;

/// One file of facts.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) first_no: u64,
    /// The last flushed number; `first_no - 1` when there is none.
    pub(crate) last_no: u64,
    /// Bytes that are flushed, header included.
    pub(crate) end: u64,
    /// Some numbers and where their records begin; ascending, at most one each 64 KiB.
    index: Vec<(u64, u64)>,
}

impl Segment {
    pub(crate) fn new(path: PathBuf, first_no: u64) -> Self {
        Self { path, first_no, last_no: first_no.saturating_sub(1), end: HEADER_BYTES as u64, index: Vec::new() }
    }

    /// Facts up to `last_no` now lie in front of `end`.
    pub(crate) fn grow(&mut self, last_no: u64, end: u64) {
        if self.index.last().is_none_or(|(_, at)| self.end - at >= INDEX_EVERY_BYTES) {
            self.index.push((self.last_no + 1, self.end));
        }
        self.last_no = last_no;
        self.end = end;
    }

    /// Where to begin reading to find `no`.
    pub(crate) fn start_for(&self, no: u64) -> u64 {
        let after = self.index.partition_point(|(first, _)| *first <= no);
        if after == 0 { HEADER_BYTES as u64 } else { self.index[after - 1].1 }
    }
}

/// All segments in order of their numbers.
#[derive(Clone, Default)]
pub(crate) struct Segments(Arc<Mutex<Vec<Segment>>>);

impl Segments {
    pub(crate) fn new(segments: Vec<Segment>) -> Self {
        Self(Arc::new(Mutex::new(segments)))
    }

    pub(crate) fn push(&self, segment: Segment) {
        self.with(|all| all.push(segment));
    }

    /// The newest one grew.
    pub(crate) fn grow_newest(&self, last_no: u64, end: u64) {
        self.with(|all| {
            if let Some(newest) = all.last_mut() {
                newest.grow(last_no, end);
            }
        });
    }

    /// The segment that holds `no`, or the first one behind it.
    pub(crate) fn holding(&self, no: u64) -> Option<Segment> {
        self.with(|all| all.iter().find(|segment| segment.last_no >= no).cloned())
    }

    pub(crate) fn all(&self) -> Vec<Segment> {
        self.with(|all| all.clone())
    }

    /// Those with nothing behind `carried`, but never the newest: its numbers say where to go on after a restart.
    pub(crate) fn fully_carried(&self, carried: u64) -> Vec<Segment> {
        self.with(|all| {
            let older = all.len().saturating_sub(1);
            all[..older].iter().take_while(|segment| segment.last_no <= carried).cloned().collect()
        })
    }

    pub(crate) fn forget(&self, path: &Path) {
        self.with(|all| all.retain(|segment| segment.path != path));
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Vec<Segment>) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `facts-00000000000000000001.log`, by the first number in it.
pub(crate) fn segment_path(folder: &Path, first_no: u64) -> PathBuf {
    folder.join(format!("facts-{first_no:020}.log"))
}

/// The number in a file's name of that form, for `facts` and `persons`.
pub(crate) fn number_in_name(path: &Path, prefix: &str) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix(prefix)?.strip_prefix('-')?.strip_suffix(".log")?.parse().ok()
}
