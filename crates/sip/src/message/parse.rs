//! Bytes to a [`Message`]: one pass over the lines, then a check of what every message must have.
//!
//! Never panics, whatever comes. Line breaks are CRLF and nothing else; a control character anywhere in
//! the head refuses the message, so that nothing read here can become a line of its own when it is written.

use bytes::{Buf as _, Bytes};
use smallvec::SmallVec;

use super::check::body_of;
use super::fault::{Answerable, Fault, ParseError};
use super::headers::{Headers, Mark, Marks};
use super::limits::{DATAGRAM_BYTES_MAX, MESSAGE_BYTES_MAX};
use super::lines::Lines;
use super::start_line::StartLine;
use super::uri::{BadUri, Uri};
use super::{HeaderName, Message, Method, Request, Response};

/// Reads a datagram. Bytes beyond Content-Length are dropped (RFC 3261 §18.3); without it the body goes to the end.
pub fn parse(datagram: Bytes) -> Result<Message, ParseError> {
    let large = datagram.len() > DATAGRAM_BYTES_MAX;
    read(datagram, large.then_some(Fault::TooLarge))
}

/// Reads one message that was cut from a stream by its Content-Length.
pub fn parse_framed(message: Bytes) -> Result<Message, ParseError> {
    read(message, None)
}

fn read(mut datagram: Bytes, fault: Option<Fault>) -> Result<Message, ParseError> {
    if datagram.len() > MESSAGE_BYTES_MAX {
        return Err(ParseError { fault: Fault::TooLarge, request: None });
    }
    let start = datagram.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    if start == datagram.len() {
        return Err(ParseError { fault: Fault::KeepAlive, request: None });
    }
    datagram.advance(start);
    let mut lines = Lines::split(&datagram);
    let head = lines.head(&datagram);
    let fault = fault.or(lines.fault);
    let first = &head[lines.first.0..lines.first.1];
    let start_line = StartLine::read(first);
    if matches!(start_line, StartLine::NotSip) {
        return Err(ParseError { fault: Fault::NotSip, request: None });
    }
    let spans = std::mem::take(&mut lines.spans);
    let mut headers = Headers { head: head.clone(), lines: SmallVec::new(), marks: Marks::default() };
    let fault = fault.or(headers.take_lines(&spans).err()).or(headers.check().err());
    let body = match (fault, body_of(&headers, datagram.split_off(lines.end))) {
        (Some(fault), _) | (None, Err(fault)) => return Err(refuse(fault, start_line, headers)),
        (None, Ok(body)) => body,
    };
    finish(start_line, headers, body)
}

fn finish(start_line: StartLine<'_>, mut headers: Headers, body: Bytes) -> Result<Message, ParseError> {
    match start_line {
        StartLine::Request { method, uri, fault: None } => {
            let method = Method::read(method);
            if headers.cseq_method() != method {
                return Err(refuse_method(Fault::Header(HeaderName::CSeq), method, headers));
            }
            match Uri::parse(uri) {
                // Headers in a Request-URI are forbidden (RFC 3261 §19.1.1).
                Ok(uri) if uri.embedded_headers().is_empty() => {
                    Ok(Message::Request(Request { method, uri, headers, body }))
                }
                Err(BadUri::TooLong) => Err(refuse_method(Fault::UriTooLong, method, headers)),
                _ => Err(refuse_method(Fault::Uri, method, headers)),
            }
        }
        StartLine::Request { method, fault: Some(fault), .. } => {
            Err(refuse_method(fault, Method::read(method), headers))
        }
        StartLine::Response { status, reason } => {
            headers.marks.reason = Mark(reason.0, reason.1);
            Ok(Message::Response(Response { status, headers, body }))
        }
        StartLine::BadResponse(fault) => Err(ParseError { fault, request: None }),
        StartLine::NotSip => Err(ParseError { fault: Fault::NotSip, request: None }),
    }
}

fn refuse(fault: Fault, start_line: StartLine<'_>, headers: Headers) -> ParseError {
    match start_line {
        StartLine::Request { method, .. } => refuse_method(fault, Method::read(method), headers),
        StartLine::Response { .. } | StartLine::BadResponse(_) | StartLine::NotSip => {
            ParseError { fault, request: None }
        }
    }
}

fn refuse_method(fault: Fault, method: Method, headers: Headers) -> ParseError {
    let answerable = fault.status().is_some() && method != Method::Ack && headers.can_be_answered();
    ParseError { fault, request: answerable.then(|| Box::new(Answerable { method, headers })) }
}
