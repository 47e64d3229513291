//! Trunks as data: whom we call outside through, how numbers are written there, who is shown, and how many calls fit.
//!
//! Pure rules over what the settings say, and a few counters that all shards share without a lock. Knows no message;
//! which numbers agents may call is the plan's to know.

mod numbers;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use model::{Dialled, Moment, TrunkId};
use smallvec::SmallVec;

use crate::message::Uri;

pub use numbers::NumberFormat;

/// Targets that one call is tried at, over all trunks; what comes after is not tried, so that nobody waits for ever.
const ROUTES_MAX: usize = 8;
/// Probes without a good answer after which a trunk counts as down.
const FAILED_PROBES_MAX: u64 = 3;

/// What the settings say of one trunk.
#[derive(Clone, Debug)]
pub struct TrunkSettings {
    /// Its name.
    pub id: TrunkId,
    /// Where calls out go, first choice first; empty: it only brings calls.
    pub outbound: Vec<Uri>,
    /// Which trunk is asked first for calls out; the lowest number. Equal ones by their place in the settings.
    pub priority: u16,
    /// What we answer to its challenges with; none: challenges count as refusals.
    pub digest: Option<TrunkDigest>,
    /// User and password with which it proves itself where its address says nothing.
    pub login: Option<TrunkLogin>,
    /// How numbers are written in calls that it brings.
    pub format_in: NumberFormat,
    /// How it wants numbers written.
    pub format_out: NumberFormat,
    /// Who is shown to those called through it.
    pub caller_id: CallerId,
    /// The number of ours that it knows, shown where the caller's is not.
    pub number: Option<Dialled>,
    /// Calls that it brings at once; none: no bound of its own. The next one gets 503 with Retry-After.
    pub channels_in_max: Option<u32>,
    /// Calls out through it at once; the next one goes to the next trunk. Emergency calls always pass.
    pub channels_out_max: Option<u32>,
    /// Whether it belongs to our trust domain (RFC 3325): its word on identities and diversions is believed, and it gets ours.
    pub trusted: bool,
    /// Whether sound before the answer is passed on from it.
    pub early_media: bool,
    /// How it wants to know on whose behalf a number is shown that is not ours.
    pub diversion: DiversionStyle,
    /// How often it is asked whether it is there (OPTIONS); none: never, it counts as up.
    pub probe_every: Option<Duration>,
}

/// Credentials of ours at one trunk.
#[derive(Clone)]
pub struct TrunkDigest {
    /// The realm that it challenges with; a challenge of any other gets no answer.
    pub realm: Box<str>,
    /// Our user name there.
    pub user: Box<str>,
    /// Our password there.
    pub password: Arc<str>,
}

impl std::fmt::Debug for TrunkDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrunkDigest").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// Credentials of one trunk with us, in our realm.
#[derive(Clone)]
pub struct TrunkLogin {
    /// Its user name.
    pub user: Box<str>,
    /// Its password.
    pub password: Arc<str>,
}

impl std::fmt::Debug for TrunkLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrunkLogin").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Who is shown to those whom we call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallerId {
    /// Whom the call is for, where a number is known; else the trunk's own number.
    Pass,
    /// Always the trunk's own number.
    Own,
    /// Nobody.
    Withhold,
}

/// How a trunk is told that a shown number is passed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiversionStyle {
    /// Not at all.
    Nothing,
    /// `Diversion` (RFC 5806).
    Diversion,
    /// `History-Info` (RFC 7044).
    HistoryInfo,
}

impl TrunkSettings {
    /// A trunk that only brings calls, and is believed.
    pub fn new(id: TrunkId) -> Self {
        Self {
            id,
            outbound: Vec::new(),
            priority: 0,
            digest: None,
            login: None,
            format_in: NumberFormat::AsWritten,
            format_out: NumberFormat::E164,
            caller_id: CallerId::Pass,
            number: None,
            channels_in_max: None,
            channels_out_max: None,
            trusted: true,
            early_media: true,
            diversion: DiversionStyle::Nothing,
            probe_every: None,
        }
    }
}

/// All trunks, the same for all shards.
#[derive(Debug, Default)]
pub struct Trunks {
    all: Vec<Arc<Trunk>>,
}

/// One trunk, with its calls and its health.
#[derive(Debug)]
pub(crate) struct Trunk {
    pub(crate) settings: TrunkSettings,
    calls_in: AtomicU32,
    calls_out: AtomicU32,
    /// Failed probes in a row.
    failed: AtomicU64,
    /// When it went up or down last, in microseconds; 0 before the first probe was judged.
    since: AtomicU64,
}

/// One way to try for a call out.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) trunk: Arc<Trunk>,
    pub(crate) target: Uri,
}

/// A call's place on a trunk; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) trunk: Arc<Trunk>,
    out: bool,
}

/// How one trunk is doing, for the operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrunkListing {
    /// Its name.
    pub id: TrunkId,
    /// Where calls out go.
    pub outbound: Vec<String>,
    /// Whether it answers; none where it is not asked, or not yet.
    pub up: Option<bool>,
    /// Since when.
    pub since: Option<Moment>,
    /// Calls that it has brought and that are here now.
    pub channels_in: u32,
    /// Their bound.
    pub channels_in_max: Option<u32>,
    /// Calls out through it now.
    pub channels_out: u32,
    /// Their bound.
    pub channels_out_max: Option<u32>,
}

