//! Cuts messages out of a TCP stream by their Content-Length (RFC 3261 §18.3, §7.5), and finds keep-alives (RFC 5626 §3.5.1).
//!
//! Pure. A stream whose framing can't be trusted is never resynchronised: what follows could be a request that
//! somebody hid in a body.

use bytes::{Buf as _, Bytes, BytesMut};

use crate::message::HeaderName;
use crate::message::limits::{DATAGRAM_BYTES_MAX, MESSAGE_BYTES_MAX};

/// Longest head of a message on a stream, in bytes. Beyond: the connection is closed.
const HEAD_BYTES_MAX: usize = DATAGRAM_BYTES_MAX;

/// The bytes of a stream that are no whole message yet.
#[derive(Debug, Default)]
pub(super) struct Framing {
    buffer: BytesMut,
    /// Up to here no end of the head was found.
    searched: usize,
}

/// What the stream holds next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Frame {
    /// One whole message.
    Message(Bytes),
    /// A ping (CRLF CRLF), to be answered with a CRLF.
    Ping,
    /// Nothing whole yet.
    More,
    /// No Content-Length, a bad one, or too much: the head, if it is whole; then the connection is closed.
    Broken(Option<Bytes>),
}

impl Framing {
    /// Where to read to; at most [`MESSAGE_BYTES_MAX`] wait in it.
    pub(super) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }
    /// Whether a message has begun and is not whole.
    pub(super) fn is_midway(&self) -> bool {
        !self.buffer.is_empty()
    }
    /// Takes what comes next.
    pub(super) fn next(&mut self) -> Frame {
        if self.searched == 0 && self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.advance(4);
            return Frame::Ping;
        }
        // One CRLF between messages is allowed (RFC 3261 §7.5); it may also be half a ping.
        if self.searched == 0 && self.buffer.starts_with(b"\r\n") && self.buffer.len() > 2 && self.buffer[2] != b'\r' {
            self.buffer.advance(2);
        }
        if self.buffer.starts_with(b"\r") {
            return if self.buffer.len() > 3 { Frame::Broken(None) } else { Frame::More };
        }
        let Some(at) = memchr::memmem::find(&self.buffer[self.searched..], b"\r\n\r\n") else {
            self.searched = self.buffer.len().saturating_sub(3);
            return if self.buffer.len() > HEAD_BYTES_MAX { Frame::Broken(None) } else { Frame::More };
        };
        let head_end = self.searched + at + 4;
        let body = content_length(&self.buffer[..head_end]);
        let Some(length) = body
            .map(|body| head_end + body)
            .filter(|length| *length <= MESSAGE_BYTES_MAX && head_end <= HEAD_BYTES_MAX)
        else {
            return Frame::Broken(Some(Bytes::copy_from_slice(&self.buffer[..head_end])));
        };
        if self.buffer.len() < length {
            self.searched = head_end - 4;
            return Frame::More;
        }
        self.searched = 0;
        // Copied, so that a message that is kept does not keep the whole buffer.
        let message = Bytes::copy_from_slice(&self.buffer[..length]);
        self.buffer.advance(length);
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
        Frame::Message(message)
    }
}

/// The one Content-Length of a head; `None` if it is missing, malformed, folded, or there twice with different values.
fn content_length(head: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(head).map_or_else(|_| String::from_utf8_lossy(head), Into::into);
    let mut found = None;
    let mut lines = text.split("\r\n").peekable();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if HeaderName::read(name.trim()) != HeaderName::ContentLength {
            continue;
        }
        let value = value.trim_matches([' ', '\t']);
        let folded = lines.peek().is_some_and(|next| next.starts_with([' ', '\t']));
        if folded || value.is_empty() || value.len() > 10 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length = value.parse::<usize>().ok()?;
        if found.is_some_and(|other| other != length) {
            return None;
        }
        found = Some(length);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(text: &[u8]) -> Framing {
        let mut framing = Framing::default();
        framing.buffer().extend_from_slice(text);
        framing
    }

    fn message(length: &str, body: &str) -> String {
        format!("OPTIONS sip:h SIP/2.0\r\nCall-ID: x\r\n{length}\r\n{body}")
    }

    #[test]
    fn two_messages_in_one_read_and_one_message_in_many_reads_come_out_whole() {
        let one = message("Content-Length: 4\r\n", "body");
        let mut framing = framing(format!("{one}\r\n{one}").as_bytes());
        assert_eq!(framing.next(), Frame::Message(Bytes::from(one.clone())));
        assert_eq!(framing.next(), Frame::Message(Bytes::from(one.clone())));
        assert_eq!(framing.next(), Frame::More);
        assert!(!framing.is_midway());
        for byte in &one.as_bytes()[..one.len() - 1] {
            framing.buffer().extend_from_slice(&[*byte]);
            assert_eq!(framing.next(), Frame::More);
        }
        framing.buffer().extend_from_slice(b"y");
        assert_eq!(framing.next(), Frame::Message(Bytes::from(one)));
    }

    #[test]
    fn a_ping_is_seen_even_in_pieces() {
        let mut framing = framing(b"\r\n");
        assert_eq!(framing.next(), Frame::More);
        framing.buffer().extend_from_slice(b"\r");
        assert_eq!(framing.next(), Frame::More);
        framing.buffer().extend_from_slice(b"\n");
        assert_eq!(framing.next(), Frame::Ping);
        assert_eq!(framing.next(), Frame::More);
    }

    #[test]
    fn a_request_hidden_behind_a_false_length_never_comes_out() {
        let hidden = message("l: 0\r\n", "");
        for length in [
            "",
            "Content-Length: -1\r\n",
            "Content-Length: +1\r\n",
            "Content-Length: 4294967328\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Content-Length: 0\r\nContent-Length: 5\r\n",
            "Content-Length: 0\r\nl : 5\r\n",
            "Content-Length: \r\n 0\r\n",
            "Content-Length: 1 2\r\n",
            "Content-Length: 70000\r\n",
        ] {
            let mut framing = framing(message(length, &hidden).as_bytes());
            assert!(matches!(framing.next(), Frame::Broken(Some(_))), "{length}");
        }
    }

    #[test]
    fn a_head_without_an_end_is_not_collected_for_ever() {
        let mut framing = framing(&vec![b'a'; HEAD_BYTES_MAX]);
        assert_eq!(framing.next(), Frame::More);
        framing.buffer().extend_from_slice(b"aa");
        assert_eq!(framing.next(), Frame::Broken(None));
    }
}
