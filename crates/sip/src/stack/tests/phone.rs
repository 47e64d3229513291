//! What an agent's phone notices, and what we make of what it says.
//! On virtual time; the phone's messages are written by hand.

use std::time::Duration;

use bytes::Bytes;
use model::{Caller, Cause, LegCommand, LegEnd, LegEvent, Refusal};

use super::{Bench, SDP, Sent, shown, with_body};
use crate::stack::seam::Destination;

pub(super) const CONTACT: &str = "Contact: <sip:agent0001@127.0.0.3:26000>\n";

/// The phone's own request inside the dialog that our INVITE began.
pub(super) fn from_phone(invite: &Sent, method: &str, cseq: u32, branch: &str, more: &str, body: &str) -> String {
    with_body(
        &format!(
            "{method} sip:127.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.3:26000;branch=z9hG4bK{branch}\n\
             From: {};tag=phone\nTo: {}\nCall-ID: {}\nCSeq: {cseq} {method}\nMax-Forwards: 70\n{CONTACT}{more}",
            invite.header("To"),
            invite.header("From"),
            invite.header("Call-ID"),
        ),
        body,
    )
}

#[test]
fn an_agent_answers_and_hangs_up() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    assert_eq!(invite.request().uri.as_str(), "sip:agent0001@127.0.0.3:26000");
    assert!(matches!(&invite.to, Destination::Path(path) if path.peer == ([127, 0, 0, 3], 26_000).into()));
    let from = invite.request().headers.from().expect("From");
    assert_eq!(from.display(), "Aarhus: Pas og kørekort 20 12 34 56");
    assert_eq!(from.uri_text(), "sip:20123456@127.0.0.1:5060");
    assert!(invite.header("P-Asserted-Identity").contains("20123456"));
    bench.phone(&invite.answer("100 Trying", "", "", ""));
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP));
    let ack = bench.one();
    assert_eq!((ack.first_line().as_str(), ack.header("CSeq")), ("ACK", "1 ACK"));
    let session = Bytes::from_static(SDP.as_bytes());
    assert_eq!(bench.events(), [LegEvent::Ringing { leg, session: None }, LegEvent::Answered { leg, session }]);
    bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP));
    assert_eq!(bench.one().text, ack.text);
    bench.phone(&from_phone(&invite, "BYE", 1, "x", "", ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    bench.rest();
}

#[test]
fn each_refusal_is_understood_and_acknowledged() {
    for (status, why) in [
        ("486 Busy Here", Refusal::Busy),
        ("603 Decline", Refusal::Declined),
        ("480 Gone For Lunch", Refusal::Declined),
        ("401 Unauthorized", Refusal::Declined),
        ("407 Proxy Authentication Required", Refusal::Declined),
        ("302 Moved", Refusal::Declined),
        ("404 Not Found", Refusal::Unreachable),
        ("503 Service Unavailable", Refusal::Unreachable),
        ("488 Not Acceptable Here", Refusal::NotAcceptable),
        ("408 Request Timeout", Refusal::NoAnswer),
    ] {
        let mut bench = Bench::new();
        let leg = bench.call("agent0001", 1);
        let invite = bench.one();
        bench.phone(&invite.answer("180 Ringing", "phone", "", ""));
        let challenge = "WWW-Authenticate: Digest realm=\"trunk\", nonce=\"1\"\n";
        bench.phone(&invite.answer(status, "phone", challenge, ""));
        let ack = bench.one();
        assert_eq!(ack.first_line(), "ACK", "{status}");
        assert_eq!(ack.header("Via"), invite.header("Via"));
        assert!(ack.header("To").ends_with(";tag=phone"));
        assert_eq!(bench.events()[1..], [LegEvent::Refused { leg, why }], "{status}");
        bench.phone(&invite.answer(status, "phone", "", ""));
        assert_eq!(bench.lines(), ["ACK"]);
        bench.rest();
    }
}

#[test]
fn a_silent_phone_counts_as_unreachable_after_four_seconds() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    bench.pass(Duration::from_millis(3_999));
    assert_eq!(bench.lines(), vec!["INVITE"; 4]);
    assert!(bench.events().is_empty());
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::Unreachable }]);
    bench.rest();
    assert!(bench.lines().is_empty());
}

#[test]
fn a_phone_that_wakes_up_late_is_told_that_nobody_waits() {
    let mut bench = Bench::new();
    bench.call("agent0001", 1);
    bench.pass(Duration::from_secs(5));
    let invite = bench.sent().remove(0);
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    let cancel = bench.one();
    assert_eq!((cancel.first_line().as_str(), cancel.header("Via")), ("CANCEL", invite.header("Via")));
    bench.phone(&cancel.answer("200 OK", "phone", "", ""));
    bench.phone(&invite.answer("487 Request Terminated", "phone", "", ""));
    assert_eq!(bench.lines(), ["ACK"]);
    bench.rest();
}

#[test]
fn a_phone_that_rings_too_long_is_let_be() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    bench.pass(Duration::from_millis(200));
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    bench.events();
    bench.pass(Duration::from_millis(19_999));
    assert!(bench.events().is_empty());
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::NoAnswer }]);
    assert_eq!(bench.lines(), ["CANCEL"]);
    // The agent picked up at the same moment: told to go, and no second event.
    bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK", "BYE"]);
    assert!(bench.events().is_empty());
    bench.rest();
}

