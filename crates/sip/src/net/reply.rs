//! An answer without state: its words, and where it goes.
//! Knows the request's headers; doesn't know why it is so answered.

use std::net::SocketAddr;

use bytes::Bytes;
use rand::RngExt as _;

use super::dealing::fnv1a;
use super::door::{Answer, Extra};
use crate::message::{ALLOW, Echo, HeaderName, Headers, RPort, SUPPORTED, Writer};
use crate::stack::Path;

/// A refused call comes again after 1–10 s, so that not all come at once.
const RETRY_AFTER_S: std::ops::RangeInclusive<u8> = 1..=10;

/// An answer without state, and where it goes.
pub(super) struct Stateless {
    pub(super) path: Path,
    pub(super) bytes: Bytes,
}

/// Where answers go: on a connection back on it; over UDP to where the request came from if it asks so (RFC 3581 §4), else
/// to the port of its Via (RFC 3261 §18.2.2). Phones that don't ask are treated as if they did: they may sit behind a
/// translation of addresses; a trunk does not.
pub(super) fn answer_path(path: Path, headers: &Headers, from_trunk: bool) -> Path {
    let Some(via) = headers.via() else { return path };
    if path.transport.reliable() || !from_trunk || via.rport() != RPort::Absent {
        return path;
    }
    Path { peer: SocketAddr::new(path.peer.ip(), via.port().unwrap_or(5060)), ..path }
}

/// The answer is the same each time that the same request comes (RFC 3261 §8.2.7): its tag is a hash.
pub(super) fn stateless(headers: &Headers, answer: &Answer, path: Path, writer: &mut Writer) -> Stateless {
    let tag = format!("s{:016x}", fnv1a(&[headers.call_id(), headers.from_tag(), headers.branch()]));
    let echo = Echo::of(headers, path.peer, Some(&tag));
    writer.response(answer.status, &echo);
    match &answer.extra {
        Extra::Nothing => {}
        Extra::Abilities => {
            writer
                .line(HeaderName::Allow, ALLOW)
                .line(HeaderName::Accept, "application/sdp")
                .line(HeaderName::Supported, SUPPORTED);
        }
        Extra::Allow => {
            writer.line(HeaderName::Allow, ALLOW);
        }
        Extra::Unsupported(extensions) => {
            writer.line(HeaderName::Unsupported, extensions);
        }
        Extra::RetryAfter(seconds) => {
            writer.line(HeaderName::RetryAfter, seconds);
        }
        Extra::Challenges(challenges) => {
            for challenge in challenges {
                writer.line(HeaderName::WwwAuthenticate, challenge);
            }
        }
    }
    Stateless { path, bytes: writer.finish() }
}

/// Come again, but not all at once.
pub(super) fn later(headers: &Headers, path: Path, writer: &mut Writer) -> Stateless {
    let after = rand::rng().random_range(RETRY_AFTER_S);
    stateless(headers, &Answer { status: 503, extra: Extra::RetryAfter(after) }, path, writer)
}
