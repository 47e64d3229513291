//! Which shard a message is for.
//!
//! Our own marks say it: a local tag is two hex digits of the shard and sixteen more, a branch the same behind `z9hG4bK`.
//! What has no mark of ours yet goes by its Call-ID, so that repetitions and CANCEL meet their INVITE; a call of an agent's
//! phone to where that agent speaks already, so that all its legs meet.

use bytes::Bytes;
use model::ShardNo;

use super::admission::Kind;
use super::load::Load;
use crate::message::{Message, Method, parse_framed};
use crate::stack::{Incoming, own_tag_of};
use crate::whereabouts::Whereabouts;

/// Length of a mark.
const MARK_CHARS: usize = 18;
const COOKIE: &str = "z9hG4bK";
const VIA: &[u8] = b"\r\nVia: ";
/// Where SIP listens when a Via names no port (RFC 3261 §18.2.2).
const SIP_PORT: u16 = 5060;
/// The same over TLS.
const SIPS_PORT: u16 = 5061;

/// Takes messages for the shards. Called on the socket's task, so it must not wait.
pub trait Deal: Send + Sync + 'static {
    /// Puts a message into a shard's mailbox for messages of its kind.
    fn deal(&self, shard: ShardNo, incoming: Incoming, kind: Kind) -> Result<(), Full>;
    /// How busy a shard is; who leaves it out is never behind.
    fn load(&self, shard: ShardNo) -> Load {
        let _ = shard;
        Load::default()
    }
    /// A message of that shard could not be sent: no connection, no such host. For [`crate::stack::Stack::undelivered`]; who
    /// leaves it out learns the same from the timers, only later.
    fn undelivered(&self, shard: ShardNo, bytes: Bytes) {
        let _ = (shard, bytes);
    }
    /// Where agents speak, as the stacks know it; who leaves it out deals calls of phones by their Call-ID alone.
    fn whereabouts(&self) -> Option<&Whereabouts> {
        None
    }
    /// A connection that a phone may have registered on is closed: it can't be called on it any more. May be told twice.
    fn flow_gone(&self, connection: u64) {
        let _ = connection;
    }
}

/// The mailbox is full; the message comes back, so that a new call can be refused.
#[derive(Debug)]
pub struct Full(pub Box<Incoming>);

/// Whether a message begins a call: an INVITE outside any dialog.
pub fn is_new_call(message: &Message) -> bool {
    match message {
        Message::Request(request) => request.method == Method::Invite && request.headers.to_tag().is_none(),
        Message::Response(_) => false,
    }
}

/// The shard a message is for; `None` for a response to a request that none of our `shards` sent.
pub fn shard_of(message: &Message, shards: u8) -> Option<ShardNo> {
    match message {
        Message::Response(response) => marked(response.headers.branch().strip_prefix(COOKIE)?, shards),
        Message::Request(request) if request.method == Method::Register => Some(ShardNo(0)),
        Message::Request(request) => {
            let by_tag = request.headers.to_tag().and_then(|tag| marked(tag, shards));
            Some(by_tag.unwrap_or_else(|| by_call_id(request.headers.call_id(), shards)))
        }
    }
}

/// The same for a message from somebody who is no trunk: INVITE and CANCEL of an agent's phone go to the shard that has
/// that call, else to the one in which the agent speaks. Whether it is that agent is proved there.
pub fn shard_of_phone(message: &Message, shards: u8, whereabouts: Option<&Whereabouts>) -> Option<ShardNo> {
    let speaks_in = || {
        let Message::Request(request) = message else { return None };
        if !matches!(request.method, Method::Invite | Method::Cancel) || request.headers.to_tag().is_some() {
            return None;
        }
        let whereabouts = whereabouts?;
        whereabouts.of_call(request.headers.call_id()).or_else(|| {
            let from = request.headers.from()?.uri().ok()?;
            whereabouts.of_agent(&from.user_unescaped()?)
        })
    };
    speaks_in().filter(|shard| shard.0 < shards).or_else(|| shard_of(message, shards))
}

/// The shard that sent these bytes: a request by its branch, a response on a connection by our tag in it. A response in a
/// datagram is nobody's: the request is repeated, and so is the response.
pub(super) fn sender_of(bytes: &[u8], shards: u8) -> Option<ShardNo> {
    if bytes.starts_with(b"SIP/") {
        let via = memchr::memmem::find(bytes, VIA)? + VIA.len();
        let on_connection = !bytes.get(via..)?.starts_with(b"SIP/2.0/UDP");
        return marked(own_tag_of(bytes).filter(|_| on_connection)?, shards);
    }
    let start = memchr::memmem::find(bytes, COOKIE.as_bytes())? + COOKIE.len();
    marked(std::str::from_utf8(bytes.get(start..start + MARK_CHARS)?).ok()?, shards)
}

