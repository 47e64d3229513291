//! A citizen's leg that is not answered yet. It may wait an hour, so it keeps little.
//!
//! Knows how ringing, answer, refusal and CANCEL are said; does not know why the citizen waits.

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId, Moment};

use super::answered::Answered;
use super::cause::said;
use super::dialog::Dialog;
use super::leg::{LegInput, Stage, answer_aside};
use super::session_timer::Wish;
use super::step::{ALLOW, Asked, SUPPORTED, Step, write_reason};
use crate::message::{Echo, HeaderName, Method};

/// Retry-After of the 500 to a second INVITE or UPDATE while the first offer is open: drawn up to this (RFC 3261 §14.2).
const SECOND_OFFER_RETRY_MAX_S: u64 = 10;

/// A citizen's leg before the answer.
pub(crate) struct Waiting {
    pub(crate) dialog: Dialog,
    /// What every response to the INVITE repeats.
    pub(crate) echo: Echo,
    /// The INVITE's transaction.
    pub(crate) key: u64,
    pub(crate) listener: u16,
    /// Whether the INVITE had an offer.
    pub(crate) offered: bool,
    pub(crate) wish: Wish,
    /// When ringing is said again.
    pub(crate) ring_at: Option<Moment>,
}

impl Waiting {
    pub(crate) fn handle(self: Box<Self>, leg: LegId, input: LegInput<'_>, step: &mut Step<'_>) -> Option<Stage> {
        match input {
            LegInput::Command(command) => self.command(leg, command, step),
            LegInput::Asked(asked) => self.asked(leg, &asked, step),
            LegInput::Cancelled => {
                self.refuse(Cause::CallerGone, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::HungUp });
                None
            }
            LegInput::Time => Some(self.ring(step)),
            LegInput::Ack(_) | LegInput::Heard { .. } | LegInput::GivenUp { .. } => Some(Stage::Waiting(self)),
        }
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        self.ring_at
    }

    fn command(self: Box<Self>, leg: LegId, command: LegCommand, step: &mut Step<'_>) -> Option<Stage> {
        match command {
            LegCommand::Ring { .. } => Some(self.ring(step)),
            LegCommand::Answer { session, .. } => Some(self.answer(session, step)),
            LegCommand::Refuse { cause, .. } => {
                self.refuse(cause, step);
                None
            }
            LegCommand::HangUp { cause, .. } => {
                self.refuse(cause, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::LetGo });
                None
            }
            LegCommand::RingWithSound { .. }
            | LegCommand::CallOut { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. }
            | LegCommand::CallAgent { .. }
            | LegCommand::AcceptSession { .. }
            | LegCommand::RejectSession { .. } => Some(Stage::Waiting(self)),
        }
    }

    /// 180, repeated so that proxies in between don't give up (RFC 3261 §13.3.1.1).
    fn ring(mut self: Box<Self>, step: &mut Step<'_>) -> Stage {
        let contact = step.contact(self.listener);
        let bytes = step.response(180, &self.echo, |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Allow, ALLOW);
        });
        step.provisional(self.key, bytes);
        self.ring_at = Some(step.at + step.ground.settings.ring_repeat);
        Stage::Waiting(self)
    }

    fn answer(self: Box<Self>, session: Bytes, step: &mut Step<'_>) -> Stage {
        let contact = step.contact(self.listener);
        let (clock, lines) = self.wish.agree(step.ground.settings.session_expires, step.at);
        let writer = &mut step.ground.writer;
        writer.response(200, &self.echo).line(HeaderName::Contact, contact);
        writer.line(HeaderName::Allow, ALLOW).line(HeaderName::Supported, SUPPORTED);
        lines.write(writer);
        let ok = writer.finish_with_session(Some(&session[..]).filter(|session| !session.is_empty()));
        let path = step.ground.servers.accept(self.key, step.at);
        step.send_back(path, ok.clone());
        Stage::Answered(Box::new(Answered::new(*self, session, ok, path, clock, step)))
    }

    fn refuse(&self, cause: Cause, step: &mut Step<'_>) {
        let bytes = step.response(said(cause).status, &self.echo, |writer| write_reason(writer, cause));
        step.refuse_with(self.key, bytes);
    }

    /// A request in the early dialog.
    fn asked(mut self: Box<Self>, leg: LegId, asked: &Asked<'_>, step: &mut Step<'_>) -> Option<Stage> {
        if !self.dialog.is_next(asked.request) {
            step.answer_or_refuse(asked, 500, |_| {});
            return Some(Stage::Waiting(self));
        }
        self.dialog.remote_seq = Some(asked.request.headers.cseq());
        match asked.request.method {
            Method::Bye => {
                step.answer(asked, 200, |_| {});
                self.refuse(Cause::CallerGone, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::HungUp });
                return None;
            }
            Method::Update if asked.request.body.is_empty() => step.answer(asked, 200, |_| {}),
            Method::Invite | Method::Update => {
                let seconds = step.ground.marks.seconds_between(0, SECOND_OFFER_RETRY_MAX_S);
                step.answer_or_refuse(asked, 500, |writer| {
                    writer.line(HeaderName::RetryAfter, seconds);
                });
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
        Some(Stage::Waiting(self))
    }
}
