//! What a citizen's trunk notices: ringing, answer, hang-up at each stage, and what is refused.
//! On virtual time; the trunk's messages are written by hand.

use std::time::Duration;

use bytes::Bytes;
use model::{Arrival, Caller, Cause, LegCommand, LegEnd, LegEvent, LegId};

use super::{Bench, SDP, from_citizen};

pub(super) fn arrive(bench: &mut Bench, more: &str) -> Arrival {
    bench.trunk(&from_citizen("INVITE", 1, "a", "", more, SDP));
    assert_eq!(bench.one().first_line(), "100 Trying");
    arrival(bench)
}

fn arrival(bench: &mut Bench) -> Arrival {
    match bench.events().pop() {
        Some(LegEvent::Arrived(arrival)) => arrival,
        other => panic!("{other:?}"),
    }
}

/// A citizen who is answered; returns the leg and our tag.
pub(super) fn talk(bench: &mut Bench, more: &str) -> (LegId, String) {
    let leg = arrive(bench, more).leg;
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let ok = bench.one();
    let tag = ok.response().headers.to_tag().expect("a tag").to_owned();
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
    (leg, tag)
}

#[test]
fn a_call_is_answered_and_the_citizen_hangs_up() {
    let mut bench = Bench::new();
    let arrival = arrive(&mut bench, "");
    assert_eq!(arrival.dialled.as_str(), "7000");
    assert_eq!(arrival.offer.as_deref(), Some(SDP.as_bytes()));
    let leg = arrival.leg;
    bench.command(LegCommand::Ring { leg });
    let ringing = bench.one();
    assert_eq!(ringing.first_line(), "180 Ringing");
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let ok = bench.one();
    assert_eq!((ok.first_line().as_str(), ok.response().body.as_ref()), ("200 OK", SDP.as_bytes()));
    assert_eq!(ok.response().headers.to_tag(), ringing.response().headers.to_tag());
    let tag = ok.response().headers.to_tag().expect("a tag").to_owned();
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    bench.trunk(&from_citizen("BYE", 2, "c", &tag, "", ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    assert_eq!(
        bench.events(),
        [LegEvent::Confirmed { leg, session: None }, LegEvent::Ended { leg, why: LegEnd::HungUp }]
    );
    bench.rest();
}

#[test]
fn we_hang_up_and_the_citizen_agrees() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, "");
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    assert_eq!(bye.first_line(), "BYE");
    assert_eq!(bye.request().uri.as_str(), "sip:20123456@127.0.0.2:5060");
    assert!(bye.header("Reason").contains("cause=16"));
    assert!(bench.events().is_empty());
    bench.trunk(&bye.answer("200 OK", "", "", ""));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn a_dead_citizen_holds_us_up_for_32_seconds_at_most() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, "");
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    bench.pass(Duration::from_secs(32));
    assert_eq!(bench.lines().len(), 11);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn a_citizen_gives_up_while_it_rings() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Ring { leg });
    bench.sent();
    bench.trunk(&from_citizen("CANCEL", 1, "a", "", "", ""));
    assert_eq!(bench.lines(), ["200 OK", "487 Request Terminated"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    bench.trunk(&from_citizen("CANCEL", 1, "a", "", "", ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.lines(), ["487 Request Terminated"]);
    bench.trunk(&from_citizen("ACK", 1, "a", "x", "", ""));
    bench.pass(Duration::from_secs(3));
    assert!(bench.lines().is_empty());
    bench.rest();
}

#[test]
fn a_cancel_that_crosses_the_answer_changes_nothing() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let tag = bench.one().response().headers.to_tag().expect("a tag").to_owned();
    bench.trunk(&from_citizen("CANCEL", 1, "a", "", "", ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    assert!(bench.events().is_empty());
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    bench.trunk(&from_citizen("BYE", 2, "c", &tag, "", ""));
    assert_eq!(
        bench.events(),
        [LegEvent::Confirmed { leg, session: None }, LegEvent::Ended { leg, why: LegEnd::HungUp }]
    );
    bench.sent();
    bench.rest();
}

#[test]
fn ringing_is_repeated_each_55_seconds_while_a_citizen_waits() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Ring { leg });
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.lines(), vec!["180 Ringing"; 11]);
    bench.trunk(&from_citizen("INVITE", 1, "a", "", "", SDP));
    assert_eq!(bench.lines(), ["180 Ringing"]);
    bench.command(LegCommand::Refuse { leg, cause: Cause::GaveUp });
    assert_eq!(bench.lines(), ["480 Temporarily Unavailable"]);
    assert!(bench.events().is_empty());
    bench.rest();
}

#[test]
fn an_answer_that_is_never_acknowledged_is_repeated_and_then_taken_back() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    bench.pass(Duration::from_secs(31));
    assert_eq!(bench.lines(), vec!["200 OK"; 10]);
    bench.pass(Duration::from_secs(1));
    assert!(bench.lines().contains(&"BYE".to_owned()));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::NeverConfirmed }]);
    bench.rest();
}

