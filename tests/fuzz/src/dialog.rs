//! Whatever peers and the centre do in whatever order: no panic, every message that leaves can be read, each leg ends once
//! and says nothing after its end, one message causes few, and 2·64·T1 after everybody was let go nothing is left.

#[path = "dialog/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use model::{Caller, Cause, Dialled, LegCommand, LegEvent, LegId, LegSide, Moment, Presentation, ShardNo, TrunkId};
use sip::message::{Message, Method, Response, parse};
use sip::stack::{Counts, Incoming, Path, Stack, StackOut};
use words::{METHODS, MORE, PAUSES_MS, SDP, STATUSES, path, request};

/// Operations of one story at most; what follows is not read.
const STEPS_MAX: usize = 400;
/// Messages that one message, command or moment may cause at most, each leg's own repetitions included.
const CAUSED_MAX: usize = 64;
/// Wake-ups within one pause at most: a stack that wakes itself for ever is stuck.
const WAKES_MAX: usize = 20_000;

/// Plays one story.
pub(crate) fn run(bytes: &[u8]) {
    let mut story = Story::new(bytes);
    for _ in 0..STEPS_MAX {
        if story.rest.is_empty() {
            break;
        }
        story.step();
    }
    story.end();
}

struct Story<'a> {
    rest: &'a [u8],
    stack: Stack,
    now: Moment,
    /// Our requests, to be answered; the newest 16.
    asked: Vec<String>,
    /// Our last messages, to be lost.
    sent: Vec<Bytes>,
    /// What we last said in each citizen's call.
    tags: BTreeMap<String, (String, String)>,
    legs: Vec<LegId>,
    over: BTreeSet<LegId>,
    /// Refused by the centre: it may or may not be told of the end.
    refused: BTreeSet<LegId>,
    /// The last message that came in, to be doubled.
    last: Option<(String, Path)>,
    called: u64,
}

