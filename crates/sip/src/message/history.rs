//! By which numbers a call came: History-Info (RFC 7044), the oldest entry first.
//! Knows order and trust of the entries; doesn't know whose numbers they are.

use smallvec::SmallVec;

use super::{HeaderName, Headers, NameAddr};

/// Entries that are kept without taking memory from the heap.
const ENTRIES_INLINE: usize = 8;
/// Deepest index that is compared; entries deeper down keep the order in which they stand.
const INDEX_DEPTH_MAX: usize = 8;

/// One entry of History-Info.
#[derive(Clone, Copy, Debug)]
pub struct HistoryEntry<'a> {
    /// The address that was tried.
    pub address: NameAddr<'a>,
    /// Its place in the tree of attempts, as written: `1.1.2`; empty if it is missing.
    pub index: &'a str,
}

impl Headers {
    /// History-Info by index, `1` before `1.1` before `1.2` before `1.10`; entries without one keep their place after the others.
    pub fn history(&self) -> SmallVec<[HistoryEntry<'_>; ENTRIES_INLINE]> {
        let mut entries: SmallVec<[HistoryEntry<'_>; ENTRIES_INLINE]> = self
            .values(HeaderName::HistoryInfo)
            .filter_map(NameAddr::read)
            .map(|address| HistoryEntry { address, index: address.params().get("index").unwrap_or("") })
            .collect();
        entries.sort_by_key(|entry| steps(entry.index));
        entries
    }
}

fn steps(index: &str) -> SmallVec<[u32; INDEX_DEPTH_MAX]> {
    if index.is_empty() {
        return SmallVec::from_slice(&[u32::MAX]);
    }
    index.split('.').take(INDEX_DEPTH_MAX).map(|step| step.parse().unwrap_or(u32::MAX)).collect()
}
