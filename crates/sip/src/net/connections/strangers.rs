//! Strangers' connections: how many, from where, and which of them has waited longest without being accepted.
//! Pure; doesn't know what anybody said.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use super::super::source::Source;

#[derive(Default)]
pub(super) struct Strangers {
    count: usize,
    from: HashMap<Source, usize>,
    /// Those who were not accepted yet: oldest first, and by where they come from.
    unsettled: BTreeSet<u64>,
    unsettled_from: BTreeSet<(Source, u64)>,
}

impl Strangers {
    pub(super) fn count(&self) -> usize {
        self.count
    }
    pub(super) fn from(&self, ip: IpAddr) -> usize {
        self.from.get(&Source::of(ip)).copied().unwrap_or(0)
    }
    pub(super) fn came(&mut self, ip: IpAddr, number: u64) {
        self.count += 1;
        *self.from.entry(Source::of(ip)).or_default() += 1;
        self.unsettled.insert(number);
        self.unsettled_from.insert((Source::of(ip), number));
    }
    /// It was accepted, and makes room for nobody any more.
    pub(super) fn settled(&mut self, ip: IpAddr, number: u64) {
        self.unsettled.remove(&number);
        self.unsettled_from.remove(&(Source::of(ip), number));
    }
    pub(super) fn left(&mut self, ip: IpAddr, number: u64) {
        self.settled(ip, number);
        let source = Source::of(ip);
        let Some(count) = self.from.get_mut(&source) else { return };
        *count -= 1;
        self.count -= 1;
        if *count == 0 {
            self.from.remove(&source);
        }
    }
    /// Who has waited longest without being accepted.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.unsettled.first().copied()
    }
    /// The same among those from one place.
    pub(super) fn oldest_from(&self, ip: IpAddr) -> Option<u64> {
        let source = Source::of(ip);
        self.unsettled_from.range((source, 0)..=(source, u64::MAX)).next().map(|(_, number)| *number)
    }
}
