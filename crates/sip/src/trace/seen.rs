//! A message as the tap saw it, and as a trace keeps it.
//!
//! What was seen shares the message's memory; what is kept is a text of its own, masked.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use model::{Moment, TrunkId};

use crate::message::{Message, NameAddr, ParseError};
use crate::stack::Transport;

/// Which way a message went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// To us.
    In,
    /// From us.
    Out,
}

/// Who is at the other end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Peer {
    /// A trunk of the settings.
    Trunk(TrunkId),
    /// A phone, or whoever else speaks with us.
    Phone,
}

/// A message that a trace keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// When, by the node's clock.
    pub at: Moment,
    /// Which way.
    pub way: Way,
    /// Who is at the other end.
    pub peer: Peer,
    /// The leg's number in this trace, from 1: one for each Call-ID, in the order in which they were found.
    pub leg: u16,
    /// What it travelled on.
    pub transport: Transport,
    /// Where it came from; masked as the text is.
    pub from: SocketAddr,
    /// Where it went; the unspecified address where only a name is known.
    pub to: SocketAddr,
    /// The message: head and body, masked. Always readable as SIP if it was.
    pub text: Bytes,
}

/// A message as it passed. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) at: Moment,
    pub(super) way: Way,
    pub(super) peer: Peer,
    pub(super) transport: Transport,
    pub(super) here: SocketAddr,
    pub(super) there: SocketAddr,
    pub(super) said: Said,
}

/// What it says: read already, or as we wrote it.
#[derive(Clone, Debug)]
pub(super) enum Said {
    Read(Arc<str>, Bytes),
    Written(Bytes),
}

impl Said {
    /// What came; none for what can't be read at all.
    pub(super) fn of(read: &Result<Message, ParseError>) -> Option<Self> {
        let (headers, body) = match read {
            Ok(Message::Request(request)) => (&request.headers, request.body.clone()),
            Ok(Message::Response(response)) => (&response.headers, response.body.clone()),
            Err(error) => (&error.request.as_ref()?.headers, Bytes::new()),
        };
        Some(Self::Read(headers.head(), body))
    }

    /// The first line and the header lines, without the blank one.
    pub(super) fn head(&self) -> &str {
        match self {
            Self::Read(head, _) => head.trim_end_matches(['\r', '\n']),
            Self::Written(bytes) => {
                let end = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
                std::str::from_utf8(&bytes[..end]).unwrap_or("")
            }
        }
    }

    pub(super) fn body(&self) -> &[u8] {
        match self {
            Self::Read(_, body) => body,
            Self::Written(bytes) => {
                let end = memchr::memmem::find(bytes, b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
                &bytes[end..]
            }
        }
    }

    /// How much memory it holds, in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Read(head, body) => head.len() + body.len(),
            Self::Written(bytes) => bytes.len(),
        }
    }

    pub(super) fn call_id(&self) -> &str {
        self.header("Call-ID", "i").unwrap_or("")
    }

    /// The Request-URI; none for a response.
    pub(super) fn request_uri(&self) -> Option<&str> {
        let first = self.head().split("\r\n").next()?;
        let mut words = first.split(' ');
        words.next().filter(|word| !word.starts_with("SIP/"))?;
        words.next()
    }

    /// The value of the first header line of that name, in its long or compact form.
    pub(super) fn header(&self, name: &str, compact: &str) -> Option<&str> {
        self.head().split("\r\n").skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            let found = found.trim_end();
            (found.eq_ignore_ascii_case(name) || found.eq_ignore_ascii_case(compact)).then(|| value.trim())
        })
    }

    /// The user part of an address header, unescaped.
    pub(super) fn user_in(&self, name: &str, compact: &str) -> Option<String> {
        user_of(self.header(name, compact)?)
    }
}

/// The Call-ID of a message that we wrote.
pub fn call_id_of(bytes: &Bytes) -> Option<&str> {
    let head = bytes.get(..memchr::memmem::find(bytes, b"\r\n\r\n")?)?;
    let start = memchr::memmem::find(head, b"\r\nCall-ID: ")? + 11;
    let end = memchr::memchr(b'\r', &head[start..]).map_or(head.len(), |end| start + end);
    std::str::from_utf8(&head[start..end]).ok()
}

/// The user part of an address.
pub(super) fn user_of(address: &str) -> Option<String> {
    let uri = NameAddr::read(address)?.uri().ok()?;
    uri.user_unescaped().map(std::borrow::Cow::into_owned)
}
