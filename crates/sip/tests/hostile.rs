//! Whatever comes, reading never panics; whatever is written, no peer's text becomes a line of its own.
//! Knows nothing of calls; only that a stranger can neither stop us nor speak through us.

#[path = "../../../tests/fuzz/src/message.rs"]
mod message;

use bytes::Bytes;
use proptest::prelude::*;
use sip::message::{HeaderName, Message, Method, Uri, Writer, parse};

const INVITE: &str = "INVITE sip:+4589402222@10.0.0.10:5060;user=phone SIP/2.0\r\n\
Via: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKac1;rport, SIP/2.0/TCP h.example\r\n\
Max-Forwards: 69\r\n\
From: \"Anna \\\"A\\\" Ø\" <sip:+4520123456@operator.example;user=phone>;tag=1c18\r\n\
To: <tel:+4589402222;phone-context=x>\r\n\
Call-ID: 182628@10.0.0.2\r\n\
CSeq: 1 INVITE\r\n\
Contact: <sip:20123456@10.0.0.2:5060?a=b>;q=0.5, *\r\n\
Record-Route: <sip:10.0.0.3;lr>, <sip:10.0.0.4;lr>\r\n\
Supported: 100rel,timer\r\n\
Session-Expires: 1800;refresher=uac\r\n\
History-Info: <sip:a@b>;index=1, <sip:c@d>;index=1.1\r\n\
Diversion: <tel:+4511223344>;reason=unconditional\r\n\
P-Asserted-Identity: \"A\" <sip:+4520123456@x>, tel:+4520123456\r\n\
Authorization: Digest username=\"a\", realm=\"b,c\", nonce=\"d\", nc=00000001, qop=auth\r\n\
Reason: Q.850;cause=16;text=\"x\", SIP;cause=200\r\n\
RAck: 1 2 INVITE\r\n\
Content-Type: multipart/mixed;boundary=\"x\"\r\n\
Content-Length: 52\r\n\r\n\
--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x--\r\n";

#[test]
fn the_message_that_is_mutated_below_is_whole() {
    match parse(INVITE.into()).expect("a message") {
        Message::Request(request) => {
            assert_eq!(request.session().as_deref(), Some(&b"v=0\r\n"[..]));
            assert!(message::ask_all(&request.headers) > 100);
        }
        Message::Response(_) => panic!("a request"),
    }
}

#[test]
fn a_nul_at_any_place_of_the_head_refuses_the_message() {
    let end = INVITE.find("\r\n\r\n").expect("a head");
    for at in 0..end {
        let mut bytes = INVITE.as_bytes().to_vec();
        bytes[at] = 0;
        assert!(parse(Bytes::from(bytes)).is_err(), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_borne(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        message::run(&bytes);
    }

    #[test]
    fn random_header_lines_are_borne(lines in proptest::collection::vec("[A-Za-z-]{1,12}[ ]?:[ -~é\t]{0,60}", 0..12)) {
        let head = INVITE.split_once("\r\n\r\n").expect("a head").0;
        message::run(format!("{head}\r\n{}\r\n\r\n", lines.join("\r\n")).as_bytes());
    }

    #[test]
    fn a_mutated_message_is_borne(edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12)) {
        let mut bytes = INVITE.as_bytes().to_vec();
        for (index, byte, kind) in edits {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        message::run(&bytes);
    }

    #[test]
    fn any_text_is_a_uri_that_survives_or_none(text in "(sip|sips|tel|x):[ -~]{0,40}") {
        if let Ok(uri) = Uri::parse(&text) {
            prop_assert_eq!(uri.as_str(), text.as_str());
            prop_assert!(uri.is_same_as(&uri));
            let _ = (uri.host(), uri.params().iter().count(), uri.user_unescaped());
        }
    }

    #[test]
    fn a_display_name_of_any_text_stays_one(name in any::<String>()) {
        let uri = Uri::parse("sip:agent0001@127.0.0.3").expect("a URI");
        let mut writer = Writer::default();
        writer.request(&Method::Invite, &uri).via("UDP", "127.0.0.1:5060", "z9hG4bKx");
        writer.address(HeaderName::From, &name, "sip:20123456@h", "1").address(HeaderName::To, "", &uri, "");
        writer.line(HeaderName::CallId, "x").cseq(1, &Method::Invite);
        let expected: String = name.chars().filter(|c| !c.is_ascii_control() || *c == '\t').collect();
        match parse(writer.finish()) {
            Ok(Message::Request(request)) => {
                let from = request.headers.from().expect("From");
                prop_assert_eq!(&*from.display(), expected.as_str());
                prop_assert_eq!((from.uri_text(), from.tag()), ("sip:20123456@h", Some("1")));
                prop_assert_eq!(request.headers.len(), 6);
            }
            other => prop_assert!(name.len() > 1_000, "{:?}", other),
        }
    }
}
