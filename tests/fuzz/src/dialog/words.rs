//! What the peers of a fuzzed call can say, and from where.
//! Texts only; in which order they come is the fuzzer's choice.

use std::sync::Arc;
use std::time::Duration;

use model::ShardNo;
use sip::bindings::Bindings;
use sip::stack::{OurAddress, Path, PhoneBook, PhoneEntry, Stack, StackSettings, Transport};

pub(super) const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
pub(super) const METHODS: [&str; 12] =
    ["BYE", "INVITE", "UPDATE", "INFO", "OPTIONS", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PRACK", "ACK", "DANCE"];
pub(super) const STATUSES: [&str; 16] = [
    "100 T", "180 R", "183 P", "200 OK", "202 A", "302 M", "401 U", "408 T", "422 S", "481 N", "486 B", "487 T",
    "491 P", "500 E", "503 S", "603 D",
];
pub(super) const MORE: [&str; 10] = [
    "",
    "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n",
    "Supported: timer\r\nSession-Expires: 90;refresher=uas\r\n",
    "Supported: timer, 100rel\r\nSession-Expires: 80\r\n",
    "Require: 100rel\r\nRSeq: 1\r\n",
    "Require: 100rel\r\nRSeq: 2\r\nAllow: INVITE, ACK, BYE, UPDATE, PRACK\r\n",
    "Min-SE: 120\r\n",
    "Allow: INVITE, ACK, BYE, OPTIONS\r\n",
    "Refer-To: <sip:7001@127.0.0.1>\r\n",
    "Content-Type: application/dtmf-relay\r\nRetry-After: 5\r\n",
];
pub(super) const PAUSES_MS: [u64; 8] = [0, 1, 60, 500, 4_000, 10_000, 33_000, 95_000];

pub(super) fn path(stream: bool, host: u8) -> Path {
    let transport = if stream { Transport::Tcp } else { Transport::Udp };
    let (listener, connection) = (u16::from(stream), u64::from(stream));
    Path { transport, listener, connection, peer: ([127, 0, 0, host], 5060).into() }
}

pub(super) fn request(
    method: &str,
    number: usize,
    cseq: u32,
    branch: &str,
    to_tag: &str,
    more: &str,
    body: &str,
) -> String {
    let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    let kind = if body.is_empty() || more.contains("Content-Type") { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{method} sip:7000@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK{number}{branch};rport\r\n\
         From: <sip:+4520123456@127.0.0.2>;tag=c{number}\r\nTo: <sip:7000@127.0.0.1>{to_tag}\r\nCall-ID: call{number}\r\n\
         CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:20123456@127.0.0.2:5060>\r\n{more}{kind}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The stack that is driven: two phones, few legs, short sessions.
pub(super) fn stack() -> Stack {
    let address = |transport| OurAddress { transport, sent_by: "127.0.0.1:5060".into() };
    let mut settings = StackSettings::new(vec![address(Transport::Udp), address(Transport::Tcp)]);
    settings.session_expires = Duration::from_secs(90);
    settings.legs_max = 6;
    settings.reliable_ringing = true;
    let phone = |agent: &str, at: &str| PhoneEntry {
        agent: agent.into(),
        password: None,
        fixed: Some(Arc::from(format!("sip:{agent}@127.0.0.3:26000{at}"))),
    };
    let book = PhoneBook::new([phone("agent0001", ""), phone("agent0002", ";transport=tcp")]);
    let bindings = Arc::new(Bindings::new(book));
    Stack::new(ShardNo(0), Arc::new(settings), bindings, 7)
}

/// What a peer answers to a request of ours: with a tag or another, with a session or none.
pub(super) fn answer(ours: &str, status: &str, bits: usize, more: &str) -> String {
    let line = |name: &str| ours.split("\r\n").find_map(|line| line.strip_prefix(name)).unwrap_or("").to_owned();
    let to = line("To: ");
    let tag = if to.contains(";tag=") || bits & 1 > 0 { String::new() } else { format!(";tag=p{}", bits & 2) };
    let body = if bits & 4 > 0 { SDP } else { "" };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "SIP/2.0 {status}\r\nVia: {}\r\nFrom: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n\
         Contact: <sip:p@127.0.0.3:26000>\r\n{}{kind}Content-Length: {}\r\n\r\n{body}",
        line("Via: "),
        line("From: "),
        line("Call-ID: "),
        line("CSeq: "),
        more.replace("Content-Type: application/dtmf-relay\r\n", ""),
        body.len()
    )
}
