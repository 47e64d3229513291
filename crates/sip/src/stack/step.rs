//! One step of the stack: the ground that all legs stand on, the moment, and where consequences go.
//!
//! Every message that leaves the stack is written here. Knows transactions and dialogs; which message
//! follows on which event is known by the stages of a leg.

mod endings;

use std::sync::Arc;

use bytes::Bytes;
use model::{Cause, LegEvent, LegId, Moment};

use super::cause::said;
use super::client::{ATTEMPT_BITS, Begun, Cancel, Clients, Invite};
use super::dialog::Dialog;
use super::marks::Marks;
use super::seam::{Destination, Path, StackOut, Transport};
use super::server::Servers;
use super::settings::StackSettings;
use super::table::Table;
use super::timers::Timers;
use super::trunks::Channel;
use crate::bindings::Bindings;
use crate::message::{ALLOW, Echo, HeaderName, Method, Request, Response, Writer};

/// The extensions that our own INVITEs offer: those that we speak as the calling side.
pub(crate) const SUPPORTED_IN_INVITES: &str = "100rel, norefersub, replaces, timer";
/// The kind of a session description.
const SESSION: &str = "application/sdp";
/// The bodies that we read, for Accept.
pub(crate) const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf";
/// Retry-After of a 503 is drawn between these, in seconds, so that those refused do not come back all at once.
const RETRY_AFTER_S: (u64, u64) = (1, 10);

/// What all legs of a shard stand on.
pub(crate) struct Ground {
    pub(crate) settings: Arc<StackSettings>,
    pub(crate) bindings: Arc<Bindings>,
    pub(crate) marks: Marks,
    pub(crate) servers: Servers,
    pub(crate) clients: Clients,
    pub(crate) timers: Timers,
    /// Dialogs by our tag.
    pub(crate) dialogs: Table<LegId>,
    pub(crate) writer: Writer,
    /// What legs hold on trunks, by their bits; an entry goes with its leg.
    pub(crate) channels: Table<Channel>,
}

/// One step: one thing that happened, at one moment.
pub(crate) struct Step<'a> {
    pub(crate) ground: &'a mut Ground,
    pub(crate) at: Moment,
    pub(crate) out: &'a mut Vec<StackOut>,
}

/// A request that came in, with its transaction's key and the path of its answers.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) path: Path,
    pub(crate) key: u64,
}

impl Asked<'_> {
    /// What a response to it repeats.
    pub(crate) fn echo(&self, to_tag: Option<&str>) -> Echo {
        Echo::of(&self.request.headers, self.path.peer, to_tag)
    }
}

