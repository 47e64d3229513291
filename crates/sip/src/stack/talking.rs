//! A leg whose dialog stands: changes of the session, keys, session timers, and the goodbye.
//!
//! Citizens' and agents' legs are alike from here on. Knows who may offer when (RFC 3261 §14, RFC 3311);
//! what an offer contains is for the centre, which accepts or rejects it.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId, Moment};

use super::dialog::Dialog;
use super::leaving::Leaving;
use super::leg::{LegInput, Stage, answer_aside};
use super::offered::{Offered, Unacknowledged};
use super::refresh::Refresh;
use super::session_timer::{MIN_SE_S, SessionClock, Wish};
use super::step::{ACCEPT, Asked, Step};
use super::transfer::Transfer;
use crate::message::{HeaderName, Method, Request, SUPPORTED};

/// Retry-After of the 500 to a second offer while one is open: drawn up to this (RFC 3261 §14.2).
const SECOND_OFFER_RETRY_MAX_S: u64 = 10;

/// A leg with a dialog.
pub(crate) struct Talking {
    pub(crate) dialog: Dialog,
    pub(crate) listener: u16,
    /// Our session as we described it last; a refresh by re-INVITE repeats it.
    pub(crate) session: Bytes,
    pub(crate) clock: Option<SessionClock>,
    /// The peer knows no session timers: it is only asked in ways that it says it knows.
    pub(crate) timerless: bool,
    /// An offer of the peer that the centre has not answered yet.
    offered: Option<Box<Offered>>,
    /// Our 200 to a re-INVITE, until its ACK comes.
    unacknowledged: Option<Box<Unacknowledged>>,
    pub(crate) refresh: Refresh,
    /// A transfer that the agent's phone has asked for, until its end is told.
    pub(crate) transfer: Option<Box<Transfer>>,
    /// Whether there was a REFER before.
    pub(crate) has_referred: bool,
}

impl Talking {
    pub(crate) fn new(dialog: Dialog, listener: u16, session: Bytes, clock: Option<SessionClock>) -> Self {
        Self {
            dialog,
            listener,
            session,
            clock,
            timerless: false,
            offered: None,
            unacknowledged: None,
            refresh: Refresh::Idle,
            transfer: None,
            has_referred: false,
        }
    }

    /// Where the peer does without session timers, it is asked all the same whether it is there, if it says that it can be asked.
    /// Who never says so (no Allow) is left alone: only its sound tells.
    pub(crate) fn watched(mut self, ours: Duration, at: Moment) -> Self {
        if self.clock.is_none() && (self.dialog.knows_update || self.dialog.knows_options) {
            self.timerless = true;
            self.clock = Some(SessionClock::alone(ours, at));
        }
        self
    }

    pub(crate) fn handle(mut self: Box<Self>, leg: LegId, input: LegInput<'_>, step: &mut Step<'_>) -> Option<Stage> {
        match input {
            LegInput::Command(LegCommand::HangUp { cause, .. } | LegCommand::Refuse { cause, .. }) => {
                self.close(step);
                Some(Leaving::begin(self.dialog, cause, leg, step))
            }
            LegInput::Command(LegCommand::AcceptSession { session, .. }) => {
                self.accept(session, step);
                Some(Stage::Talking(self))
            }
            LegInput::Command(LegCommand::RejectSession { .. }) => {
                self.reject(488, step);
                Some(Stage::Talking(self))
            }
            LegInput::Command(LegCommand::AnswerTransfer { answer, .. }) => {
                self.answer_transfer(answer, step);
                Some(Stage::Talking(self))
            }
            LegInput::Command(LegCommand::TellTransfer { end, .. }) => {
                self.tell_transfer(end, step);
                Some(Stage::Talking(self))
            }
            LegInput::Asked(asked) => self.asked(leg, &asked, step),
            LegInput::Ack(ack) => Some(self.acknowledged(leg, ack, step)),
            LegInput::Cancelled => {
                self.reject(487, step);
                Some(Stage::Talking(self))
            }
            LegInput::Heard { branch, response } => self.refreshed(leg, branch, response, step),
            LegInput::GivenUp { branch } if self.refresh.is(branch) => self.lost(leg, step),
            LegInput::Time => self.on_time(leg, step),
            LegInput::Command(_) | LegInput::GivenUp { .. } | LegInput::Undelivered => Some(Stage::Talking(self)),
        }
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        let offered = self.offered.as_ref().map(|offered| offered.until);
        let unacknowledged = self.unacknowledged.as_ref().map(|unacknowledged| unacknowledged.repeat.due());
        let refresh = self.clock.as_ref().filter(|_| self.may_refresh()).and_then(|clock| self.refresh.due(clock));
        let lost = self.clock.as_ref().map(SessionClock::lost_at);
        offered.into_iter().chain(unacknowledged).chain(refresh).chain(lost).chain(self.transfer_due()).min()
    }

    /// No offer of ours while one of the peer's is open or our answer to it not acknowledged (RFC 3261 §14.1).
    const fn may_refresh(&self) -> bool {
        self.offered.is_none() && self.unacknowledged.is_none()
    }

