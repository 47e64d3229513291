//! The door: what may go on to a shard, before any transaction exists (RFC 3261 §8.2, §8.2.7).
//!
//! Pure. A stranger (whose address is no trunk's) gets one answer at most and leaves nothing behind; a phone of an agent
//! is a stranger too, who may register and ring with a password, and speak inside dialogs that have a mark of ours.

use model::TrunkId;

use super::admission::{Kind, Sender};
use super::dealing::marked;
use super::keeping::UrgentNumbers;
use crate::message::{HeaderName, Method, Request, SUPPORTED, Scheme};

/// What happens to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Door {
    /// It goes on to its shard.
    Pass,
    /// It is asked who it is (401), without state.
    Challenge,
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
    /// Values of WWW-Authenticate, one a line (401).
    Challenges(Vec<String>),
}

/// Whether a request says who sends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// Nobody has an account here.
    Useless,
    /// No credentials that can be read.
    Missing,
    /// Credentials, right or wrong; a shard will judge them.
    Given,
}

impl Proof {
    fn door(self, without_accounts: Door) -> Door {
        match self {
            Self::Useless => without_accounts,
            Self::Missing => Door::Challenge,
            Self::Given => Door::Pass,
        }
    }
}

/// Decides on a request from `trunk`, or from a stranger, whose `proof` is only looked at where an account may do it.
pub fn at_the_door(request: &Request, trunk: Option<&TrunkId>, shards: u8, proof: impl FnOnce() -> Proof) -> Door {
    let outside = request.headers.to_tag().is_none();
    let in_dialog = request.headers.to_tag().is_some_and(|tag| marked(tag, shards).is_some());
    let known = trunk.is_some() || in_dialog;
    if request.method == Method::Ack {
        return if known { Door::Pass } else { Door::Drop };
    }
    // A CANCEL can't be challenged (RFC 3261 §22.1); it finds its INVITE, or nothing.
    if request.method == Method::Cancel && (known || outside) {
        return Door::Pass;
    }
    if let Some(answer) = general_refusal(request) {
        return Door::Answer(answer);
    }
    match &request.method {
        Method::Options if outside => Door::Answer(Answer { status: 200, extra: Extra::Abilities }),
        Method::Register if outside => proof().door(Door::Pass),
        _ if known => Door::Pass,
        _ if !outside => Door::Answer(plain(481)),
        Method::Ack | Method::Cancel | Method::Bye | Method::Update | Method::Info | Method::Prack => {
            Door::Answer(plain(481))
        }
        Method::Invite => proof().door(Door::Answer(plain(403))),
        Method::Options
        | Method::Register
        | Method::Subscribe
        | Method::Notify
        | Method::Refer
        | Method::Message
        | Method::Publish
        | Method::Other(_) => Door::Answer(plain(403)),
    }
}

