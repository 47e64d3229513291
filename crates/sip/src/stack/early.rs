//! A citizen's leg before the answer, beyond plain ringing: sound (183), reliable ringing with PRACK (RFC 3262), UPDATE (RFC 3311).
//!
//! One reliable ringing at a time, repeated until it is acknowledged. Knows who may offer when; never reads a description.

use bytes::Bytes;
use model::{Cause, LegEnd, LegEvent, LegId, Moment};

use super::answered::Repeat;
use super::arrival::offer_of;
use super::leg::Stage;
use super::offered::Offered;
use super::session_timer::Wish;
use super::step::{ACCEPT, Asked, Step};
use super::waiting::{Waiting, too_early};
use crate::message::{ALLOW, HeaderName, Method, RAck};

/// The largest RSeq that a leg begins with (RFC 3262 §3).
const RSEQ_FIRST_MAX: u64 = (1 << 31) - 1;

/// What such a leg keeps besides.
#[derive(Default)]
pub(crate) struct Early {
    /// What is said when ringing is repeated: 180 or 183.
    status: u16,
    /// Our session, once it was said.
    pub(crate) session: Option<Bytes>,
    /// RSeq of the last reliable ringing; 0: there was none.
    rseq: u32,
    /// The one that is not acknowledged.
    open: Option<Open>,
    /// What is to be said when it is. A later one takes its place, but not its session.
    next: Option<(u16, Option<Bytes>)>,
    /// An offer of the peer's that the centre has not answered yet.
    pub(crate) offered: Option<Box<Offered>>,
    /// Offer and answer were exchanged reliably: the 200 says nothing about the session any more.
    pub(crate) settled: bool,
    /// The answer, put off until all that is open is closed.
    pub(crate) answer: Option<Bytes>,
}

/// A reliable ringing without its PRACK.
struct Open {
    repeat: Repeat,
    with_session: bool,
}

impl Early {
    pub(crate) fn due(&self) -> Option<Moment> {
        let open = self.open.as_ref().map(|open| open.repeat.due());
        open.into_iter().chain(self.offered.as_ref().map(|offered| offered.until)).min()
    }
    /// Whether a 200 must wait (RFC 3262 §3).
    pub(crate) fn puts_off_the_answer(&self) -> bool {
        self.offered.is_some() || self.open.as_ref().is_some_and(|open| open.with_session) || self.next_has_session()
    }
    fn next_has_session(&self) -> bool {
        self.next.as_ref().is_some_and(|(_, session)| session.is_some())
    }
    /// The RAck of the PRACK that is still missing.
    pub(crate) fn open_rack(&self, cseq: u32) -> Option<RAck> {
        self.open.as_ref().map(|_| RAck { rseq: self.rseq, cseq, method: Method::Invite })
    }
}

impl Waiting {
    /// Whether the offer that is answered by the ACK is ours.
    pub(crate) fn offer_is_open(&self) -> bool {
        !self.offered && !self.early.as_ref().is_some_and(|early| early.settled)
    }

    /// 180, or 183 with our session; repeated so that proxies in between don't give up (RFC 3261 §13.3.1.1).
    pub(super) fn ring(&mut self, status: u16, session: Option<Bytes>, step: &mut Step<'_>) {
        self.ring_at = Some(step.at + step.ground.settings.ring_repeat);
        if self.reliable {
            return self.ring_reliably(status, session, step);
        }
        // An offer can't be made in what may be lost: who left it to us hears plain ringing.
        let sound = session.filter(|_| self.offered);
        let status = if status == 183 && sound.is_none() && self.early.is_none() { 180 } else { status };
        if sound.is_some() {
            let early = self.early.get_or_insert_default();
            (early.status, early.session) = (183, sound);
        }
        let session = self.early.as_ref().filter(|_| status == 183).and_then(|early| early.session.clone());
        let bytes = self.provisional(status, None, session.as_deref(), step);
        step.provisional(self.key, bytes);
    }

    fn ring_reliably(&mut self, status: u16, session: Option<Bytes>, step: &mut Step<'_>) {
        let offered = self.offered;
        let early = self.early.get_or_insert_default();
        if early.answer.is_some() && session.is_none() {
            return;
        }
        // Said once: what came later was agreed by UPDATE.
        let session = session.filter(|_| early.session.is_none() && !early.next_has_session());
        if early.open.is_some() {
            let session = session.or_else(|| early.next.take().and_then(|(_, session)| session));
            early.next = Some((status, session));
            return;
        }
        // The first that is reliable must have the offer that the INVITE had not (RFC 3262 §5); till we know it, the citizen waits.
        if !offered && early.session.is_none() && session.is_none() {
            return;
        }
        early.status = status;
        early.rseq = match early.rseq {
            0 => step.ground.marks.seconds_between(1, RSEQ_FIRST_MAX) as u32,
            last => last + 1,
        };
        let (rseq, with_session) = (early.rseq, session.is_some());
        if with_session {
            early.session.clone_from(&session);
        }
        let bytes = self.provisional(status, Some(rseq), session.as_deref(), step);
        let path = step.ground.servers.provisional(self.key, &bytes);
        step.send_back(path, bytes.clone());
        let repeat = Repeat::of_provisional(bytes, path, step);
        self.early.get_or_insert_default().open = Some(Open { repeat, with_session });
    }

