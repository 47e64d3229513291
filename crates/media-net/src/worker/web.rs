//! A worker's part of browsers' sound: reads their port (worker 0), takes in what crossed over to it, and gives peers
//! their time. From there on a browser's packet goes the way of any other.

use std::io::ErrorKind;
use std::net::SocketAddr;

use media::{IceLocal, MediaEvent, WebPeer};
use model::{LegId, Moment};

use super::Worker;
use crate::leg::{Leg, Path};
use crate::web::{CROSSINGS_PER_ROUND, REMOTE, Route};

/// Datagrams that are taken from the browsers' port before other sockets have their turn: it stands for many legs.
const DATAGRAMS_PER_TURN: usize = 128;
/// Longest datagram that is taken in (RFC 8445 §5.1.1, Ethernet's bound); the rest of a longer one is cut off.
const DATAGRAM_BYTES_MAX: usize = 1500;

impl<E: Fn(MediaEvent)> Worker<E> {
    pub(super) fn open_web(&mut self, leg: LegId, local: &IceLocal) {
        let place = self.table.legs.vacant_key();
        match self.web.as_mut().and_then(|web| web.open(place, local)) {
            Some(path) if !self.table.has(leg) => self.table.open(Leg::new(leg, Path::Web(Box::new(path)))),
            Some(_) | None => {
                tracing::error!(?leg, "a browser's leg can't be opened");
                (self.events)(MediaEvent::PortTaken { leg });
            }
        }
    }

    /// A browser's leg has heard how the browser describes itself.
    pub(super) fn secure_web(&mut self, leg: LegId, said: &WebPeer, at: Moment) {
        let Some(place) = self.table.place_of(leg) else { return };
        if let (Some(web), Path::Web(leg)) = (&mut self.web, &mut self.table.legs[place].path) {
            web.secure(place, leg, said, at);
        }
    }

    /// Before a leg is forgotten.
    pub(super) fn close_web(&mut self, leg: LegId) {
        let at = self.clock.now();
        let Some(place) = self.table.place_of(leg) else { return };
        if let (Some(web), Path::Web(leg)) = (&mut self.web, &mut self.table.legs[place].path) {
            web.close(place, leg, at);
        }
    }

    /// Takes in what came to the browsers' port. Says whether there may be more.
    pub(super) fn read_web(&mut self) -> bool {
        let at = self.clock.now();
        let mut datagram = [0; DATAGRAM_BYTES_MAX];
        for _ in 0..DATAGRAMS_PER_TURN {
            let Some(web) = &mut self.web else { return false };
            let (length, from) = match web.door().receive(&mut datagram) {
                Ok(received) => received,
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => return false,
                // A browser's closed port, told by ICMP.
                Err(_) => continue,
            };
            match web.route(&datagram[..length], from) {
                Route::Here(place) => self.take_in_web(place, &datagram[..length], from, at),
                Route::Elsewhere(worker) => web.door().hand_over(worker, &datagram[..length], from),
                Route::Stranger => self.figures.strangers += 1,
            }
        }
        true
    }

    /// Takes in what another worker read for legs of this one. Says whether there may be more.
    pub(super) fn take_crossed(&mut self) -> bool {
        if self.web.is_none() {
            return false;
        }
        let at = self.clock.now();
        for _ in 0..CROSSINGS_PER_ROUND {
            let Some(datagram) = self.mailbox.crossing.take() else { return false };
            let route = self.web.as_mut().map_or(Route::Stranger, |web| web.route(&datagram.bytes, datagram.from));
            match route {
                Route::Here(place) => self.take_in_web(place, &datagram.bytes, datagram.from, at),
                Route::Elsewhere(_) | Route::Stranger => self.figures.strangers += 1,
            }
            self.mailbox.crossing.give_back(datagram);
        }
        true
    }

    fn take_in_web(&mut self, place: usize, datagram: &[u8], from: SocketAddr, at: Moment) {
        let Some(web) = &mut self.web else { return };
        let Some(Leg { path: Path::Web(leg), id, .. }) = self.table.legs.get_mut(place) else { return };
        let (id, length) = (*id, web.take_in(place, leg, (datagram, from), self.ring.room(), at));
        if let Some(next) = leg.next() {
            web.wanted(next, at);
        }
        if let Some(length) = length {
            if leg.is_back(at) {
                (self.events)(MediaEvent::Back { leg: id });
            }
            self.ring.hold(length, REMOTE);
            self.pass_on(place, 0, at);
        }
    }

    /// Gives the peers their time.
    pub(super) fn look_after_web(&mut self, at: Moment) {
        let Some(web) = &mut self.web else { return };
        if !web.begin_look(at) {
            return;
        }
        for number in 0..web.places().len() {
            let place = web.places()[number];
            if let Some(Leg { path: Path::Web(leg), .. }) = self.table.legs.get_mut(place)
                && let Some(next) = leg.time_has_come(at)
            {
                web.wanted(next, at);
            }
        }
    }

    /// Once a second: who of them has gone away.
    pub(super) fn look_who_is_away(&mut self, at: Moment) {
        let Some(web) = &self.web else { return };
        for place in web.places() {
            let Some(leg) = self.table.legs.get_mut(*place) else { continue };
            let Path::Web(path) = &mut leg.path else { continue };
            if path.has_gone(leg.sound.is_two_way(), at) {
                (self.events)(MediaEvent::Away { leg: leg.id });
            }
        }
    }

    /// Once a second: figures. Each worker tells of its own browsers.
    pub(super) fn publish_web(&mut self) {
        let Some(web) = &self.web else { return };
        let connected = |place: &&usize| match self.table.legs.get(**place).map(|leg| &leg.path) {
            Some(Path::Web(leg)) => leg.is_connected(),
            Some(Path::Pair { .. }) | None => false,
        };
        let connected = web.places().iter().filter(connected).count();
        let worker = web.worker().to_string();
        metrics::gauge!("samkald_web_peers", "worker" => worker).set(connected as f64);
    }
}
