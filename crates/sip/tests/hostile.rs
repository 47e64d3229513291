//! Whatever comes, reading never panics; whatever is written, no peer's text becomes a line of its own.
//! Knows nothing of calls; only that a stranger can neither stop us nor speak through us.

use std::net::SocketAddr;

use bytes::Bytes;
use proptest::prelude::*;
use sip::digest::Credentials;
use sip::message::{Echo, HeaderName, Headers, Message, Method, Uri, Writer, parse, parse_framed};

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

/// Asks everything that can be asked of headers.
fn ask_all(headers: &Headers) -> usize {
    let counts = [
        headers.vias().map(|via| via.params().iter().count() + usize::from(via.host().is_some())).sum(),
        headers.contacts().filter(|contact| contact.uri().is_ok()).count(),
        headers.routes().count() + headers.record_routes().map(|route| route.display().len()).sum::<usize>(),
        headers.history().len() + headers.diversions().count() + headers.asserted_identities().count(),
        headers.auth(HeaderName::Authorization).filter_map(|auth| auth.get("realm")).map(|realm| realm.len()).sum(),
        usize::from(headers.max_forwards()) + headers.expires().unwrap_or(0) as usize,
        headers.other("X-None").map_or(0, str::len) + headers.reason_phrase().len() + headers.call_id().len(),
    ];
    let found = [
        headers.privacy("id"),
        headers.lists(HeaderName::Supported, "timer"),
        headers.session_expires().is_some(),
        headers.min_se().is_some(),
        headers.retry_after().is_some(),
        headers.rack().is_some(),
        headers.q850_cause().is_some(),
        headers.reason_status().is_some(),
        headers.content_type_params().has("boundary"),
        headers.called_party().is_some(),
        headers.auth(HeaderName::Authorization).any(|auth| Credentials::read(&auth).is_some()),
        headers.from().is_some_and(|from| from.uri().is_ok_and(|uri| uri.user_unescaped().is_some())),
    ];
    counts.iter().sum::<usize>() + found.iter().filter(|found| **found).count()
}

fn peer() -> SocketAddr {
    "127.0.0.66:4711".parse().expect("an address")
}

/// Reads bytes as a datagram; what can be read or answered is asked and answered, and the answer read again.
fn use_all(bytes: &[u8]) -> bool {
    let _ = parse_framed(Bytes::copy_from_slice(bytes));
    let headers = match parse(Bytes::copy_from_slice(bytes)) {
        Ok(Message::Request(request)) => {
            let _ = request.session();
            request.headers
        }
        Ok(Message::Response(response)) => response.headers,
        Err(error) => match error.request {
            Some(request) => request.headers,
            None => return false,
        },
    };
    ask_all(&headers);
    let answer = Writer::default().response(400, &Echo::of(&headers, peer(), Some("t"))).finish();
    let text = std::str::from_utf8(&answer).expect("UTF-8");
    assert!(
        text.bytes().filter(|byte| byte.is_ascii_control() && *byte != b'\t').count()
            == 2 * text.matches("\r\n").count()
    );
    assert_eq!(text.matches("\r\n\r\n").count(), 1);
    true
}

#[test]
fn the_message_that_is_mutated_below_is_whole() {
    match parse(INVITE.into()).expect("a message") {
        Message::Request(request) => {
            assert_eq!(request.session().as_deref(), Some(&b"v=0\r\n"[..]));
            assert!(ask_all(&request.headers) > 100);
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
        use_all(&bytes);
    }

    #[test]
    fn random_header_lines_are_borne(lines in proptest::collection::vec("[A-Za-z-]{1,12}[ ]?:[ -~é\t]{0,60}", 0..12)) {
        let head = INVITE.split_once("\r\n\r\n").expect("a head").0;
        use_all(format!("{head}\r\n{}\r\n\r\n", lines.join("\r\n")).as_bytes());
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
        use_all(&bytes);
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
