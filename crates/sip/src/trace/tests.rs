//! What an operator sees of a traced call, and what nobody sees.
//! Messages are written by hand; the clock is a number that the test turns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use model::{AgentId, CallId, Dialled, Moment, ShardNo, TrunkId};
use proptest::prelude::{Strategy, any, prop_assert, proptest};

use super::ladder::Ladder;
use super::mask::{Aliases, Masker};
use super::*;
use crate::message::{Message, parse};
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

fn masked(text: &str, depth: Depth) -> String {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let withheld = head.contains("Privacy: id");
    let mut aliases = Aliases::default();
    let shown = Masker { ours: &House, aliases: &mut aliases, depth, withheld }.message(head, body.as_bytes());
    String::from_utf8(shown.to_vec()).expect("text")
}

fn link<'a>(call: CallId, agent: Option<&'a AgentId>, call_id: &'a str) -> Link<'a> {
    Link { call: Some(call), agent, call_id, local: "", remote: "" }
}

#[test]
fn a_masked_invite_says_what_was_wrong_with_it_and_not_whose_it_was() {
    let shown = masked(&invite("31415926-1@203.0.113.9"), Depth::Personal);
    let expected = "INVITE sip:7000@samkald.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc\r\n\
        From: \"name1\" <sip:p1.e164@198.51.100.1>;tag=1\r\n\
        To: <sip:7000@samkald.example>\r\n\
        Call-ID: xxxxxxxx-1@198.51.100.1\r\n\
        CSeq: 1 INVITE\r\n\
        P-Asserted-Identity: <tel:p1.e164>\r\n\
        Contact: <sip:p1.national@198.51.100.1:5070;user=phone>\r\n\
        X-Customer: masked\r\n\
        User-Agent: SBC/7 (for xxxxxxxxxx)\r\n\
        Content-Type: application/sdp\r\n\
        Content-Length: 213\r\n\r\n\
        v=0\r\no=- 99 1 IN IP4 198.51.100.2\r\ns=-\r\ni=masked\r\nc=IN IP4 198.51.100.2\r\nt=0 0\r\na=ice-pwd:masked\r\n\
        m=audio 4000 RTP/AVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:masked\r\na=rtpmap:8 PCMA/8000\r\n\
        a=x-masked:masked\r\n";
    assert_eq!(shown, expected);
}

#[test]
fn proofs_keys_and_pressed_digits_stay_hidden_even_unmasked() {
    let proof = "Authorization: Digest username=\"anna01\", realm=\"samkald.example\", nonce=\"n1\", \
                 uri=\"sip:samkald.example\", response=\"deadbeef\", cnonce=\"cafe\", nc=00000001, qop=auth\r\n";
    let register = message("REGISTER sip:samkald.example SIP/2.0", "<sip:anna01@x>", "<sip:anna01@x>", "c", proof, "");
    let keys = message(
        "INFO sip:7000@h SIP/2.0",
        "<sip:20123456@x>",
        "<sip:7000@h>",
        "c",
        "Content-Type: application/dtmf-relay\r\n",
        "Signal=5\r\nDuration=160\r\n",
    );
    for depth in [Depth::Personal, Depth::SecretsOnly] {
        let shown = masked(&register, depth);
        assert!(shown.contains("username=\"anna01\"") && shown.contains("nonce=\"n1\""), "{shown}");
        assert!(!shown.contains("deadbeef") && !shown.contains("cafe"), "{shown}");
        let shown = masked(&invite("c"), depth);
        assert!(!shown.contains("c2VjcmV0") && !shown.contains("hemmelighed"), "{shown}");
        assert!(masked(&keys, depth).ends_with("\r\n\r\nSignal=masked\r\n"));
    }
    let unmasked = masked(&invite("c"), Depth::SecretsOnly);
    assert!(unmasked.contains("Anna Agersø") && unmasked.contains("+4520123456@203.0.113.9"), "{unmasked}");
}

