//! What headers mean: identities, histories, timers, lists, and what an answer repeats. What we write is read by `rsip` too.
//! Whole calls are tested elsewhere.

use std::net::SocketAddr;

use bytes::Bytes;
use rsip::prelude::{HeadersExt as _, ToTypedHeader as _, UntypedHeader as _};
use sip::message::{
    Echo, HeaderName, Message, Method, RAck, RPort, Refresher, Request, SessionExpires, Uri, Writer, escape_user, parse,
};

fn request(more: &str) -> Request {
    let text = format!(
        "INVITE sip:7000@h SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKa;rport\r\nVia: SIP/2.0/UDP 10.0.0.9\r\n\
         From: <sip:a@b>;tag=1\r\nTo: <sip:7000@h>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n{more}\r\n"
    );
    match parse(Bytes::from(text)).expect("a message") {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

#[test]
fn numbers_by_which_a_call_came_are_found_oldest_first() {
    let request = request(
        "History-Info: <sip:third@h>;index=1.10, <sip:second@h;x=\"a,b\">;index=1.2\r\nHistory-Info: <sip:first@h>;index=1\r\n\
         Diversion: <sip:last@h>;reason=x, <sip:before@h>\r\nDiversion: \"A, B\" <sip:first@h>\r\nP-Called-Party-ID: <sip:called@h>\r\n",
    );
    let users = |uris: Vec<&str>| {
        uris.iter().map(|uri| uri[4..].split('@').next().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    let history = request.headers.history();
    // A quote may not stand in a URI, so the second entry is found, and its URI refused when it is asked for.
    assert_eq!(users(history.iter().map(|entry| entry.address.uri_text()).collect()), ["first", "second", "third"]);
    assert!(history[1].address.uri().is_err());
    let diversions = request.headers.diversions().map(|diversion| diversion.uri_text()).collect();
    assert_eq!(users(diversions), ["last", "before", "first"]);
    assert_eq!(request.headers.called_party().map(|party| party.uri_text()), Some("sip:called@h"));
}

#[test]
fn who_withholds_is_understood_in_any_spelling() {
    for line in ["Privacy: id", "privacy:ID;critical", "Privacy: user; id", "Privacy: none, id"] {
        assert!(request(&format!("{line}\r\n")).headers.privacy("id"), "{line}");
    }
    assert!(!request("Privacy: none\r\n").headers.privacy("id"));
}

#[test]
fn timers_and_lists_are_read() {
    let headers = request(
        "x: 1800 ; refresher=UAS\r\nMin-SE: 90;x=y\r\nRetry-After: 18 (i møde);duration=3600\r\nExpires: soon\r\nRAck: 776656 1 INVITE\r\n\
         k: timer,\r\nSupported: 100rel\r\nReason: SIP;cause=200;text=\"x\"\r\nReason: Q.850 ;cause=17\r\n",
    )
    .headers;
    assert_eq!(headers.session_expires(), Some(SessionExpires { seconds: 1800, refresher: Some(Refresher::Uas) }));
    assert_eq!((headers.min_se(), headers.retry_after(), headers.expires()), (Some(90), Some(18), None));
    assert_eq!(headers.rack(), Some(RAck { rseq: 776_656, cseq: 1, method: Method::Invite }));
    assert!(headers.lists(HeaderName::Supported, "TIMER") && headers.lists(HeaderName::Supported, "100rel"));
    assert_eq!((headers.q850_cause(), headers.reason_status()), (Some(17), Some(200)));
}

#[test]
fn uris_are_compared_as_rfc_3261_says() {
    let same = |a: &str, b: &str| Uri::parse(a).expect(a).is_same_as(&Uri::parse(b).expect(b));
    for (a, b) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:h;lr;maddr=x", "sip:h;maddr=x;lr"),
        ("sip:a@[2001:db8:0::1]", "sip:a@[2001:db8::1]"),
        ("tel:+4589402222", "TEL:+4589402222"),
    ] {
        assert!(same(a, b), "{a} {b}");
    }
    for (a, b) in [
        ("sip:ALICE@AtLanTa.CoM", "sip:alice@AtLanTa.CoM"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;newparam=6"),
        ("sip:a@h", "sips:a@h"),
        ("sip:a@h", "sip:h"),
        ("sip:carol@chicago.com?Subject=x", "sip:carol@chicago.com"),
    ] {
        assert!(!same(a, b), "{a} {b}");
    }
}

#[test]
fn a_user_part_is_escaped_so_that_it_stays_one() {
    for user in ["anna", "anna@h>\r\nX: y", "100%", "æøå", "a:b;c?d", "+4520123456"] {
        let uri = Uri::parse(&format!("sip:{}@h", escape_user(user))).expect(user);
        assert_eq!(uri.user_unescaped().as_deref(), Some(user));
        assert_eq!(uri.host_text(), "h");
    }
}

#[test]
fn an_answer_goes_the_way_that_the_request_came_and_says_from_where_it_was_seen() {
    let request = request("Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>\r\n");
    let peer: SocketAddr = "192.0.2.9:4711".parse().expect("an address");
    let echo = Echo::of(&request.headers, peer, Some("ours"));
    let bytes = Writer::default().response(180, &echo).finish();
    let Ok(Message::Response(ringing)) = parse(bytes) else { panic!("a response") };
    let via = ringing.headers.via().expect("a Via");
    assert_eq!((via.received(), via.rport()), (Some("192.0.2.9"), RPort::Given(4711)));
    assert_eq!(ringing.headers.vias().count(), 2);
    assert_eq!(ringing.headers.record_routes().count(), 3);
    assert_eq!((ringing.headers.to_tag(), ringing.reason(), ringing.headers.call_id()), (Some("ours"), "Ringing", "x"));
}

#[test]
fn a_claim_to_have_been_received_from_elsewhere_is_not_believed() {
    let mut text = String::from(
        "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;received=1.2.3.4;rport=99;branch=z9hG4bKa\r\n",
    );
    text += "From: <sip:a@b>;tag=1\r\nTo: <sip:h>;tag=theirs\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n";
    let message = parse(text.into()).expect("a message");
    let echo = Echo::of(message.headers(), "10.0.0.2:5070".parse().expect("an address"), Some("ours"));
    let text = String::from_utf8(echo.as_bytes().to_vec()).expect("UTF-8");
    assert!(text.starts_with("Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKa;received=10.0.0.2;rport=5070\r\n"), "{text}");
    assert!(text.contains("To: <sip:h>;tag=theirs\r\n"));
}

#[test]
fn another_reader_reads_what_we_write() {
    let uri = Uri::parse("sip:agent0001@127.0.0.3:26000;transport=udp").expect("a URI");
    let mut writer = Writer::default();
    writer
        .request(&Method::Invite, &uri)
        .via("UDP", "127.0.0.1:5060", "z9hG4bK00abc")
        .line(HeaderName::MaxForwards, 70);
    writer.address(HeaderName::From, "Aarhus: \"Pas\"", "sip:20123456@127.0.0.1", "00f");
    writer.address(HeaderName::To, "", &uri, "").line(HeaderName::CallId, "call").cseq(7, &Method::Invite).abilities();
    writer.address(HeaderName::Contact, "", "sip:127.0.0.1:5060", "");
    let bytes = writer.finish_with_session(Some(b"v=0\r\n"));
    let theirs = rsip::Request::try_from(&bytes[..]).expect("rsip reads it");
    assert_eq!(theirs.method, rsip::Method::Invite);
    assert_eq!(
        theirs.from_header().expect("From").typed().expect("typed").tag().map(ToString::to_string),
        Some("00f".into())
    );
    assert_eq!(theirs.cseq_header().expect("CSeq").typed().expect("typed").seq, 7);
    assert_eq!(
        theirs.via_header().expect("Via").typed().expect("typed").branch().map(ToString::to_string),
        Some("z9hG4bK00abc".into())
    );
    assert_eq!(theirs.max_forwards_header().expect("Max-Forwards").value(), "70");
    assert_eq!(theirs.body, b"v=0\r\n");
}
