//! One message from a socket: heard, through the buckets and the door to its shard, or answered here and forgotten.
//!
//! The same for datagrams and connections. At most one answer a message, and no state for strangers but their buckets.
//! Never logs a peer's address or what a message says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use model::{Moment, ShardNo, TrunkId};
use tracing::debug;

use super::admission::{Admission, Buckets, Kind, Sender};
use super::certified::Certified;
use super::config::NetConfig;
use super::counts::Counters;
use super::dealing::{Deal, Full, sender_of, shard_of, shard_of_phone};
use super::door::{Answer, Door, Extra, Proof, at_the_door, kind_of};
use super::intake::Intake;
use super::reply::{Stateless, answer_path, later, stateless};
use super::source::Source;
use crate::message::{Fault, Headers, Message, Method, ParseError, Request, Writer};
use crate::stack::{Destination, Incoming, Path};
use crate::trace::Tap;

/// Shared by all sockets.
pub(super) struct Gate {
    pub(super) config: Arc<NetConfig>,
    pub(super) deal: Arc<dyn Deal>,
    pub(super) counts: Arc<Counters>,
    pub(super) tap: Arc<Tap>,
    pub(super) buckets: Mutex<Buckets>,
    pub(super) intake: Intake,
    pub(super) certified: Certified,
}

impl Gate {
    /// With full buckets.
    pub(super) fn new(config: NetConfig, deal: Arc<dyn Deal>, tap: Arc<Tap>) -> Self {
        let buckets = Mutex::new(Buckets::new(config.keeping.admission));
        let intake = Intake::of(config.listen.len());
        let (config, counts, certified) = (Arc::new(config), Arc::default(), Certified::default());
        Self { config, deal, counts, tap, buckets, intake, certified }
    }

    /// The trunk that something came from: by its address, or by the certificate that was shown on its connection.
    pub(super) fn trunk_of(&self, path: &Path) -> Option<&TrunkId> {
        let certified = || Some(&self.config.trunks.get(self.certified.trunk(path)?)?.id);
        self.config.trunk_of(path.peer).or_else(certified)
    }

    /// Whether what this peer sends is read at all: not while it is banned or floods us.
    pub(super) fn hears(&self, peer: SocketAddr) -> bool {
        if self.config.trunk_of(peer).is_some() {
            return true;
        }
        let at = self.config.keeping.clock.now();
        let Some(sender) = self.sender(None, peer, at) else {
            self.counts.dropped_banned.one_more();
            return false;
        };
        let heard = self.buckets().hears(sender, at);
        if !heard {
            self.counts.dropped_unread.one_more();
        }
        heard
    }

    /// Whether nobody at this address may even connect.
    pub(super) fn bans(&self, peer: SocketAddr) -> bool {
        let banned = self.sender(self.config.trunk_of(peer), peer, self.config.keeping.clock.now()).is_none();
        if banned {
            self.counts.dropped_banned.one_more();
        }
        banned
    }

    /// Takes what was read from `path`; gives back what is to be answered at once. Both are shown to the tap.
    pub(super) fn take(&self, read: Result<Message, ParseError>, path: Path, writer: &mut Writer) -> Option<Stateless> {
        if !self.tap.is_on() {
            return self.take_in(read, path, writer);
        }
        let trunk = self.trunk_of(&path);
        self.tap.came(&read, &path, trunk);
        let answer = self.take_in(read, path, writer)?;
        self.tap.goes(&answer.bytes, &Destination::Path(answer.path), trunk);
        Some(answer)
    }