    fn provisional(&self, status: u16, rseq: Option<u32>, session: Option<&[u8]>, step: &mut Step<'_>) -> Bytes {
        let contact = step.contact(self.listener);
        let writer = &mut step.ground.writer;
        writer.response(status, &self.echo).line(HeaderName::Contact, contact).line(HeaderName::Allow, ALLOW);
        if let Some(rseq) = rseq {
            writer.line(HeaderName::Require, "100rel").line(HeaderName::RSeq, rseq);
        }
        writer.finish_with_session(session)
    }

    /// A PRACK: for the ringing that is open, or 481 (RFC 3262 §3). It may bring the answer to our offer, or a new offer.
    pub(super) fn acknowledged(&mut self, leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) {
        let offered = self.offered;
        let wanted = self.early.as_ref().and_then(|early| early.open_rack(self.cseq));
        let Some(early) = self.early.as_mut().filter(|_| wanted.is_some() && wanted == asked.request.headers.rack())
        else {
            return step.answer(asked, 481, |_| {});
        };
        let with_session = early.open.take().is_some_and(|open| open.with_session);
        let body = offer_of(asked.request);
        match body {
            Err(status) => step.answer(asked, status, |writer| {
                writer.line(HeaderName::Accept, ACCEPT);
            }),
            Ok(None) => {
                early.settled |= with_session && offered;
                step.answer(asked, 200, |_| {});
            }
            Ok(Some(session)) if with_session && !offered => {
                early.settled = true;
                step.answer(asked, 200, |_| {});
                step.tell(LegEvent::SessionAnswered { leg, session });
            }
            Ok(Some(offer)) => {
                early.settled |= with_session && offered;
                self.offer(leg, asked, offer, step);
            }
        }
        if let Some((status, session)) = self.early.as_mut().and_then(|early| early.next.take()) {
            self.ring_reliably(status, session, step);
        }
    }

    /// UPDATE before the answer: an offer once the first was answered reliably; without a session only a sign of life (RFC 3311 §5.2).
    pub(super) fn update(&mut self, leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) {
        match offer_of(asked.request) {
            Err(status) => step.answer(asked, status, |writer| {
                writer.line(HeaderName::Accept, ACCEPT);
            }),
            Ok(None) => {
                self.dialog.refresh(&asked.request.headers);
                let contact = step.contact(self.listener);
                step.answer(asked, 200, |writer| {
                    writer.line(HeaderName::Contact, contact);
                });
            }
            Ok(Some(offer)) => self.offer(leg, asked, offer, step),
        }
    }

    fn offer(&mut self, leg: LegId, asked: &Asked<'_>, offer: Bytes, step: &mut Step<'_>) {
        let Some(early) = self.early.as_mut().filter(|early| early.settled && early.offered.is_none()) else {
            // Our own offer is open: they crossed (RFC 3311 §5.2).
            let ours = self.early.as_ref().is_some_and(|early| early.open.is_some()) && !self.offered;
            return if ours { step.answer(asked, 491, |_| {}) } else { too_early(asked, step) };
        };
        let Some(offered) = Offered::begin(leg, asked, Wish::NOTHING, true, step) else {
            return step.answer_once(asked, 503, |_| {});
        };
        early.offered = Some(Box::new(offered));
        self.dialog.refresh(&asked.request.headers);
        step.tell(LegEvent::SessionOffered { leg, offer: Some(offer) });
    }

    /// The centre's word on the offer that is open: our session, or no.
    pub(super) fn decide(&mut self, session: Option<Bytes>, step: &mut Step<'_>) {
        let contact = step.contact(self.listener);
        let Some(early) = self.early.as_mut() else { return };
        let Some(offered) = early.offered.take() else { return };
        match session {
            Some(session) => {
                offered.accept(&session, &contact, step);
                early.session = Some(session);
            }
            None => offered.reject(488, step),
        }
    }

    /// The 200 that waited for all else to be settled.
    pub(super) fn answer_if_put_off(mut self: Box<Self>, step: &mut Step<'_>) -> Stage {
        let ready = self.early.as_mut().filter(|early| !early.puts_off_the_answer());
        match ready.and_then(|early| early.answer.take()) {
            Some(session) => self.answer(session, step),
            None => Stage::Waiting(self),
        }
    }

    pub(super) fn on_time(mut self: Box<Self>, leg: LegId, step: &mut Step<'_>) -> Option<Stage> {
        if let Some(early) = &mut self.early {
            if early.open.as_mut().is_some_and(|open| !open.repeat.on_time(step)) {
                // Who never acknowledges is refused with a 5xx (RFC 3262 §3).
                self.refuse(504, Cause::PeerLost, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::NeverConfirmed });
                return None;
            }
            if let Some(offered) = early.offered.take_if(|offered| offered.until <= step.at) {
                offered.reject(500, step);
            }
        }
        if self.ring_at.is_some_and(|ring_at| ring_at <= step.at) {
            let status = self.early.as_ref().map_or(180, |early| early.status.max(180));
            self.ring(status, None, step);
        }
        Some(self.answer_if_put_off(step))
    }
}
