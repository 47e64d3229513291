//! The moments in which both sides decide at once: CANCEL and 200, several answers to one call, acknowledgements that are lost or late
//! (faults 26 to 29). On virtual time, by every way that SIP travels.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId, TrunkId};

use super::citizen::{arrive, talk};
use super::phone::CONTACT;
use super::{Bench, SDP, Sent, from_citizen};
use crate::stack::seam::{Path, Transport};
use crate::stack::settings::OurAddress;

const TRANSPORTS: [Transport; 5] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];
/// How long after (or before) the CANCEL the 200 comes, in ms.
const OFFSETS_MS: std::ops::RangeInclusive<i64> = -10..=10;
const STEP_MS: i64 = 5;

fn bench() -> Bench {
    Bench::with(|settings| {
        settings.addresses = TRANSPORTS
            .iter()
            .map(|transport| OurAddress { transport: *transport, sent_by: "127.0.0.1:5060".into() })
            .collect();
    })
}

/// The trunk's path by that transport.
fn by(transport: Transport) -> Path {
    let listener = TRANSPORTS.iter().position(|one| *one == transport).unwrap_or(0) as u16;
    let connection = u64::from(transport.reliable());
    Path { transport, listener, connection, peer: ([127, 0, 0, 2], 5060).into() }
}

fn says(bench: &mut Bench, text: &str, transport: Transport) {
    let text = text.replace("SIP/2.0/UDP", &format!("SIP/2.0/{}", transport.name()));
    bench.receive(&text, by(transport), Some(TrunkId::new("trunk")));
}

fn tag_of(sent: &Sent) -> String {
    sent.response().headers.to_tag().expect("a tag").to_owned()
}

fn session() -> Bytes {
    Bytes::from_static(SDP.as_bytes())
}

/// First comes what is due at the smaller moment.
fn in_order(bench: &mut Bench, offset: i64, cancel: impl FnOnce(&mut Bench), answer: impl FnOnce(&mut Bench)) {
    let gap = Duration::from_millis((offset * STEP_MS).unsigned_abs());
    if offset < 0 {
        answer(bench);
        bench.pass(gap);
        cancel(bench);
    } else {
        cancel(bench);
        bench.pass(gap);
        answer(bench);
    }
}

fn ends(bench: &mut Bench) -> Vec<LegEvent> {
    bench
        .events()
        .into_iter()
        .filter(|event| matches!(event, LegEvent::Ended { .. } | LegEvent::Refused { .. }))
        .collect()
}

#[test]
fn a_citizen_who_cancels_around_our_answer_ends_once_by_every_transport() {
    for transport in TRANSPORTS {
        for offset in OFFSETS_MS {
            let mut bench = bench();
            says(&mut bench, &from_citizen("INVITE", 1, "a", "", "", SDP), transport);
            let Some(LegEvent::Arrived(arrival)) = bench.events().pop() else { panic!("no call") };
            let leg = arrival.leg;
            bench.sent();
            in_order(
                &mut bench,
                offset,
                |bench| says(bench, &from_citizen("CANCEL", 1, "a", "", "", ""), transport),
                |bench| bench.command(LegCommand::Answer { leg, session: session() }),
            );
            let sent = bench.sent();
            let answered = sent.iter().find(|sent| sent.first_line() == "200 OK" && sent.header("CSeq") == "1 INVITE");
            assert_eq!(answered.is_some(), offset < 0, "{transport:?} {offset}");
            if let Some(ok) = answered {
                // The CANCEL came too late: its sender acknowledges and hangs up.
                says(&mut bench, &from_citizen("ACK", 1, "b", &tag_of(ok), "", ""), transport);
                says(&mut bench, &from_citizen("BYE", 2, "c", &tag_of(ok), "", ""), transport);
            } else {
                assert!(sent.iter().any(|sent| sent.first_line() == "487 Request Terminated"));
                says(&mut bench, &from_citizen("ACK", 1, "a", "x", "", ""), transport);
            }
            let over = [LegEvent::Ended { leg, why: LegEnd::HungUp }];
            assert_eq!(ends(&mut bench), over, "{transport:?} {offset}");
            bench.sent();
            bench.rest();
        }
    }
}

/// An agent's phone at a fixed address, or on a connection.
const PHONES: [&str; 2] = ["agent0001", "agent0003"];

/// The phone rings.
fn ringing(bench: &mut Bench, agent: &str) -> (LegId, Sent) {
    let leg = bench.call(agent, 1);
    let invite = bench.one();
    bench.phone(&invite.answer("180 Ringing", "phone", CONTACT, ""));
    bench.events();
    (leg, invite)
}

#[test]
fn an_agent_who_answers_around_our_cancel_is_hung_up_and_free() {
    for agent in PHONES {
        for offset in OFFSETS_MS {
            let mut bench = Bench::new();
            let (leg, invite) = ringing(&mut bench, agent);
            in_order(
                &mut bench,
                offset,
                |bench| bench.command(LegCommand::HangUp { leg, cause: Cause::CallerGone }),
                |bench| bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP)),
            );
            let sent = bench.sent();
            let lines: Vec<String> = sent.iter().map(Sent::first_line).collect();
            assert!(
                lines.contains(&"ACK".to_owned()) && lines.contains(&"BYE".to_owned()),
                "{agent} {offset}: {lines:?}"
            );
            assert_eq!(lines.contains(&"CANCEL".to_owned()), offset >= 0, "{agent} {offset}");
            for request in sent.iter().filter(|sent| matches!(sent.first_line().as_str(), "BYE" | "CANCEL")) {
                bench.phone(&request.answer("200 OK", "phone", "", ""));
            }
            assert_eq!(ends(&mut bench), [LegEvent::Ended { leg, why: LegEnd::LetGo }], "{agent} {offset}");
            bench.rest();
        }
    }
}

