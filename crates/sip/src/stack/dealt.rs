//! Which message is for whom: transactions first, then dialogs, then what begins something new (RFC 3261 §8.2, §12.2, §17).
//!
//! What belongs to nothing is answered once, without a trace of it left behind.

use bytes::Bytes;
use model::{Moment, TrunkId};

use super::client::{ATTEMPT_BITS, Cancel, Heard, Timed};
use super::leg::LegInput;
use super::marks::{COOKIE, Marks};
use super::seam::{Destination, Path, StackOut};
use super::server::{AckFor, Again};
use super::step::{ACCEPT, Asked, Step, cancel_key};
use super::{Stack, Transport};
use crate::message::{ALLOW, HeaderName, Method, RPort, Request, Response, SUPPORTED};

impl Stack {
    pub(super) fn request(
        &mut self,
        request: &Request,
        path: Path,
        trunk: Option<TrunkId>,
        at: Moment,
        out: &mut Vec<StackOut>,
    ) {
        let key = server_key(request, &request.method, &self.ground.marks);
        let path = if trunk.is_some() { answer_path(request, path) } else { path };
        let asked = Asked { request, path, key };
        if request.method == Method::Ack {
            return self.ack(&asked, trunk.as_ref(), at, out);
        }
        match self.ground.servers.again(key) {
            Again::New => {}
            Again::Known => return,
            Again::Repeat(path, bytes) => {
                return out.push(StackOut::Send { to: Destination::Path(path), bytes });
            }
        }
        if request.method == Method::Cancel {
            return self.cancel(&asked, trunk.as_ref(), at, out);
        }
        match request.headers.to_tag() {
            Some(tag) => self.inside(&asked, tag, trunk.as_ref(), at, out),
            None => self.outside(&asked, trunk, at, out),
        }
    }

    /// A request with a To tag: for a dialog of ours and from its peer, or 481.
    fn inside(&mut self, asked: &Asked<'_>, tag: &str, trunk: Option<&TrunkId>, at: Moment, out: &mut Vec<StackOut>) {
        let Some(bits) = self.dialog_of(asked.request, tag) else {
            return self.step(at, out).answer_once(asked, 481, |_| {});
        };
        if !self.is_peer(bits, asked, trunk, at) && !self.proves_itself(bits, asked, at, out) {
            return;
        }
        self.follow(bits, asked);
        if asked.request.method == Method::Refer && self.refer(bits, asked, at, out) {
            return;
        }
        self.pass_on(bits, LegInput::Asked(*asked), at, out);
    }

    /// A request without: something new.
    fn outside(&mut self, asked: &Asked<'_>, trunk: Option<TrunkId>, at: Moment, out: &mut Vec<StackOut>) {
        match asked.request.method {
            Method::Invite => match trunk {
                Some(trunk) => self.invite(asked, trunk, at, out),
                None => self.place(asked, at, out),
            },
            Method::Register => self.register(asked, at, out),
            Method::Options => self.step(at, out).answer_once(asked, 200, |writer| {
                writer.line(HeaderName::Allow, ALLOW).line(HeaderName::Accept, ACCEPT);
                writer.line(HeaderName::Supported, SUPPORTED);
            }),
            Method::Bye | Method::Info | Method::Update | Method::Prack => {
                self.step(at, out).answer_once(asked, 481, |_| {});
            }
            Method::Ack
            | Method::Cancel
            | Method::Subscribe
            | Method::Notify
            | Method::Refer
            | Method::Message
            | Method::Publish => self.step(at, out).answer_once(asked, 405, |_| {}),
            Method::Other(_) => self.step(at, out).answer_once(asked, 501, |_| {}),
        }
    }

    fn ack(&mut self, asked: &Asked<'_>, trunk: Option<&TrunkId>, at: Moment, out: &mut Vec<StackOut>) {
        if self.ground.servers.ack(asked.key, at, &mut self.ground.timers) == AckFor::Refusal {
            return;
        }
        let Some(tag) = asked.request.headers.to_tag() else { return };
        let Some(bits) = self.dialog_of(asked.request, tag) else { return };
        if self.is_peer(bits, asked, trunk, at) {
            self.pass_on(bits, LegInput::Ack(asked.request), at, out);
        }
    }

    /// A CANCEL is answered for itself; what it does to the INVITE is up to the leg (RFC 3261 §9.2). One whose Via differs from its
    /// INVITE's, as some proxies send it, is known by Call-ID, tag and CSeq; one from elsewhere takes nothing back.
    fn cancel(&mut self, asked: &Asked<'_>, trunk: Option<&TrunkId>, at: Moment, out: &mut Vec<StackOut>) {
        let exact = server_key(asked.request, &Method::Invite, &self.ground.marks);
        let servers = &self.ground.servers;
        let merged = || servers.merged_with(merge_key(asked.request, &self.ground.marks));
        let found = Some(exact).filter(|key| servers.knows(*key)).or_else(merged);
        let near = |key: &u64| {
            trunk.is_some() || servers.path(*key).is_some_and(|path| path.peer.ip() == asked.path.peer.ip())
        };
        let Some(invite) = found.filter(near) else {
            return self.step(at, out).answer_once(asked, 481, |_| {});
        };
        let leg = self.ground.servers.open_leg(invite);
        // The tag of the dialog to be (§9.2: the same To tag as in the response to the INVITE).
        let tag = leg.and_then(|leg| self.legs.get(&leg.bits())?.tag);
        let mut step = self.step(at, out);
        step.answer_cancel(asked, tag);
        if let Some(leg) = leg {
            self.pass_on(leg.bits(), LegInput::Cancelled, at, out);
        }
    }

