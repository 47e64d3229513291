//! SIP messages: read from bytes, and written to bytes (RFC 3261 §7, §20, §25).
//!
//! Pure: no sockets, no clock, no transactions. A message is read once into lines; what a header means
//! is read when asked for. Everything a stranger can make long has a bound in [`limits`].

mod address;
mod authorization;
mod body;
mod check;
mod echo;
mod escape;
mod fault;
mod headers;
mod history;
mod host;
pub mod limits;
mod lines;
mod lists;
mod method;
mod name;
mod params;
mod parse;
mod start_line;
mod status;
mod timers;
mod uri;
mod via;
mod writer;

use bytes::Bytes;

pub use address::NameAddr;
pub use authorization::AuthParams;
pub use body::session_of;
pub use echo::Echo;
pub use escape::escape_user;
pub(crate) use escape::unescape;
pub use fault::{Answerable, Fault, ParseError};
pub use headers::Headers;
pub use history::HistoryEntry;
pub use host::Host;
pub use method::Method;
pub use name::HeaderName;
pub use params::Params;
pub(crate) use params::{is_token, split_outside_quotes};
pub use parse::{parse, parse_framed};
pub use status::reason_phrase;
pub use timers::{RAck, Refresher, SessionExpires};
pub use uri::{BadUri, Scheme, Uri};
pub use via::{RPort, Via};
pub use writer::{ALLOW, SUPPORTED, Writer};

/// A SIP message as it was read.
#[derive(Clone, Debug)]
pub enum Message {
    /// Somebody asks for something.
    Request(Request),
    /// An answer to something that we asked.
    Response(Response),
}

impl Message {
    /// The headers of either.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }
}

/// A request. Via, From, To, Call-ID and CSeq are there and well formed.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked. Equal to the method of CSeq.
    pub method: Method,
    /// Of whom (the Request-URI).
    pub uri: Uri,
    /// The header lines.
    pub headers: Headers,
    /// The body; shares the datagram's memory, so copy what is kept for long.
    pub body: Bytes,
}

impl Request {
    /// The session description in the body: the body itself, or its `application/sdp` part.
    pub fn session(&self) -> Option<Bytes> {
        session_of(&self.headers, &self.body)
    }
}

/// A response. Via, From, To, Call-ID and CSeq are there and well formed.
#[derive(Clone, Debug)]
pub struct Response {
    /// 100–699.
    pub status: u16,
    /// The header lines, and the reason phrase ([`Headers::reason_phrase`]).
    pub headers: Headers,
    /// The body; shares the datagram's memory.
    pub body: Bytes,
}

impl Response {
    /// The session description in the body, as [`Request::session`].
    pub fn session(&self) -> Option<Bytes> {
        session_of(&self.headers, &self.body)
    }
    /// The words after the status; for people only.
    pub fn reason(&self) -> &str {
        self.headers.reason_phrase()
    }
}
