//! Bytes to a [`Message`]: one pass over the lines, then a check of what every message must have.
//!
//! Never panics, whatever comes. Line breaks are CRLF and nothing else; a control character anywhere in
//! the head refuses the message, so that nothing read here can become a line of its own when it is written.

use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use smallvec::SmallVec;

use super::fault::{Answerable, Fault, ParseError};
use super::headers::{Headers, Line, Mark, Marks};
use super::limits::{
    CSEQ_MAX, DATAGRAM_BYTES_MAX, HEADER_LINE_BYTES_MAX, HEADERS_MAX, MESSAGE_BYTES_MAX, METHOD_BYTES_MAX,
    TOKEN_BYTES_MAX,
};
use super::params::{is_token, split_outside_quotes};
use super::uri::{BadUri, Uri};
use super::{HeaderName, Message, Method, NameAddr, Request, Response, Via};

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
    let fault = fault.or(lines.fault);
    let head = lines.head(&datagram);
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

/// The lines of a head: spans in the datagram, folds joined.
struct Lines {
    first: (usize, usize),
    spans: SmallVec<[(u16, u16); 24]>,
    /// Physical line breaks up to the blank line, each two control characters.
    breaks: usize,
    folded: bool,
    /// Where the body begins.
    end: usize,
    fault: Option<Fault>,
}

impl Lines {
    fn split(datagram: &[u8]) -> Self {
        let mut lines =
            Self { first: (0, 0), spans: SmallVec::new(), breaks: 0, folded: false, end: datagram.len(), fault: None };
        let mut at = 0;
        loop {
            let Some(length) = memchr::memchr(b'\n', &datagram[at..]) else {
                lines.fault = lines.fault.or(Some(Fault::NoEnd));
                if at < datagram.len() {
                    lines.take(datagram, at, datagram.len());
                }
                return lines;
            };
            let end = at + length;
            lines.breaks += 1;
            if end == at || datagram[end - 1] != b'\r' {
                lines.fault = lines.fault.or(Some(Fault::Control));
            }
            let text_end = if end > at && datagram[end - 1] == b'\r' { end - 1 } else { end };
            if text_end == at {
                lines.end = end + 1;
                return lines;
            }
            lines.take(datagram, at, text_end);
            if lines.spans.len() > HEADERS_MAX {
                lines.fault = lines.fault.or(Some(Fault::Limit));
                return lines;
            }
            at = end + 1;
        }
    }

    fn take(&mut self, datagram: &[u8], start: usize, end: usize) {
        if self.first.1 == 0 {
            self.first = (start, end);
            return;
        }
        if matches!(datagram[start], b' ' | b'\t') {
            self.folded = true;
            match self.spans.last_mut() {
                Some(last) => last.1 = end as u16,
                None => self.fault = self.fault.or(Some(Fault::StartLine)),
            }
        } else {
            self.spans.push((start as u16, end as u16));
        }
        if self.spans.last().is_some_and(|last| (last.1 - last.0) as usize > HEADER_LINE_BYTES_MAX) {
            self.fault = self.fault.or(Some(Fault::Limit));
        }
    }

    /// The head as text of the same length: folds become blanks. Latin-1 from old exchanges becomes `?` rather than a
    /// refusal of the citizen; a control character is noted as a fault and becomes a blank, so that the answer is clean.
    fn head(&mut self, datagram: &[u8]) -> Arc<str> {
        let raw = &datagram[..self.end];
        let controls = raw.iter().map(|byte| usize::from(is_control(*byte))).sum::<usize>();
        if controls != self.breaks * 2 {
            self.fault = self.fault.or(Some(Fault::Control));
        } else if !self.folded
            && let Ok(text) = std::str::from_utf8(raw)
        {
            return Arc::from(text);
        }
        Arc::from(mended(raw))
    }
}

fn mended(raw: &[u8]) -> String {
    let mut bytes = raw.to_vec();
    for byte in &mut bytes {
        if is_control(*byte) {
            *byte = b' ';
        }
    }
    loop {
        match String::from_utf8(bytes) {
            Ok(text) => return text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let length = error.utf8_error().error_len().unwrap_or(1);
                bytes = error.into_bytes();
                bytes[at..at + length].fill(b'?');
            }
        }
    }
}

/// C0 without tab, and DEL.
const fn is_control(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f
}

#[derive(Clone, Copy)]
enum StartLine<'a> {
    Request { method: &'a str, uri: &'a str, fault: Option<Fault> },
    Response { status: u16, reason: (u16, u16) },
    BadResponse(Fault),
    NotSip,
}

impl<'a> StartLine<'a> {
    /// `METHOD URI SIP/2.0` or `SIP/2.0 200 OK`, with single blanks (RFC 3261 §7.1, §7.2).
    fn read(line: &'a str) -> Self {
        if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
            return Self::read_response(line);
        }
        let Some(method_end) = line.find(' ') else { return Self::NotSip };
        let Some(version_at) = line.trim_end().rfind(' ') else { return Self::NotSip };
        let method = &line[..method_end];
        let version = line[version_at + 1..].trim_end();
        if !is_token(method) || !version.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
            return Self::NotSip;
        }
        let uri = line.get(method_end + 1..version_at).unwrap_or("");
        let fault = if !version.eq_ignore_ascii_case("SIP/2.0") {
            Some(Fault::Version)
        } else if method.len() > METHOD_BYTES_MAX || line.ends_with([' ', '\t']) || uri.is_empty() {
            Some(Fault::StartLine)
        } else if uri.contains([' ', '\t']) {
            Some(Fault::Uri)
        } else {
            None
        };
        Self::Request { method, uri, fault }
    }

    fn read_response(line: &'a str) -> Self {
        if !line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("SIP/2.0 ")) {
            return Self::BadResponse(Fault::Version);
        }
        let rest = &line[8..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let status = if digits == 3 { rest[..3].parse().unwrap_or(0) } else { 0 };
        let blank_follows = rest.len() == digits || rest[digits..].starts_with(' ');
        if !(100..=699).contains(&status) || !blank_follows {
            return Self::BadResponse(Fault::StartLine);
        }
        let reason = (12.min(line.len()) as u16, line.len() as u16);
        Self::Response { status, reason }
    }
}