#[test]
fn we_hang_up_before_the_ack_and_the_bye_waits_for_it() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let tag = bench.one().response().headers.to_tag().expect("a tag").to_owned();
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    assert!(bench.sent().is_empty());
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    let bye = bench.one();
    bench.trunk(&bye.answer("200 OK", "", "", ""));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn both_hang_up_at_once() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    bench.trunk(&from_citizen("BYE", 2, "c", &tag, "", ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.trunk(&bye.answer("481 Gone", "", "", ""));
    assert!(bench.events().is_empty());
    bench.rest();
}

#[test]
fn numbers_that_are_none_never_reach_the_centre() {
    for (user, status) in
        [("7000%0d%0aX:1", "404"), ("7000%00", "404"), ("anna", "404"), ("70%2300", "404"), ("", "484")]
    {
        let mut bench = Bench::new();
        let at = if user.is_empty() { "" } else { "@" };
        let invite = from_citizen("INVITE", 1, "a", "", "", SDP).replacen(
            "sip:7000@127.0.0.1:5060",
            &format!("sip:{user}{at}127.0.0.1:5060"),
            1,
        );
        bench.trunk(&invite);
        assert!(bench.one().first_line().starts_with(status), "{user}");
        assert!(bench.events().is_empty());
        bench.rest();
    }
}

#[test]
fn a_body_that_is_no_session_is_refused() {
    let mut bench = Bench::new();
    bench.trunk(&from_citizen("INVITE", 1, "a", "", "Content-Type: text/plain\n", "hej"));
    let refusal = bench.one();
    assert_eq!(refusal.first_line(), "415 Unsupported Media Type");
    assert!(refusal.header("Accept").contains("application/sdp"));
    bench.rest();
}

#[test]
fn who_rings_and_by_which_numbers_is_read_in_the_order_of_trust() {
    let mut bench = Bench::new();
    let arrival = arrive(
        &mut bench,
        "P-Asserted-Identity: <sip:+4586123456@trunk>\nDiversion: <sip:89402222@x>;reason=unconditional, <sip:87654321@x>\n\
         History-Info: <sip:7000@x>;index=1.1, <sip:+4589401111@x>;index=1\nP-Called-Party-ID: <sip:7020@x>\n",
    );
    let numbers: Vec<&str> = arrival.reached_by.iter().map(model::Dialled::as_str).collect();
    assert_eq!(numbers, ["89401111", "7000", "87654321", "89402222", "7020", "7000"]);
    match arrival.caller {
        Caller::Number(number) => assert_eq!(number.reveal(), "86123456"),
        other @ (Caller::Withheld | Caller::Text(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_withheld_number_is_dropped_at_the_door() {
    for more in ["P-Asserted-Identity: <sip:+4586123456@trunk>\nPrivacy: id\n", "Privacy: user;critical\n"] {
        let mut bench = Bench::new();
        assert_eq!(arrive(&mut bench, more).caller, Caller::Withheld);
    }
    let mut bench = Bench::new();
    let invite = from_citizen("INVITE", 1, "a", "", "", SDP)
        .replace("sip:+4520123456@127.0.0.2", "sip:anonymous@anonymous.invalid");
    bench.trunk(&invite);
    assert_eq!(arrival(&mut bench).caller, Caller::Withheld);
}

#[test]
fn the_same_call_by_two_ways_is_taken_once() {
    let mut bench = Bench::new();
    arrive(&mut bench, "");
    bench.trunk(&from_citizen("INVITE", 1, "other-way", "", "", SDP));
    assert_eq!(bench.lines(), ["482 Loop Detected"]);
    assert!(bench.events().is_empty());
}

#[test]
fn what_belongs_to_no_dialog_is_answered_once_and_forgotten() {
    let mut bench = Bench::new();
    for method in ["BYE", "INFO", "UPDATE", "INVITE"] {
        bench.trunk(&from_citizen(method, 7, method, "00ffffffffffffffff", "", ""));
        assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"], "{method}");
    }
    bench.trunk(&from_citizen("ACK", 7, "ack", "00ffffffffffffffff", "", ""));
    bench.trunk(&from_citizen("CANCEL", 7, "nothing", "", "", ""));
    assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    bench.trunk(&from_citizen("SUBSCRIBE", 7, "s", "", "", ""));
    let refusal = bench.one();
    assert_eq!(refusal.first_line(), "405 Method Not Allowed");
    assert!(refusal.header("Allow").contains("INVITE"));
    assert_eq!(bench.stack.counts().transactions, 0);
}

#[test]
fn a_foreign_leg_can_not_hang_up_a_citizen() {
    let mut bench = Bench::new();
    let (_, tag) = talk(&mut bench, "");
    for text in [
        from_citizen("BYE", 2, "x", &tag, "", "").replace("tag=citizen", "tag=guessed"),
        from_citizen("BYE", 2, "y", &tag, "", "").replace("call-1@", "call-2@"),
    ] {
        bench.trunk(&text);
        assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    }
    assert!(bench.events().is_empty());
}

#[test]
fn keys_come_through_by_info() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    let relay = "Content-Type: application/dtmf-relay\n";
    bench.trunk(&from_citizen("INFO", 2, "i", &tag, relay, "Signal= 5\r\nDuration=160\r\n"));
    bench.trunk(&from_citizen("INFO", 3, "j", &tag, "Content-Type: application/dtmf\n", "#"));
    bench.trunk(&from_citizen("INFO", 3, "j", &tag, "Content-Type: application/dtmf\n", "#"));
    bench.trunk(&from_citizen("INFO", 2, "k", &tag, relay, "Signal=7\r\n"));
    assert_eq!(bench.lines(), ["200 OK", "200 OK", "200 OK", "500 Server Internal Error"]);
    assert_eq!(bench.events(), [LegEvent::Digit { leg, digit: '5' }, LegEvent::Digit { leg, digit: '#' }]);
}