#[test]
fn a_caller_who_withheld_their_number_stays_unknown_even_unmasked() {
    let text = invite("c").replace("P-Asserted", "Privacy: id\r\nP-Asserted");
    let shown = masked(&text, Depth::SecretsOnly);
    assert!(!shown.contains("20123456@") && !shown.contains("tel:+4520123456") && !shown.contains("\"Anna"), "{shown}");
    assert!(shown.contains("sip:7000@samkald.example"), "{shown}");
    let (tap, _) = tap();
    let number = Dialled::parse("20123456").expect("a number");
    let id = tap.start(wish(Filter::Number(number))).expect("room").id;
    came(&tap, &text.replace("sip:+4520123456", "sip:anonymous"), "192.0.2.7:5060", Some("operator"));
    assert!(kept(&tap, id).is_empty(), "by a number that was withheld nobody is found");
}

#[test]
fn a_trace_by_number_finds_both_legs_however_the_number_is_written() {
    let (tap, _) = tap();
    let number = Dialled::parse("0045 20 12 34 56").expect("a number");
    let id = tap.start(wish(Filter::Number(number))).expect("room").id;
    let call = CallId::new(1, ShardNo(0), 1);
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    came(&tap, &invite("other").replace("20123456", "20999999"), "192.0.2.7:5060", Some("operator"));
    assert!(tap.link(&link(call, None, "one")), "the call is new, so its other legs are wanted");
    goes(&tap, &ringing("two", "anna01"), "10.0.0.5:5060", None);
    assert!(!tap.link(&link(call, None, "two")));
    let legs: Vec<(u16, Peer)> = kept(&tap, id).iter().map(|kept| (kept.leg, kept.peer.clone())).collect();
    assert_eq!(legs, [(1, Peer::Trunk(TrunkId::new("operator"))), (2, Peer::Phone)]);
}

#[test]
fn a_trace_by_agent_has_the_citizens_leg_from_its_first_message() {
    let (tap, clock) = tap();
    let agent = AgentId::new("anna01");
    let id = tap.start(wish(Filter::Agent(agent.clone()))).expect("room").id;
    let call = CallId::new(1, ShardNo(0), 1);
    came(&tap, &invite("citizen"), "192.0.2.7:5060", Some("operator"));
    tap.link(&link(call, None, "citizen"));
    assert!(kept(&tap, id).is_empty());
    clock.forward(Duration::from_secs(5));
    goes(&tap, &ringing("phone", "other"), "10.0.0.5:5060", None);
    assert!(tap.link(&link(call, Some(&agent), "phone")));
    tap.link(&link(call, None, "citizen"));
    let call_ids: Vec<String> =
        kept(&tap, id).iter().map(|kept| call_id_of(&kept.text).expect("one").to_owned()).collect();
    assert_eq!(call_ids, ["phone", "citizen"]);
}

#[test]
fn a_trace_by_call_follows_the_legs_that_shards_tell_of_and_no_others() {
    let (tap, _) = tap();
    let (call, other) = (CallId::new(1, ShardNo(0), 1), CallId::new(1, ShardNo(0), 2));
    let id = tap.start(wish(Filter::Call(call))).expect("room").id;
    assert_eq!(tap.last_begun(), id);
    tap.link(&link(call, None, "ours"));
    tap.link(&link(other, None, "theirs"));
    came(&tap, &invite("ours"), "192.0.2.7:5060", Some("operator"));
    came(&tap, &invite("theirs"), "192.0.2.7:5060", Some("operator"));
    assert_eq!(kept(&tap, id).len(), 1);
}

#[test]
fn when_its_time_is_over_nothing_is_kept_and_readers_are_told() {
    let (tap, clock) = tap();
    assert!(!tap.is_on());
    let number = Dialled::parse("7000").expect("a number");
    let id = tap.start(wish(Filter::Number(number.clone()))).expect("room").id;
    assert!(tap.is_on());
    let mut watch = tap.watch(id).expect("a reader");
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    clock.forward(Duration::from_secs(60));
    came(&tap, &invite("two"), "192.0.2.7:5060", Some("operator"));
    assert!(!tap.is_on() && tap.list().is_empty() && tap.watch(id).is_none());
    assert!(matches!(watch.later.try_recv(), Ok(Told::Message(kept)) if kept.leg == 1));
    assert_eq!(watch.later.try_recv(), Ok(Told::End { why: End::TimeOver, beyond: 0 }));
    assert!(watch.later.try_recv().is_err(), "what came after the end is not told");
    let again = tap.start(wish(Filter::Number(number))).expect("room").id;
    assert!(kept(&tap, again).is_empty(), "a later trace knows nothing of an earlier one");
    assert!(tap.stop(again) && !tap.stop(again) && !tap.is_on());
}

