//! Whatever bytes come: reading never panics, everything can be asked of what was read, and what we answer is one
//! whole message again, in which no peer's text has become a line of its own.

use std::net::SocketAddr;

use bytes::Bytes;
use sip::digest::Credentials;
use sip::message::{Echo, HeaderName, Headers, Message, Writer, parse, parse_framed};

/// Reads bytes as a datagram and as a frame; what can be read or answered is asked and answered, and the answer read again.
pub(crate) fn run(bytes: &[u8]) {
    let _ = parse_framed(Bytes::copy_from_slice(bytes));
    let (headers, request) = match parse(Bytes::copy_from_slice(bytes)) {
        Ok(Message::Request(request)) => {
            let _ = (
                request.session(),
                request.uri.host(),
                request.uri.user_unescaped(),
                request.uri.params().iter().count(),
            );
            (request.headers, true)
        }
        Ok(Message::Response(response)) => {
            let _ = response.session();
            (response.headers, false)
        }
        Err(error) => match error.request {
            Some(request) => (request.headers, false),
            None => return,
        },
    };
    ask_all(&headers);
    let peer = SocketAddr::from(([127, 0, 0, 66], 4711));
    let answer = Writer::default().response(400, &Echo::of(&headers, peer, Some("t"))).finish();
    let text = std::str::from_utf8(&answer).expect("an answer is UTF-8");
    let controls = text.bytes().filter(|byte| byte.is_ascii_control() && *byte != b'\t').count();
    assert_eq!(controls, 2 * text.matches("\r\n").count(), "a control character in an answer");
    assert_eq!(text.matches("\r\n\r\n").count(), 1, "an answer has one head");
    if request {
        // A request that could be read has an answer that its sender can read.
        assert!(matches!(parse(answer), Ok(Message::Response(response)) if response.status == 400));
    }
}

/// Asks everything that can be asked of headers; says how much there was.
pub(crate) fn ask_all(headers: &Headers) -> usize {
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
    counts.iter().fold(0_usize, |sum, count| sum.saturating_add(*count)) + found.iter().filter(|found| **found).count()
}
