//! Browsers' sound: one UDP port for all of them, and one peer for each leg.
//!
//! Worker 0 reads the port. Whose a datagram is follows from the ICE name that a check gives, later from where it comes
//! from; what belongs to a leg of another worker crosses over to it. Strangers' datagrams end here, counted.

mod allowance;
mod certificate;
mod crossing;
mod door;
mod extended;
mod leg;
mod peer;
mod session;
mod stun;
mod tcp;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::{IceLocal, WebPeer};
use model::Moment;

pub use certificate::{NoCertificate, WebCertificate};
pub(crate) use crossing::{CROSSINGS_PER_ROUND, Crossing};
pub(crate) use door::{Door, WEB};
use leg::SOURCES_MAX;
pub(crate) use leg::WebLeg;
use stun::Kind;
pub(crate) use tcp::TcpDoor;

use crate::clock::Clock;

/// Browsers' legs of one worker, at about 70 kB each while they talk. At the bound a leg is told that it can't be opened.
pub const WEB_PEERS_MAX: usize = 4096;
/// Addresses that worker 0 remembers for other workers' legs. At the bound a new one is not learnt: that browser doesn't
/// connect.
const ELSEWHERE_MAX: usize = WEB_PEERS_MAX * 16;
/// Between two looks at what the peers wait for: exact enough for handshakes, cheap enough for thousands.
const LOOK_MIN: Duration = Duration::from_millis(10);
const LOOK_MAX: Duration = Duration::from_millis(100);
/// The same while there is none.
const LOOK_IDLE: Duration = Duration::from_secs(1);
/// Where a browser's sound comes from and goes to, as the rules of a plain leg see it: DTLS has proven who it is, and
/// its address may change (RFC 5737: nobody's address).
pub(crate) const REMOTE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 9);

/// Where browsers send their sound.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// The UDP port of all browsers.
    pub listen: SocketAddr,
    /// Where browsers reach that port, as they are told; at least one, best first.
    pub public: Vec<SocketAddr>,
    /// What we show them.
    pub certificate: WebCertificate,
    /// Whether the TCP port of the same number is opened, too, for browsers that can't send UDP.
    pub tcp: bool,
}

/// What to do with a datagram.
pub(crate) enum Route {
    /// It is for the leg at this place.
    Here(usize),
    /// It is for a leg of this worker.
    Elsewhere(usize),
    /// Nobody knows it.
    Stranger,
}

/// The browsers' legs of one worker, as they are found.
pub(crate) struct Web {
    door: Arc<Door>,
    clock: Clock,
    worker: usize,
    /// Legs' places by our ICE name.
    names: HashMap<Box<str>, usize>,
    /// Legs' places by an address that has proven itself.
    sources: HashMap<SocketAddr, usize>,
    /// Worker 0: whose legs the other addresses belong to.
    elsewhere: HashMap<SocketAddr, usize>,
    places: Vec<usize>,
    look_at: Moment,
}

impl Web {
    pub(crate) fn new(door: Arc<Door>, worker: usize, clock: Clock) -> Self {
        Self {
            door,
            clock,
            worker,
            names: HashMap::new(),
            sources: HashMap::new(),
            elsewhere: HashMap::new(),
            places: Vec::new(),
            look_at: clock.now() + LOOK_IDLE,
        }
    }

    pub(crate) fn door(&self) -> &Door {
        &self.door
    }

    pub(crate) const fn worker(&self) -> usize {
        self.worker
    }

    pub(crate) const fn places(&self) -> &Vec<usize> {
        &self.places
    }

    /// A leg at this place, which checks may name from now on. `None`: there are as many as may be.
    pub(crate) fn open(&mut self, place: usize, local: &IceLocal) -> Option<WebLeg> {
        if self.places.len() >= WEB_PEERS_MAX || self.names.contains_key(&local.ufrag) {
            return None;
        }
        self.names.insert(local.ufrag.clone(), place);
        self.places.push(place);
        Some(WebLeg::new(Arc::clone(&self.door), self.clock, local.ufrag.clone()))
    }

