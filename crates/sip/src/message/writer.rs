//! Messages to bytes. Whatever is written as a value loses its control characters on the way, so that no text can
//! begin a line of its own; display names are quoted, user parts escaped.

use std::fmt::{self, Display, Write};

use bytes::Bytes;

use super::{Echo, HeaderName, Method, Uri, reason_phrase};

/// What we can be asked, for Allow.
pub const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, REFER, NOTIFY, REGISTER";
/// Which extensions we understand, for Supported in answers, and for what others may require (RFC 3261 §8.2.2.3).
pub const SUPPORTED: &str = "100rel, norefersub, replaces, timer";

/// Writes one message after the other into the same memory; [`Writer::finish`] hands each out as exactly sized bytes.
///
/// ```
/// # use sip::message::{HeaderName, Method, Uri, Writer};
/// let mut writer = Writer::default();
/// writer.request(&Method::Options, &Uri::parse("sip:127.0.0.3:5060").unwrap());
/// writer.line(HeaderName::MaxForwards, 70);
/// let bytes = writer.finish();
/// assert!(bytes.ends_with(b"Content-Length: 0\r\n\r\n"));
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    out: Clean,
}

impl Writer {
    /// Begins a request, dropping what was not finished.
    pub fn request(&mut self, method: &Method, uri: &Uri) -> &mut Self {
        self.out.clear();
        let _ = write!(self.out, "{method} {uri} SIP/2.0");
        self.out.end();
        self
    }
    /// Begins a response with the usual reason phrase and what it repeats of its request.
    pub fn response(&mut self, status: u16, echo: &Echo) -> &mut Self {
        self.out.clear();
        let _ = write!(self.out, "SIP/2.0 {status} {}", reason_phrase(status));
        self.out.end();
        self.out.block(echo.as_bytes());
        self
    }
    /// A line.
    pub fn line(&mut self, name: HeaderName, value: impl Display) -> &mut Self {
        self.out.line(name, value);
        self
    }
    /// A line with a name of its own, such as `X-…`; the name is ours, never a peer's.
    pub fn other(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        let _ = write!(self.out, "{name}: {value}");
        self.out.end();
        self
    }
    /// Our hop: `SIP/2.0/UDP 127.0.0.1:5060;branch=…;rport`.
    pub fn via(&mut self, transport: &str, sent_by: impl Display, branch: impl Display) -> &mut Self {
        self.line(HeaderName::Via, format_args!("SIP/2.0/{transport} {sent_by};branch={branch};rport"))
    }
    /// An address line: `From: "display" <uri>;tag=…`. An empty display name or tag is left out.
    pub fn address(&mut self, name: HeaderName, display: &str, uri: impl Display, tag: &str) -> &mut Self {
        self.out.begin(name);
        if !display.is_empty() {
            self.out.quoted(display);
            self.out.push(' ');
        }
        let _ = write!(self.out, "<{uri}>");
        if !tag.is_empty() {
            let _ = write!(self.out, ";tag={tag}");
        }
        self.out.end();
        self
    }
    /// CSeq.
    pub fn cseq(&mut self, number: u32, method: &Method) -> &mut Self {
        self.line(HeaderName::CSeq, format_args!("{number} {method}"))
    }
    /// Allow and Supported, as we are.
    pub fn abilities(&mut self) -> &mut Self {
        self.line(HeaderName::Allow, ALLOW).line(HeaderName::Supported, SUPPORTED)
    }
    /// Ends a message that has no body.
    pub fn finish(&mut self) -> Bytes {
        self.line(HeaderName::ContentLength, 0);
        self.hand_out(&[])
    }
    /// Ends a message with a body.
    pub fn finish_with(&mut self, content_type: &str, body: &[u8]) -> Bytes {
        self.line(HeaderName::ContentType, content_type).line(HeaderName::ContentLength, body.len());
        self.hand_out(body)
    }
    /// Ends a message with a session description, or with none.
    pub fn finish_with_session(&mut self, session: Option<&[u8]>) -> Bytes {
        match session {
            Some(session) => self.finish_with("application/sdp", session),
            None => self.finish(),
        }
    }

    fn hand_out(&mut self, body: &[u8]) -> Bytes {
        self.out.end();
        self.out.block(body);
        let bytes = Bytes::copy_from_slice(self.out.as_bytes());
        self.out.clear();
        bytes
    }
}

/// Text under way; what is written through [`Write`] loses its control characters.
#[derive(Debug, Default)]
pub(super) struct Clean {
    bytes: Vec<u8>,
}

impl Clean {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
    pub(super) fn line(&mut self, name: HeaderName, value: impl Display) {
        self.begin(name);
        let _ = write!(self, "{value}");
        self.end();
    }
    pub(super) fn begin(&mut self, name: HeaderName) {
        self.bytes.extend_from_slice(name.as_str().as_bytes());
        self.bytes.extend_from_slice(b": ");
    }
    pub(super) fn end(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
    }
    fn clear(&mut self) {
        self.bytes.clear();
    }
    fn block(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    fn push(&mut self, c: char) {
        let _ = self.write_char(c);
    }
    /// A quoted string (RFC 3261 §25.1): quotes and backslashes become quoted pairs.
    fn quoted(&mut self, text: &str) {
        self.bytes.push(b'"');
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                self.bytes.push(b'\\');
            }
            self.push(c);
        }
        self.bytes.push(b'"');
    }
}

impl Write for Clean {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let clean = |byte: &u8| (*byte >= b' ' || *byte == b'\t') && *byte != 0x7f;
        if text.as_bytes().iter().all(clean) {
            self.bytes.extend_from_slice(text.as_bytes());
        } else {
            self.bytes.extend(text.bytes().filter(|byte| clean(byte)));
        }
        Ok(())
    }
}
