//! Who is not listened to for a while, and who has shown to be one of ours.
//!
//! A source that fails to prove itself again and again, or sends what nobody can read, is banned: for a while, longer
//! each time, up to a bound. A trunk never is. Pure but for its lock: moments come in. Shared by gate, stacks and operators.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Moment;

use super::config::AddressBlock;
use super::source::{Source, Sources};

/// A source in good standing may fail so many times more: one phone with a wrong password must not silence the house that
/// it shares an address with.
const PATIENCE_WITH_PHONES: u32 = 10;

/// When somebody is banned, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BanSettings {
    /// Failed proofs within [`BanSettings::within`] that lead to a ban. Default 10; 0: nobody is banned for them.
    pub failures_max: u32,
    /// Unreadable messages within it that do. Default 200: a broken phone repeats itself 11 times, a flood does not stop.
    pub unreadable_max: u32,
    /// The span in which they are counted. Default 60 s.
    pub within: Duration,
    /// The first ban; each further one lasts twice as long. Default 300 s.
    pub first: Duration,
    /// No ban lasts longer; and after so long without one the next is a first one again. Default 86,400 s.
    pub longest: Duration,
    /// How long a proof keeps its source in good standing. Default 3,600 s, the longest registration.
    pub standing: Duration,
    /// Sources that each table holds. At the bound: of those that failed or were proved, the one used longest ago is
    /// forgotten; of bans, the one that ends first. Default 16,384.
    pub sources_max: usize,
}

impl Default for BanSettings {
    fn default() -> Self {
        Self {
            failures_max: 10,
            unreadable_max: 200,
            within: Duration::from_secs(60),
            first: Duration::from_secs(300),
            longest: Duration::from_secs(86_400),
            standing: Duration::from_secs(3_600),
            sources_max: 16_384,
        }
    }
}

/// Why somebody is banned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BanReason {
    /// Credentials that were wrong, again and again.
    FailedProofs,
    /// Messages that nobody can read, again and again.
    Unreadable,
}

impl BanReason {
    /// In one word, for tables and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FailedProofs => "failed_proofs",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A ban in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ban {
    /// Whose messages are dropped unread.
    pub source: Source,
    /// Why.
    pub reason: BanReason,
    /// Since when.
    pub since: Moment,
    /// Until when.
    pub until: Moment,
    /// The how many-th ban of this source it is, of those that are remembered.
    pub times: u32,
}

/// What is known of a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing is heard from it.
    Banned,
    /// A phone of ours has proved itself from there lately, or is fixed there.
    Phone,
    /// Nothing.
    Stranger,
}

/// Bans and good standing of all sources.
pub struct Bans {
    settings: BanSettings,
    never: Box<[AddressBlock]>,
    phones: Box<[Source]>,
    table: Mutex<Table>,
}

struct Table {
    failing: Sources<Failing>,
    proved: Sources<Moment>,
    bans: Sources<Ban>,
    /// Bans since the start.
    made: u64,
}

/// What a source has failed at since `since`.
struct Failing {
    since: Moment,
    proofs: u32,
    unreadable: u32,
}

impl Bans {
    /// Nobody is banned yet. Sources in one of the blocks `never` will not be (the trunks); those of `phones` are in good
    /// standing without a proof (fixed contacts).
    pub fn new(settings: BanSettings, never: Vec<AddressBlock>, phones: impl IntoIterator<Item = IpAddr>) -> Self {
        let max = settings.sources_max;
        let table = Table { failing: Sources::new(max), proved: Sources::new(max), bans: Sources::new(max), made: 0 };
        let mut phones: Vec<Source> = phones.into_iter().map(Source::of).collect();
        phones.sort_unstable();
        phones.dedup();
        Self { settings, never: never.into(), phones: phones.into(), table: Mutex::new(table) }
    }

    /// What is known of whoever sends from this address.
    pub fn standing(&self, from: IpAddr, at: Moment) -> Standing {
        let source = Source::of(from);
        let table = self.table();
        if table.bans.get(source).is_some_and(|ban| ban.until > at) {
            return Standing::Banned;
        }
        if self.is_phone(source, &table, at) { Standing::Phone } else { Standing::Stranger }
    }

