//! What a response repeats of its request (RFC 3261 §8.2.6.2), made once and kept as one small block.
//!
//! A citizen who waits may be answered an hour later: this block is all that has to be kept of the INVITE.

use std::fmt::Write as _;
use std::net::SocketAddr;

use bytes::Bytes;

use super::headers::Headers;
use super::writer::Clean;
use super::{HeaderName, RPort, Via};

/// The lines Via, Record-Route, From, To, Call-ID and CSeq of a response, ready to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Echo(Bytes);

impl Echo {
    /// From a request's headers. `peer` is where it came from: it goes into the top Via as `received` and `rport` where RFC 3261
    /// §18.2.1 and RFC 3581 §4 say so. `to_tag` is added to To unless it has a tag already.
    pub fn of(headers: &Headers, peer: SocketAddr, to_tag: Option<&str>) -> Self {
        let mut block = Clean::with_capacity(384);
        for (position, value) in headers.values(HeaderName::Via).enumerate() {
            match Via::read(value).filter(|_| position == 0) {
                Some(via) => write_top_via(&mut block, &via, peer),
                None => block.line(HeaderName::Via, value),
            }
        }
        for value in headers.all(HeaderName::RecordRoute) {
            block.line(HeaderName::RecordRoute, value);
        }
        block.line(HeaderName::From, headers.get(HeaderName::From).unwrap_or(""));
        let to = headers.get(HeaderName::To).unwrap_or("");
        match to_tag.filter(|_| headers.to_tag().is_none()) {
            Some(tag) => block.line(HeaderName::To, format_args!("{to};tag={tag}")),
            None => block.line(HeaderName::To, to),
        }
        block.line(HeaderName::CallId, headers.get(HeaderName::CallId).unwrap_or(""));
        block.line(HeaderName::CSeq, headers.get(HeaderName::CSeq).unwrap_or(""));
        Self(Bytes::copy_from_slice(block.as_bytes()))
    }
    /// The lines, each with its CRLF.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Echo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Echo({} bytes)", self.0.len())
    }
}

/// The hop that we answer, with where we saw it come from. Its own `received` is never believed.
fn write_top_via(block: &mut Clean, via: &Via<'_>, peer: SocketAddr) {
    block.begin(HeaderName::Via);
    // Writing to memory can't fail.
    let _ = write!(block, "SIP/2.0/{} {}", via.transport(), via.host_text());
    if let Some(port) = via.port() {
        let _ = write!(block, ":{port}");
    }
    for (name, value) in via.params().iter() {
        if name.eq_ignore_ascii_case("received") || name.eq_ignore_ascii_case("rport") {
            continue;
        }
        let _ = match value {
            Some(value) => write!(block, ";{name}={value}"),
            None => write!(block, ";{name}"),
        };
    }
    let peer_ip = peer.ip().to_canonical();
    let asked = via.rport() != RPort::Absent;
    let named = via.host_text().trim_matches(['[', ']']).parse() == Ok(peer_ip);
    if asked || !named {
        let _ = write!(block, ";received={peer_ip}");
    }
    if asked {
        let _ = write!(block, ";rport={}", peer.port());
    }
    block.end();
}
