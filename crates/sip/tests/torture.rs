//! Messages that are hard to read: the cases of RFC 4475 and RFC 5118 and of faults that others had, in our own words.
//!
//! Each file in `torture/` says in its `##` lines what must come of it. Line ends become CRLF; `<hex>`, `<repeat n>` and
//! `<length>` (of the body) stand for what can't be written plainly.

mod hard;

use bytes::Bytes;
use hard::{bytes_of, split};
use sip::message::{AuthParams, HeaderName, Headers, Host, Message, NameAddr, Scheme, parse};

#[test]
fn every_hard_message_is_read_or_refused_as_its_file_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture");
    let mut faults = Vec::new();
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of messages") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a message");
        cases += 1;
        let (expected, message) = split(&text);
        let read = parse(Bytes::from(bytes_of(message)));
        // What the whole centre answers is asked by the tests over sockets.
        for line in expected.into_iter().filter(|line| !line.starts_with("answer")) {
            let (name, wanted) =
                line.split_once(" = ").or_else(|| line.strip_suffix(" =").map(|name| (name, ""))).expect(line);
            let found = found(&read, name);
            if found != wanted {
                faults.push(format!("{}: {name}: {wanted:?} expected, {found:?} found", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cases > 80, "{cases}");
}

#[test]
fn what_is_answered_carries_what_its_sender_needs() {
    let text = include_str!("torture/clerr.sip");
    let error = parse(Bytes::from(bytes_of(split(text).1))).expect_err("broken");
    let request = error.request.expect("can be answered");
    assert_eq!((request.headers.branch(), request.headers.call_id()), ("z9hG4bK-clerr", "clerr.1@borger.example"));
}

fn found(read: &Result<Message, sip::message::ParseError>, name: &str) -> String {
    match read {
        Err(error) if name == "expect" => match (error.fault.status(), &error.request) {
            (Some(status), Some(_)) => status.to_string(),
            _ => "dropped".into(),
        },
        Err(error) => format!("refused: {error}"),
        Ok(Message::Response(response)) => match name {
            "expect" => response.status.to_string(),
            "reason" => response.reason().into(),
            _ => of_headers(&response.headers, name),
        },
        Ok(Message::Request(request)) => match name {
            "expect" => request.method.to_string(),
            "uri" => request.uri.as_str().into(),
            "uri.user" => request.uri.user().unwrap_or("none").into(),
            "uri.plain" => request.uri.user_unescaped().unwrap_or_default().into(),
            "uri.host" => request.uri.host_text().into(),
            "uri.port" => request.uri.port().map_or("none".into(), |port| port.to_string()),
            "scheme" if request.uri.scheme() == Scheme::Other => "other".into(),
            "length" => request.body.len().to_string(),
            "session" => request.session().map_or("none".into(), |session| String::from_utf8_lossy(&session).into()),
            _ => of_headers(&request.headers, name),
        },
    }
}

fn of_headers(headers: &Headers, name: &str) -> String {
    let (from, to) = (headers.from().expect("From"), headers.to().expect("To"));
    let user = |address: NameAddr<'_>| address.uri().expect("a URI").user().unwrap_or("none").to_owned();
    match name {
        "from.display" => from.display().into(),
        "from.tag" => headers.from_tag().into(),
        "from.user" => user(from),
        "to.tag" => headers.to_tag().unwrap_or("none").into(),
        "to.user" => user(to),
        "to.display-length" => to.display().len().to_string(),
        "call-id" => headers.call_id().into(),
        "cseq" => headers.cseq().to_string(),
        "branch" => headers.branch().into(),
        "vias" => headers.vias().count().to_string(),
        "via.host" => match headers.via().and_then(|via| via.host()) {
            Some(Host::V6(address)) => format!("[{address}]"),
            other => format!("{other:?}"),
        },
        "via.received" => headers.via().and_then(|via| via.received()).unwrap_or("none").into(),
        "contacts" => headers.contacts().count().to_string(),
        "contact.uri" => headers.contact().map_or("none", |contact| contact.uri_text()).into(),
        "routes" => headers.routes().count().to_string(),
        "max-forwards" => headers.max_forwards().to_string(),
        "expires" => headers.expires().map_or("none".into(), |seconds| seconds.to_string()),
        "subject" => headers.get(HeaderName::Subject).unwrap_or("none").into(),
        "requires" => headers.values(HeaderName::Require).next().unwrap_or("none").into(),
        "digest" => if headers.auth(HeaderName::Authorization).any(|auth: AuthParams<'_>| auth.is_digest()) {
            "yes"
        } else {
            "no"
        }
        .into(),
        other => match other.strip_prefix("other ") {
            Some(header) => headers.other(header).unwrap_or("none").split_whitespace().collect::<Vec<_>>().join(" "),
            None => panic!("what is {other}?"),
        },
    }
}