impl Step<'_> {
    /// Tells the centre.
    pub(crate) fn tell(&mut self, event: LegEvent) {
        self.out.push(StackOut::Leg(event));
    }
    /// Sends one message.
    pub(crate) fn send(&mut self, to: Destination, bytes: Bytes) {
        self.out.push(StackOut::Send { to, bytes });
    }
    /// Sends an answer, if its transaction still wants it.
    pub(crate) fn send_back(&mut self, path: Option<Path>, bytes: Bytes) {
        if let Some(path) = path {
            self.send(Destination::Path(path), bytes);
        }
    }

    /// A response without body and with the lines that `more` adds.
    pub(crate) fn response(&mut self, status: u16, echo: &Echo, more: impl FnOnce(&mut Writer)) -> Bytes {
        let retry_after = (status == 503).then(|| self.ground.marks.seconds_between(RETRY_AFTER_S.0, RETRY_AFTER_S.1));
        let writer = &mut self.ground.writer;
        writer.response(status, echo);
        if let Some(seconds) = retry_after {
            writer.line(HeaderName::RetryAfter, seconds);
        }
        match status {
            405 | 501 => {
                writer.line(HeaderName::Allow, ALLOW);
            }
            489 => {
                writer.other("Allow-Events", "refer");
            }
            // In which way (RFC 3261 §20.43): we have one codec in common with hardly anybody who gets this.
            488 => {
                let host = &self.ground.settings.address(0).sent_by;
                writer.line(HeaderName::Warning, format_args!("305 {host} \"Incompatible media format\""));
            }
            _ => {}
        }
        more(writer);
        writer.finish()
    }

    /// Answers without a transaction: for what leaves no state behind.
    pub(crate) fn answer_once(&mut self, asked: &Asked<'_>, status: u16, more: impl FnOnce(&mut Writer)) {
        // The tag must be the same each time, so that a repetition gets the same answer (RFC 3261 §8.2.7).
        let tag = self.ground.marks.hash(&[asked.request.headers.call_id(), asked.request.headers.from_tag()]);
        let tag = self.ground.marks.text(tag);
        let bytes = self.response(status, &asked.echo(Some(&tag)), more);
        self.send(Destination::Path(asked.path), bytes);
    }

    /// Answers another request than INVITE for good.
    pub(crate) fn answer(&mut self, asked: &Asked<'_>, status: u16, more: impl FnOnce(&mut Writer)) {
        let bytes = self.response(status, &asked.echo(None), more);
        self.answer_with(asked, bytes);
    }

    /// Answers a request outside any dialog for good, with a tag of ours (RFC 3261 §8.2.6.2).
    pub(crate) fn answer_tagged(&mut self, asked: &Asked<'_>, status: u16, more: impl FnOnce(&mut Writer)) {
        let tag = self.ground.marks.draw();
        let tag = self.ground.marks.text(tag);
        let bytes = self.response(status, &asked.echo(Some(&tag)), more);
        self.answer_with(asked, bytes);
    }

    /// Refuses an INVITE: repeated until it is acknowledged.
    pub(crate) fn refuse(&mut self, asked: &Asked<'_>, status: u16, more: impl FnOnce(&mut Writer)) {
        let tag = self.ground.marks.draw();
        let tag = self.ground.marks.text(tag);
        let bytes = self.response(status, &asked.echo(Some(&tag)), more);
        if self.ground.servers.knows(asked.key) || self.ground.servers.open(asked.key, asked.path, None, None) {
            self.refuse_with(asked.key, bytes);
        } else {
            self.send(Destination::Path(asked.path), bytes);
        }
    }

    /// Refuses whatever was asked inside a dialog; an INVITE until it is acknowledged.
    pub(crate) fn answer_or_refuse(&mut self, asked: &Asked<'_>, status: u16, more: impl FnOnce(&mut Writer)) {
        if asked.request.method == Method::Invite {
            self.refuse(asked, status, more);
        } else {
            self.answer(asked, status, more);
        }
    }

    /// Refuses the INVITE of a transaction that is open, with a response that is written already.
    pub(crate) fn refuse_with(&mut self, key: u64, bytes: Bytes) {
        let path = self.ground.servers.refuse(key, &bytes, self.at, &mut self.ground.timers);
        self.send_back(path, bytes);
    }

    /// A provisional answer.
    pub(crate) fn provisional(&mut self, key: u64, bytes: Bytes) {
        let path = self.ground.servers.provisional(key, &bytes);
        self.send_back(path, bytes);
    }

    /// Sends a request inside a dialog in a transaction of its own, and returns its branch. At the bound of
    /// transactions it is not sent, and `None`.
    pub(crate) fn ask(
        &mut self,
        dialog: &mut Dialog,
        method: &Method,
        owner: Option<LegId>,
        session: Option<&[u8]>,
        more: impl FnOnce(&mut Writer),
    ) -> Option<u64> {
        self.ask_with(dialog, method, owner, session.map(|session| (SESSION, session)), more)
    }

    /// The same, with a body of any kind.
    pub(crate) fn ask_with(
        &mut self,
        dialog: &mut Dialog,
        method: &Method,
        owner: Option<LegId>,
        body: Option<(&str, &[u8])>,
        more: impl FnOnce(&mut Writer),
    ) -> Option<u64> {
        dialog.local_seq += 1;
        dialog.follow(&self.ground.bindings);
        let to = dialog.destination(&self.ground.settings);
        let branch = self.ground.marks.draw() & !ATTEMPT_BITS;
        let mark = self.ground.marks.text(branch);
        let settings = &*self.ground.settings;
        let writer = dialog.write(&mut self.ground.writer, method, dialog.local_seq, &mark, &to, settings);
        more(writer);
        let bytes = match body {
            Some((kind, body)) => writer.finish_with(kind, body),
            None => writer.finish(),
        };
        let invite = (*method == Method::Invite).then(|| Invite {
            papers: dialog.clone(),
            cseq: dialog.local_seq,
            cancel: Cancel::No,
        });
        let begun = Begun { owner, to: to.clone(), request: bytes.clone(), invite };
        if !self.ground.clients.open(branch, begun, self.at, &mut self.ground.timers) {
            return None;
        }
        self.send(to, bytes);
        Some(branch)
    }

    /// Ends a dialog. With an owner, it hears when the other side has agreed.
    pub(crate) fn bye(&mut self, dialog: &mut Dialog, owner: Option<LegId>, cause: Cause) -> Option<u64> {
        self.ask(dialog, &Method::Bye, owner, None, |writer| write_reason(writer, cause))
    }

    /// Acknowledges a 2xx to an INVITE with this CSeq (RFC 3261 §13.2.2.4), and says what was sent, for its repetitions.
    pub(crate) fn acknowledge(&mut self, dialog: &Dialog, cseq: u32) -> (Destination, Bytes) {
        let to = dialog.destination(&self.ground.settings);
        let mark = self.ground.marks.draw();
        let mark = self.ground.marks.text(mark);
        let settings = &*self.ground.settings;
        let bytes = dialog.write(&mut self.ground.writer, &Method::Ack, cseq, &mark, &to, settings).finish();
        self.send(to.clone(), bytes.clone());
        (to, bytes)
    }

    /// Takes a 2xx to our INVITE: acknowledges it and returns the dialog.
    pub(crate) fn accept(&mut self, branch: u64, response: &Response) -> Option<Dialog> {
        let invite = self.ground.clients.invite(branch)?;
        let dialog = invite.papers.answered_by(&response.headers);
        let cseq = invite.cseq;
        let (to, ack) = self.acknowledge(&dialog, cseq);
        self.ground.clients.accepted(branch, ack, to, &dialog.remote_tag, self.at);
        Some(dialog)
    }

    /// Answers a CANCEL that found its INVITE.
    pub(crate) fn answer_cancel(&mut self, asked: &Asked<'_>, tag: Option<u64>) {
        let tag = tag.unwrap_or_else(|| self.ground.marks.draw());
        let tag = self.ground.marks.text(tag);
        let bytes = self.response(200, &asked.echo(Some(&tag)), |_| {});
        self.answer_with(asked, bytes);
    }

    fn answer_with(&mut self, asked: &Asked<'_>, bytes: Bytes) {
        if self.ground.servers.knows(asked.key) || self.ground.servers.open(asked.key, asked.path, None, None) {
            let path = self.ground.servers.answer(asked.key, &bytes, self.at);
            self.send_back(path, bytes);
        } else {
            self.send(Destination::Path(asked.path), bytes);
        }
    }

    /// Our Contact on a listener.
    pub(crate) fn contact(&self, listener: u16) -> String {
        let address = self.ground.settings.address(listener);
        match address.transport {
            Transport::Udp => format!("<sip:{}>", address.sent_by),
            transport @ (Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss) => {
                format!("<sip:{};transport={}>", address.sent_by, transport.parameter())
            }
        }
    }
}

/// A CANCEL has the branch of its INVITE; its transaction needs a key of its own.
pub(crate) const fn cancel_key(branch: u64) -> u64 {
    branch ^ 0xca_ce10
}

/// Why a call ends, for whoever reads traces at the other side (RFC 3326).
pub(crate) fn write_reason(writer: &mut Writer, cause: Cause) {
    let said = said(cause);
    writer.line(HeaderName::Reason, format_args!("Q.850;cause={};text=\"{}\"", said.q850, said.text));
}
