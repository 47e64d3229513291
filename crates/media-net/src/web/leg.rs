//! A browser's leg as its worker keeps it: its ICE name, the addresses that have proven themselves, and the peer, once it
//! has described itself. Knows the moments of the house and where datagrams leave it; doesn't know who hears whom.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::WebPeer;
use model::Moment;
use str0m::net::Protocol;

use super::door::Door;
use super::peer::{Fate, Peer};
use crate::clock::Clock;

/// Addresses of one browser that are known at once: host, server and relay candidates of a few networks. With one more
/// the oldest is forgotten; it comes back with its next check.
pub(crate) const SOURCES_MAX: usize = 16;

pub(crate) struct WebLeg {
    door: Arc<Door>,
    clock: Clock,
    name: Box<str>,
    sources: Vec<SocketAddr>,
    peer: Option<Box<Peer>>,
    was_connected: bool,
    /// When its sound came last; none: never, or it needn't come.
    heard_at: Option<Moment>,
    away: bool,
}

/// So long its sound may stay out. A browser sends every 20 ms, also in silence.
const AWAY_AFTER: Duration = Duration::from_secs(3);

impl WebLeg {
    pub(crate) const fn new(door: Arc<Door>, clock: Clock, name: Box<str>) -> Self {
        Self { door, clock, name, sources: Vec::new(), peer: None, was_connected: false, heard_at: None, away: false }
    }

    /// Our ICE name.
    pub(crate) const fn name(&self) -> &str {
        &self.name
    }

    /// Addresses that have proven themselves, the last learnt last.
    pub(crate) fn sources(&self) -> &[SocketAddr] {
        &self.sources
    }

    /// The browser has described itself.
    pub(crate) fn secure(&mut self, said: &WebPeer, at: Moment) {
        self.name.clone_from(&said.local.ufrag);
        let at = self.clock.instant(at);
        if self.peer.as_mut().is_some_and(|peer| peer.goes_on_as(said)) {
            return;
        }
        self.was_connected = false;
        let peer = Peer::new(said.clone(), self.door.certificate(), self.door.public(), at);
        self.peer = match peer {
            Ok(peer) => Some(Box::new(peer)),
            Err(fault) => {
                tracing::warn!(%fault, "a browser's sound can't begin");
                None
            }
        };
    }

    /// Takes in a datagram; `new`: it would prove an address that isn't known yet, which is then told before the answer
    /// goes out.
    pub(crate) fn take_in(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        packet: &mut [u8],
        at: Moment,
        new: bool,
        learnt: impl Fn(SocketAddr) -> bool,
    ) -> Option<usize> {
        let (door, at) = (&self.door, self.clock.instant(at));
        let peer = self.peer.as_mut()?;
        if new && (!peer.is_named_rightly(datagram, from, at) || !learnt(from)) {
            return None;
        }
        if new {
            self.sources.push(from);
        }
        let mut send = |protocol: Protocol, to, bytes: &[u8]| door.send(protocol, to, bytes);
        let taken = peer.take_in(datagram, (Protocol::Udp, from), packet, at, &mut send);
        if !self.was_connected && peer.is_connected() {
            self.was_connected = true;
            metrics::counter!("samkald_web_connected_total").increment(1);
        }
        match taken {
            Fate::Packet(length) => Some(length),
            Fate::Refused | Fate::Used => None,
        }
    }

    /// Its sound came. Whether it was away before.
    pub(crate) fn is_back(&mut self, at: Moment) -> bool {
        self.heard_at = Some(at);
        std::mem::take(&mut self.away)
    }

    /// Whether it has just gone: its sound should come, came, and has stayed out. Said once.
    pub(crate) fn has_gone(&mut self, should_come: bool, at: Moment) -> bool {
        if !should_come {
            // Who holds may be silent, and begins anew.
            (self.heard_at, self.away) = (None, false);
        }
        let gone = !self.away && self.heard_at.is_some_and(|heard| at.since(heard) >= AWAY_AFTER);
        self.away |= gone;
        gone
    }

    /// At the bound, forgets the address that was learnt first.
    pub(crate) fn forget_oldest_source(&mut self) -> Option<SocketAddr> {
        (self.sources.len() > SOURCES_MAX).then(|| self.sources.remove(0))
    }

    /// Sends one plain packet of ours, protected. Before the browser is connected it is lost.
    pub(crate) fn send(&mut self, packet: &[u8], at: Moment) {
        let door = &self.door;
        if let Some(peer) = &mut self.peer {
            let mut send = |protocol: Protocol, to, bytes: &[u8]| door.send(protocol, to, bytes);
            peer.send_rtp(packet, self.clock.instant(at), &mut send);
        }
    }

    /// Whether sound can go both ways.
    pub(crate) fn is_connected(&self) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.is_connected())
    }

    /// When the peer wants to be called.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.peer.as_ref().map(|peer| peer.next())
    }

    /// Gives the peer its time, if it has come; says when it wants to be called again.
    pub(crate) fn time_has_come(&mut self, at: Moment) -> Option<Instant> {
        let (door, at) = (&self.door, self.clock.instant(at));
        let peer = self.peer.as_mut()?;
        if at >= peer.next() {
            let mut send = |protocol: Protocol, to, bytes: &[u8]| door.send(protocol, to, bytes);
            peer.time_has_come(at, &mut send);
        }
        Some(peer.next())
    }

    /// Says farewell to the browser.
    pub(crate) fn close(&mut self, at: Moment) {
        let door = &self.door;
        if let Some(mut peer) = self.peer.take() {
            let mut send = |protocol: Protocol, to, bytes: &[u8]| door.send(protocol, to, bytes);
            peer.close(self.clock.instant(at), &mut send);
        }
    }
}

impl std::fmt::Debug for WebLeg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebLeg({}, connected: {})", self.name, self.is_connected())
    }
}
