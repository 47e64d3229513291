//! Changes of a session that stands, and what keeps it alive: re-INVITE, UPDATE, session timers, glare.
//! On virtual time; the messages are written by hand.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent};

use super::citizen::talk;
use super::{Bench, SDP, from_citizen};

const HOLD: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.2\r\ns=-\r\nt=0 0\r\n";
const TIMER: &str = "Supported: timer\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\n";

fn session() -> Bytes {
    Bytes::from_static(SDP.as_bytes())
}

#[test]
fn a_citizen_holds_and_comes_back() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", HOLD));
    assert_eq!(bench.lines(), ["100 Trying"]);
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: Some(Bytes::from_static(HOLD.as_bytes())) }]);
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    let ok = bench.one();
    assert_eq!((ok.first_line().as_str(), ok.response().body.as_ref()), ("200 OK", SDP.as_bytes()));
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.trunk(&from_citizen("ACK", 2, "s", &tag, "", ""));
    bench.pass(Duration::from_secs(60));
    assert!(bench.lines().is_empty());
    bench.trunk(&from_citizen("UPDATE", 3, "u", &tag, "", SDP));
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: Some(session()) }]);
    bench.command(LegCommand::RejectSession { leg });
    assert_eq!(bench.lines(), ["488 Not Acceptable Here"]);
    bench.trunk(&from_citizen("BYE", 4, "v", &tag, "", ""));
    bench.sent();
    bench.rest();
}

#[test]
fn a_trunk_that_leaves_the_offer_to_us_answers_in_its_ack() {
    let mut bench = Bench::new();
    bench.trunk(&from_citizen("INVITE", 1, "a", "", "", ""));
    let leg = match bench.events().pop() {
        Some(LegEvent::Arrived(arrival)) => {
            assert_eq!(arrival.offer, None);
            arrival.leg
        }
        other => panic!("{other:?}"),
    };
    bench.sent();
    bench.command(LegCommand::Answer { leg, session: session() });
    let tag = bench.one().response().headers.to_tag().expect("a tag").to_owned();
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", HOLD));
    let answer = Bytes::from_static(HOLD.as_bytes());
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: Some(answer.clone()) }]);
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", ""));
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: None }]);
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    bench.trunk(&from_citizen("ACK", 2, "s", &tag, "", HOLD));
    bench.trunk(&from_citizen("ACK", 2, "s", &tag, "", HOLD));
    assert_eq!(bench.events(), [LegEvent::SessionAnswered { leg, session: answer }]);
}

#[test]
fn a_second_offer_while_one_is_open_waits() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", HOLD));
    bench.sent();
    bench.trunk(&from_citizen("INVITE", 3, "s", &tag, "", SDP));
    let refusal = bench.one();
    assert_eq!(refusal.first_line(), "500 Server Internal Error");
    assert!(refusal.header("Retry-After").parse::<u32>().is_ok_and(|seconds| seconds <= 10));
    bench.events();
    bench.trunk(&from_citizen("CANCEL", 2, "r", "", "", ""));
    assert_eq!(bench.lines(), ["200 OK", "487 Request Terminated"]);
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    assert!(bench.sent().is_empty());
}

#[test]
fn an_offer_that_nobody_decides_about_is_refused_after_ten_seconds() {
    let mut bench = Bench::new();
    let (_, tag) = talk(&mut bench, "");
    bench.trunk(&from_citizen("UPDATE", 2, "u", &tag, "", HOLD));
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.lines(), ["500 Server Internal Error"]);
}

#[test]
fn an_offer_before_the_ack_is_put_off() {
    let mut bench = Bench::new();
    let leg = super::citizen::arrive(&mut bench, "").leg;
    bench.command(LegCommand::Answer { leg, session: session() });
    let tag = bench.one().response().headers.to_tag().expect("a tag").to_owned();
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", HOLD));
    assert_eq!(bench.lines(), ["491 Request Pending"]);
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
}

#[test]
fn a_citizen_hangs_up_in_the_middle_of_an_offer() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", HOLD));
    bench.sent();
    bench.trunk(&from_citizen("BYE", 3, "v", &tag, "", ""));
    assert_eq!(bench.lines(), ["200 OK", "487 Request Terminated"]);
    assert_eq!(bench.events().last(), Some(&LegEvent::Ended { leg, why: LegEnd::HungUp }));
    bench.trunk(&from_citizen("ACK", 2, "r", &tag, "", ""));
    bench.rest();
}

#[test]
fn a_two_hundred_to_a_reinvite_that_is_never_acknowledged_ends_the_call() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", HOLD));
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    bench.events();
    bench.pass(Duration::from_secs(32));
    assert!(bench.lines().contains(&"BYE".to_owned()));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::Lost }]);
    bench.rest();
}

#[test]
fn a_trunk_without_a_sign_of_life_is_let_go_in_time() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, &format!("{TIMER}Session-Expires: 90;refresher=uac\n"));
    bench.pass(Duration::from_millis(59_999));
    assert!(bench.events().is_empty());
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.lines(), ["BYE"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::Lost }]);
    bench.rest();
}

#[test]
fn a_trunk_that_refreshes_talks_for_ten_minutes() {
    let mut bench = Bench::new();
    let expires = format!("{TIMER}Session-Expires: 90;refresher=uac\n");
    let (leg, tag) = talk(&mut bench, &expires);
    for round in 0..13 {
        bench.pass(Duration::from_secs(45));
        bench.trunk(&from_citizen("UPDATE", 2 + round, &format!("u{round}"), &tag, &expires, ""));
        let ok = bench.one();
        assert_eq!((ok.first_line().as_str(), ok.header("Session-Expires")), ("200 OK", "90;refresher=uac"));
    }
    assert!(bench.events().is_empty());
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    bench.trunk(&bye.answer("200 OK", "", "", ""));
    bench.rest();
}