    /// A response came; from that trunk, if its source is one.
    pub(super) fn response(
        &mut self,
        response: &Response,
        path: Path,
        trunk: Option<&TrunkId>,
        at: Moment,
        out: &mut Vec<StackOut>,
    ) {
        let headers = &response.headers;
        let Some(on_the_wire) = self.ground.marks.read_branch(headers.branch()) else { return };
        let (branch, method) = (on_the_wire & !ATTEMPT_BITS, headers.cseq_method());
        let tag = headers.to_tag().unwrap_or("");
        let cancel = method == Method::Cancel;
        let (key, heard_as) = if cancel { (cancel_key(branch), cancel_key(branch)) } else { (branch, on_the_wire) };
        let asks = matches!(response.status, 401 | 407) && heard_as == self.ground.clients.on_the_wire(key);
        if asks && self.challenged(key, response, trunk, at, out) {
            return;
        }
        let heard = self.ground.clients.hear(heard_as, response.status, tag, at, &mut self.ground.timers);
        let owner = self.ground.clients.owner(key);
        match heard {
            Heard::Nothing => return,
            Heard::Again(to, bytes) => return self.step(at, out).send(to, bytes),
            Heard::AnotherAccepted => return self.step(at, out).send_off_another(branch, response),
            Heard::Provisional => {
                let wanted = self.ground.clients.invite(key).is_some_and(|invite| invite.cancel == Cancel::Wanted);
                if wanted {
                    self.step(at, out).take_back(key, model::Cause::CallerGone);
                }
            }
            Heard::Final if method == Method::Invite && response.status >= 300 => {
                self.step(at, out).acknowledge_refusal(key, response);
            }
            Heard::Final if method == Method::Invite && owner.is_none() => {
                return self.step(at, out).send_off(key, response);
            }
            Heard::Final => self.probe_heard(key, Some(response.status), at),
        }
        if let Some(leg) = owner {
            // Only who got our request knows its branch.
            if let Some(leg) = self.legs.get_mut(&leg.bits()).filter(|_| response.status < 300) {
                leg.heard_from = Some(path.peer.ip());
            }
            self.pass_on(leg.bits(), LegInput::Heard { branch, response }, at, out);
        }
    }

    /// What a client transaction's timer led to.
    pub(super) fn timed(&mut self, branch: u64, timed: Timed, at: Moment, out: &mut Vec<StackOut>) {
        match timed {
            Timed::Nothing => {}
            Timed::GivenUp { owner: None } => self.probe_heard(branch, None, at),
            Timed::Again(to, bytes) => out.push(StackOut::Send { to, bytes }),
            Timed::GivenUp { owner: Some(leg) } => self.pass_on(leg.bits(), LegInput::GivenUp { branch }, at, out),
        }
    }

    pub(super) fn step<'a>(&'a mut self, at: Moment, out: &'a mut Vec<StackOut>) -> Step<'a> {
        Step { ground: &mut self.ground, at, out }
    }

    fn dialog_of(&self, request: &Request, tag: &str) -> Option<u64> {
        let tag = self.ground.marks.read_tag(tag)?;
        let bits = self.ground.dialogs.get(&tag)?.bits();
        let dialog = self.legs.get(&bits)?.stage.as_ref()?.dialog()?;
        dialog.owns(&request.headers).then_some(bits)
    }
}

/// The To tag of a response that we wrote ourselves: it names the leg that said it.
pub(crate) fn own_tag_of(bytes: &[u8]) -> Option<&str> {
    let head = std::str::from_utf8(bytes.get(..memchr::memmem::find(bytes, b"\r\n\r\n")?)?).ok()?;
    let to = head.split("\r\n").find_map(|line| line.strip_prefix("To: "))?;
    to.rsplit_once(";tag=").map(|(_, tag)| tag)
}

/// The branch of the top Via of a message that we wrote ourselves.
pub(super) fn branch_of(bytes: &Bytes) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let via = text.split("\r\n").find_map(|line| line.strip_prefix("Via: "))?;
    via.split(';').find_map(|param| param.strip_prefix("branch="))
}

/// The key of a request's server transaction (RFC 3261 §17.2.3). `method` is INVITE where the transaction of an ACK's or
/// CANCEL's INVITE is looked for.
pub(super) fn server_key(request: &Request, method: &Method, marks: &Marks) -> u64 {
    let headers = &request.headers;
    let method = if *method == Method::Ack { "INVITE" } else { method.as_str() };
    let branch = headers.branch();
    let via = headers.via();
    let host = via.map_or("", |via| via.host_text());
    let port = via.and_then(|via| via.port()).unwrap_or(0).to_string();
    if branch.starts_with(COOKIE) {
        return marks.hash(&[method, branch, host, &port]);
    }
    // A sender older than RFC 3261: its branch says nothing.
    let cseq = headers.cseq().to_string();
    marks.hash(&[method, branch, host, &port, headers.call_id(), headers.from_tag(), &cseq])
}

/// What two ways of one INVITE have in common (RFC 3261 §8.2.2.2).
pub(super) fn merge_key(request: &Request, marks: &Marks) -> u64 {
    let headers = &request.headers;
    marks.hash(&["merged", headers.from_tag(), headers.call_id(), &headers.cseq().to_string()])
}

/// Where answers to a trunk go: over UDP without `rport` to the port of the Via (RFC 3261 §18.2.2, RFC 3581 §4).
/// A phone may sit behind a translator of addresses: it is always answered where it spoke from.
pub(super) fn answer_path(request: &Request, mut path: Path) -> Path {
    let via = request.headers.via().filter(|via| via.rport() == RPort::Absent && path.transport == Transport::Udp);
    if let Some(via) = via {
        path.peer.set_port(via.port().unwrap_or(5060));
    }
    path
}