#[test]
fn the_citizen_goes_before_the_phone_has_said_anything() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    bench.command(LegCommand::HangUp { leg, cause: Cause::CallerGone });
    assert!(bench.sent().is_empty());
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    let cancel = bench.one();
    assert_eq!(cancel.first_line(), "CANCEL");
    bench.phone(&cancel.answer("200 OK", "phone", "", ""));
    assert!(bench.events().is_empty());
    bench.phone(&invite.answer("487 Request Terminated", "phone", "", ""));
    assert_eq!(bench.lines(), ["ACK"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn a_phone_that_never_answers_the_cancel_holds_us_up_for_32_seconds_at_most() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    bench.command(LegCommand::HangUp { leg, cause: Cause::CallerGone });
    let cancel = bench.one();
    bench.phone(&cancel.answer("200 OK", "phone", "", ""));
    bench.events();
    bench.pass(Duration::from_secs(32));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn the_answer_crosses_the_cancel() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    bench.command(LegCommand::HangUp { leg, cause: Cause::CallerGone });
    bench.sent();
    bench.events();
    bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK", "BYE"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn two_phones_behind_one_contact_answer_and_one_is_hung_up() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    bench.phone(&invite.answer("200 OK", "desk", CONTACT, SDP));
    bench.phone(&invite.answer("200 OK", "mobile", CONTACT, SDP));
    let sent = bench.sent();
    let lines: Vec<_> = sent.iter().map(Sent::first_line).collect();
    assert_eq!(lines, ["ACK", "ACK", "BYE"]);
    assert!(sent[2].header("To").ends_with(";tag=mobile"));
    assert_eq!(bench.events().len(), 1);
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    bench.phone(&bye.answer("200 OK", "", "", ""));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn an_agent_without_a_phone_is_unreachable_at_once() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0002", 1);
    let unknown = bench.call("nobody", 2);
    assert_eq!(
        bench.events(),
        [
            LegEvent::Refused { leg, why: Refusal::Unreachable },
            LegEvent::Refused { leg: unknown, why: Refusal::Unreachable }
        ]
    );
    bench.rest();
}

#[test]
fn a_phone_that_can_not_be_connected_to_is_unreachable_at_once() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0003", 1);
    let invite = bench.one();
    assert!(matches!(&invite.to, Destination::Target(target) if &*target.host == "127.0.0.3" && target.port == 26_000));
    let mut out = Vec::new();
    bench.stack.undelivered(&Bytes::from(invite.text), bench.now, &mut out);
    assert_eq!(out, [crate::stack::StackOut::Leg(LegEvent::Refused { leg, why: Refusal::Unreachable })]);
    bench.rest();
}

#[test]
fn a_withheld_number_is_nowhere_in_the_invite() {
    let mut bench = Bench::new();
    let leg = model::LegId::new(model::ShardNo(0), model::LegSide::Outbound, 1);
    bench.command(LegCommand::CallAgent {
        leg,
        agent: "agent0001".into(),
        shown: shown(Caller::Withheld),
        offer: Bytes::from_static(SDP.as_bytes()),
        ring_time_max: Duration::from_secs(20),
    });
    let invite = bench.one();
    assert_eq!(invite.request().headers.from().expect("From").uri_text(), "sip:anonymous@anonymous.invalid");
    assert_eq!((invite.header("Privacy"), invite.header("P-Asserted-Identity")), ("id", ""));
}

#[test]
fn a_phone_is_asked_to_answer_by_itself_only_where_a_talk_goes_on() {
    for goes_on in [false, true] {
        let mut bench = Bench::new();
        bench.command(LegCommand::CallAgent {
            leg: model::LegId::new(model::ShardNo(0), model::LegSide::Outbound, 1),
            agent: "agent0001".into(),
            shown: model::Presentation { goes_on, ..shown(Caller::Withheld) },
            offer: Bytes::from_static(SDP.as_bytes()),
            ring_time_max: Duration::from_secs(20),
        });
        let invite = bench.one();
        assert_eq!(invite.header("Call-Info").ends_with(">;answer-after=0"), goes_on);
        assert_eq!(invite.header("Alert-Info").ends_with(">;info=alert-autoanswer;delay=0"), goes_on);
    }
}

#[test]
fn a_callers_text_can_not_break_the_invite() {
    for text in ["Sami\\ ", "a\"b", "<img onerror=x>", "x\r\nX-Evil: 1", "\u{202e}abc", ""] {
        let mut bench = Bench::new();
        let leg = model::LegId::new(model::ShardNo(0), model::LegSide::Outbound, 1);
        bench.command(LegCommand::CallAgent {
            leg,
            agent: "agent0001".into(),
            shown: shown(Caller::Text(model::CallerText::new(text))),
            offer: Bytes::from_static(SDP.as_bytes()),
            ring_time_max: Duration::from_secs(20),
        });
        let invite = bench.one();
        assert!(invite.request().headers.from().is_some(), "{text}");
        assert_eq!(invite.header("X-Evil"), "");
    }
}
