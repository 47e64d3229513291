//! One message from a socket: read, through the door, to its shard, or answered here and forgotten.
//!
//! The same for datagrams and connections. Never logs a peer's address or what a message says.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use model::TrunkId;
use rand::RngExt as _;
use tracing::debug;

use super::config::NetConfig;
use super::counts::Counters;
use super::dealing::{Deal, Full, fnv1a, is_new_call, sender_of, shard_of, shard_of_phone};
use super::door::{Answer, Door, Extra, at_the_door};
use crate::message::{ALLOW, Echo, HeaderName, Headers, Message, Method, ParseError, RPort, SUPPORTED, Writer};
use crate::stack::{Destination, Incoming, Path};
use crate::trace::Tap;

/// A refused call comes again after 1–10 s, so that not all come at once.
const RETRY_AFTER_S: std::ops::RangeInclusive<u8> = 1..=10;

/// Shared by all sockets.
pub(super) struct Gate {
    pub(super) config: Arc<NetConfig>,
    pub(super) deal: Arc<dyn Deal>,
    pub(super) counts: Arc<Counters>,
    pub(super) tap: Arc<Tap>,
}

/// An answer without state, and where it goes.
pub(super) struct Stateless {
    pub(super) path: Path,
    pub(super) bytes: Bytes,
}

impl Gate {
    /// Takes what was read from `path`; gives back what is to be answered at once. Both are shown to the tap.
    pub(super) fn take(&self, read: Result<Message, ParseError>, path: Path, writer: &mut Writer) -> Option<Stateless> {
        if !self.tap.is_on() {
            return self.take_in(read, path, writer);
        }
        let trunk = self.config.trunk_of(path.peer);
        self.tap.came(&read, &path, trunk);
        let answer = self.take_in(read, path, writer)?;
        self.tap.goes(&answer.bytes, &Destination::Path(answer.path), trunk);
        Some(answer)
    }

    fn take_in(&self, read: Result<Message, ParseError>, path: Path, writer: &mut Writer) -> Option<Stateless> {
        match read {
            Ok(Message::Request(request)) => {
                self.counts.received.one_more();
                let trunk = self.config.trunk_of(path.peer);
                let path = answer_path(path, &request.headers, trunk.is_some());
                match at_the_door(&request, trunk, self.config.shards) {
                    Door::Pass => {
                        let trunk = trunk.cloned();
                        self.deal(Incoming { message: Message::Request(request), path, trunk }, writer)
                    }
                    Door::Answer(answer) => Some(self.refuse(&request.headers, &request.method, &answer, path, writer)),
                    Door::Drop => self.drop_it(),
                }
            }
            Ok(response) => {
                self.counts.received.one_more();
                let trunk = self.config.trunk_of(path.peer).cloned();
                self.deal(Incoming { message: response, path, trunk }, writer)
            }
            Err(error) => self.unreadable(error, path, writer),
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

    fn deal(&self, incoming: Incoming, writer: &mut Writer) -> Option<Stateless> {
        let shard = match &incoming.trunk {
            Some(_) => shard_of(&incoming.message, self.config.shards),
            None => shard_of_phone(&incoming.message, self.config.shards, self.deal.whereabouts()),
        };
        let Some(shard) = shard else { return self.drop_it() };
        let Err(Full(incoming)) = self.deal.deal(shard, incoming) else { return None };
        if !is_new_call(&incoming.message) {
            self.counts.lost_full.one_more();
            return None;
        }
        self.counts.refused_full.one_more();
        let after = rand::rng().random_range(RETRY_AFTER_S);
        let answer = Answer { status: 503, extra: Extra::RetryAfter(after) };
        Some(stateless(incoming.message.headers(), &answer, incoming.path, writer))
    }

    fn unreadable(&self, error: ParseError, path: Path, writer: &mut Writer) -> Option<Stateless> {
        let status = error.fault.status()?;
        self.counts.unreadable.one_more();
        let Some(request) = error.request else { return self.drop_it() };
        let path = answer_path(path, &request.headers, self.config.trunk_of(path.peer).is_some());
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
        let peer = match to {
            Destination::Path(path) => path.peer,
            Destination::Target(target) => SocketAddr::new(target.host.parse().ok()?, target.port),
        };
        self.config.trunk_of(peer)
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

    fn drop_it(&self) -> Option<Stateless> {
        self.counts.dropped.one_more();
        None
    }
}

/// Where answers go: on a connection back on it; over UDP to where the request came from if it asks so (RFC 3581 §4), else
/// to the port of its Via (RFC 3261 §18.2.2). Phones that don't ask are treated as if they did: they may sit behind a
/// translation of addresses; a trunk does not.
fn answer_path(path: Path, headers: &Headers, from_trunk: bool) -> Path {
    let Some(via) = headers.via() else { return path };
    if path.transport.reliable() || !from_trunk || via.rport() != RPort::Absent {
        return path;
    }
    Path { peer: SocketAddr::new(path.peer.ip(), via.port().unwrap_or(5060)), ..path }
}

/// The answer is the same each time that the same request comes (RFC 3261 §8.2.7): its tag is a hash.
fn stateless(headers: &Headers, answer: &Answer, path: Path, writer: &mut Writer) -> Stateless {
    let tag = format!("s{:016x}", fnv1a(&[headers.call_id(), headers.from_tag(), headers.branch()]));
    let echo = Echo::of(headers, path.peer, Some(&tag));
    writer.response(answer.status, &echo);
    match &answer.extra {
        Extra::Nothing => {}
        Extra::Abilities => {
            writer
                .line(HeaderName::Allow, ALLOW)
                .line(HeaderName::Accept, "application/sdp")
                .line(HeaderName::Supported, SUPPORTED);
        }
        Extra::Allow => {
            writer.line(HeaderName::Allow, ALLOW);
        }
        Extra::Unsupported(extensions) => {
            writer.line(HeaderName::Unsupported, extensions);
        }
        Extra::RetryAfter(seconds) => {
            writer.line(HeaderName::RetryAfter, seconds);
        }
    }
    Stateless { path, bytes: writer.finish() }
}
