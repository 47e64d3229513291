//! At the bounds of a message: what is just allowed is read, what is just beyond is refused with the status that
//! `message::limits` names, and what is far beyond too (robustness, faults 3 and 5).

use bytes::Bytes;
use sip::message::limits::{
    CSEQ_MAX, DATAGRAM_BYTES_MAX, HEADERS_MAX, METHOD_BYTES_MAX, TOKEN_BYTES_MAX, URI_BYTES_MAX,
};
use sip::message::parse;

/// What a message is made of.
struct Parts {
    method: String,
    user: String,
    branch: String,
    from_tag: String,
    to_tag: String,
    call_id: String,
    cseq: String,
    more: String,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            method: "OPTIONS".into(),
            user: "7000".into(),
            branch: "z9hG4bKx".into(),
            from_tag: "f".into(),
            to_tag: "t".into(),
            call_id: "c".into(),
            cseq: "1".into(),
            more: String::new(),
        }
    }
}

impl Parts {
    /// The status that refuses it; 0 where it is read.
    fn status(&self) -> u16 {
        let Self { method, user, branch, from_tag, to_tag, call_id, cseq, more } = self;
        let text = format!(
            "{method} sip:{user}@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch={branch}\r\nFrom: <sip:a@h>;tag={from_tag}\r\n\
             To: <sip:b@h>;tag={to_tag}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n{more}Content-Length: 0\r\n\r\n"
        );
        parse(Bytes::from(text)).err().map_or(0, |error| error.fault.status().unwrap_or(u16::MAX))
    }
}

fn long(length: usize) -> String {
    "x".repeat(length)
}

#[test]
fn a_token_may_be_as_long_as_its_limit_and_not_one_byte_longer() {
    type Set = fn(&mut Parts, String);
    let tokens: [(&str, Set); 4] = [
        ("branch", |parts, text| parts.branch = text),
        ("From tag", |parts, text| parts.from_tag = text),
        ("To tag", |parts, text| parts.to_tag = text),
        ("Call-ID", |parts, text| parts.call_id = text),
    ];
    let status = |set: Set, length| {
        let mut parts = Parts::default();
        set(&mut parts, long(length));
        parts.status()
    };
    for (name, set) in tokens {
        for length in [1, TOKEN_BYTES_MAX - 1, TOKEN_BYTES_MAX] {
            assert_eq!(status(set, length), 0, "{name} of {length}");
        }
        assert_eq!(status(set, TOKEN_BYTES_MAX + 1), 400, "{name}");
        // Far beyond, the whole message is too large.
        assert_eq!(status(set, 64 * 1024), 513, "{name}");
    }
    assert_eq!(status(|parts, text| parts.call_id = text, 0), 400, "a call has a name");
}

#[test]
fn a_method_a_number_and_an_address_have_their_limits_too() {
    let method = |length| Parts { method: long(length), ..Parts::default() }.status();
    assert_eq!((method(1), method(METHOD_BYTES_MAX), method(METHOD_BYTES_MAX + 1)), (0, 0, 400));
    let cseq = |number: u64| Parts { cseq: number.to_string(), ..Parts::default() }.status();
    let most = u64::from(CSEQ_MAX);
    assert_eq!((cseq(0), cseq(most - 1), cseq(most), cseq(most + 1), cseq(1 << 32)), (0, 0, 0, 400, 400));
    for text in ["", "-1", "+1", "1 1", "0x1", "99999999999999999999"] {
        assert_eq!(Parts { cseq: text.into(), ..Parts::default() }.status(), 400, "{text:?}");
    }
    // `sip:`, `@h`
    let user = |length| Parts { user: long(length - 6), ..Parts::default() }.status();
    assert_eq!((user(URI_BYTES_MAX), user(URI_BYTES_MAX + 1)), (0, 414));
}

#[test]
fn a_thousand_copies_of_any_header_are_refused() {
    for header in [
        "Accept: application/sdp",
        "Accept-Encoding: gzip",
        "Via: SIP/2.0/UDP h;branch=z9hG4bKy",
        "Contact: <sip:a@h>",
        "Route: <sip:h;lr>",
        "Record-Route: <sip:h;lr>",
        "Diversion: <sip:a@h>",
        "History-Info: <sip:a@h>;index=1",
        "Authorization: Digest username=\"a\"",
        "Supported: timer",
        "Require: timer",
        "X-Anything: x",
        "Warning: 399 h \"x\"",
    ] {
        let copies = |count: usize| Parts { more: format!("{header}\r\n").repeat(count), ..Parts::default() }.status();
        // Those that `Parts` has itself: Via, From, To, Call-ID, CSeq, Content-Length.
        assert_eq!(copies(HEADERS_MAX - 6), 0, "{header}");
        assert_eq!(copies(HEADERS_MAX - 5), 400, "{header}");
        let beyond = if (header.len() + 2) * 1_000 > DATAGRAM_BYTES_MAX - 200 { 513 } else { 400 };
        assert_eq!(copies(1_000), beyond, "{header}");
    }
}
