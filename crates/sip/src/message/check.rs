//! What every message must have: Via, From, To, Call-ID, CSeq, and a body as long as it says (RFC 3261 §8.1.1, §18.3).
//! Reads no more of a header than it must; what it means is asked later.

use bytes::Bytes;

use super::headers::{Headers, Line, Mark};
use super::limits::{CSEQ_MAX, HEADERS_MAX, METHOD_BYTES_MAX, TOKEN_BYTES_MAX};
use super::params::{is_token, split_outside_quotes, trim_blanks};
use super::{Fault, HeaderName, NameAddr, Via};

impl Headers {
    /// Reads the names of lines; a line that is none is left out and said.
    pub(super) fn take_lines(&mut self, spans: &[(u16, u16)]) -> Result<(), Fault> {
        let mut fault = Ok(());
        for &(start, end) in spans.iter().take(HEADERS_MAX) {
            let text = &self.head[start as usize..end as usize];
            let colon = memchr::memchr(b':', text.as_bytes()).unwrap_or(0);
            let name = trim_blanks(&text[..colon]);
            if !text.starts_with(name) || !is_token(name) {
                fault = fault.and(Err(Fault::Line));
                continue;
            }
            let value = &text[colon + 1..];
            let trimmed = trim_blanks(value);
            let begins = match trimmed {
                "" => end,
                _ => start + (trimmed.as_ptr() as usize - text.as_ptr() as usize) as u16,
            };
            let ends = begins + trimmed.len() as u16;
            self.lines.push(Line { name: HeaderName::read(name), start, value: begins, end: ends });
        }
        fault
    }

    /// Checks and marks what every message has. Everything that can be read is marked even if something else is at fault.
    pub(super) fn check(&mut self) -> Result<(), Fault> {
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

    /// Whether an answer would find its way back and be known there. What can't be read, or is there twice, is echoed all the same.
    pub(super) fn can_be_answered(&self) -> bool {
        self.via().is_some()
            && [HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq]
                .iter()
                .all(|name| self.get(*name).is_some())
    }
}

fn bounded(token: &str, name: HeaderName) -> Result<&str, Fault> {
    if token.len() > TOKEN_BYTES_MAX { Err(Fault::Header(name)) } else { Ok(token) }
}

/// The body by Content-Length, which must be one number, the same if repeated, and no more than there is.
pub(super) fn body_of(headers: &Headers, rest: Bytes) -> Result<Bytes, Fault> {
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
