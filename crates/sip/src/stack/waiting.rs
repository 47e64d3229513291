//! A citizen's leg that is not answered yet. It may wait an hour, so it keeps little.
//!
//! Knows how ringing, answer, refusal and CANCEL are said; does not know why the citizen waits.

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId, Moment};

use super::answered::Answered;
use super::cause::said;
use super::dialog::Dialog;
use super::early::Early;
use super::leg::{LegInput, Stage, answer_aside};
use super::session_timer::Wish;
use super::step::{Asked, Step, write_reason};
use crate::message::{ALLOW, Echo, HeaderName, Method, SUPPORTED};

/// Retry-After of the 500 to a second INVITE or UPDATE while the first offer is open: drawn up to this (RFC 3261 §14.2).
const SECOND_OFFER_RETRY_MAX_S: u64 = 10;

/// A citizen's leg before the answer.
pub(crate) struct Waiting {
    pub(crate) dialog: Dialog,
    /// What every response to the INVITE repeats.
    pub(crate) echo: Echo,
    /// The INVITE's transaction.
    pub(crate) key: u64,
    /// The INVITE's CSeq.
    pub(crate) cseq: u32,
    pub(crate) listener: u16,
    /// Whether the INVITE had an offer.
    pub(crate) offered: bool,
    /// Whether ringing is acknowledged (RFC 3262).
    pub(crate) reliable: bool,
    pub(crate) wish: Wish,
    /// When ringing is said again.
    pub(crate) ring_at: Option<Moment>,
    /// Sound before the answer, and reliable ringing; most legs have neither.
    pub(crate) early: Option<Box<Early>>,
}

impl Waiting {
    pub(crate) fn handle(mut self: Box<Self>, leg: LegId, input: LegInput<'_>, step: &mut Step<'_>) -> Option<Stage> {
        match input {
            LegInput::Command(command) => self.command(leg, command, step),
            LegInput::Asked(asked) => self.asked(leg, &asked, step),
            LegInput::Cancelled | LegInput::Undelivered => {
                self.refuse(said(Cause::CallerGone).status, Cause::CallerGone, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::HungUp });
                None
            }
            LegInput::Time => self.on_time(leg, step),
            LegInput::Ack(_) | LegInput::Heard { .. } | LegInput::GivenUp { .. } => Some(Stage::Waiting(self)),
        }
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        self.ring_at.into_iter().chain(self.early.as_ref().and_then(|early| early.due())).min()
    }

    fn command(mut self: Box<Self>, leg: LegId, command: LegCommand, step: &mut Step<'_>) -> Option<Stage> {
        match command {
            LegCommand::Ring { .. } => self.ring(180, None, step),
            LegCommand::RingWithSound { session, .. } => self.ring(183, Some(session), step),
            LegCommand::Answer { session, .. } => return Some(self.answer(session, step)),
            LegCommand::Refuse { cause, .. } => {
                self.refuse(said(cause).status, cause, step);
                return None;
            }
            LegCommand::HangUp { cause, .. } => {
                self.refuse(said(cause).status, cause, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::LetGo });
                return None;
            }
            LegCommand::AcceptSession { session, .. } => {
                self.decide(Some(session), step);
                return Some(self.answer_if_put_off(step));
            }
            LegCommand::RejectSession { .. } => {
                self.decide(None, step);
                return Some(self.answer_if_put_off(step));
            }
            LegCommand::CallOut { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. }
            | LegCommand::CallAgent { .. } => {}
        }
        Some(Stage::Waiting(self))
    }

    /// The answer; put off while sound that was described reliably is not acknowledged (RFC 3262 §3), or an offer is open.
    pub(super) fn answer(mut self: Box<Self>, session: Bytes, step: &mut Step<'_>) -> Stage {
        if let Some(early) = self.early.as_mut().filter(|early| early.puts_off_the_answer()) {
            early.answer = Some(session);
            return Stage::Waiting(self);
        }
        // What was settled before the answer is not said again (RFC 6337 §2.2).
        let settled = self.early.as_mut().filter(|early| early.settled).and_then(|early| early.session.take());
        let body = Some(&session[..]).filter(|session| settled.is_none() && !session.is_empty());
        let contact = step.contact(self.listener);
        let (clock, lines) = self.wish.agree(step.ground.settings.session_expires, step.at);
        let writer = &mut step.ground.writer;
        writer.response(200, &self.echo).line(HeaderName::Contact, contact);
        writer.line(HeaderName::Allow, ALLOW).line(HeaderName::Supported, SUPPORTED);
        lines.write(writer);
        let ok = writer.finish_with_session(body);
        let path = step.ground.servers.accept(self.key, step.at);
        step.send_back(path, ok.clone());
        Stage::Answered(Box::new(Answered::new(*self, settled.unwrap_or(session), ok, path, clock, step)))
    }

    /// Says no to the INVITE, and to an offer that is open.
    pub(super) fn refuse(&mut self, status: u16, cause: Cause, step: &mut Step<'_>) {
        if let Some(offered) = self.early.as_mut().and_then(|early| early.offered.take()) {
            offered.reject(487, step);
        }
        let bytes = step.response(status, &self.echo, |writer| write_reason(writer, cause));
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
                self.refuse(said(Cause::CallerGone).status, Cause::CallerGone, step);
                step.tell(LegEvent::Ended { leg, why: LegEnd::HungUp });
                return None;
            }
            Method::Prack => {
                self.acknowledged(leg, asked, step);
                return Some(self.answer_if_put_off(step));
            }
            Method::Update => self.update(leg, asked, step),
            Method::Invite => too_early(asked, step),
            Method::Ack
            | Method::Cancel
            | Method::Options
            | Method::Register
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

/// An offer while another is open that we have not answered: 500, and when to come again (RFC 3261 §14.2, RFC 3311 §5.2).
pub(crate) fn too_early(asked: &Asked<'_>, step: &mut Step<'_>) {
    let seconds = step.ground.marks.seconds_between(0, SECOND_OFFER_RETRY_MAX_S);
    step.answer_or_refuse(asked, 500, |writer| {
        writer.line(HeaderName::RetryAfter, seconds);
    });
}
