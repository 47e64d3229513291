//! A stack between a trunk and a phone that are written by hand, on virtual time.
//!
//! Every message that the stack sends is read again by two readers: ours, and `rsip`.

mod bounds;
mod challenges;
mod citizen;
mod contacts;
mod glare;
mod heeding;
mod intervals;
mod outward;
mod phone;
mod placing;
mod probing;
mod races;
mod registering;
mod rfc5407;
mod ringing;
mod session;
mod strangers;
mod timers;
mod topology;
mod transfer;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{
    AgentId, Caller, LegCommand, LegEvent, LegId, LegSide, Moment, PhoneNumber, Presentation, ShardNo, TrunkId,
};

use super::seam::{Destination, Incoming, Path, StackOut, Transport};
use super::settings::{OurAddress, PhoneBook, PhoneEntry, StackSettings};
use super::{Counts, Stack};
use crate::bindings::{Binding, Bindings};
use crate::message::{Message, Request, Response, parse};

pub(super) const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

/// The stack with its clock, and what came out of it.
pub(super) struct Bench {
    pub(super) stack: Stack,
    pub(super) now: Moment,
    sent: Vec<Sent>,
    events: Vec<LegEvent>,
    pub(super) phones: Vec<(AgentId, bool)>,
    pub(super) kept: Vec<(AgentId, Arc<[Binding]>)>,
    pub(super) browsers: Vec<AgentId>,
    pub(super) proofs: Vec<bool>,
}

/// A message that the stack sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) to: Destination,
    pub(super) text: String,
    pub(super) message: Message,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut StackSettings)) -> Self {
        let address = |transport| OurAddress { transport, sent_by: "127.0.0.1:5060".into() };
        let mut settings = StackSettings::new(vec![address(Transport::Udp), address(Transport::Tcp)]);
        change(&mut settings);
        let entry = |agent: &str, fixed: Option<&str>| PhoneEntry {
            agent: agent.into(),
            password: Some("hemmelig".into()),
            fixed: fixed.map(Arc::from),
        };
        let book = PhoneBook::new([
            entry("agent0001", Some("sip:agent0001@127.0.0.3:26000")),
            entry("agent0002", None),
            entry("agent0003", Some("sip:agent0003@127.0.0.3:26000;transport=tcp")),
        ]);
        let stack = Stack::new(ShardNo(0), Arc::new(settings), Arc::new(Bindings::new(book)), 4711);
        let now = Moment::from_secs(1_795_000_000);
        Self {
            stack,
            now,
            sent: Vec::new(),
            events: Vec::new(),
            phones: Vec::new(),
            browsers: Vec::new(),
            kept: Vec::new(),
            proofs: Vec::new(),
        }
    }

    /// A message from the trunk.
    pub(super) fn trunk(&mut self, text: &str) {
        self.receive(text, udp([127, 0, 0, 2], 5060), Some(TrunkId::new("trunk")));
    }
    /// A message from a phone.
    pub(super) fn phone(&mut self, text: &str) {
        self.receive(text, udp([127, 0, 0, 3], 26_000), None);
    }
    pub(super) fn receive(&mut self, text: &str, path: Path, trunk: Option<TrunkId>) {
        let message = parse(Bytes::copy_from_slice(text.as_bytes())).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut out = Vec::new();
        self.stack.receive(Incoming { message, path, trunk }, self.now, &mut out);
        self.take(out);
    }
    /// A connection has closed.
    pub(super) fn flow_gone(&mut self, connection: u64) {
        let mut out = Vec::new();
        self.stack.flow_gone(connection, self.now, &mut out);
        self.take(out);
    }
    /// What was kept over a restart.
    pub(super) fn restore(&mut self, kept: Vec<(AgentId, Vec<Binding>)>) {
        let mut out = Vec::new();
        self.stack.restore(kept, self.now, &mut out);
        self.take(out);
    }
    pub(super) fn command(&mut self, command: LegCommand) {
        let mut out = Vec::new();
        self.stack.command(command, self.now, &mut out);
        self.take(out);
    }
    /// Calls an agent; the leg has that number.
    pub(super) fn call(&mut self, agent: &str, number: u64) -> LegId {
        let leg = LegId::new(ShardNo(0), LegSide::Outbound, number);
        self.command(LegCommand::CallAgent {
            leg,
            agent: agent.into(),
            shown: shown(Caller::Number(PhoneNumber::parse("+4520123456").expect("a number"))),
            offer: Bytes::from_static(SDP.as_bytes()),
            ring_time_max: Duration::from_secs(20),
        });
        leg
    }
    /// Time passes, with all that falls due in it, each at its own moment.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(due) = self.stack.next_wakeup().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            let mut out = Vec::new();
            self.stack.wake(self.now, &mut out);
            self.take(out);
        }
        self.now = end;
    }
    /// What the stack sent since it was asked last.
    pub(super) fn sent(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.sent)
    }
    /// The one message that it sent.
    pub(super) fn one(&mut self) -> Sent {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{:?}", sent.iter().map(Sent::first_line).collect::<Vec<_>>());
        sent.remove(0)
    }
    /// First lines of what it sent.
    pub(super) fn lines(&mut self) -> Vec<String> {
        self.sent().iter().map(Sent::first_line).collect()
    }
    /// What happened to legs since it was asked last.
    pub(super) fn events(&mut self) -> Vec<LegEvent> {
        std::mem::take(&mut self.events)
    }
    /// 64·T1 after the last message nothing is left.
    pub(super) fn rest(&mut self) {
        let counts = self.stack.counts();
        assert_eq!((counts.legs, counts.dialogs), (0, 0), "{counts:?}");
        self.pass(Duration::from_secs(64));
        assert_eq!(self.stack.counts(), Counts::default());
        assert_eq!(self.stack.next_wakeup(), None);
    }

    pub(super) fn take(&mut self, out: Vec<StackOut>) {
        for one in out {
            match one {
                StackOut::Send { to, bytes } => self.sent.push(Sent::new(to, bytes)),
                StackOut::Leg(event) => self.events.push(event),
                StackOut::Phone { agent, reachable } => self.phones.push((agent, reachable)),
                StackOut::BrowserCame { agent } => self.browsers.push(agent),
                StackOut::Registered { agent, bindings } => self.kept.push((agent, bindings)),
                StackOut::Proof { right, .. } => self.proofs.push(right),
            }
        }
    }
}