/// What a request is to the buckets and the mailboxes, once the door has decided.
pub fn kind_of(request: &Request, door: &Door, sender: Sender<'_>, urgent: &UrgentNumbers) -> Kind {
    let is_urgent = || request.uri.user_unescaped().is_some_and(|dialled| urgent.has(&dialled));
    let inside = request.headers.to_tag().is_some();
    match (door, &request.method) {
        (Door::Pass, Method::Invite) if !inside && is_urgent() => Kind::Urgent,
        (Door::Pass, Method::Invite) if !inside => Kind::NewCall,
        (Door::Pass, Method::Register) if !inside => Kind::Proof,
        (Door::Pass, _) => Kind::InDialog,
        // The first try of a phone that is one of ours; anybody's would let a flood of them pass.
        (Door::Challenge, Method::Invite) if matches!(sender, Sender::Phones(_)) && is_urgent() => Kind::Urgent,
        (Door::Challenge | Door::Answer(_) | Door::Drop, _) => Kind::Other,
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
    use crate::net::Source;

    const OURS: &str = "00112233445566778f";
    const METHODS: [&str; 15] = [
        "REGISTER",
        "INVITE",
        "OPTIONS",
        "MESSAGE",
        "SUBSCRIBE",
        "NOTIFY",
        "PUBLISH",
        "REFER",
        "BYE",
        "UPDATE",
        "INFO",
        "PRACK",
        "DANCE",
        "CANCEL",
        "ACK",
    ];

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
            Door::Challenge => 401,
            Door::Answer(answer) => answer.status,
        }
    }

    fn stranger(method: &str, to_tag: &str) -> u16 {
        status(&at_the_door(&request(method, "sip:7000@h", to_tag, ""), None, 1, || Proof::Missing))
    }

    #[test]
    fn a_stranger_is_asked_who_it_is_where_an_agent_may_do_it_and_is_refused_else() {
        let asked: Vec<u16> = METHODS.iter().map(|method| stranger(method, "")).collect();
        assert_eq!(asked, [401, 401, 200, 403, 403, 403, 403, 403, 481, 481, 481, 481, 501, 0, 1]);
    }

    #[test]
    fn credentials_open_nothing_but_what_an_account_may_do() {
        let with =
            |method: &str| status(&at_the_door(&request(method, "sip:7000@h", "", ""), None, 1, || Proof::Given));
        let asked: Vec<u16> = METHODS.iter().map(|method| with(method)).collect();
        assert_eq!(asked, [0, 0, 200, 403, 403, 403, 403, 403, 481, 481, 481, 481, 501, 0, 1]);
    }

    #[test]
    fn where_nobody_has_an_account_nobody_is_asked() {
        let without =
            |method: &str| status(&at_the_door(&request(method, "sip:7000@h", "", ""), None, 1, || Proof::Useless));
        assert_eq!(["REGISTER", "INVITE"].map(without), [0, 403], "a shard says that it is no registrar");
    }

    #[test]
    fn talks_and_urgent_calls_are_told_from_the_rest() {
        let (urgent, operator) = (UrgentNumbers::with(["7000"]), TrunkId::new("operator"));
        let phones = Sender::Phones(Source::of([192, 0, 2, 7].into()));
        let stranger = Sender::Stranger(Source::of([192, 0, 2, 8].into()));
        let kind = |method: &str, uri: &str, tag: &str, sender: Sender<'_>, proof| {
            let request = request(method, uri, tag, "");
            kind_of(&request, &at_the_door(&request, sender.trunk(), 1, || proof), sender, &urgent)
        };
        let trunk = Sender::Trunk(&operator);
        let ours = format!(";tag={OURS}");
        assert_eq!(kind("INVITE", "sip:7000@h", "", trunk, Proof::Missing), Kind::Urgent);
        assert_eq!(kind("INVITE", "sip:112@h", "", trunk, Proof::Missing), Kind::Urgent);
        assert_eq!(kind("INVITE", "sip:7001@h", "", trunk, Proof::Missing), Kind::NewCall);
        assert_eq!(kind("INVITE", "sip:112@h", "", phones, Proof::Missing), Kind::Urgent);
        assert_eq!(kind("INVITE", "sip:112@h", "", stranger, Proof::Missing), Kind::Other);
        assert_eq!(kind("REGISTER", "sip:h", "", stranger, Proof::Given), Kind::Proof);
        assert_eq!(kind("REGISTER", "sip:h", "", phones, Proof::Missing), Kind::Other);
        for method in ["BYE", "INVITE", "ACK", "CANCEL"] {
            assert_eq!(kind(method, "sip:7001@h", &ours, stranger, Proof::Missing), Kind::InDialog, "{method}");
        }
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
        let door =
            |uri: &str, more: &str| at_the_door(&request("INVITE", uri, "", more), Some(&trunk), 1, || Proof::Missing);
        assert_eq!(door("sip:7000@h", ""), Door::Pass);
        assert_eq!(door("sip:7000@h", "Require: timer\r\n"), Door::Pass);
        assert_eq!(status(&door("sip:7000@h", "Max-Forwards: 0\r\n")), 483);
        assert_eq!(status(&door("mailto:a@b", "")), 416);
        let unknown = Door::Answer(Answer { status: 420, extra: Extra::Unsupported("nothing, else".into()) });
        assert_eq!(door("sip:7000@h", "Require: timer, nothing\r\nRequire: else\r\n"), unknown);
    }
}