    fn asked(mut self: Box<Self>, leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) -> Option<Stage> {
        if !self.dialog.is_next(asked.request) {
            step.answer_or_refuse(asked, 500, |_| {});
            return Some(Stage::Talking(self));
        }
        self.dialog.remote_seq = Some(asked.request.headers.cseq());
        match asked.request.method {
            Method::Bye => {
                step.answer(asked, 200, |_| {});
                self.close(step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::HungUp });
                return None;
            }
            Method::Invite | Method::Update => self.offered(leg, asked, step),
            Method::Ack
            | Method::Cancel
            | Method::Options
            | Method::Register
            | Method::Prack
            | Method::Info
            | Method::Subscribe
            | Method::Notify
            | Method::Refer
            | Method::Message
            | Method::Publish
            | Method::Other(_) => answer_aside(leg, asked, step),
        }
        Some(Stage::Talking(self))
    }

    /// A re-INVITE or UPDATE.
    fn offered(&mut self, leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) {
        if self.offered.is_some() || self.unacknowledged.is_some() {
            let seconds = step.ground.marks.seconds_between(0, SECOND_OFFER_RETRY_MAX_S);
            return step.answer_or_refuse(asked, 500, |writer| {
                writer.line(HeaderName::RetryAfter, seconds);
            });
        }
        let invite = asked.request.method == Method::Invite;
        if self.refresh.collides_with(invite || !asked.request.body.is_empty()) {
            return step.answer_or_refuse(asked, 491, |_| {});
        }
        let Some(wish) = Wish::read(&asked.request.headers) else {
            return step.answer_or_refuse(asked, 422, |writer| {
                writer.line(HeaderName::MinSe, MIN_SE_S);
            });
        };
        let offer = match super::arrival::offer_of(asked.request) {
            Ok(offer) => offer,
            Err(status) => {
                return step.answer_or_refuse(asked, status, |writer| {
                    writer.line(HeaderName::Accept, ACCEPT);
                });
            }
        };
        self.dialog.refresh(&asked.request.headers);
        if !invite && offer.is_none() {
            return self.agree_to_refresh(asked, wish, step);
        }
        let Some(offered) = Offered::begin(leg, asked, wish, offer.is_some(), step) else {
            return step.answer_once(asked, 503, |_| {});
        };
        self.offered = Some(Box::new(offered));
        step.tell(LegEvent::SessionOffered { leg, offer });
    }

    /// An UPDATE without a session: only a sign of life (RFC 4028 §7.4).
    fn agree_to_refresh(&mut self, asked: &Asked<'_>, wish: Wish, step: &mut Step<'_>) {
        let (clock, lines) = wish.agree(step.ground.settings.session_expires, step.at);
        self.agreed_clock(clock, step.at);
        let contact = step.contact(self.listener);
        step.answer(asked, 200, |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Supported, SUPPORTED);
            lines.write(writer);
        });
    }

    /// What a request of the peer's made of the session timer. One that says nothing of it (UPDATE or re-INVITE for another reason, from
    /// who knows no timers) leaves us asking alone; and a refresh that waited for its turn has happened with the peer's.
    fn agreed_clock(&mut self, clock: Option<SessionClock>, at: Moment) {
        match clock {
            Some(_) => (self.clock, self.timerless) = (clock, false),
            None => self.clock = self.clock.map(|clock| clock.kept_by_us(at)),
        }
    }

    fn accept(&mut self, session: Bytes, step: &mut Step<'_>) {
        let Some(offered) = self.offered.take() else { return };
        let contact = step.contact(self.listener);
        let (clock, unacknowledged) = offered.accept(&session, &contact, step);
        self.session = session;
        self.agreed_clock(clock, step.at);
        self.unacknowledged = unacknowledged.map(Box::new);
    }

    fn reject(&mut self, status: u16, step: &mut Step<'_>) {
        if let Some(offered) = self.offered.take() {
            offered.reject(status, step);
        }
    }

    /// The ACK of our 200 to a re-INVITE; any other repeats one that we have.
    fn acknowledged(mut self: Box<Self>, leg: LegId, ack: &Request, step: &mut Step<'_>) -> Stage {
        let wanted = self.unacknowledged.as_ref().is_some_and(|wanted| wanted.cseq == ack.headers.cseq());
        if let Some(unacknowledged) = self.unacknowledged.take_if(|_| wanted) {
            let answer = if unacknowledged.offer_is_ours { super::arrival::offer_of(ack).ok().flatten() } else { None };
            if let Some(session) = answer {
                step.tell(LegEvent::SessionAnswered { leg, session });
            }
        }
        Stage::Talking(self)
    }

    fn on_time(mut self: Box<Self>, leg: LegId, step: &mut Step<'_>) -> Option<Stage> {
        if self.offered.as_ref().is_some_and(|offered| offered.until <= step.at) {
            self.reject(500, step);
        }
        if self.transfer_due().is_some_and(|until| until <= step.at) {
            self.refuse_transfer(500, step);
        }
        if self.unacknowledged.as_mut().is_some_and(|unacknowledged| !unacknowledged.repeat.on_time(step)) {
            return self.lost(leg, step);
        }
        let Some(clock) = self.clock else { return Some(Stage::Talking(self)) };
        if clock.lost_at() <= step.at {
            return self.lost(leg, step);
        }
        if self.may_refresh() && self.refresh.due(&clock).is_some_and(|due| due <= step.at) {
            self.refresh_now(leg, step);
        }
        Some(Stage::Talking(self))
    }

    /// The peer is gone: a BYE in case it hears, and the leg is over at once.
    pub(crate) fn lost(mut self: Box<Self>, leg: LegId, step: &mut Step<'_>) -> Option<Stage> {
        self.close(step);
        step.bye(&mut self.dialog, None, Cause::PeerLost);
        step.tell(LegEvent::Ended { leg, why: LegEnd::Lost });
        None
    }

    /// Ends what is open: a re-INVITE or REFER of the peer gets 487 (RFC 3261 §15.1.2), a refresh of ours goes its own way.
    fn close(&mut self, step: &mut Step<'_>) {
        self.reject(487, step);
        self.refuse_transfer(487, step);
        self.refresh.disown(step);
    }
}
