//! How INVITEs of ours end that came to nothing: refusals acknowledged, late answers hung up, ringing taken back.
//! Knows how that is said; why it came to nothing is known by the leg.

use bytes::Bytes;
use model::Cause;

use super::{Step, cancel_key, write_reason};
use crate::message::{HeaderName, Method, Response};
use crate::stack::client::Begun;

impl Step<'_> {
    /// A second phone behind one contact accepted too: acknowledged, and hung up.
    pub(crate) fn send_off_another(&mut self, branch: u64, response: &Response) {
        let Some(invite) = self.ground.clients.invite(branch) else { return };
        let mut dialog = invite.papers.answered_by(&response.headers);
        let cseq = invite.cseq;
        self.acknowledge(&dialog, cseq);
        self.bye(&mut dialog, None, Cause::CallerGone);
    }

    /// Takes a 2xx that nobody wants any more: acknowledged, and hung up at once (RFC 3261 §13.2.2.4).
    pub(crate) fn send_off(&mut self, branch: u64, response: &Response) {
        if let Some(mut dialog) = self.accept(branch, response) {
            self.bye(&mut dialog, None, Cause::CallerGone);
        }
    }

    /// Acknowledges a refusal of our INVITE, in its own transaction (RFC 3261 §17.1.1.3).
    pub(crate) fn acknowledge_refusal(&mut self, branch: u64, response: &Response) {
        let Some(bytes) = self.ack_of_refusal(branch, response) else { return };
        let Some(to) = self.ground.clients.destination(branch) else { return };
        self.send(to, bytes.clone());
        self.ground.clients.refused(branch, bytes, self.at);
    }

    /// The ACK of a refusal; none for what was no INVITE.
    pub(crate) fn ack_of_refusal(&mut self, branch: u64, response: &Response) -> Option<Bytes> {
        let mark = self.ground.marks.text(self.ground.clients.on_the_wire(branch));
        let to = self.ground.clients.destination(branch)?;
        let invite = self.ground.clients.invite(branch)?;
        let cseq = invite.cseq;
        let mut papers = invite.papers.clone();
        papers.remote = response.headers.get(HeaderName::To).unwrap_or("").into();
        let settings = &*self.ground.settings;
        Some(papers.write(&mut self.ground.writer, &Method::Ack, cseq, &mark, &to, settings).finish())
    }

    /// Takes an INVITE back: at once if something was heard of it, else as soon as something is.
    pub(crate) fn take_back(&mut self, branch: u64, cause: Cause) {
        if !self.ground.clients.take_back(branch, self.at, &mut self.ground.timers) {
            return;
        }
        let mark = self.ground.marks.text(self.ground.clients.on_the_wire(branch));
        let Some(to) = self.ground.clients.destination(branch) else { return };
        let Some(invite) = self.ground.clients.invite(branch) else { return };
        let settings = &*self.ground.settings;
        let cseq = invite.cseq;
        let writer = invite.papers.write(&mut self.ground.writer, &Method::Cancel, cseq, &mark, &to, settings);
        write_reason(writer, cause);
        let bytes = writer.finish();
        let begun = Begun { owner: None, to: to.clone(), request: bytes.clone(), invite: None };
        if self.ground.clients.open(cancel_key(branch), begun, self.at, &mut self.ground.timers) {
            self.send(to, bytes);
        }
    }
}