#[test]
fn traces_are_few_and_short_and_keep_so_much_and_no_more() {
    let (tap, _) = tap();
    let number = Dialled::parse("7000").expect("a number");
    let long = Wish { span: SPAN_MAX + Duration::from_secs(1), ..wish(Filter::Number(number.clone())) };
    assert_eq!(tap.start(long), Err(CannotTrace::BadSpan));
    let first = tap.start(wish(Filter::Number(number.clone()))).expect("room").id;
    for _ in 1..TRACES_MAX {
        tap.start(wish(Filter::Agent(AgentId::new("nobody")))).expect("room");
    }
    assert_eq!(tap.start(wish(Filter::Number(number))), Err(CannotTrace::TooMany));
    let large = invite("one").replace("X-Customer: ", &format!("X-Customer: {}", "x".repeat(4_000)));
    let large = format!("{large}{}", "x".repeat(8_000)).replace("Content-Length: ", "X-Length: ");
    let fits = BYTES_MAX / large.len();
    for _ in 0..fits + 5 {
        came(&tap, &large, "192.0.2.7:5060", Some("operator"));
    }
    let shown = tap.list().into_iter().find(|shown| shown.id == first).expect("it runs");
    assert!(shown.messages >= fits && shown.beyond > 0, "{shown:?}");
    assert_eq!(shown.messages as u64 + shown.beyond, fits as u64 + 5);
}

#[test]
fn the_ladder_shows_who_said_what_to_whom_and_when() {
    let (tap, clock) = tap();
    let id = tap.start(wish(Filter::Number(Dialled::parse("7000").expect("a number")))).expect("room").id;
    let call = CallId::new(1, ShardNo(0), 1);
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    goes(
        &tap,
        &message("SIP/2.0 100 Trying", "<sip:+4520123456@203.0.113.9>", "<sip:7000@h>", "one", "", ""),
        "192.0.2.7:5060",
        Some("operator"),
    );
    tap.link(&link(call, None, "one"));
    clock.forward(Duration::from_millis(1_250));
    goes(&tap, &invite("two").replace("sip:7000@samkald.example", "sip:anna01@10.0.0.5"), "10.0.0.5:5060", None);
    came(&tap, &ringing("two", "anna01"), "10.0.0.5:5060", None);
    tap.link(&link(call, None, "two"));
    let mut ladder = Ladder::default();
    let mut drawn = Ladder::heading();
    for kept in kept(&tap, id) {
        let millis = kept.at.as_millis();
        drawn += &ladder.message(&kept, &format!("10:00:{:02}.{:03}", millis / 1_000 % 60, millis % 1_000));
    }
    let expected = "              trunk                          samkald                        phone\n\
        10:00:00.000  |-- INVITE 1 +body ----------->|                              |  leg 1: operator UDP, p1.e164 to 7000\n\
        10:00:00.000  |<------------- 100 INVITE 1 --|                              |  leg 1\n\
        10:00:01.250  |                              |-- INVITE 1 +body ----------->|  leg 2: 10.0.0.5:5060 UDP, p1.e164 to anna01\n\
        10:00:01.250  |                              |<------------- 180 INVITE 1 --|  leg 2\n";
    assert_eq!(drawn, expected);
}