/// A number that is the same for a request, its repetitions, its CANCEL and the ACK of its refusal: by their branch.
pub(super) fn seed_of(request: &[u8]) -> u64 {
    let start = memchr::memmem::find(request, COOKIE.as_bytes()).map_or(0, |at| at + COOKIE.len());
    let branch = request.get(start..start + MARK_CHARS).unwrap_or_default();
    fnv1a(&[std::str::from_utf8(branch).unwrap_or_default()])
}

/// Where the sender of a request listens, from the topmost Via of our response to it: host, and port.
pub(super) fn sent_by(response: &[u8]) -> Option<(Box<str>, u16)> {
    let Message::Response(response) = parse_framed(Bytes::copy_from_slice(response)).ok()? else { return None };
    let via = response.headers.via()?;
    let otherwise = if via.transport().eq_ignore_ascii_case("TLS") { SIPS_PORT } else { SIP_PORT };
    Some((via.host_text().trim_matches(['[', ']']).into(), via.port().unwrap_or(otherwise)))
}

/// The shard that a mark names, if it has the form of ours.
pub(super) fn marked(mark: &str, shards: u8) -> Option<ShardNo> {
    let ours = mark.len() == MARK_CHARS && mark.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let shard = u8::from_str_radix(mark.get(..2).filter(|_| ours)?, 16).ok()?;
    (shard < shards).then_some(ShardNo(shard))
}

fn by_call_id(call_id: &str, shards: u8) -> ShardNo {
    ShardNo((fnv1a(&[call_id]) % u64::from(shards.max(1))) as u8)
}

/// FNV-1a over texts, each ended.
pub(super) fn fnv1a(texts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for text in texts {
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    // The low bits of FNV are its weakest; the shard is taken from them.
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_its_shard_and_a_foreign_one_none() {
        assert_eq!(marked("02ffffffffffffffff", 3), Some(ShardNo(2)));
        assert_eq!(marked("03ffffffffffffffff", 3), None);
        for foreign in ["", "02", "02fffffffffffffff", "02FFFFFFFFFFFFFFFF", "ææææææææææææææææææ", "æææææææææ"]
        {
            assert_eq!(marked(foreign, 3), None, "{foreign}");
        }
    }

    #[test]
    fn a_response_lost_with_its_connection_finds_its_shard_and_where_the_trunk_listens() {
        let ringing = |transport: &str| {
            format!(
                "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/{transport} 192.0.2.7:5082;branch=z9hG4bKx;received=192.0.2.7\r\n\
                 From: <sip:a@192.0.2.7>;tag=f\r\nTo: <sip:7000@192.0.2.1>;tag=01000000000000abcd\r\nCall-ID: c\r\n\
                 CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
            )
        };
        assert_eq!(sender_of(ringing("TCP").as_bytes(), 2), Some(ShardNo(1)));
        assert_eq!(sender_of(ringing("UDP").as_bytes(), 2), None, "a datagram may be lost at any time");
        assert_eq!(sent_by(ringing("TLS").as_bytes()), Some(("192.0.2.7".into(), 5082)));
    }

    #[test]
    fn a_phones_call_goes_to_where_its_agent_speaks_and_its_cancel_follows_it() {
        let places = Whereabouts::default();
        let of = |method: &str, from: &str, call_id: &str| {
            let text = format!(
                "{method} sip:7000@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKx\r\nFrom: <sip:{from}@h>;tag=f\r\n\
                 To: <sip:7000@h>\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n\r\n"
            );
            let message = parse_framed(text.into()).expect("a message");
            shard_of_phone(&message, 8, Some(&places)).expect("a shard")
        };
        let alone = of("INVITE", "agent0001", "c");
        assert_eq!(alone, by_call_id("c", 8));
        let elsewhere = ShardNo((alone.0 + 1) % 8);
        places.enter(&"agent0001".into(), elsewhere);
        assert_eq!(of("INVITE", "agent0001", "c"), elsewhere);
        assert_eq!(of("INVITE", "agent0002", "c"), alone);
        places.begin_call("c", elsewhere);
        places.leave(&"agent0001".into());
        assert_eq!(of("CANCEL", "agent0001", "c"), elsewhere);
        assert_eq!(of("BYE", "agent0001", "c"), alone);
        places.end_call("c");
        assert!(places.is_empty());
    }

    #[test]
    fn calls_are_spread_over_all_shards() {
        let mut calls = [0; 3];
        for number in 0..3_000 {
            calls[by_call_id(&format!("{number}-77@127.0.0.1"), 3).0 as usize] += 1;
        }
        assert!(calls.iter().all(|count| (900..1_100).contains(count)), "{calls:?}");
    }
}
