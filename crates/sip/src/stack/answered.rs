//! A citizen's leg that we have answered, before the ACK: the 200 is repeated until it comes (RFC 3261 §13.3.1.4).
//!
//! We may not hang up before the ACK, or before 64·T1 are over (RFC 3261 §15): a BYE that was asked for waits here.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId, Moment};

use super::arrival::offer_of;
use super::dialog::Dialog;
use super::leaving::Leaving;
use super::leg::{LegInput, Stage, answer_aside};
use super::seam::{Destination, Path};
use super::session_timer::SessionClock;
use super::step::{Asked, Step};
use super::talking::Talking;
use super::waiting::Waiting;
use crate::message::{Method, RAck, Request};

/// A citizen's leg between 200 and ACK.
pub(crate) struct Answered {
    pub(crate) dialog: Dialog,
    listener: u16,
    session: Bytes,
    /// Whether the 200 carried our offer, so that the ACK has the answer.
    offer_is_ours: bool,
    clock: Option<SessionClock>,
    repeat: Repeat,
    /// The ringing that was not acknowledged when we answered: its PRACK may still come (RFC 3262 §3).
    late_prack: Option<RAck>,
    /// The 200 could not be delivered once.
    undelivered: bool,
    /// We want to hang up as soon as we may.
    leaving: Option<Cause>,
}

/// A 2xx to an INVITE, repeated until its ACK comes; or a reliable provisional answer, until its PRACK.
pub(crate) struct Repeat {
    bytes: Bytes,
    to: Option<Path>,
    again_in: Duration,
    /// Repetitions are never further apart.
    apart_max: Duration,
    again_at: Moment,
    until: Moment,
}

impl Repeat {
    /// A 2xx; the first has just been sent. The gaps double up to T2.
    pub(crate) fn of_answer(bytes: Bytes, to: Option<Path>, step: &Step<'_>) -> Self {
        Self::new(bytes, to, step.ground.settings.spans.t2, step)
    }
    /// A reliable provisional answer: the gaps double without an end (RFC 3262 §3).
    pub(crate) fn of_provisional(bytes: Bytes, to: Option<Path>, step: &Step<'_>) -> Self {
        Self::new(bytes, to, step.ground.settings.spans.give_up(), step)
    }
    fn new(bytes: Bytes, to: Option<Path>, apart_max: Duration, step: &Step<'_>) -> Self {
        let spans = step.ground.settings.spans;
        let until = step.at + spans.give_up();
        Self { bytes, to, again_in: spans.t1, apart_max, again_at: step.at + spans.t1, until }
    }
    /// When the next is due. Also over a stream: the 200 goes end to end, and a hop in between may lose it.
    pub(crate) fn due(&self) -> Moment {
        self.again_at.min(self.until)
    }
    /// Sends it again; false when that was tried long enough.
    pub(crate) fn on_time(&mut self, step: &mut Step<'_>) -> bool {
        if step.at >= self.until {
            return false;
        }
        if step.at >= self.again_at {
            if let Some(path) = self.to {
                step.send(Destination::Path(path), self.bytes.clone());
            }
            self.again_in = (self.again_in * 2).min(self.apart_max);
            self.again_at = step.at + self.again_in;
        }
        true
    }
}

impl Answered {
    pub(crate) fn new(
        waiting: Waiting,
        session: Bytes,
        ok: Bytes,
        path: Option<Path>,
        clock: Option<SessionClock>,
        step: &Step<'_>,
    ) -> Self {
        let offer_is_ours = waiting.offer_is_open();
        let late_prack = waiting.early.as_ref().and_then(|early| early.open_rack(waiting.cseq));
        let Waiting { dialog, listener, .. } = waiting;
        let repeat = Repeat::of_answer(ok, path, step);
        Self { dialog, listener, session, offer_is_ours, clock, repeat, late_prack, undelivered: false, leaving: None }
    }

    pub(crate) fn handle(mut self: Box<Self>, leg: LegId, input: &LegInput<'_>, step: &mut Step<'_>) -> Option<Stage> {
        match input {
            LegInput::Command(LegCommand::HangUp { cause, .. } | LegCommand::Refuse { cause, .. }) => {
                self.leaving = Some(*cause);
                Some(Stage::Answered(self))
            }
            LegInput::Ack(ack) => Some(self.confirmed(leg, ack, step)),
            LegInput::Asked(asked) => self.asked(leg, asked, step),
            LegInput::Time => self.on_time(leg, step),
            // Once it may have been a connection that is opened anew for the next; twice, nobody is there to hear the rest.
            LegInput::Undelivered if self.undelivered => self.unconfirmed(leg, step),
            LegInput::Undelivered => {
                self.undelivered = true;
                Some(Stage::Answered(self))
            }
            // A CANCEL comes too late (§9.2); its sender acknowledges our 200 and hangs up.
            LegInput::Command(_) | LegInput::Cancelled | LegInput::Heard { .. } | LegInput::GivenUp { .. } => {
                Some(Stage::Answered(self))
            }
        }
    }

    pub(crate) fn due(&self) -> Moment {
        self.repeat.due()
    }

    fn confirmed(self: Box<Self>, leg: LegId, ack: &Request, step: &mut Step<'_>) -> Stage {
        let Self { dialog, listener, session, offer_is_ours, clock, leaving, .. } = *self;
        if let Some(cause) = leaving {
            return Leaving::begin(dialog, cause, leg, step);
        }
        let answer = if offer_is_ours { offer_of(ack).ok().flatten() } else { None };
        step.tell(LegEvent::Confirmed { leg, session: answer });
        let talking = Talking::new(dialog, listener, session, clock);
        Stage::Talking(Box::new(talking.watched(step.ground.settings.session_expires, step.at)))
    }

    fn on_time(mut self: Box<Self>, leg: LegId, step: &mut Step<'_>) -> Option<Stage> {
        if self.repeat.on_time(step) {
            return Some(Stage::Answered(self));
        }
        self.unconfirmed(leg, step)
    }

    fn unconfirmed(mut self: Box<Self>, leg: LegId, step: &mut Step<'_>) -> Option<Stage> {
        let why = if self.leaving.is_some() { LegEnd::LetGo } else { LegEnd::NeverConfirmed };
        step.bye(&mut self.dialog, None, self.leaving.unwrap_or(Cause::PeerLost));
        step.tell(LegEvent::Ended { leg, why });
        None
    }

    fn asked(mut self: Box<Self>, leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) -> Option<Stage> {
        if !self.dialog.is_next(asked.request) {
            step.answer_or_refuse(asked, 500, |_| {});
            return Some(Stage::Answered(self));
        }
        self.dialog.remote_seq = Some(asked.request.headers.cseq());
        match asked.request.method {
            Method::Bye => {
                step.answer(asked, 200, |_| {});
                let why = if self.leaving.is_some() { LegEnd::LetGo } else { LegEnd::HungUp };
                step.tell(LegEvent::Ended { leg, why });
                return None;
            }
            // The ACK is on its way or lost: the offer can be made again when it has come (RFC 5407 §3.1.5).
            Method::Invite | Method::Update => step.answer_or_refuse(asked, 491, |_| {}),
            Method::Prack if self.late_prack.is_some() && asked.request.headers.rack() == self.late_prack => {
                self.late_prack = None;
                step.answer(asked, 200, |_| {});
            }
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
        Some(Stage::Answered(self))
    }
}