impl Sent {
    fn new(to: Destination, bytes: Bytes) -> Self {
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        rsip::SipMessage::try_from(text.as_str()).unwrap_or_else(|error| panic!("rsip can't read it: {error}\n{text}"));
        let message = parse(bytes).unwrap_or_else(|error| panic!("{error}\n{text}"));
        Self { to, text, message }
    }
    pub(super) fn first_line(&self) -> String {
        let line = self.text.lines().next().unwrap_or("");
        line.strip_prefix("SIP/2.0 ").unwrap_or_else(|| line.split(' ').next().unwrap_or("")).to_owned()
    }
    pub(super) fn request(&self) -> &Request {
        match &self.message {
            Message::Request(request) => request,
            Message::Response(_) => panic!("a response: {}", self.text),
        }
    }
    pub(super) fn response(&self) -> &Response {
        match &self.message {
            Message::Response(response) => response,
            Message::Request(_) => panic!("a request: {}", self.text),
        }
    }
    /// The value of a header line.
    pub(super) fn header(&self, name: &str) -> &str {
        self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or("")
    }
    /// What a peer answers to this request of ours.
    pub(super) fn answer(&self, status: &str, tag: &str, more: &str, body: &str) -> String {
        let to = self.header("To");
        let to = if to.contains(";tag=") || tag.is_empty() { to.to_owned() } else { format!("{to};tag={tag}") };
        let lines = format!(
            "SIP/2.0 {status}\nVia: {}\nFrom: {}\nTo: {to}\nCall-ID: {}\nCSeq: {}\n{more}",
            self.header("Via"),
            self.header("From"),
            self.header("Call-ID"),
            self.header("CSeq"),
        );
        with_body(&lines, body)
    }
}

pub(super) fn udp(ip: [u8; 4], port: u16) -> Path {
    Path { transport: Transport::Udp, listener: 0, connection: 0, peer: (ip, port).into() }
}

pub(super) fn shown(caller: Caller) -> Presentation {
    Presentation { caller, title: "Aarhus: Pas og kørekort".into(), goes_on: false }
}

/// Header lines with `\n` and a body to a message.
pub(super) fn with_body(lines: &str, body: &str) -> String {
    let lines = lines.trim_end().replace('\n', "\r\n");
    let kind = if body.is_empty() || lines.contains("Content-Type") { "" } else { "Content-Type: application/sdp\r\n" };
    format!("{lines}\r\n{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A request of the citizen's side, outside or inside its dialog.
pub(super) fn from_citizen(method: &str, cseq: u32, branch: &str, to_tag: &str, more: &str, body: &str) -> String {
    let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    let of = if method == "ACK" || method == "CANCEL" { "INVITE" } else { method };
    let _ = of;
    with_body(
        &format!(
            "{method} sip:7000@127.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK{branch};rport\n\
             From: \"Sami\" <sip:+4520123456@127.0.0.2>;tag=citizen\nTo: <sip:7000@127.0.0.1>{to_tag}\n\
             Call-ID: call-1@127.0.0.2\nCSeq: {cseq} {method}\nMax-Forwards: 70\n\
             Contact: <sip:20123456@127.0.0.2:5060>\n{more}"
        ),
        body,
    )
}
