//! The tap on the sockets: shut, it costs one relaxed load a message; open, each message is looked at by every trace.
//!
//! Told by the gate and by `SipNet::send` what passes, and by the shards which leg belongs to which call. One lock, held
//! while a message is masked: a trace is for an operator who looks, not for every day.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use model::{Moment, TrunkId};
use tokio::sync::mpsc;

use super::lookback::Lookback;
use super::mask::{Nothing, Public};
use super::running::{End, Running};
use super::seen::{Peer, Said, Seen, Way};
use super::words::{CannotTrace, Link, SPAN_MAX, Shown, Started, Watch, Wish};
use crate::message::{Message, ParseError};
use crate::stack::{Destination, Path};

/// Traces at one time; one more is refused.
pub const TRACES_MAX: usize = 4;
/// Readers of one trace; one more is refused.
pub const WATCHERS_MAX: usize = 4;
/// Messages that a reader may be behind; at the bound it is cut off.
const BEHIND_MAX: usize = 1_024;

/// The tap. Shared by sockets, shards and whoever starts traces.
pub struct Tap {
    on: AtomicBool,
    /// The number of the last trace that was begun.
    last: AtomicU64,
    now: Box<dyn Fn() -> Moment + Send + Sync>,
    ours: Box<dyn Public>,
    /// Where each listener is.
    here: OnceLock<Vec<SocketAddr>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: Vec<Running>,
    lookback: Lookback,
}

impl Tap {
    /// A tap that is shut. `now` is the node's clock; `ours` says what needs no mask.
    pub fn new(now: impl Fn() -> Moment + Send + Sync + 'static, ours: impl Public + 'static) -> Self {
        let (now, ours) = (Box::new(now), Box::new(ours));
        let (on, last) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { on, last, now, ours, here: OnceLock::new(), state: Mutex::default() }
    }

    /// Where the listeners are, in the order of the settings; said once, by the sockets.
    pub(crate) fn listens(&self, here: Vec<SocketAddr>) {
        self.here.get_or_init(|| here);
    }

    /// Whether anything is traced. One relaxed load: who has just begun a trace may miss a message that passes meanwhile.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// A message came; `trunk` is whose address its sender has.
    pub(crate) fn came(&self, read: &Result<Message, ParseError>, path: &Path, trunk: Option<&TrunkId>) {
        let Some(said) = Said::of(read) else { return };
        let (here, there) = (self.here(path.listener), path.peer);
        let (at, peer, transport) = ((self.now)(), peer(trunk), path.transport);
        self.pass(Seen { at, way: Way::In, peer, transport, here, there, said });
    }

    /// A message of ours goes; of a name that nobody looked up yet no address is known.
    pub(crate) fn goes(&self, bytes: &Bytes, to: &Destination, trunk: Option<&TrunkId>) {
        let (transport, there) = match to {
            Destination::Path(path) => (path.transport, path.peer),
            Destination::Target(target) => {
                let host = target.host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
                (target.transport, SocketAddr::new(host, target.port))
            }
        };
        let (here, said) = (self.here(to.listener()), Said::Written(bytes.clone()));
        self.pass(Seen { at: (self.now)(), way: Way::Out, peer: peer(trunk), transport, here, there, said });
    }

    /// A shard tells of a leg. `true`: its call is new in a trace, so tell of the call's other legs too.
    pub fn link(&self, link: &Link<'_>) -> bool {
        let State { running, lookback, .. } = &mut *self.state();
        let mut wanted = false;
        for trace in running {
            // Every trace must hear of it, whatever the others say.
            wanted |= trace.link(link, lookback, &*self.ours);
        }
        wanted
    }

    /// The number of the last trace that was begun: a shard that sees a new one tells of all legs that it has
    /// ([`Self::link`]), so that calls in progress are found.
    pub fn last_begun(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Begins a trace.
    pub fn start(&self, wish: Wish) -> Result<Started, CannotTrace> {
        if wish.span.is_zero() || wish.span > SPAN_MAX {
            return Err(CannotTrace::BadSpan);
        }
        self.expire();
        let mut state = self.state();
        if state.running.len() >= TRACES_MAX {
            return Err(CannotTrace::TooMany);
        }
        let (id, until) = (self.last.fetch_add(1, Ordering::Relaxed) + 1, (self.now)() + wish.span);
        state.running.push(Running::new(id, wish.filter, wish.depth, until));
        self.on.store(true, Ordering::Relaxed);
        Ok(Started { id, until })
    }

    /// Reads a trace from its beginning; none if there is no such trace (any more), or it has [`WATCHERS_MAX`] readers.
    pub fn watch(&self, id: u64) -> Option<Watch> {
        self.expire();
        let mut state = self.state();
        let trace = state.running.iter_mut().find(|trace| trace.id == id)?;
        trace.readers.retain(|reader| !reader.is_closed());
        if trace.readers.len() >= WATCHERS_MAX {
            return None;
        }
        let (reader, later) = mpsc::channel(BEHIND_MAX);
        trace.readers.push(reader);
        Some(Watch { before: trace.kept.clone(), later })
    }

    /// Ends a trace before its time; whether there was one.
    pub fn stop(&self, id: u64) -> bool {
        self.expire();
        self.end(End::Stopped, |trace| trace.id == id) > 0
    }

    /// Ends those whose time is over. Each message does so too; this is for when none comes.
    pub fn expire(&self) {
        let now = (self.now)();
        self.end(End::TimeOver, |trace| trace.until <= now);
    }

    /// All that run.
    pub fn list(&self) -> Vec<Shown> {
        self.expire();
        let shown = |trace: &Running| Shown {
            id: trace.id,
            filter: trace.filter.clone(),
            depth: trace.depth,
            until: trace.until,
            legs: trace.legs(),
            messages: trace.kept.len(),
            beyond: trace.beyond,
        };
        self.state().running.iter().map(shown).collect()
    }

    /// With the last trace goes all that was remembered.
    fn end(&self, why: End, over: impl Fn(&Running) -> bool) -> usize {
        let mut state = self.state();
        let ended: Vec<Running> = state.running.extract_if(.., |trace| over(trace)).collect();
        if state.running.is_empty() {
            self.on.store(false, Ordering::Relaxed);
            state.lookback.clear();
        }
        drop(state);
        let count = ended.len();
        for trace in ended {
            trace.end(why);
        }
        count
    }

    fn here(&self, listener: u16) -> SocketAddr {
        let known = self.here.get().and_then(|here| here.get(usize::from(listener)));
        known.copied().unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0))
    }

    fn pass(&self, seen: Seen) {
        if self.state().running.iter().any(|trace| trace.until <= seen.at) {
            self.expire();
        }
        let State { running, lookback, .. } = &mut *self.state();
        if running.is_empty() {
            return;
        }
        let call_id: Box<str> = seen.said.call_id().into();
        for trace in running.iter_mut() {
            trace.take(&call_id, &seen, &*self.ours);
        }
        // Another trace may find out later that the leg is its own.
        lookback.put(&call_id, seen);
    }

    /// What a panic leaves half-done here is a trace with a gap, no call.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Tap {
    /// Stands still in time and shows nothing unmasked; for sockets that nobody traces.
    fn default() -> Self {
        Self::new(|| Moment::EPOCH, Nothing)
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tap({} traces)", self.state().running.len())
    }
}

fn peer(trunk: Option<&TrunkId>) -> Peer {
    trunk.cloned().map_or(Peer::Phone, Peer::Trunk)
}
