//! How a worker takes in packets: a socket's turn, and where each packet of it goes.
//! Knows legs, their partners and seats; not what a packet says.

use media::{Heard, MediaEvent};
use mio::Token;
use model::Moment;

use super::Worker;
use crate::leg::{Leg, Path};
use crate::mailbox::BELL;
use crate::rest::ALARM;
use crate::ring::PACKETS_PER_TURN;
use crate::table::place;
use crate::web::WEB;

impl<E: Fn(MediaEvent)> Worker<E> {
    /// Takes in one socket's packets; what is left after its turn waits for the next round.
    pub(super) fn take_in(&mut self, token: Token) {
        if token == BELL || token == ALARM {
            return;
        }
        if token == WEB {
            if self.read_web() && !self.unfinished.contains(&token) {
                self.unfinished.push_back(token);
            }
            return;
        }
        let (place, reports) = place(token);
        let at = self.clock.now();
        let Some(Leg { path: Path::Pair { rtp, rtcp, .. }, .. }) = self.table.legs.get(place) else { return };
        let received = self.ring.receive(if reports { rtcp } else { rtp });
        for number in 0..*received.as_ref().unwrap_or(&0) {
            if reports {
                self.take_report(place, number, at);
            } else {
                self.pass_on(place, number, at);
            }
        }
        let is_empty = received.is_ok_and(|count| count < PACKETS_PER_TURN);
        if !is_empty && !self.unfinished.contains(&token) {
            self.unfinished.push_back(token);
        }
    }

    fn take_report(&mut self, place: usize, number: usize, at: Moment) {
        if let Some((packet, from)) = self.ring.packet(number) {
            self.table.legs[place].take_report(packet, from, at);
        }
    }

    /// Takes in a packet of the ring, and lets the partner hear it the moment it comes.
    pub(super) fn pass_on(&mut self, place: usize, number: usize, at: Moment) {
        let Some((packet, from)) = self.ring.packet(number) else { return };
        let leg = &mut self.table.legs[place];
        if leg.is_report(packet) {
            return leg.take_report(packet, from, at);
        }
        let Some(packet) = leg.path.open(packet) else {
            leg.sound.refuse();
            self.figures.refused += 1;
            return;
        };
        let mut heard = leg.sound.receive(packet, from, at);
        if heard == Heard::Refused {
            self.figures.refused += 1;
            return;
        }
        self.figures.packets_in += 1;
        let (id, events) = (leg.id, &self.events);
        leg.hear_keys(&heard, packet, |digit| events(MediaEvent::Digit { leg: id, digit }));
        leg.listen(&heard, packet).into_iter().for_each(events);
        leg.tape_what_came(&heard, packet, at);
        let length = leg.silence_if_muted(&mut heard, packet, &self.silence);
        let packet = &mut packet[..length];
        if leg.stream_what_came(&heard, packet) {
            return;
        }
        if let Some(seat) = leg.seat {
            self.figures.packets_out += self.table.bridges.hear(seat, &heard, packet, &mut self.table.legs, at);
            return;
        }
        let Some(partner) = leg.partner.and_then(|partner| self.table.legs.get_mut(partner)) else { return };
        self.figures.packets_out += partner.hear_partner(&heard, packet, at);
    }
}