impl Headers {
    fn take_lines(&mut self, spans: &[(u16, u16)]) -> Result<(), Fault> {
        let mut fault = Ok(());
        for &(start, end) in spans.iter().take(HEADERS_MAX) {
            let text = &self.head[start as usize..end as usize];
            let Some((name, value)) = text.split_once(':') else {
                fault = fault.and(Err(Fault::Line));
                continue;
            };
            let name = name.trim_end_matches([' ', '\t']);
            if !is_token(name) {
                fault = fault.and(Err(Fault::Line));
                continue;
            }
            let value = Mark::of(&self.head, value.trim_matches([' ', '\t']));
            self.lines.push(Line { name: HeaderName::read(name), start, value: value.0, end: value.1 });
        }
        fault
    }

    /// Checks and marks what every message has. Everything that can be read is marked even if something else is at fault.
    fn check(&mut self) -> Result<(), Fault> {
        let via = self.check_via();
        let from = self.check_address(HeaderName::From).map(|tag| self.marks.from_tag = tag);
        let to = self.check_address(HeaderName::To).map(|tag| self.marks.to_tag = tag);
        let call_id = self.check_call_id();
        let cseq = self.check_cseq();
        let hops = match self.get(HeaderName::MaxForwards) {
            Some(_) if self.once(HeaderName::MaxForwards).is_err() => Err(Fault::Twice(HeaderName::MaxForwards)),
            Some(text) if text.parse::<u8>().is_err() => Err(Fault::Header(HeaderName::MaxForwards)),
            Some(_) | None => Ok(()),
        };
        via.and(from).and(to).and(call_id).and(cseq).and(hops)
    }

    fn once(&self, name: HeaderName) -> Result<&str, Fault> {
        let mut all = self.all(name);
        let value = all.next().ok_or(Fault::Missing(name))?;
        if all.next().is_some() { Err(Fault::Twice(name)) } else { Ok(value) }
    }

    fn check_via(&mut self) -> Result<(), Fault> {
        let line = self.get(HeaderName::Via).ok_or(Fault::Missing(HeaderName::Via))?;
        let top = split_outside_quotes(line, b',').next().unwrap_or("").trim();
        let via = Via::read(top).ok_or(Fault::Header(HeaderName::Via))?;
        let branch = bounded(via.branch().unwrap_or(""), HeaderName::Via)?;
        self.marks.branch = Mark::of(&self.head, branch);
        Ok(())
    }

    fn check_address(&self, name: HeaderName) -> Result<Mark, Fault> {
        let address = NameAddr::read(self.once(name)?).ok_or(Fault::Header(name))?;
        // Of what is no SIP or tel URI we only look at the scheme; it need not be one that we could call.
        address.uri().map_err(|_| Fault::Header(name))?;
        Ok(Mark::of(&self.head, bounded(address.tag().unwrap_or(""), name)?))
    }

    fn check_call_id(&mut self) -> Result<(), Fault> {
        let call_id = bounded(self.once(HeaderName::CallId)?, HeaderName::CallId)?;
        if call_id.is_empty() || call_id.contains([' ', '\t', ',']) {
            return Err(Fault::Header(HeaderName::CallId));
        }
        self.marks.call_id = Mark::of(&self.head, call_id);
        Ok(())
    }

    fn check_cseq(&mut self) -> Result<(), Fault> {
        let bad = Fault::Header(HeaderName::CSeq);
        let text = self.once(HeaderName::CSeq)?;
        let (number, method) = text.split_once([' ', '\t']).ok_or(bad)?;
        let method = method.trim_start();
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse::<u32>().ok().filter(|number| digits && *number <= CSEQ_MAX).ok_or(bad)?;
        if !is_token(method) || method.len() > METHOD_BYTES_MAX {
            return Err(bad);
        }
        self.marks.cseq_method = Mark::of(&self.head, method);
        self.marks.cseq = number;
        Ok(())
    }

    /// Whether an answer would find its way back and be known there. A CSeq that can't be read may be echoed all the same.
    fn can_be_answered(&self) -> bool {
        self.via().is_some()
            && [HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq]
                .iter()
                .all(|name| self.once(*name).is_ok())
    }
}

fn bounded(token: &str, name: HeaderName) -> Result<&str, Fault> {
    if token.len() > TOKEN_BYTES_MAX { Err(Fault::Header(name)) } else { Ok(token) }
}

/// The body by Content-Length, which must be one number, the same if repeated, and no more than there is.
fn body_of(headers: &Headers, rest: Bytes) -> Result<Bytes, Fault> {
    match content_length(headers)? {
        None => Ok(rest),
        Some(length) if length <= rest.len() => Ok(rest.slice(..length)),
        Some(_) => Err(Fault::Header(HeaderName::ContentLength)),
    }
}

fn content_length(headers: &Headers) -> Result<Option<usize>, Fault> {
    let mut found = None;
    for text in headers.all(HeaderName::ContentLength) {
        let digits = !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        let length = text.parse::<usize>().ok().filter(|_| digits).ok_or(Fault::Header(HeaderName::ContentLength))?;
        if found.is_some_and(|other| other != length) {
            return Err(Fault::Twice(HeaderName::ContentLength));
        }
        found = Some(length);
    }
    Ok(found)
}
