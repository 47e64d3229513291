//! The first line of a message: `METHOD URI SIP/2.0` or `SIP/2.0 200 OK` (RFC 3261 §7.1, §7.2).
//! Knows no headers; does not look into the Request-URI.

use super::Fault;
use super::limits::METHOD_BYTES_MAX;
use super::params::is_token;

/// What the first line says. A request's fault is kept beside what could be read, so that it can be answered.
#[derive(Clone, Copy)]
pub(super) enum StartLine<'a> {
    Request { method: &'a str, uri: &'a str, fault: Option<Fault> },
    Response { status: u16, reason: (u16, u16) },
    BadResponse(Fault),
    NotSip,
}

impl<'a> StartLine<'a> {
    /// Reads it; single blanks only, as the RFC has it.
    pub(super) fn read(line: &'a str) -> Self {
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