    /// Credentials from this address were wrong (not: stale). True when it is banned by that.
    pub fn failed(&self, from: IpAddr, at: Moment) -> bool {
        self.count(from, at, BanReason::FailedProofs)
    }

    /// A message from this address could not be read. True when it is banned by that.
    pub fn unreadable(&self, from: IpAddr, at: Moment) -> bool {
        self.count(from, at, BanReason::Unreadable)
    }

    /// Whoever sends from this address has proved to be an agent's phone.
    pub fn proved(&self, from: IpAddr, at: Moment) {
        let source = Source::of(from);
        let mut table = self.table();
        *table.proved.used(source, || at) = at;
        if let Some(failing) = table.failing.remove(source)
            && failing.unreadable > 0
        {
            // Only what was wrong about proofs is forgiven by one.
            table.failing.used(source, || Failing { proofs: 0, ..failing });
        }
    }

    /// All bans in force, the one that ends first first.
    pub fn list(&self, at: Moment) -> Vec<Ban> {
        let table = self.table();
        let mut bans: Vec<Ban> = table.bans.iter().map(|(_, ban)| *ban).filter(|ban| ban.until > at).collect();
        bans.sort_unstable_by_key(|ban| (ban.until, ban.source));
        bans
    }

    /// Ends a ban before its time and forgets those before it. False where there was none.
    pub fn release(&self, source: Source, at: Moment) -> bool {
        let mut table = self.table();
        table.failing.remove(source);
        table.bans.remove(source).is_some_and(|ban| ban.until > at)
    }

    /// How many bans are in force.
    pub fn in_force(&self, at: Moment) -> usize {
        self.table().bans.iter().filter(|(_, ban)| ban.until > at).count()
    }

    /// How many bans were made since the start.
    pub fn made(&self) -> u64 {
        self.table().made
    }

    fn count(&self, from: IpAddr, at: Moment, reason: BanReason) -> bool {
        if self.never.iter().any(|block| block.contains(from)) {
            return false;
        }
        let source = Source::of(from);
        let table = &mut *self.table();
        let patience = if self.is_phone(source, table, at) { PATIENCE_WITH_PHONES } else { 1 };
        let failing = table.failing.used(source, || Failing { since: at, proofs: 0, unreadable: 0 });
        if at.since(failing.since) > self.settings.within {
            *failing = Failing { since: at, proofs: 0, unreadable: 0 };
        }
        let (count, max) = match reason {
            BanReason::FailedProofs => (&mut failing.proofs, self.settings.failures_max),
            BanReason::Unreadable => (&mut failing.unreadable, self.settings.unreadable_max),
        };
        *count = count.saturating_add(1);
        let banned = max > 0 && *count >= max.saturating_mul(patience);
        if banned {
            table.failing.remove(source);
            self.ban(table, source, reason, at);
        }
        banned
    }

    fn ban(&self, table: &mut Table, source: Source, reason: BanReason, at: Moment) {
        let before = table.bans.get(source).filter(|ban| at.since(ban.until) < self.settings.longest);
        let times = before.map_or(1, |ban| ban.times.saturating_add(1));
        let doubled = 2_u32.saturating_pow(times - 1);
        let span = self.settings.first.saturating_mul(doubled).min(self.settings.longest);
        if before.is_none() && table.bans.len() >= self.settings.sources_max {
            let first = table.bans.iter().map(|(source, ban)| (ban.until, source)).min();
            first.map(|(_, source)| table.bans.remove(source));
        }
        let ban = Ban { source, reason, since: at, until: at + span, times };
        *table.bans.used(source, || ban) = ban;
        table.made += 1;
        // Who it is stands in the list of bans, not in the log.
        tracing::warn!(reason = reason.name(), times, span_s = span.as_secs(), "a source is banned");
    }

    fn is_phone(&self, source: Source, table: &Table, at: Moment) -> bool {
        self.phones.binary_search(&source).is_ok()
            || table.proved.get(source).is_some_and(|proved| at.since(*proved) <= self.settings.standing)
    }

    /// Each step leaves the table whole, so one that panicked has spoilt nothing.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Bans {
    fn default() -> Self {
        Self::new(BanSettings::default(), Vec::new(), [])
    }
}

impl fmt::Debug for Bans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bans({} made)", self.made())
    }
}

#[cfg(test)]
mod tests;
