//! Who knows a call's tags but speaks from somewhere else changes nothing; who only moved is known all the same.
//! On virtual time; the messages are written by hand.

use bytes::Bytes;
use model::{LegCommand, LegEnd, LegEvent, TrunkId};

use super::citizen::{arrive, talk};
use super::phone::{CONTACT, from_phone};
use super::{Bench, SDP, Sent, from_citizen, udp};
use crate::stack::seam::{Destination, Path, StackOut, Transport};

const ELSEWHERE: [u8; 4] = [127, 0, 0, 66];

fn trunk() -> TrunkId {
    TrunkId::new("trunk")
}

#[test]
fn a_stranger_who_knows_the_tags_neither_hangs_up_nor_changes_a_call() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    for (number, method) in ["BYE", "INVITE", "UPDATE", "INFO", "OPTIONS", "REFER", "PRACK"].into_iter().enumerate() {
        let body = if method == "INVITE" { SDP } else { "" };
        let text = from_citizen(method, 50, &format!("x{number}"), &tag, "", body);
        for trunk in [None, Some(TrunkId::new("another"))] {
            bench.receive(&text, udp(ELSEWHERE, 5060), trunk);
            assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"], "{method}");
        }
    }
    assert!(bench.events().is_empty());
    bench.trunk(&from_citizen("BYE", 2, "c", &tag, "", ""));
    assert_eq!(bench.lines(), ["200 OK"], "the stranger's CSeq was not believed either");
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    bench.rest();
}

#[test]
fn a_stranger_neither_confirms_nor_takes_back_a_call() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.receive(&from_citizen("CANCEL", 1, "a", "", "", ""), udp(ELSEWHERE, 5060), None);
    assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let tag = bench.one().response().headers.to_tag().expect("a tag").to_owned();
    bench.receive(&from_citizen("ACK", 1, "b", &tag, "", ""), udp(ELSEWHERE, 5060), None);
    assert!(bench.events().is_empty());
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
}

#[test]
fn a_trunk_may_speak_from_any_of_its_addresses_and_a_peer_from_those_that_it_named() {
    for (path, trunk, more) in [
        (udp(ELSEWHERE, 5060), Some(trunk()), ""),
        (udp([127, 0, 0, 2], 1_024), None, ""),
        (udp(ELSEWHERE, 5060), None, "Record-Route: <sip:127.0.0.2:5080;lr>, <sip:127.0.0.66;lr>\n"),
    ] {
        let mut bench = Bench::new();
        let (leg, tag) = talk(&mut bench, more);
        bench.receive(&from_citizen("BYE", 2, "c", &tag, "", ""), path, trunk);
        assert_eq!(bench.lines(), ["200 OK"]);
        assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    }
}

#[test]
fn an_agents_phone_that_answers_from_another_address_than_it_was_called_at_is_known_by_that() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    let answer = invite.answer("200 OK", "phone", CONTACT, SDP);
    bench.receive(&answer, udp(ELSEWHERE, 7_000), None);
    bench.sent();
    bench.events();
    bench.receive(&from_phone(&invite, "BYE", 1, "y", "", ""), udp([127, 0, 0, 67], 7_000), None);
    assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    bench.receive(&from_phone(&invite, "BYE", 1, "z", "", ""), udp(ELSEWHERE, 9_999), None);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    bench.sent();
    bench.rest();
}

fn tcp(connection: u64) -> Path {
    Path { transport: Transport::Tcp, listener: 1, connection, peer: ([127, 0, 0, 2], 40_000).into() }
}

#[test]
fn who_comes_back_on_another_connection_is_spoken_to_there() {
    let mut bench = Bench::new();
    bench.receive(&from_citizen("INVITE", 1, "a", "", "", SDP), tcp(1), Some(trunk()));
    let leg = match bench.events().pop() {
        Some(LegEvent::Arrived(arrival)) => arrival.leg,
        other => panic!("{other:?}"),
    };
    bench.sent();
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let ok = bench.one();
    let tag = ok.response().headers.to_tag().expect("a tag").to_owned();
    bench.receive(&from_citizen("ACK", 1, "b", &tag, "", ""), tcp(1), Some(trunk()));
    bench.receive(&from_citizen("OPTIONS", 2, "o", &tag, "", ""), tcp(2), Some(trunk()));
    assert_eq!(bench.one().to, Destination::Path(tcp(2)));
    bench.command(LegCommand::HangUp { leg, cause: model::Cause::Normal });
    assert_eq!(bench.one().to, Destination::Path(tcp(2)));
}

#[test]
fn an_answer_that_can_not_be_delivered_twice_sets_the_agent_free_at_once() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Answer { leg, session: Bytes::from_static(SDP.as_bytes()) });
    let ok = Bytes::from(bench.one().text);
    let mut out = Vec::new();
    bench.stack.undelivered(&ok, bench.now, &mut out);
    assert!(out.is_empty(), "the next may find a connection: {out:?}");
    bench.stack.undelivered(&ok, bench.now, &mut out);
    assert!(out.contains(&StackOut::Leg(LegEvent::Ended { leg, why: LegEnd::NeverConfirmed })), "{out:?}");
    bench.rest();
}

#[test]
fn a_citizens_transfer_is_declined_and_subscriptions_are_refused() {
    let mut bench = Bench::new();
    let (_, tag) = talk(&mut bench, "");
    for (cseq, method, status) in [
        (2, "REFER", "603 Decline"),
        (3, "SUBSCRIBE", "489 Bad Event"),
        (4, "NOTIFY", "481 Call/Transaction Does Not Exist"),
        (5, "MESSAGE", "405 Method Not Allowed"),
        (6, "PUBLISH", "405 Method Not Allowed"),
        (7, "DANCE", "501 Not Implemented"),
        (8, "OPTIONS", "200 OK"),
    ] {
        let more = "Refer-To: <sip:+4500000000@198.51.100.1>\n";
        bench.trunk(&from_citizen(method, cseq, &format!("m{cseq}"), &tag, more, ""));
        let answer = bench.one();
        assert_eq!(answer.first_line(), status, "{method}");
        let says_what_we_can = matches!(status.get(..3), Some("405" | "501" | "200"));
        assert_eq!(answer.header("Allow").is_empty(), !says_what_we_can, "{method}");
    }
    assert!(bench.events().is_empty());
}

#[test]
fn whose_session_is_refused_is_told_in_which_way() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Refuse { leg, cause: model::Cause::NotAcceptable });
    let refusal = bench.one();
    assert_eq!(refusal.first_line(), "488 Not Acceptable Here");
    assert_eq!(refusal.header("Warning"), "305 127.0.0.1:5060 \"Incompatible media format\"");
}

#[test]
fn a_cancel_whose_via_differs_from_its_invites_is_understood() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Ring { leg });
    bench.sent();
    bench.trunk(&from_citizen("CANCEL", 1, "another", "", "", ""));
    let sent = bench.sent();
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["200 OK", "487 Request Terminated"]);
    assert!(sent[0].header("Via").contains("z9hG4bKanother") && sent[1].header("Via").contains("z9hG4bKa;"));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::HungUp }]);
    bench.trunk(&from_citizen("ACK", 1, "a", "x", "", ""));
    bench.rest();
}
