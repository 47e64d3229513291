//! A citizen who waits unanswered takes at most 3 KiB of the signalling stack, allocator and tables included.
//!
//! Measured as the process sees it: the memory of 16,000 waiting legs, alone in this test binary.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{LegCommand, LegEvent, LegId, Moment, ShardNo, TrunkId};
use sip::bindings::Bindings;
use sip::message::parse;
use sip::stack::{Incoming, OurAddress, Path, PhoneBook, Stack, StackOut, StackSettings, Transport};

const LEGS: usize = 16_000;
const LEG_BYTES_MAX: usize = 3 * 1024;

fn invite(number: usize) -> Bytes {
    let body = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\n\
                a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n";
    Bytes::from(format!(
        "INVITE sip:89402222@samkald.example:5060 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.44:5060;branch=z9hG4bK-524287-1-{number};rport\r\n\
         Via: SIP/2.0/UDP 10.20.30.40:5060;branch=z9hG4bK776asdhds{number};received=10.20.30.40\r\n\
         Record-Route: <sip:192.0.2.44:5060;lr;ftag=as58f4201b>\r\nMax-Forwards: 69\r\n\
         From: \"Sami Hansen\" <sip:+4520123456@carrier.example>;tag=as58f4201b{number}\r\n\
         To: <sip:89402222@samkald.example>\r\nContact: <sip:+4520123456@192.0.2.44:5060;transport=udp>\r\n\
         Call-ID: 7a2f14c05a{number}@carrier.example\r\nCSeq: 102 INVITE\r\nUser-Agent: Carrier SBC 9.2.1\r\n\
         Date: Sat, 21 Nov 2026 22:00:00 GMT\r\nAllow: INVITE, ACK, CANCEL, OPTIONS, BYE, UPDATE, INFO, PRACK\r\n\
         Supported: replaces, timer, 100rel\r\nSession-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n\
         P-Asserted-Identity: <sip:+4520123456@carrier.example>\r\nDiversion: <sip:+4587654321@x>;reason=unconditional\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("pages");
    pages * 4096
}

fn arrived(out: &mut Vec<StackOut>) -> Option<LegId> {
    out.drain(..).find_map(|one| match one {
        StackOut::Leg(LegEvent::Arrived(arrival)) => Some(arrival.leg),
        StackOut::Leg(_)
        | StackOut::Send { .. }
        | StackOut::Phone { .. }
        | StackOut::BrowserCame { .. }
        | StackOut::Registered { .. }
        | StackOut::Proof { .. } => None,
    })
}

#[test]
fn a_waiting_citizen_takes_little_and_leaves_nothing() {
    let address = OurAddress { transport: Transport::Udp, sent_by: "192.0.2.1:5060".into() };
    let settings = StackSettings::new(vec![address]);
    let bindings = Arc::new(Bindings::new(PhoneBook::default()));
    let mut stack = Stack::new(ShardNo(0), Arc::new(settings), bindings, 1);
    let path = Path { transport: Transport::Udp, listener: 0, connection: 0, peer: ([192, 0, 2, 44], 5060).into() };
    let mut now = Moment::from_secs(1_795_000_000);
    let mut out = Vec::new();
    let mut legs = Vec::with_capacity(LEGS);
    let before = resident_bytes();
    for number in 0..LEGS {
        let message = parse(invite(number)).expect("well formed");
        stack.receive(Incoming { message, path, trunk: Some(TrunkId::new("t")) }, now, &mut out);
        let leg = arrived(&mut out).expect("a call");
        stack.command(LegCommand::Ring { leg }, now, &mut out);
        legs.push(leg);
        now = now + Duration::from_micros(100);
    }
    let each = (resident_bytes() - before) / LEGS;
    assert!(each <= LEG_BYTES_MAX, "{each} bytes a waiting leg");
    println!("{each} bytes a waiting leg");
    for leg in legs {
        stack.command(LegCommand::Refuse { leg, cause: model::Cause::Closed }, now, &mut out);
        out.clear();
    }
    assert_eq!((stack.counts().legs, stack.counts().dialogs), (0, 0));
    stack.wake(now + Duration::from_secs(64), &mut out);
    assert_eq!(stack.counts().transactions, 0);
}