impl<'a> Story<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            stack: words::stack(),
            now: Moment::from_secs(1_795_000_000),
            asked: Vec::new(),
            sent: Vec::new(),
            tags: BTreeMap::new(),
            legs: Vec::new(),
            over: BTreeSet::new(),
            refused: BTreeSet::new(),
            last: None,
            called: 0,
        }
    }

    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        usize::from(*first)
    }
    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.byte() % all.len()]
    }

    fn step(&mut self) {
        match self.byte() % 10 {
            0 => self.citizen_calls(),
            1 | 2 => self.citizen_asks(),
            3 | 4 => self.peer_answers(),
            5 | 6 => self.centre_asks(),
            7 => {
                let pause = self.one_of(&PAUSES_MS);
                self.pass(Duration::from_millis(pause));
            }
            8 => self.something_is_lost(),
            _ => {
                if let Some((text, path)) = self.last.clone() {
                    self.receive(text, path);
                }
            }
        }
    }

    fn citizen_calls(&mut self) {
        let (number, more, bits) = (self.byte() % 4, self.one_of(&MORE), self.byte());
        let body = if bits & 1 == 0 { SDP } else { "" };
        let text = request("INVITE", number, 1, &format!("i{number}"), "", more, body);
        self.receive(text, path(bits & 2 > 0, 2));
    }

    fn citizen_asks(&mut self) {
        let (number, bits, cseq) = (self.byte() % 4, self.byte(), (self.byte() % 8) as u32);
        let (to_tag, rseq) = self.tags.get(&number.to_string()).cloned().unwrap_or_default();
        let to_tag = if bits & 1 > 0 { String::new() } else { to_tag };
        let method = if bits & 2 > 0 { self.one_of(&["CANCEL", "ACK", "BYE", "PRACK"]) } else { self.one_of(&METHODS) };
        let more = match method {
            "PRACK" => format!("RAck: {} 1 INVITE\r\n", if bits & 4 > 0 { "77" } else { &rseq }),
            _ => self.one_of(&MORE).to_owned(),
        };
        let body = if bits & 8 > 0 { SDP } else { "" };
        let (cseq, branch) = match method {
            "CANCEL" => (1, format!("i{number}")),
            "ACK" if bits & 16 > 0 => (1, format!("i{number}")),
            _ => (cseq, format!("{method}{cseq}")),
        };
        let from = if bits & 32 > 0 { 66 } else { 2 };
        self.receive(request(method, number, cseq, &branch, &to_tag, &more, body), path(bits & 64 > 0, from));
    }

    fn peer_answers(&mut self) {
        let (which, bits) = (self.byte(), self.byte());
        let (status, more) = (self.one_of(&STATUSES), self.one_of(&MORE));
        if self.asked.is_empty() {
            return;
        }
        let ours = self.asked[which % self.asked.len()].clone();
        let text = words::answer(&ours, status, bits, more);
        self.receive(text, path(false, 3));
    }

    fn centre_asks(&mut self) {
        let (what, which) = (self.byte(), self.byte());
        let (session, offer) = (Bytes::from_static(SDP.as_bytes()), Bytes::from_static(SDP.as_bytes()));
        let ring_time_max = Duration::from_secs(20);
        if what % 12 > 9 || self.legs.is_empty() {
            self.called += 1;
            let leg = LegId::new(ShardNo(0), LegSide::Outbound, self.called);
            self.legs.push(leg);
            let shown = Presentation { caller: Caller::Withheld, title: "Aarhus".into(), goes_on: false };
            let agent = if which % 2 == 0 { "agent0001" } else { "agent0002" };
            let command = match Dialled::parse("+4586000000") {
                Ok(number) if which % 5 == 4 => LegCommand::CallOut {
                    for_leg: self.legs.first().copied(),
                    leg,
                    number,
                    caller: Caller::Withheld,
                    emergency: false,
                    offer,
                    ring_time_max,
                },
                Ok(_) | Err(_) => LegCommand::CallAgent { leg, agent: agent.into(), shown, offer, ring_time_max },
            };
            return self.command(command);
        }
        let leg = self.legs[which % self.legs.len()];
        let cause = Cause::Normal;
        let command = match what % 12 {
            0 => LegCommand::Ring { leg },
            1 => LegCommand::RingWithSound { leg, session },
            2 | 3 => LegCommand::Answer { leg, session },
            4 => {
                self.refused.insert(leg);
                LegCommand::Refuse { leg, cause }
            }
            5 => LegCommand::HangUp { leg, cause },
            6 => LegCommand::RejectSession { leg },
            7 => LegCommand::AnswerTransfer { leg, answer: if which % 2 == 0 { Ok(()) } else { Err(cause) } },
            8 => LegCommand::TellTransfer { leg, end: if which % 2 == 0 { Ok(()) } else { Err(cause) } },
            _ => LegCommand::AcceptSession { leg, session },
        };
        self.command(command);
    }

    fn something_is_lost(&mut self) {
        let which = self.byte();
        if self.sent.is_empty() {
            return;
        }
        let bytes = self.sent[which % self.sent.len()].clone();
        let mut out = Vec::new();
        self.stack.undelivered(&bytes, self.now, &mut out);
        self.take(out);
    }

    fn receive(&mut self, text: String, path: Path) {
        let Ok(message) = parse(Bytes::copy_from_slice(text.as_bytes())) else { return };
        let trunk = (path.peer.ip().to_string() == "127.0.0.2").then(|| TrunkId::new("trunk"));
        self.last = Some((text, path));
        let mut out = Vec::new();
        self.stack.receive(Incoming { message, path, trunk }, self.now, &mut out);
        self.take(out);
    }

    fn command(&mut self, command: LegCommand) {
        let mut out = Vec::new();
        self.stack.command(command, self.now, &mut out);
        self.take(out);
    }

    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        for wakes in 0.. {
            let Some(due) = self.stack.next_wakeup().filter(|due| *due <= end) else { break };
            assert!(wakes < WAKES_MAX, "it wakes itself for ever");
            self.now = self.now.max(due);
            let mut out = Vec::new();
            self.stack.wake(self.now, &mut out);
            self.take(out);
        }
        self.now = end;
    }

    fn take(&mut self, out: Vec<StackOut>) {
        assert!(out.len() <= CAUSED_MAX, "{} things at once", out.len());
        for one in out {
            match one {
                StackOut::Send { bytes, .. } => self.sends(bytes),
                StackOut::Leg(event) => self.happens(&event),
                StackOut::Phone { .. } | StackOut::BrowserCame { .. } => {}
                StackOut::Registered { .. } | StackOut::Proof { .. } => {}
            }
        }
    }

    fn sends(&mut self, bytes: Bytes) {
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        match parse(bytes.clone()).unwrap_or_else(|error| panic!("{error}: {text}")) {
            Message::Request(request) if request.method != Method::Ack => {
                self.asked.push(text);
                if self.asked.len() > 16 {
                    self.asked.remove(0);
                }
            }
            Message::Request(_) => {}
            Message::Response(response) => self.remember(&response),
        }
        self.sent.push(bytes);
        if self.sent.len() > 16 {
            self.sent.remove(0);
        }
    }

    fn remember(&mut self, response: &Response) {
        let headers = &response.headers;
        let call = headers.call_id().trim_start_matches("call").to_owned();
        let Some(tag) = headers.to_tag().filter(|_| headers.cseq_method() == Method::Invite) else { return };
        let rseq = headers.rseq().map(|rseq| rseq.to_string());
        let known = self.tags.entry(call).or_default();
        if response.status < 300 {
            tag.clone_into(&mut known.0);
        }
        known.1 = rseq.unwrap_or_else(|| known.1.clone());
    }

    fn happens(&mut self, event: &LegEvent) {
        let leg = event.leg();
        assert!(!self.over.contains(&leg), "after its end: {event:?}");
        match event {
            LegEvent::Arrived(_) | LegEvent::AgentCalls(_) => {
                assert!(!self.legs.contains(&leg), "a number twice: {leg}");
                self.legs.push(leg);
            }
            LegEvent::Ended { .. } | LegEvent::Refused { .. } => {
                self.over.insert(leg);
            }
            LegEvent::Ringing { .. }
            | LegEvent::Answered { .. }
            | LegEvent::Confirmed { .. }
            | LegEvent::SessionOffered { .. }
            | LegEvent::SessionAnswered { .. }
            | LegEvent::Digit { .. }
            | LegEvent::TransferAsked { .. } => {}
        }
        assert!(self.legs.contains(&leg), "nobody knows it: {event:?}");
    }

    /// Everybody is let go; whoever is left does not answer.
    fn end(&mut self) {
        let mut out = Vec::new();
        self.stack.hang_up_all(Cause::Draining, self.now, &mut out);
        self.take(out);
        self.pass(Duration::from_secs(64));
        let counts = self.stack.counts();
        assert_eq!((counts.legs, counts.dialogs), (0, 0));
        self.pass(Duration::from_secs(8));
        assert_eq!(self.stack.counts(), Counts::default());
        assert_eq!(self.stack.next_wakeup(), None);
        for leg in &self.legs {
            assert!(self.over.contains(leg) || self.refused.contains(leg), "{leg} never ended");
        }
    }
}
