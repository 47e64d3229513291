//! Who may ask how much: token buckets for each source and for all, before anything else is done with a message.
//!
//! Pure: a source, a kind and a moment lead to admit, refuse or drop. Keeps one small entry a source, for a bounded
//! number of them. Doesn't know what a message asks for, nor how busy the shards are (that is `load`'s).

use std::collections::BTreeMap;

use model::{Moment, TrunkId};

use super::bans::Standing;
use super::bucket::{Bucket, Rate};
use super::source::{Source, Sources};

/// Inside dialogs, and unread, a source may send so many times what it may ask outside of them: a talk is INVITE, ACK,
/// BYE, the refreshes between, and the answers to ours.
const IN_DIALOG_FACTOR: u32 = 4;
/// Of what all strangers may ask, this part may carry credentials, which a shard has to look at.
const PROOFS_PART: u32 = 8;

/// How much whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AdmissionSettings {
    /// Requests outside dialogs from one stranger. Default 50 a second, 200 at once: a municipality's phones behind one
    /// address register within seconds, and a guesser gets nowhere.
    pub source: Rate,
    /// The same from a source where a phone has proved itself. Default 1,000 a second, 4,000 at once.
    pub phones: Rate,
    /// From all strangers together. Default 8,000 a second: answering them takes some 10 % of a processor.
    pub strangers: Rate,
    /// New calls of one trunk. Default 5,000 a second: more than a node carries, so only a trunk gone mad meets it.
    pub trunk_calls: Rate,
    /// Sources of which something is kept. At the bound, the one heard longest ago is forgotten, and begins anew with a full
    /// bucket; the bucket of all strangers still holds. Default 16,384, some 2 MB.
    pub sources_max: usize,
}

impl Default for AdmissionSettings {
    fn default() -> Self {
        Self {
            source: Rate { per_second: 50, burst: 200 },
            phones: Rate { per_second: 1_000, burst: 4_000 },
            strangers: Rate { per_second: 8_000, burst: 8_000 },
            trunk_calls: Rate { per_second: 5_000, burst: 5_000 },
            sources_max: 16_384,
        }
    }
}

/// From whom a message comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender<'a> {
    /// A trunk, by its address.
    Trunk(&'a TrunkId),
    /// A source of phones in good standing.
    Phones(Source),
    /// Anybody else.
    Stranger(Source),
}

impl<'a> Sender<'a> {
    /// By what is known of a source that is no trunk's; none for one that is banned.
    pub fn of(source: Source, standing: Standing) -> Option<Self> {
        match standing {
            Standing::Banned => None,
            Standing::Phone => Some(Self::Phones(source)),
            Standing::Stranger => Some(Self::Stranger(source)),
        }
    }
    /// The trunk, if it is one.
    pub const fn trunk(self) -> Option<&'a TrunkId> {
        match self {
            Self::Trunk(trunk) => Some(trunk),
            Self::Phones(_) | Self::Stranger(_) => None,
        }
    }
}

/// What a message is to the gate, from the last to be refused to the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// It bears a mark of ours: a request inside a dialog, a response, an ACK, a CANCEL.
    InDialog,
    /// A new call to an emergency or priority number.
    Urgent,
    /// Any other new call.
    NewCall,
    /// A request with credentials, which a shard must look at.
    Proof,
    /// What is answered at the gate, once, without state.
    Other,
}

/// What happens to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// It goes on.
    Admit,
    /// It is answered: later.
    Refuse,
    /// Nothing is said: its source, or strangers together, send too much.
    Drop,
}

/// The buckets.
pub struct Buckets {
    settings: AdmissionSettings,
    sources: Sources<OfSource>,
    trunks: BTreeMap<TrunkId, Bucket>,
    strangers: Bucket,
    strangers_in_dialog: Bucket,
    strangers_proofs: Bucket,
}

/// The buckets of a source.
struct OfSource {
    unread: Bucket,
    asks: Bucket,
    in_dialog: Bucket,
}

impl OfSource {
    const fn full() -> Self {
        Self { unread: Bucket::full(), asks: Bucket::full(), in_dialog: Bucket::full() }
    }
}