    fn take_in(&self, read: Result<Message, ParseError>, path: Path, writer: &mut Writer) -> Option<Stateless> {
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.unreadable(error, path, writer),
        };
        self.counts.received.one_more();
        let (trunk, at) = (self.trunk_of(&path), self.config.keeping.clock.now());
        let Some(sender) = self.sender(trunk, path.peer, at) else { return self.drop_it() };
        match read {
            Message::Request(request) => {
                let path = answer_path(path, &request.headers, trunk.is_some());
                self.request(request, sender, path, at, writer)
            }
            Message::Response(_) => match self.buckets().admit(sender, Kind::InDialog, at) {
                Admission::Admit => {
                    let incoming = Incoming { message: read, path, trunk: trunk.cloned() };
                    self.deal(incoming, Kind::InDialog, writer)
                }
                Admission::Refuse | Admission::Drop => self.too_much(),
            },
        }
    }

    fn request(
        &self,
        request: Request,
        sender: Sender<'_>,
        path: Path,
        at: Moment,
        writer: &mut Writer,
    ) -> Option<Stateless> {
        let trunk = sender.trunk();
        let door = at_the_door(&request, trunk, self.config.shards, || self.proof(&request.headers));
        let kind = kind_of(&request, &door, sender, &self.config.keeping.urgent);
        if door == Door::Drop {
            return self.drop_it();
        }
        match self.buckets().admit(sender, kind, at) {
            Admission::Admit => {}
            Admission::Refuse => {
                self.counts.refused_rate.one_more();
                return Some(later(&request.headers, path, writer));
            }
            Admission::Drop => return self.too_much(),
        }
        match door {
            Door::Pass => {
                let trunk = trunk.cloned();
                self.deal(Incoming { message: Message::Request(request), path, trunk }, kind, writer)
            }
            Door::Challenge => self.challenge(request, path, at, writer),
            Door::Answer(answer) => Some(self.refuse(&request.headers, &request.method, &answer, path, writer)),
            Door::Drop => None,
        }
    }

    /// The same words for everybody: nothing is looked up, so nothing can be learned.
    fn challenge(&self, request: Request, path: Path, at: Moment, writer: &mut Writer) -> Option<Stateless> {
        let guard = self.config.keeping.guard.as_ref()?;
        let message = Message::Request(request);
        let shard = self.shard(&message, None)?;
        let challenges = guard.challenges(shard, at, rand::random(), false);
        self.counts.challenged.one_more();
        let answer = Answer { status: 401, extra: Extra::Challenges(challenges.into_vec()) };
        Some(stateless(message.headers(), &answer, path, writer))
    }

    fn proof(&self, headers: &Headers) -> Proof {
        match &self.config.keeping.guard {
            None => Proof::Useless,
            Some(guard) if guard.has_credentials(headers) => Proof::Given,
            Some(_) => Proof::Missing,
        }
    }

    /// Refuses a message of which only the headers count; for a stream whose framing is broken.
    pub(super) fn refuse_broken(
        &self,
        read: Result<Message, ParseError>,
        path: Path,
        writer: &mut Writer,
    ) -> Option<Stateless> {
        match read {
            Ok(Message::Request(request)) if request.method != Method::Ack => {
                let answer = Answer { status: 400, extra: Extra::Nothing };
                Some(self.refuse(&request.headers, &request.method, &answer, path, writer))
            }
            Ok(_) => self.drop_it(),
            Err(error) => self.unreadable(error, path, writer),
        }
    }

    fn deal(&self, incoming: Incoming, kind: Kind, writer: &mut Writer) -> Option<Stateless> {
        let Some(shard) = self.shard(&incoming.message, incoming.trunk.as_ref()) else { return self.drop_it() };
        let behind = self.intake.behind(incoming.path.listener, || self.config.keeping.clock.now());
        if !self.config.keeping.load.lets_in(kind, self.deal.load(shard), behind) {
            self.counts.refused_busy.one_more();
            return Some(later(incoming.message.headers(), incoming.path, writer));
        }
        let Err(Full(incoming)) = self.deal.deal(shard, incoming, kind) else { return None };
        if kind == Kind::InDialog {
            self.counts.lost_full.one_more();
            return None;
        }
        self.counts.refused_full.one_more();
        Some(later(incoming.message.headers(), incoming.path, writer))
    }

    /// Whose it is; a phone's call goes to where its agent speaks.
    fn shard(&self, message: &Message, trunk: Option<&TrunkId>) -> Option<ShardNo> {
        match trunk {
            Some(_) => shard_of(message, self.config.shards),
            None => shard_of_phone(message, self.config.shards, self.deal.whereabouts()),
        }
    }

    fn unreadable(&self, error: ParseError, path: Path, writer: &mut Writer) -> Option<Stateless> {
        if error.fault == Fault::KeepAlive {
            return None;
        }
        let status = error.fault.status();
        self.counts.unreadable.one_more();
        let (trunk, at) = (self.trunk_of(&path), self.config.keeping.clock.now());
        let Some(sender) = self.sender(trunk, path.peer, at) else { return self.drop_it() };
        if trunk.is_none() && self.config.keeping.bans.unreadable(path.peer.ip(), at) {
            return self.drop_it();
        }
        let (Some(status), Some(request)) = (status, error.request) else { return self.drop_it() };
        if self.buckets().admit(sender, Kind::Other, at) != Admission::Admit {
            return self.too_much();
        }
        let path = answer_path(path, &request.headers, trunk.is_some());
        let answer = Answer { status, extra: Extra::Nothing };
        Some(self.refuse(&request.headers, &request.method, &answer, path, writer))
    }

    fn refuse(
        &self,
        headers: &Headers,
        method: &Method,
        answer: &Answer,
        path: Path,
        writer: &mut Writer,
    ) -> Stateless {
        if answer.status != 200 {
            self.counts.refused_at_the_door.one_more();
            debug!(%method, status = answer.status, "answered at the door");
        }
        stateless(headers, answer, path, writer)
    }

    /// The trunk that a message of ours goes to, where its address is known.
    pub(super) fn trunk_towards(&self, to: &Destination) -> Option<&TrunkId> {
        match to {
            Destination::Path(path) => self.trunk_of(path),
            Destination::Target(target) => {
                self.config.trunk_of(SocketAddr::new(target.host.parse().ok()?, target.port))
            }
        }
    }

    /// Something of ours could not be sent; if it was a request, its shard hears of it.
    pub(super) fn lost(&self, bytes: Bytes) {
        self.counts.unsent.one_more();
        if let Some(shard) = sender_of(&bytes, self.config.shards) {
            self.deal.undelivered(shard, bytes);
        }
    }

    /// A connection on which somebody was accepted is over.
    pub(super) fn flow_gone(&self, connection: u64) {
        self.deal.flow_gone(connection);
    }

    /// From whom something comes; none if it is banned.
    fn sender<'a>(&self, trunk: Option<&'a TrunkId>, peer: SocketAddr, at: Moment) -> Option<Sender<'a>> {
        match trunk {
            Some(trunk) => Some(Sender::Trunk(trunk)),
            None => Sender::of(Source::of(peer.ip()), self.config.keeping.bans.standing(peer.ip(), at)),
        }
    }

    fn too_much(&self) -> Option<Stateless> {
        self.counts.dropped_rate.one_more();
        None
    }

    /// Each step leaves the buckets whole, so one that panicked has spoilt nothing.
    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sources of which something is kept.
    pub(super) fn sources(&self) -> usize {
        self.buckets().sources()
    }

    fn drop_it(&self) -> Option<Stateless> {
        self.counts.dropped.one_more();
        None
    }
}
