//! What can be wrong with a message, and how it is answered.
//!
//! A request whose Via, From, To, Call-ID and CSeq can be read is answered once; all else is dropped.

use super::{Headers, Method, name::HeaderName};

/// A message that was refused.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{fault}")]
pub struct ParseError {
    /// What is wrong.
    pub fault: Fault,
    /// What an answer needs, where this is a request that can be answered.
    pub request: Option<Box<Answerable>>,
}

/// The part of a broken request that can be read.
#[derive(Clone, Debug)]
pub struct Answerable {
    /// What was asked; never ACK, which is not answered.
    pub method: Method,
    /// The headers; Via, From, To, Call-ID and CSeq are there.
    pub headers: Headers,
}

/// What is wrong with a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// Nothing but line breaks: a keep-alive (RFC 5626 §3.5.1). No fault of anybody's.
    #[error("only line breaks")]
    KeepAlive,
    /// The first line is of no SIP message.
    #[error("not SIP")]
    NotSip,
    /// Larger than [`super::limits`] allow.
    #[error("message too large")]
    TooLarge,
    /// Another version than SIP/2.0.
    #[error("unknown SIP version")]
    Version,
    /// The Request-URI is too long.
    #[error("Request-URI too long")]
    UriTooLong,
    /// The Request-URI can't be read.
    #[error("bad Request-URI")]
    Uri,
    /// The first line is malformed.
    #[error("bad first line")]
    StartLine,
    /// NUL, another control character, or a line break that is not CRLF.
    #[error("control character in a header")]
    Control,
    /// No blank line ends the headers.
    #[error("headers do not end")]
    NoEnd,
    /// A line without a colon, or with a name that is no token.
    #[error("bad header line")]
    Line,
    /// Too many lines, or one that is too long.
    #[error("too many or too long headers")]
    Limit,
    /// A header that must be there is missing.
    #[error("{0} is missing")]
    Missing(HeaderName),
    /// A header that may be there once is there more often.
    #[error("{0} is there twice")]
    Twice(HeaderName),
    /// A header can't be read.
    #[error("bad {0}")]
    Header(HeaderName),
}

impl Fault {
    /// The status with which a request of that fault is refused; `None`: it is dropped.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::KeepAlive | Self::NotSip => None,
            Self::TooLarge => Some(513),
            Self::Version => Some(505),
            Self::UriTooLong => Some(414),
            Self::Uri
            | Self::StartLine
            | Self::Control
            | Self::NoEnd
            | Self::Line
            | Self::Limit
            | Self::Missing(_)
            | Self::Twice(_)
            | Self::Header(_) => Some(400),
        }
    }

    /// Whether, on a stream, nothing that follows can be trusted.
    pub const fn is_of_the_frame(self) -> bool {
        match self {
            Self::NotSip
            | Self::TooLarge
            | Self::Version
            | Self::StartLine
            | Self::Control
            | Self::NoEnd
            | Self::Line => true,
            Self::Header(HeaderName::ContentLength) | Self::Twice(HeaderName::ContentLength) => true,
            Self::KeepAlive
            | Self::UriTooLong
            | Self::Uri
            | Self::Limit
            | Self::Missing(_)
            | Self::Twice(_)
            | Self::Header(_) => false,
        }
    }
}
