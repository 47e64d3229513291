//! The door: what may go on to a shard, before any transaction exists (RFC 3261 §8.2, §8.2.7).
//!
//! Pure. A stranger (whose address is no trunk's) gets one answer at most and leaves nothing behind; a phone of an agent
//! is a stranger too, who may register and speak inside dialogs that we began.

use model::TrunkId;

use super::dealing::marked;
use crate::message::{HeaderName, Method, Request, SUPPORTED, Scheme};

/// What happens to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Door {
    /// It goes on to its shard.
    Pass,
    /// It gets this one answer, without state.
    Answer(Answer),
    /// Nothing is said.
    Drop,
}

/// A stateless answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// What else must be said.
    pub extra: Extra,
}

/// Headers that belong to a status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Extra {
    /// None.
    Nothing,
    /// Allow, Accept and Supported: what we can do.
    Abilities,
    /// Allow alone (405, 501).
    Allow,
    /// The extensions that were required and that we don't know (420).
    Unsupported(Box<str>),
    /// Come again after so many seconds (503).
    RetryAfter(u8),
}

/// Decides on a request from `trunk`, or from a stranger.
pub fn at_the_door(request: &Request, trunk: Option<&TrunkId>, shards: u8) -> Door {
    let in_dialog = request.headers.to_tag().is_some_and(|tag| marked(tag, shards).is_some());
    let known = trunk.is_some() || in_dialog;
    if request.method == Method::Ack {
        return if known { Door::Pass } else { Door::Drop };
    }
    if request.method == Method::Cancel && known {
        return Door::Pass;
    }
    if let Some(answer) = general_refusal(request) {
        return Door::Answer(answer);
    }
    match &request.method {
        Method::Options if request.headers.to_tag().is_none() => {
            Door::Answer(Answer { status: 200, extra: Extra::Abilities })
        }
        // A CANCEL finds the INVITE of an agent's phone, or nothing; the password stood in the INVITE.
        Method::Register | Method::Cancel if request.headers.to_tag().is_none() => Door::Pass,
        Method::Invite
            if request.headers.to_tag().is_none() && request.headers.get(HeaderName::Authorization).is_some() =>
        {
            Door::Pass
        }
        _ if known => Door::Pass,
        _ if request.headers.to_tag().is_some() => Door::Answer(plain(481)),
        Method::Ack | Method::Cancel | Method::Bye | Method::Update | Method::Info | Method::Prack => {
            Door::Answer(plain(481))
        }
        Method::Invite
        | Method::Options
        | Method::Register
        | Method::Subscribe
        | Method::Notify
        | Method::Refer
        | Method::Message
        | Method::Publish
        | Method::Other(_) => Door::Answer(plain(403)),
    }
}

/// What is refused whoever asks, in the order of RFC 3261 §8.2: method, address, extensions.
fn general_refusal(request: &Request) -> Option<Answer> {
    if matches!(request.method, Method::Other(_)) {
        return Some(Answer { status: 501, extra: Extra::Allow });
    }
    if request.uri.scheme() == Scheme::Other {
        return Some(plain(416));
    }
    let unknown = unknown_extensions(request);
    if !unknown.is_empty() {
        return Some(Answer { status: 420, extra: Extra::Unsupported(unknown.into()) });
    }
    // We call on (to an agent), so we are a hop for new calls, though not for anything else (RFC 4475 §3.3.11).
    let new_call = request.method == Method::Invite && request.headers.to_tag().is_none();
    (new_call && request.headers.max_forwards() == 0).then(|| plain(483))
}

fn unknown_extensions(request: &Request) -> String {
    let known = |extension: &str| SUPPORTED.split(", ").any(|ours| ours.eq_ignore_ascii_case(extension));
    let unknown: Vec<&str> =
        request.headers.values(HeaderName::Require).filter(|extension| !known(extension)).collect();
    unknown.join(", ")
}

const fn plain(status: u16) -> Answer {
    Answer { status, extra: Extra::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Message, parse};

    const OURS: &str = "00112233445566778f";

    fn request(method: &str, uri: &str, to_tag: &str, more: &str) -> Request {
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.66;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n\
             To: <sip:c@d>{to_tag}\r\nCall-ID: x\r\nCSeq: 1 {method}\r\n{more}\r\n"
        );
        match parse(text.into()).expect("a message") {
            Message::Request(request) => request,
            Message::Response(_) => panic!("a request"),
        }
    }

    fn status(door: &Door) -> u16 {
        match door {
            Door::Pass => 0,
            Door::Drop => 1,
            Door::Answer(answer) => answer.status,
        }
    }

    fn stranger(method: &str, to_tag: &str) -> u16 {
        status(&at_the_door(&request(method, "sip:7000@h", to_tag, ""), None, 1))
    }

    #[test]
    fn a_stranger_may_register_and_ask_what_we_can_do_and_nothing_else() {
        let asked: Vec<u16> =
            ["REGISTER", "OPTIONS", "INVITE", "MESSAGE", "SUBSCRIBE", "REFER", "BYE", "CANCEL", "ACK", "DANCE"]
                .iter()
                .map(|method| stranger(method, ""))
                .collect();
        assert_eq!(asked, [0, 200, 403, 403, 403, 403, 481, 0, 1, 501]);
    }

    #[test]
    fn an_invented_tag_opens_nothing() {
        for method in ["INVITE", "REFER", "BYE", "OPTIONS", "REGISTER", "MESSAGE"] {
            assert_eq!(stranger(method, ";tag=abc"), 481, "{method}");
        }
        assert_eq!(stranger("ACK", ";tag=abc"), 1);
    }

    #[test]
    fn a_phone_speaks_inside_the_dialog_that_we_began() {
        for method in ["BYE", "INVITE", "ACK", "UPDATE", "INFO", "OPTIONS"] {
            assert_eq!(stranger(method, &format!(";tag={OURS}")), 0, "{method}");
        }
    }

    #[test]
    fn a_trunk_brings_calls_and_gets_reasons_for_what_we_cannot() {
        let trunk = TrunkId::new("operator");
        let door = |uri: &str, more: &str| at_the_door(&request("INVITE", uri, "", more), Some(&trunk), 1);
        assert_eq!(door("sip:7000@h", ""), Door::Pass);
        assert_eq!(door("sip:7000@h", "Require: timer\r\n"), Door::Pass);
        assert_eq!(status(&door("sip:7000@h", "Max-Forwards: 0\r\n")), 483);
        assert_eq!(status(&door("mailto:a@b", "")), 416);
        let unknown = Door::Answer(Answer { status: 420, extra: Extra::Unsupported("nothing, else".into()) });
        assert_eq!(door("sip:7000@h", "Require: timer, nothing\r\nRequire: else\r\n"), unknown);
    }
}