#[test]
fn a_capture_holds_every_message_in_the_order_of_time() {
    let (tap, clock) = tap();
    let id = tap.start(wish(Filter::Number(Dialled::parse("7000").expect("a number")))).expect("room").id;
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    clock.forward(Duration::from_millis(3));
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    let mut messages = kept(&tap, id);
    messages.reverse();
    let file = pcap::file(messages.iter().map(|kept| &**kept));
    let text = &messages[0].text;
    let packet = 14 + 20 + 8 + text.len();
    assert_eq!(file.len(), 24 + 2 * (16 + packet));
    assert_eq!(&file[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    let micros = |at: usize| u32::from_le_bytes(file[at + 4..at + 8].try_into().expect("four bytes"));
    assert_eq!((micros(24), micros(24 + 16 + packet)), (0, 3_000));
    assert!(file.ends_with(text));
}

fn name() -> impl Strategy<Value = String> {
    "[A-ZÆØÅ][a-zæøå]{4,9} [A-ZÆØÅ][a-zæøå]{4,9}"
}

proptest! {
    /// Wherever a trunk or phone writes them: in addresses known and unknown, in free text, in bodies.
    #[test]
    fn no_number_and_no_name_survives_the_mask(
        number in "[2-9][0-9]{7}",
        prefix in "(\\+45|0045|45|)",
        name in name(),
        place in 0_usize..12,
        compact in any::<bool>(),
    ) {
        let full = format!("{prefix}{number}");
        let more = [
            format!("P-Asserted-Identity: \"{name}\" <sip:{full}@203.0.113.4>, <tel:{full}>\r\n"),
            format!("X-Caller: {name} {full}\r\n"),
            format!("Remote-Party-ID: \"{name}\" <sip:{full}@203.0.113.4>;party=calling;x={full}\r\n"),
            format!("Reason: Q.850;cause=21;text=\"{name} {full} barred\"\r\n"),
            format!("Warning: 399 host.example \"{name} {full}\"\r\n"),
            format!("Diversion: <sip:{full}@h.example;cause={full}?Reason={full}>;reason=unconditional;y={full}\r\n"),
            format!("History-Info: <sip:{full}@203.0.113.4?Privacy={full}>;index=1;z={full}\r\n"),
            format!("Contact: {name} <sip:{full}:geheim{full}@{full}.example:5060;alias={full};{full}>;+x=\"{full}\"\r\n"),
            format!("Refer-To: <sip:{full}@h?Replaces={full}%40h%3Bto-tag%3D{full}>\r\n"),
            format!("Authorization: Digest username=\"{full}\", realm=\"{full}\", opaque=\"{name}\", auth={full}\r\n"),
            format!("User-Agent: {name}'s phone {full}\r\n"),
            format!("Subject: {name} {full}\r\nOrganization: {full}\r\nCall-Info: <http://h/{full}>\r\n"),
        ];
        let (from, call_id) = if compact { ("f", "i") } else { ("From", "Call-ID") };
        let body = format!("v=0\r\no={name} {full} 1 IN IP4 203.0.113.5\r\ns={name}\r\ni={full}\r\nc=IN IP4 203.0.113.5\r\n\
            e={name}\r\np={full}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=cname:{full}\r\na=x:{name}\r\na=fmtp:8 {full}\r\n\
            a=candidate:1 1 UDP 1 {full}.local 9 typ host\r\n{full}\r\n");
        let text = format!(
            "INVITE sip:{full}@samkald.example SIP/2.0\r\nVia: SIP/2.0/UDP {full}.example:5060;branch=z9hG4bK{full};x={full}\r\n\
             {from}: \"{name}\" <sip:{full}@203.0.113.4>;tag={full};y={full}\r\nTo: <sip:7000@samkald.example>;tag=a{full}\r\n\
             {call_id}: {full}-1@{full}.example\r\nCSeq: 1 INVITE\r\n{}Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            more[place], body.len()
        );
        let shown = masked(&text, Depth::Personal);
        for window in full.trim_start_matches('+').as_bytes().windows(5) {
            let digits = std::str::from_utf8(window).expect("digits");
            prop_assert!(!shown.contains(digits), "{digits} in {shown}");
        }
        prop_assert!(!shown.contains(&name) && !shown.contains("203.0.113."), "{shown}");
        let first = name.split(' ').next().unwrap_or(&name);
        prop_assert!(!shown.contains(first), "{first} in {shown}");
        let read = parse(Bytes::from(shown.clone()));
        prop_assert!(matches!(&read, Ok(Message::Request(request)) if request.session().is_some()), "{read:?} {shown}");
    }

    /// What a stranger sends may be anything.
    #[test]
    fn masking_never_fails_and_leaves_the_length_right(text in "[ -~\r\n]{0,400}", depth in any::<bool>()) {
        let depth = if depth { Depth::Personal } else { Depth::SecretsOnly };
        let mut aliases = Aliases::default();
        let head = format!("OPTIONS sip:x@y SIP/2.0\r\nContent-Length: 7\r\n{text}");
        let shown = Masker { ours: &House, aliases: &mut aliases, depth, withheld: true }.message(&head, b"");
        let shown = String::from_utf8_lossy(&shown);
        prop_assert!(shown.ends_with("\r\n\r\n") && shown.contains("Content-Length: 0\r\n"), "{shown}");
    }
}
