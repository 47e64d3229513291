//! One trace that runs: which calls and legs it has found, and what it keeps of them.
//!
//! Bounded in legs, messages and bytes; what comes beyond is counted. Reads no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use model::{CallId, Moment};
use tokio::sync::mpsc;

use super::filter::{Filter, withheld};
use super::lookback::Lookback;
use super::mask::{Aliases, Depth, Masker, Public};
use super::seen::{Kept, Seen, Way};
use super::words::{Link, Told};

/// Messages that a trace keeps; later ones are counted, not kept.
pub const MESSAGES_MAX: usize = 10_000;
/// Bytes of these; later messages are counted, not kept.
pub const BYTES_MAX: usize = 16 * 1024 * 1024;
/// Legs (Call-IDs) of a trace, and calls; further ones are not followed.
pub const LEGS_MAX: usize = 1_000;

/// How a trace ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Its time was over.
    TimeOver,
    /// An operator stopped it, or the node ends.
    Stopped,
}

/// A trace.
pub(super) struct Running {
    pub(super) id: u64,
    pub(super) filter: Filter,
    pub(super) depth: Depth,
    pub(super) until: Moment,
    pub(super) kept: Vec<Arc<Kept>>,
    bytes: usize,
    /// Messages that came beyond the bounds.
    pub(super) beyond: u64,
    calls: BTreeSet<CallId>,
    /// Call-IDs, each with its number.
    legs: BTreeMap<Box<str>, u16>,
    aliases: Aliases,
    pub(super) readers: Vec<mpsc::Sender<Told>>,
}

impl Running {
    pub(super) fn new(id: u64, filter: Filter, depth: Depth, until: Moment) -> Self {
        Self {
            id,
            filter,
            depth,
            until,
            kept: Vec::new(),
            bytes: 0,
            beyond: 0,
            calls: BTreeSet::new(),
            legs: BTreeMap::new(),
            aliases: Aliases::default(),
            readers: Vec::new(),
        }
    }

    /// A message passed; whether it belongs here.
    pub(super) fn take(&mut self, call_id: &str, seen: &Seen, ours: &dyn Public) -> bool {
        let leg = match self.legs.get(call_id) {
            Some(leg) => Some(*leg),
            None if self.filter.finds(&seen.said) => self.add_leg(call_id),
            None => None,
        };
        if let Some(leg) = leg {
            self.keep(leg, seen, ours);
        }
        leg.is_some()
    }

    /// A shard told of a leg. Whether its call is new here, so that the call's other legs are wanted too.
    pub(super) fn link(&mut self, link: &Link<'_>, lookback: &Lookback, ours: &dyn Public) -> bool {
        let related = link.call.is_some_and(|call| self.calls.contains(&call))
            || self.filter.takes(link.call, link.agent, [link.local, link.remote])
            || self.legs.contains_key(link.call_id);
        if !related {
            return false;
        }
        if !self.legs.contains_key(link.call_id)
            && let Some(leg) = self.add_leg(link.call_id)
        {
            for seen in lookback.of(link.call_id) {
                self.keep(leg, &seen, ours);
            }
        }
        let room = self.calls.len() < LEGS_MAX;
        link.call.is_some_and(|call| room && self.calls.insert(call))
    }

    pub(super) fn legs(&self) -> usize {
        self.legs.len()
    }

    fn add_leg(&mut self, call_id: &str) -> Option<u16> {
        if self.legs.len() >= LEGS_MAX {
            return None;
        }
        let number = self.legs.len() as u16 + 1;
        self.legs.insert(call_id.into(), number);
        Some(number)
    }

    fn keep(&mut self, leg: u16, seen: &Seen, ours: &dyn Public) {
        if self.kept.len() >= MESSAGES_MAX || self.bytes + seen.said.len() > BYTES_MAX {
            self.beyond += 1;
            return;
        }
        let withheld = withheld(&seen.said);
        let mut masker = Masker { ours, aliases: &mut self.aliases, depth: self.depth, withheld };
        let text = masker.message(seen.said.head(), seen.said.body());
        let there = SocketAddr::new(masker.address(seen.there.ip()), seen.there.port());
        let (from, to) = match seen.way {
            Way::In => (there, seen.here),
            Way::Out => (seen.here, there),
        };
        self.bytes += text.len();
        let (peer, transport) = (seen.peer.clone(), seen.transport);
        let kept = Arc::new(Kept { at: seen.at, way: seen.way, peer, leg, transport, from, to, text });
        // A reader that does not keep up is let go: it has a gap that it could not see.
        self.readers.retain(|reader| reader.try_send(Told::Message(kept.clone())).is_ok());
        self.kept.push(kept);
    }

    /// Tells the readers that it is over.
    pub(super) fn end(self, why: End) {
        for reader in self.readers {
            // One that can't take a word more is cut off.
            let _ = reader.try_send(Told::End { why, beyond: self.beyond });
        }
    }
}
