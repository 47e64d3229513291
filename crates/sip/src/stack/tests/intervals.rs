//! How long a session may live without a sign of life, where the peers differ about it or say nothing (RFC 4028).
//! On virtual time; the messages are written by hand.

use std::time::Duration;

use bytes::Bytes;
use model::{LegCommand, LegEnd, LegEvent};

use super::citizen::talk;
use super::phone::CONTACT;
use super::{Bench, SDP, Sent, from_citizen, outward};

/// The interval that we offer.
const EXPIRES_S: u64 = 90;

#[test]
fn a_phone_that_finds_our_session_too_short_is_called_once_more_with_its_own() {
    let mut bench = Bench::with(|settings| settings.session_expires = Duration::from_secs(EXPIRES_S));
    let leg = bench.call("agent0001", 1);
    let first = bench.one();
    bench.phone(&first.answer("422 Session Interval Too Small", "x", "Min-SE: 300\n", ""));
    let sent = bench.sent();
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    let second = &sent[1];
    assert_eq!((second.header("Session-Expires"), second.header("Min-SE")), ("300", "300"));
    assert_eq!((second.header("CSeq"), second.header("Call-ID")), ("2 INVITE", first.header("Call-ID")));
    assert_eq!((second.header("From"), second.header("To")), (first.header("From"), first.header("To")));
    assert!(bench.events().is_empty());
    bench.phone(&second.answer("422 Session Interval Too Small", "x", "Min-SE: 400\n", ""));
    assert_eq!(bench.lines(), ["ACK"]);
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: model::Refusal::Declined }]);
    bench.rest();
}

#[test]
fn a_trunk_that_finds_our_session_too_short_is_called_once_more_with_its_own() {
    let mut bench = outward::bench(|_| {});
    let (_, first) = outward::invite(&mut bench);
    outward::first(&mut bench, &first.answer("422 Session Interval Too Small", "t", "Min-SE: 3600\n", ""));
    let sent = bench.sent();
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    let second = &sent[1];
    assert_eq!((second.header("Session-Expires"), second.header("Min-SE")), ("3600", "3600"));
    assert_eq!(second.request().uri.as_str(), first.request().uri.as_str());
    let channels = bench.stack.ground.settings.trunks.listing()[1].channels_out;
    assert_eq!(channels, 1, "both are one call");
    outward::first(&mut bench, &second.answer("200 OK", "t", outward::CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK"]);
    assert!(matches!(bench.events()[..], [LegEvent::Answered { .. }]));
}

#[test]
fn a_trunk_that_finds_even_its_own_session_too_short_is_not_asked_a_third_time() {
    let mut bench = outward::bench(|_| {});
    let (leg, first) = outward::invite(&mut bench);
    outward::first(&mut bench, &first.answer("422 Session Interval Too Small", "t", "Min-SE: 3600\n", ""));
    let second = bench.sent().pop().expect("the second INVITE");
    outward::first(&mut bench, &second.answer("422 Session Interval Too Small", "t", "Min-SE: 7200\n", ""));
    assert_eq!(bench.lines(), ["ACK"]);
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: model::Refusal::Declined }]);
    bench.rest();
}

#[test]
fn a_phone_that_asks_for_nonsense_as_its_shortest_session_is_not_called_again() {
    for least in ["", "Min-SE: 90\n", "Min-SE: 86401\n", "Min-SE: x\n"] {
        let mut bench = Bench::new();
        bench.call("agent0001", 1);
        let invite = bench.one();
        bench.phone(&invite.answer("422 Session Interval Too Small", "x", least, ""));
        assert_eq!(bench.lines(), ["ACK"], "{least}");
        bench.rest();
    }
}

#[test]
fn a_refresh_that_falls_due_while_the_citizens_offer_is_open_waits_for_its_end() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "Supported: timer\nSession-Expires: 100;refresher=uas\n");
    bench.pass(Duration::from_millis(49_900));
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", SDP));
    assert_eq!(bench.lines(), ["100 Trying"]);
    bench.pass(Duration::from_millis(200));
    assert!(bench.sent().is_empty());
    bench.command(LegCommand::AcceptSession { leg, session: Bytes::from_static(SDP.as_bytes()) });
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.trunk(&from_citizen("ACK", 2, "s", &tag, "", ""));
    bench.pass(Duration::from_secs(100));
    assert!(bench.lines().contains(&"INVITE".to_owned()), "it is sent when its time has come again");
}

#[test]
fn a_phone_without_timers_is_asked_only_in_ways_that_it_says_it_knows() {
    for (allow, method) in [
        ("Allow: INVITE, ACK, BYE, UPDATE, OPTIONS\n", "UPDATE"),
        ("Allow: INVITE, ACK, BYE, OPTIONS\n", "OPTIONS"),
        ("Allow: INVITE, ACK, BYE\n", ""),
        ("", ""),
    ] {
        let mut bench = Bench::new();
        let leg = bench.call("agent0001", 1);
        let invite = bench.one();
        bench.phone(&invite.answer("200 OK", "phone", &format!("{CONTACT}{allow}"), SDP));
        bench.sent();
        bench.events();
        for _ in 0..3 {
            bench.pass(Duration::from_secs(300));
            let sent = bench.sent();
            assert_eq!(sent.iter().map(Sent::first_line).collect::<String>(), method, "{allow}");
            if let Some(asked) = sent.first() {
                bench.phone(&asked.answer("200 OK", "", "", ""));
            }
        }
        assert!(bench.events().is_empty());
        if !method.is_empty() {
            bench.pass(Duration::from_secs(332));
            assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::Lost }], "nobody is there any more");
            bench.rest();
        }
    }
}

#[test]
fn a_refresh_that_is_only_ever_called_trying_leaves_nothing_behind() {
    for hangs_up in [true, false] {
        let mut bench = Bench::new();
        let (leg, tag) = talk(&mut bench, "Supported: timer\nSession-Expires: 1800;refresher=uas\n");
        bench.pass(Duration::from_secs(900));
        let invite = bench.one();
        bench.trunk(&invite.answer("100 Trying", "", "", ""));
        let why = if hangs_up {
            bench.trunk(&from_citizen("BYE", 2, "c", &tag, "", ""));
            LegEnd::HungUp
        } else {
            bench.pass(Duration::from_secs(32));
            LegEnd::Lost
        };
        assert_eq!(bench.events(), [LegEvent::Ended { leg, why }]);
        bench.sent();
        bench.rest();
    }
}
