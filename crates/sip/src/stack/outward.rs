//! A call to a number outside: by the first trunk that can, and by the next one where nobody there takes it.
//!
//! Knows which failures are the trunk's and which are the answer of the person called; what is heard of a call under way
//! is the calling leg's to know.

use std::time::Duration;

use bytes::Bytes;
use model::{Caller, Dialled, LegId, Refusal};
use smallvec::SmallVec;

use super::calling::Fork;
use super::presentation;
use super::session_timer::{Lines, MIN_SE_S};
use super::step::{SUPPORTED_IN_INVITES, Step};
use super::trunks::Route;
use crate::message::{ALLOW, HeaderName, Method};

/// A call out that has ways left.
pub(crate) struct Outward {
    pub(crate) number: Dialled,
    pub(crate) caller: Caller,
    emergency: bool,
    /// The hops that it may take; with none left nobody is called, but in an emergency.
    hops: u8,
    /// Those not tried yet, the next one last.
    routes: SmallVec<[Route; 2]>,
    /// The one being tried, until it has found our session interval too short.
    trying: Option<Route>,
    /// Whether sound before the answer is passed on from the trunk that is being tried.
    pub(crate) early_media: bool,
}

impl Outward {
    /// All ways that there are now.
    pub(crate) fn new(number: Dialled, caller: Caller, (emergency, hops): (bool, u8), step: &Step<'_>) -> Self {
        let mut routes = step.ground.settings.trunks.routes();
        routes.reverse();
        if hops == 0 && !emergency {
            routes.clear();
        }
        Self { number, caller, emergency, hops, routes, trying: None, early_media: false }
    }

    /// Tries the next way that has a channel free; the leg holds it from now on. None: there are no more.
    pub(crate) fn next(&mut self, leg: LegId, offer: &Bytes, step: &mut Step<'_>) -> Option<Fork> {
        while let Some(route) = self.routes.pop() {
            // What the leg held on the trunk before is given back first: it may be the same.
            step.ground.channels.remove(&leg.bits());
            let Some(channel) = route.trunk.channel_out(self.emergency) else { continue };
            let session = (step.ground.settings.session_expires, u64::from(MIN_SE_S));
            if let Some(fork) = self.invite(leg, &route, offer, session, step) {
                step.ground.channels.insert(leg.bits(), channel);
                self.early_media = route.trunk.settings.early_media;
                self.trying = Some(route);
                return Some(fork);
            }
        }
        None
    }

    /// The way being tried wants a longer session (422, RFC 4028 §7.3): once more there, in the channel that the leg holds.
    /// None: it has been asked twice.
    pub(crate) fn again(&mut self, leg: LegId, offer: &Bytes, interval: Duration, step: &mut Step<'_>) -> Option<Fork> {
        let route = self.trying.take()?;
        self.invite(leg, &route, offer, (interval, interval.as_secs()), step)
    }

    fn invite(
        &self,
        leg: LegId,
        route: &Route,
        offer: &Bytes,
        (interval, least_s): (Duration, u64),
        step: &mut Step<'_>,
    ) -> Option<Fork> {
        let rules = &route.trunk.settings;
        let mut papers =
            presentation::papers_out(route, &self.number, &self.caller, &mut step.ground.marks, &step.ground.settings)?;
        papers.hops = self.hops.max(1);
        let listener = papers.destination(&step.ground.settings).listener();
        let contact = step.contact(listener);
        let address = step.ground.settings.address(listener);
        let identity = presentation::identity_out(rules, &self.caller, address);
        let diversion = presentation::diversion(rules, &self.caller, &papers.target, address);
        let timer = Lines::offer(interval, None);
        let branch = step.ask(&mut papers, &Method::Invite, Some(leg), Some(offer), |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Allow, ALLOW);
            writer.line(HeaderName::Supported, SUPPORTED_IN_INVITES);
            timer.write(writer);
            writer.line(HeaderName::MinSe, least_s);
            for (name, value) in identity.into_iter().chain(diversion) {
                writer.line(name, value);
            }
        })?;
        Some(Fork::new(branch, listener))
    }
}

/// Whether a refusal before ringing is the trunk's own trouble, so that another one may do better. What a person or an
/// exchange says of the number called is not. 3xx is not followed: where it names would be called by nobody's right, and two
/// trunks that name each other would send a call round for ever.
pub(crate) const fn is_trunks_own(status: u16) -> bool {
    matches!(status, 408 | 500 | 502 | 503 | 504)
}

/// The same for a call that no answer of any kind came to.
pub(crate) const fn is_trunks_own_silence(why: Refusal) -> bool {
    match why {
        Refusal::Unreachable => true,
        Refusal::Busy | Refusal::Declined | Refusal::NoAnswer | Refusal::NotAcceptable => false,
    }
}
