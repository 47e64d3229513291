//! What an operator sees of a traced call, and what nobody sees.
//! Messages are written by hand; the clock is a number that the test turns.

mod mask;
mod shown;
mod tap;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use model::{AgentId, CallId, Moment, TrunkId};

use super::*;
use crate::message::parse;
use crate::stack::{Destination, Path, Transport};

const OFFER: &str = "v=0\r\no=anna 99 1 IN IP4 203.0.113.77\r\ns=Anna Agersø\r\ni=hos frisøren\r\nc=IN IP4 203.0.113.77\r\n\
    t=0 0\r\na=ice-pwd:hemmelighed\r\nm=audio 4000 RTP/AVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n\
    a=rtpmap:8 PCMA/8000\r\na=anna:4520123456\r\n";

/// The line 7000, the agent anna01, and what lies in 192.0.2.0/24.
struct House;

impl Public for House {
    fn user(&self, user: &str) -> bool {
        user == "anna01" || user == "7000"
    }
    fn host(&self, host: &str) -> bool {
        host.starts_with("192.0.2.") || host == "samkald.example"
    }
}

struct Clock(Arc<AtomicI64>);

impl Clock {
    fn forward(&self, span: Duration) {
        self.0.fetch_add(span.as_millis() as i64, Ordering::Relaxed);
    }
}

fn tap() -> (Tap, Clock) {
    let millis = Arc::new(AtomicI64::new(36_000_000));
    let read = millis.clone();
    let tap = Tap::new(move || Moment::from_millis(read.load(Ordering::Relaxed)), House);
    tap.listens(vec![address("192.0.2.1:5060")]);
    (tap, Clock(millis))
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn path(peer: &str) -> Path {
    Path { transport: Transport::Udp, listener: 0, connection: 0, peer: address(peer) }
}

fn wish(filter: Filter) -> Wish {
    Wish { filter, depth: Depth::Personal, span: Duration::from_secs(60) }
}

fn message(first: &str, from: &str, to: &str, call_id: &str, more: &str, body: &str) -> String {
    format!(
        "{first}\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc\r\nFrom: {from};tag=1\r\nTo: {to}\r\n\
         Call-ID: {call_id}\r\nCSeq: 1 INVITE\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn invite(call_id: &str) -> String {
    let from = "\"Anna Agersø\" <sip:+4520123456@203.0.113.9>";
    let more = "P-Asserted-Identity: <tel:+4520123456>\r\nContact: <sip:20123456@203.0.113.9:5070;user=phone>\r\n\
                X-Customer: Anna Agersø\r\nUser-Agent: SBC/7 (for 4520123456)\r\nContent-Type: application/sdp\r\n";
    message("INVITE sip:7000@samkald.example SIP/2.0", from, "<sip:7000@samkald.example>", call_id, more, OFFER)
}

fn ringing(call_id: &str, agent: &str) -> String {
    message("SIP/2.0 180 Ringing", "<sip:samkald@192.0.2.1>", &format!("<sip:{agent}@10.0.0.5>;tag=2"), call_id, "", "")
}

fn came(tap: &Tap, text: &str, peer: &str, trunk: Option<&str>) {
    let read = parse(Bytes::copy_from_slice(text.as_bytes()));
    assert!(read.is_ok(), "{read:?} {text}");
    tap.came(&read, &path(peer), trunk.map(TrunkId::new).as_ref());
}

fn goes(tap: &Tap, text: &str, peer: &str, trunk: Option<&str>) {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    tap.goes(&bytes, &Destination::Path(path(peer)), trunk.map(TrunkId::new).as_ref());
}

fn kept(tap: &Tap, id: u64) -> Vec<Arc<Kept>> {
    tap.watch(id).map(|watch| watch.before).unwrap_or_default()
}

fn link<'a>(call: CallId, agent: Option<&'a AgentId>, call_id: &'a str) -> Link<'a> {
    Link { call: Some(call), agent, call_id, local: "", remote: "" }
}