#[test]
fn a_phone_that_agrees_to_stop_ringing_but_never_says_so_is_free_in_32_seconds() {
    for agent in PHONES {
        let mut bench = Bench::new();
        let (leg, _) = ringing(&mut bench, agent);
        bench.command(LegCommand::HangUp { leg, cause: Cause::CallerGone });
        let cancel = bench.one();
        bench.phone(&cancel.answer("200 OK", "phone", "", ""));
        bench.pass(Duration::from_secs(32));
        assert_eq!(ends(&mut bench), [LegEvent::Ended { leg, why: LegEnd::LetGo }], "{agent}");
        bench.rest();
    }
}

#[test]
fn a_cancel_in_the_moment_of_the_call_ends_it_before_anybody_rings() {
    for transport in TRANSPORTS {
        let mut bench = bench();
        says(&mut bench, &from_citizen("INVITE", 1, "a", "", "", SDP), transport);
        says(&mut bench, &from_citizen("CANCEL", 1, "a", "", "", ""), transport);
        assert_eq!(bench.lines(), ["100 Trying", "200 OK", "487 Request Terminated"]);
        assert_eq!(ends(&mut bench).len(), 1);
        says(&mut bench, &from_citizen("ACK", 1, "a", "x", "", ""), transport);
        bench.rest();
    }
}

#[test]
fn of_ten_phones_behind_one_contact_that_answer_in_the_same_moment_one_talks() {
    for phones in 2..=10 {
        let mut bench = Bench::new();
        let (leg, invite) = ringing(&mut bench, "agent0001");
        for number in 0..phones {
            bench.phone(&invite.answer("200 OK", &format!("phone{number}"), CONTACT, SDP));
        }
        let sent = bench.sent();
        let byes: Vec<&Sent> = sent.iter().filter(|sent| sent.first_line() == "BYE").collect();
        assert_eq!(sent.iter().filter(|sent| sent.first_line() == "ACK").count(), phones);
        assert_eq!(byes.len(), phones - 1);
        assert!(byes.iter().all(|bye| !bye.header("To").ends_with("tag=phone0")));
        assert_eq!(bench.events(), [LegEvent::Answered { leg, session: session() }]);
        for bye in byes {
            bench.phone(&bye.answer("200 OK", "", "", ""));
        }
        bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
        let bye = bench.one();
        bench.phone(&bye.answer("200 OK", "", "", ""));
        assert_eq!(ends(&mut bench), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
        bench.rest();
    }
}

#[test]
fn a_citizen_whose_ack_is_lost_hears_the_answer_again_and_both_are_free_after_32_seconds() {
    for transport in TRANSPORTS {
        let mut bench = bench();
        says(&mut bench, &from_citizen("INVITE", 1, "a", "", "", SDP), transport);
        let Some(LegEvent::Arrived(arrival)) = bench.events().pop() else { panic!("no call") };
        let leg = arrival.leg;
        bench.sent();
        bench.command(LegCommand::Answer { leg, session: session() });
        bench.pass(Duration::from_millis(31_999));
        // At 0.5, 1.5, 3.5, 7.5 s and each 4 s from there on.
        assert_eq!(bench.lines(), vec!["200 OK"; 11], "{transport:?}");
        bench.pass(Duration::from_millis(1));
        assert_eq!(bench.lines(), ["BYE"]);
        assert_eq!(ends(&mut bench), [LegEvent::Ended { leg, why: LegEnd::NeverConfirmed }]);
        bench.rest();
    }
}

#[test]
fn an_ack_that_comes_after_a_new_offer_still_confirms_the_first_answer() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Answer { leg, session: session() });
    let tag = tag_of(&bench.one());
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", SDP));
    assert_eq!(bench.lines(), ["491 Request Pending"]);
    bench.trunk(&from_citizen("ACK", 2, "r", &tag, "", ""));
    assert!(bench.events().is_empty(), "that was for the refusal");
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
    bench.trunk(&from_citizen("INVITE", 3, "s", &tag, "", SDP));
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: Some(session()) }]);
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    // The first ACK once more, late: it is not the one that is waited for.
    bench.trunk(&from_citizen("ACK", 1, "b", &tag, "", ""));
    bench.sent();
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.trunk(&from_citizen("ACK", 3, "t", &tag, "", ""));
    bench.pass(Duration::from_secs(60));
    assert!(bench.sent().is_empty());
}

#[test]
fn a_phone_that_lost_our_ack_gets_it_again_for_each_repetition() {
    let mut bench = Bench::new();
    let (leg, invite) = ringing(&mut bench, "agent0001");
    for _ in 0..11 {
        bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP));
        assert_eq!(bench.lines(), ["ACK"]);
        bench.pass(Duration::from_millis(2_500));
    }
    assert_eq!(bench.events(), [LegEvent::Answered { leg, session: session() }]);
    let (other, _) = talk(&mut bench, "");
    assert_ne!(other, leg);
}