    /// The browser has described itself, for the first time or anew.
    pub(crate) fn secure(&mut self, place: usize, leg: &mut WebLeg, said: &WebPeer, at: Moment) {
        if *leg.name() != *said.local.ufrag {
            self.names.remove(leg.name());
            self.names.insert(said.local.ufrag.clone(), place);
        }
        leg.secure(said, at);
    }

    /// Says farewell and forgets the leg.
    pub(crate) fn close(&mut self, place: usize, leg: &mut WebLeg, at: Moment) {
        leg.close(at);
        self.names.remove(leg.name());
        self.places.retain(|other| *other != place);
        for source in leg.sources() {
            if self.sources.get(source) == Some(&place) {
                self.sources.remove(source);
                self.door.tell_reader(self.worker, *source, false);
            }
        }
    }

    /// Whose a datagram is.
    pub(crate) fn route(&mut self, datagram: &[u8], from: SocketAddr) -> Route {
        if let Kind::Check(name) = Kind::of(datagram) {
            if let Some(place) = self.names.get(name) {
                return Route::Here(*place);
            }
            let worker = self.door.worker_of(name);
            return if worker == self.worker || self.worker != 0 { Route::Stranger } else { Route::Elsewhere(worker) };
        }
        if let Some(place) = self.sources.get(&from) {
            return Route::Here(*place);
        }
        if self.worker != 0 {
            return Route::Stranger;
        }
        // What another worker has learnt counts from the moment that it said so: before its own answer went out.
        self.learn();
        self.elsewhere.get(&from).map_or(Route::Stranger, |worker| Route::Elsewhere(*worker))
    }

    /// Lets a leg take in its datagram. Gives the length of the plain packet in `packet`, if it was sound.
    pub(crate) fn take_in(
        &mut self,
        place: usize,
        leg: &mut WebLeg,
        (datagram, from): (&[u8], SocketAddr),
        packet: &mut [u8],
        at: Moment,
    ) -> Option<usize> {
        let is_check = matches!(Kind::of(datagram), Kind::Check(_));
        let known = self.sources.get(&from) == Some(&place);
        let (door, worker) = (&self.door, self.worker);
        let learnt = |source| door.tell_reader(worker, source, true);
        let length = leg.take_in(datagram, from, packet, at, is_check && !known, learnt);
        if !known && leg.sources().last() == Some(&from) {
            self.sources.insert(from, place);
            if let Some(forgotten) = leg.forget_oldest_source()
                && self.sources.get(&forgotten) == Some(&place)
            {
                self.sources.remove(&forgotten);
                self.door.tell_reader(self.worker, forgotten, false);
            }
        }
        length
    }

    /// Takes notice of addresses that other workers have learnt or forgotten.
    fn learn(&mut self) {
        while let Some(told) = self.door.told() {
            if !told.known {
                if self.elsewhere.get(&told.source) == Some(&told.worker) {
                    self.elsewhere.remove(&told.source);
                }
            } else if self.elsewhere.len() < ELSEWHERE_MAX {
                self.elsewhere.insert(told.source, told.worker);
            }
        }
    }

    /// When the peers want to be looked after.
    pub(crate) const fn look_at(&self) -> Moment {
        self.look_at
    }

    /// Whether it is time to look after the peers. Then each is looked after by [`WebLeg::time_has_come`], which tells
    /// when it wants to be called again.
    pub(crate) fn begin_look(&mut self, at: Moment) -> bool {
        if self.worker == 0 {
            self.learn();
        }
        let due = at >= self.look_at;
        if due {
            self.look_at = at + if self.places.is_empty() { LOOK_IDLE } else { LOOK_MAX };
        }
        due
    }

    /// A peer wants to be called then.
    pub(crate) fn wanted(&mut self, next: Instant, at: Moment) {
        let after = next.saturating_duration_since(self.clock.instant(at)).max(LOOK_MIN);
        self.look_at = self.look_at.min(at + after.min(LOOK_MAX));
    }
}

/// The bound of a leg's addresses stands where they are kept.
const _: () = assert!(ELSEWHERE_MAX >= WEB_PEERS_MAX * SOURCES_MAX);