impl Trunks {
    /// From the settings.
    pub fn new(settings: impl IntoIterator<Item = TrunkSettings>) -> Self {
        Self { all: settings.into_iter().map(|settings| Arc::new(Trunk::new(settings))).collect() }
    }
    /// How all are doing, in the order of the settings.
    pub fn listing(&self) -> Vec<TrunkListing> {
        self.all.iter().map(|trunk| trunk.listing()).collect()
    }
    /// Whether no trunk is known.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
    /// The trunk of that name.
    pub(crate) fn get(&self, id: &TrunkId) -> Option<&Arc<Trunk>> {
        self.all.iter().find(|trunk| trunk.settings.id == *id)
    }
    /// The trunk that proves itself by that user name.
    pub(crate) fn by_login(&self, user: &str) -> Option<&Arc<Trunk>> {
        let is = |trunk: &&Arc<Trunk>| trunk.settings.login.as_ref().is_some_and(|login| *login.user == *user);
        self.all.iter().find(is)
    }
    /// All, for whoever asks how they are.
    pub(crate) fn all(&self) -> &[Arc<Trunk>] {
        &self.all
    }
    /// Where a call out is tried, in order: trunks that are up before those that are down, which may have come back
    /// unnoticed; among them by priority.
    pub(crate) fn routes(&self) -> SmallVec<[Route; 2]> {
        let mut trunks: Vec<&Arc<Trunk>> =
            self.all.iter().filter(|trunk| !trunk.settings.outbound.is_empty()).collect();
        trunks.sort_by_key(|trunk| (trunk.is_down(), trunk.settings.priority));
        let targets = |trunk: &Arc<Trunk>| {
            let trunk = trunk.clone();
            trunk.settings.outbound.clone().into_iter().map(move |target| Route { trunk: trunk.clone(), target })
        };
        trunks.into_iter().flat_map(targets).take(ROUTES_MAX).collect()
    }
}

impl Trunk {
    fn new(settings: TrunkSettings) -> Self {
        let zero = || AtomicU32::new(0);
        Self { settings, calls_in: zero(), calls_out: zero(), failed: AtomicU64::new(0), since: AtomicU64::new(0) }
    }
    /// A place for a call that it brings; none where it has brought as many as it may.
    pub(crate) fn channel_in(self: &Arc<Self>) -> Option<Channel> {
        take(&self.calls_in, self.settings.channels_in_max)?;
        Some(Channel { trunk: self.clone(), out: false })
    }
    /// A place for a call out; none where all are taken. An emergency always has one.
    pub(crate) fn channel_out(self: &Arc<Self>, emergency: bool) -> Option<Channel> {
        take(&self.calls_out, self.settings.channels_out_max.filter(|_| !emergency))?;
        Some(Channel { trunk: self.clone(), out: true })
    }
    /// Whether it did not answer when it was asked.
    pub(crate) fn is_down(&self) -> bool {
        self.failed.load(Ordering::Relaxed) >= FAILED_PROBES_MAX
    }
    /// A probe was answered, or not. One shard alone asks, so nothing races here.
    pub(crate) fn probed(&self, good: bool, at: Moment) {
        let (was_down, known) = (self.is_down(), self.since.load(Ordering::Relaxed) != 0);
        let failed = if good { 0 } else { self.failed.load(Ordering::Relaxed).saturating_add(1) };
        self.failed.store(failed, Ordering::Relaxed);
        if was_down != self.is_down() || (!known && good) {
            self.since.store(at.as_micros().unsigned_abs(), Ordering::Relaxed);
        }
    }
    /// Where it is asked next: where it answered last, or at the target after the one that did not.
    pub(crate) fn probe_target(&self) -> Option<&Uri> {
        let count = self.settings.outbound.len() as u64;
        self.settings.outbound.get((self.failed.load(Ordering::Relaxed).checked_rem(count)?) as usize)
    }
    fn listing(&self) -> TrunkListing {
        let settings = &self.settings;
        let since = self.since.load(Ordering::Relaxed);
        TrunkListing {
            id: settings.id.clone(),
            outbound: settings.outbound.iter().map(Uri::to_string).collect(),
            up: (since != 0).then(|| !self.is_down()),
            since: (since != 0).then(|| Moment::from_micros(since as i64)),
            channels_in: self.calls_in.load(Ordering::Relaxed),
            channels_in_max: settings.channels_in_max,
            channels_out: self.calls_out.load(Ordering::Relaxed),
            channels_out_max: settings.channels_out_max,
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let calls = if self.out { &self.trunk.calls_out } else { &self.trunk.calls_in };
        calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One more, unless there are `max`. Only the number counts, nothing is published by it: relaxed.
fn take(calls: &AtomicU32, max: Option<u32>) -> Option<()> {
    let max = max.unwrap_or(u32::MAX);
    let more = |now: u32| (now < max).then(|| now + 1);
    calls.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| ())
}