#[test]
fn too_short_a_session_is_refused() {
    let mut bench = Bench::new();
    bench.trunk(&from_citizen("INVITE", 1, "a", "", &format!("{TIMER}Session-Expires: 89\n"), SDP));
    let refusal = bench.one();
    assert_eq!((refusal.first_line().as_str(), refusal.header("Min-SE")), ("422 Session Interval Too Small", "90"));
    bench.rest();
}

#[test]
fn we_refresh_by_update_and_notice_when_the_citizen_is_gone() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, &format!("{TIMER}Session-Expires: 100;refresher=uas\n"));
    bench.pass(Duration::from_secs(50));
    let update = bench.one();
    assert_eq!((update.first_line().as_str(), update.header("Session-Expires")), ("UPDATE", "100;refresher=uac"));
    bench.trunk(&update.answer("200 OK", "", "Session-Expires: 100;refresher=uac\n", ""));
    bench.pass(Duration::from_secs(50));
    let update = bench.one();
    bench.trunk(&update.answer("481 No Such Call", "", "", ""));
    assert_eq!(bench.lines(), ["BYE"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::Lost }]);
    bench.rest();
}

#[test]
fn we_refresh_by_reinvite_where_update_is_not_known() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "Supported: timer\nSession-Expires: 100;refresher=uas\n");
    bench.pass(Duration::from_secs(50));
    let invite = bench.one();
    assert_eq!((invite.first_line().as_str(), invite.request().body.as_ref()), ("INVITE", SDP.as_bytes()));
    // The citizen's own offer crosses ours.
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", HOLD));
    assert_eq!(bench.lines(), ["491 Request Pending"]);
    bench.trunk(&from_citizen("ACK", 2, "r", &tag, "", ""));
    bench.trunk(&invite.answer("491 Request Pending", "", "", ""));
    assert_eq!(bench.lines(), ["ACK"]);
    bench.pass(Duration::from_secs(2));
    let again = bench.sent().remove(0);
    assert_eq!(again.header("CSeq"), "2 INVITE");
    bench.trunk(&again.answer(
        "200 OK",
        "",
        "Contact: <sip:20123456@127.0.0.2:5070>\nSession-Expires: 100;refresher=uac\n",
        SDP,
    ));
    let ack = bench.one();
    assert_eq!((ack.first_line().as_str(), ack.request().uri.port()), ("ACK", Some(5070)));
    bench.trunk(&again.answer("200 OK", "", "Contact: <sip:20123456@127.0.0.2:5070>\n", SDP));
    assert_eq!(bench.one().text, ack.text);
    assert_eq!(bench.events(), [LegEvent::SessionAnswered { leg, session: session() }]);
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    assert_eq!(bye.request().uri.port(), Some(5070));
    bench.trunk(&bye.answer("200 OK", "", "", ""));
    bench.rest();
}

#[test]
fn a_citizen_who_never_answers_a_refresh_is_let_go() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, &format!("{TIMER}Session-Expires: 1800;refresher=uas\n"));
    bench.pass(Duration::from_secs(932));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::Lost }]);
    bench.rest();
}

#[test]
fn a_phone_that_refuses_a_refresh_is_alive_all_the_same() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, &format!("{TIMER}Session-Expires: 100;refresher=uas\n"));
    for status in ["401 Unauthorized", "500 No", "488 No"] {
        bench.pass(Duration::from_secs(50));
        let update = bench.one();
        bench.trunk(&update.answer(status, "", "", ""));
    }
    bench.pass(Duration::from_secs(50));
    let update = bench.one();
    bench.trunk(&update.answer("405 No UPDATE Here", "", "", ""));
    bench.pass(Duration::ZERO);
    assert_eq!(bench.lines(), ["INVITE"]);
    assert!(bench.events().is_empty());
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    bench.pass(Duration::from_secs(32));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
}

#[test]
fn requests_go_by_the_route_that_the_proxies_asked_for() {
    let mut bench = Bench::new();
    let routes = "Record-Route: <sip:127.0.0.9:5090;lr>, <sip:127.0.0.2:5080;lr>\n";
    let (leg, _) = talk(&mut bench, routes);
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    assert_eq!(bye.header("Route"), "<sip:127.0.0.9:5090;lr>, <sip:127.0.0.2:5080;lr>");
    assert_eq!(bye.to, crate::stack::Destination::Path(super::udp([127, 0, 0, 9], 5090)));
    assert_eq!(bye.request().uri.as_str(), "sip:20123456@127.0.0.2:5060");
    bench.trunk(&bye.answer("200 OK", "", "", ""));
    bench.rest();
}

#[test]
fn a_strict_router_gets_its_own_address() {
    let mut bench = Bench::new();
    let (leg, _) = talk(&mut bench, "Record-Route: <sip:127.0.0.9:5090>, <sip:127.0.0.2:5080;lr>\n");
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    assert_eq!(bye.request().uri.as_str(), "sip:127.0.0.9:5090");
    assert_eq!(bye.header("Route"), "<sip:127.0.0.2:5080;lr>, <sip:20123456@127.0.0.2:5060>");
}