impl Buckets {
    /// All full.
    pub fn new(settings: AdmissionSettings) -> Self {
        let sources = Sources::new(settings.sources_max);
        let (trunks, full) = (BTreeMap::new(), Bucket::full());
        Self { settings, sources, trunks, strangers: full, strangers_in_dialog: full, strangers_proofs: full }
    }

    /// Whether a message of this sender is read at all.
    pub fn hears(&mut self, sender: Sender<'_>, at: Moment) -> bool {
        let (source, rate) = match sender {
            Sender::Trunk(_) => return true,
            Sender::Phones(source) => (source, self.settings.phones),
            Sender::Stranger(source) => (source, self.settings.source),
        };
        // What is asked, and what belongs to talks, and as much again for repetitions.
        self.sources.used(source, OfSource::full).unread.take(rate.times(2 * IN_DIALOG_FACTOR), at)
    }

    /// Decides on a message that was read.
    pub fn admit(&mut self, sender: Sender<'_>, kind: Kind, at: Moment) -> Admission {
        match sender {
            Sender::Trunk(trunk) => self.of_trunk(trunk, kind, at),
            Sender::Phones(source) => self.of_phones(source, kind, at),
            Sender::Stranger(source) => self.of_stranger(source, kind, at),
        }
    }

    /// Sources of which something is kept.
    pub fn sources(&self) -> usize {
        self.sources.len()
    }

    fn of_trunk(&mut self, trunk: &TrunkId, kind: Kind, at: Moment) -> Admission {
        match kind {
            Kind::InDialog | Kind::Urgent => return Admission::Admit,
            Kind::NewCall | Kind::Proof | Kind::Other => {}
        }
        if !self.trunks.contains_key(trunk) {
            self.trunks.insert(trunk.clone(), Bucket::full());
        }
        let has_one = self.trunks.get_mut(trunk).is_some_and(|bucket| bucket.take(self.settings.trunk_calls, at));
        if has_one { Admission::Admit } else { Admission::Refuse }
    }

    /// Phones are told to come again, so that a storm of them spreads by itself.
    fn of_phones(&mut self, source: Source, kind: Kind, at: Moment) -> Admission {
        let rate = self.settings.phones;
        let of_source = self.sources.used(source, OfSource::full);
        match kind {
            Kind::InDialog | Kind::Urgent => {
                admit_or(Admission::Drop, of_source.in_dialog.take(rate.times(IN_DIALOG_FACTOR), at))
            }
            Kind::NewCall | Kind::Proof | Kind::Other => admit_or(Admission::Refuse, of_source.asks.take(rate, at)),
        }
    }

    fn of_stranger(&mut self, source: Source, kind: Kind, at: Moment) -> Admission {
        let (rate, all) = (self.settings.source, self.settings.strangers);
        let of_source = self.sources.used(source, OfSource::full);
        match kind {
            // Whose marks are invented can't be told here, so what strangers send to the shards so is bounded by itself.
            Kind::InDialog => {
                let passes = of_source.in_dialog.take(rate.times(IN_DIALOG_FACTOR), at)
                    && self.strangers_in_dialog.take(part(all, IN_DIALOG_FACTOR), at);
                admit_or(Admission::Drop, passes)
            }
            Kind::Urgent | Kind::NewCall | Kind::Proof | Kind::Other => {
                if !(of_source.asks.take(rate, at) && self.strangers.take(all, at)) {
                    return Admission::Drop;
                }
                // A phone that can't be heard now because others flood shall not take us for dead.
                let heard = kind == Kind::Other || self.strangers_proofs.take(part(all, PROOFS_PART), at);
                admit_or(Admission::Refuse, heard)
            }
        }
    }
}

const fn part(rate: Rate, of: u32) -> Rate {
    Rate { per_second: rate.per_second.div_ceil(of), burst: rate.burst.div_ceil(of) }
}

const fn admit_or(otherwise: Admission, passes: bool) -> Admission {
    if passes { Admission::Admit } else { otherwise }
}

#[cfg(test)]
mod tests;
