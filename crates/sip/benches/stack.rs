//! What a whole queue call costs in the stack: a citizen's leg and an agent's, from INVITE to the last 200,
//! each message read from its bytes and written to its bytes.
#![allow(missing_docs, reason = "criterion's macro writes a function without a doc")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use model::{Caller, Cause, LegCommand, LegEvent, LegId, LegSide, Moment, PhoneNumber, Presentation, ShardNo, TrunkId};
use sip::bindings::Bindings;
use sip::message::parse;
use sip::stack::{Incoming, OurAddress, Path, PhoneBook, PhoneEntry, Stack, StackOut, StackSettings, Transport};

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

struct Node {
    stack: Stack,
    now: Moment,
    number: u64,
    out: Vec<StackOut>,
}

fn node() -> Node {
    let address = OurAddress { transport: Transport::Udp, sent_by: "127.0.0.1:5060".into() };
    let fixed = Some(Arc::from("sip:agent0001@127.0.0.3:26000"));
    let book = PhoneBook::new([PhoneEntry { agent: "agent0001".into(), password: None, fixed }]);
    let bindings = Arc::new(Bindings::new(book));
    let stack = Stack::new(ShardNo(0), Arc::new(StackSettings::new(vec![address])), bindings, 1);
    Node { stack, now: Moment::from_secs(1_795_000_000), number: 0, out: Vec::new() }
}

impl Node {
    fn receive(&mut self, text: String, last: u8) {
        let path =
            Path { transport: Transport::Udp, listener: 0, connection: 0, peer: ([127, 0, 0, last], 5060).into() };
        let message = parse(Bytes::from(text)).expect("well formed");
        let incoming = Incoming { message, path, trunk: Some(TrunkId::new("t")) };
        self.stack.receive(incoming, self.now, &mut self.out);
    }
    fn command(&mut self, command: LegCommand) {
        self.stack.command(command, self.now, &mut self.out);
    }
    /// The last message sent, as text.
    fn last(&mut self) -> String {
        let sent = self.out.drain(..).filter_map(|one| match one {
            StackOut::Send { bytes, .. } => Some(bytes),
            StackOut::Leg(_) | StackOut::Phone { .. } | StackOut::BrowserCame { .. } => None,
            StackOut::Registered { .. } | StackOut::Proof { .. } => None,
        });
        String::from_utf8(sent.last().expect("something was sent").to_vec()).expect("UTF-8")
    }

    fn citizens(&self, method: &str, cseq: u32, to_tag: &str, body: &str) -> String {
        let number = self.number;
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:7000@127.0.0.1:5060 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK{method}{number};rport\r\n\
             From: <sip:+4520123456@127.0.0.2>;tag=c{number}\r\nTo: <sip:7000@127.0.0.1>{to_tag}\r\n\
             Call-ID: {number}@127.0.0.2\r\nCSeq: {cseq} {method}\r\nContact: <sip:20123456@127.0.0.2:5060>\r\n\
             Max-Forwards: 70\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn whole_call(&mut self) {
        self.number += 1;
        self.now = self.now + Duration::from_millis(1);
        self.receive(self.citizens("INVITE", 1, "", SDP), 2);
        let citizen = self.out.iter().find_map(|one| match one {
            StackOut::Leg(LegEvent::Arrived(arrival)) => Some(arrival.leg),
            StackOut::Leg(_)
            | StackOut::Send { .. }
            | StackOut::Phone { .. }
            | StackOut::BrowserCame { .. }
            | StackOut::Registered { .. }
            | StackOut::Proof { .. } => None,
        });
        let citizen = citizen.expect("a call");
        self.command(LegCommand::Ring { leg: citizen });
        let agent = LegId::new(ShardNo(0), LegSide::Outbound, self.number);
        let caller = Caller::Number(PhoneNumber::parse("20123456").expect("a number"));
        self.command(LegCommand::CallAgent {
            leg: agent,
            agent: "agent0001".into(),
            shown: Presentation { caller, title: "Aarhus: Pas".into(), goes_on: false },
            offer: Bytes::from_static(SDP.as_bytes()),
            ring_time_max: Duration::from_secs(20),
        });
        let invite = self.last();
        self.receive(answer(&invite, "180 Ringing", ""), 3);
        self.receive(answer(&invite, "200 OK", SDP), 3);
        self.command(LegCommand::Answer { leg: citizen, session: Bytes::from_static(SDP.as_bytes()) });
        let ok = self.last();
        let tag = ok.split("To: ").nth(1).and_then(|rest| rest.split_once(";tag=")).expect("a tag").1;
        let tag = format!(";tag={}", tag.split("\r\n").next().unwrap_or(""));
        self.receive(self.citizens("ACK", 1, &tag, ""), 2);
        self.receive(self.citizens("BYE", 2, &tag, ""), 2);
        self.command(LegCommand::HangUp { leg: agent, cause: Cause::Normal });
        let bye = self.last();
        self.receive(answer(&bye, "200 OK", ""), 3);
        self.out.clear();
        self.stack.wake(self.now, &mut self.out);
        self.out.clear();
    }
}

fn answer(request: &str, status: &str, body: &str) -> String {
    let line = |name: &str| request.split("\r\n").find(|line| line.starts_with(name)).unwrap_or("");
    let tag = if line("To").contains(";tag=") { "" } else { ";tag=phone" };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "SIP/2.0 {status}\r\n{}\r\n{}\r\n{}{tag}\r\n{}\r\n{}\r\nContact: <sip:agent0001@127.0.0.3:26000>\r\n{kind}\
         Content-Length: {}\r\n\r\n{body}",
        line("Via"),
        line("From"),
        line("To"),
        line("Call-ID"),
        line("CSeq"),
        body.len()
    )
}

fn whole_calls(criterion: &mut Criterion) {
    let mut node = node();
    criterion.bench_function("a whole queue call, two legs, at 1,000 calls a second", |bencher| {
        bencher.iter(|| node.whole_call());
    });
}

criterion_group!(benches, whole_calls);
criterion_main!(benches);
