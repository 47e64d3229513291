//! How long it takes to read a typical INVITE and to write its answer.
//! Prints times; asserts none.

#![allow(missing_docs, reason = "criterion_group! writes a function without a line of its own")]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use sip::message::{Echo, Writer, parse};

const INVITE: &str = "INVITE sip:89402222@10.0.0.10:5060;user=phone SIP/2.0\r\n\
Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKac1829341;rport\r\n\
Max-Forwards: 69\r\n\
From: \"20123456\" <sip:+4520123456@operator.example;user=phone>;tag=1c1826923\r\n\
To: <sip:+4589402222@hotline.example;user=phone>\r\n\
Call-ID: 18262871821120269520@10.0.0.2\r\n\
CSeq: 1 INVITE\r\n\
Contact: <sip:20123456@10.0.0.2:5060>\r\n\
Supported: em,100rel,timer,replaces,path,resource-priority,sdp-anat\r\n\
Allow: REGISTER,OPTIONS,INVITE,ACK,CANCEL,BYE,NOTIFY,PRACK,REFER,INFO,SUBSCRIBE,UPDATE\r\n\
P-Asserted-Identity: <sip:+4520123456@operator.example;user=phone>\r\n\
Session-Expires: 1800\r\n\
Min-SE: 90\r\n\
User-Agent: Operator SBC/7.40A\r\n\
Content-Type: application/sdp\r\n\
Content-Length: 142\r\n\r\n\
v=0\r\no=SBC 1826853 1826581 IN IP4 10.0.0.2\r\ns=Call\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

fn message(criterion: &mut Criterion) {
    let datagram = Bytes::from_static(INVITE.as_bytes());
    let peer = "10.0.0.2:5060".parse().expect("an address");
    criterion.bench_function("read an INVITE", |bench| bench.iter(|| parse(black_box(datagram.clone()))));
    let message = parse(datagram).expect("a message");
    let mut writer = Writer::default();
    criterion.bench_function("answer it", |bench| {
        bench.iter(|| {
            let echo = Echo::of(black_box(message.headers()), peer, Some("0012345678"));
            writer.response(180, &echo).finish()
        });
    });
}

criterion_group!(benches, message);
criterion_main!(benches);
