//! How a worker's legs get their port pairs, and give them back.
//! Tells what became of it; the pool of ports is the centre's.

use std::sync::atomic::Ordering;

use media::MediaEvent;
use model::LegId;

use super::Worker;
use crate::leg::{Leg, Path};
use crate::sockets::bind_pair;

impl<E: Fn(MediaEvent)> Worker<E> {
    pub(super) fn open(&mut self, leg: LegId, port: u16) {
        if self.table.has(leg) {
            tracing::error!(?leg, "the leg is open already");
            return;
        }
        match bind_pair(self.bind, port, self.dscp) {
            Ok(sockets) => {
                self.table.open(Leg::new(leg, Path::pair(sockets)));
                self.ports.fetch_add(1, Ordering::Relaxed);
            }
            Err(fault) => {
                tracing::warn!(%fault, port, "an RTP port can't be had");
                (self.events)(MediaEvent::PortTaken { leg });
            }
        }
    }

    /// The sockets are closed before it is told.
    pub(super) fn close(&mut self, leg: LegId) {
        self.close_web(leg);
        self.end_recording(leg, self.clock.now());
        let Some(closed) = self.table.close(leg) else { return };
        let traffic = closed.sound.traffic();
        if matches!(closed.path, Path::Pair { .. }) {
            self.ports.fetch_sub(1, Ordering::Relaxed);
        }
        drop(closed);
        self.figures.ended(&traffic);
        (self.events)(MediaEvent::Closed { leg, traffic });
    }
}
