//! What a citizen hears before the answer: ringing that is acknowledged (RFC 3262), sound (183), changes of it (RFC 3311).
//! On virtual time; the trunk's messages are written by hand.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId};

use super::{Bench, SDP, Sent, from_citizen};

const REQUIRED: &str = "Require: 100rel\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\n";
const OTHER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.2\r\ns=-\r\nt=0 0\r\n";

fn session() -> Bytes {
    Bytes::from_static(SDP.as_bytes())
}

fn text(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

/// A citizen's call with that body.
fn call(bench: &mut Bench, more: &str, body: &str) -> LegId {
    bench.trunk(&from_citizen("INVITE", 1, "a", "", more, body));
    assert_eq!(bench.one().first_line(), "100 Trying");
    match bench.events().pop() {
        Some(LegEvent::Arrived(arrival)) => arrival.leg,
        other => panic!("{other:?}"),
    }
}

fn tag(sent: &Sent) -> String {
    sent.response().headers.to_tag().expect("a tag").to_owned()
}

/// The PRACK of a reliable answer.
fn prack(ringing: &Sent, cseq: u32, body: &str) -> String {
    let rack = format!("RAck: {} 1 INVITE\n", ringing.header("RSeq"));
    from_citizen("PRACK", cseq, &format!("p{cseq}"), &tag(ringing), &rack, body)
}

#[test]
fn a_citizen_hears_sound_before_the_answer_and_the_answer_repeats_it() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, "", SDP);
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let progress = bench.one();
    assert_eq!((progress.first_line().as_str(), progress.header("RSeq")), ("183 Session Progress", ""));
    assert_eq!(progress.response().body, session());
    bench.pass(Duration::from_secs(55));
    assert_eq!(bench.one().text, progress.text);
    bench.command(LegCommand::Answer { leg, session: session() });
    let ok = bench.one();
    assert_eq!((ok.first_line().as_str(), ok.response().body.as_ref()), ("200 OK", SDP.as_bytes()));
    bench.trunk(&from_citizen("ACK", 1, "b", &tag(&ok), "", ""));
    bench.trunk(&from_citizen("BYE", 2, "c", &tag(&ok), "", ""));
    bench.sent();
    bench.rest();
}

#[test]
fn sound_for_a_trunk_that_leaves_the_offer_to_us_is_plain_ringing() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, "", "");
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let ringing = bench.one();
    assert_eq!((ringing.first_line().as_str(), ringing.response().body.len()), ("180 Ringing", 0));
}

#[test]
fn ringing_that_a_trunk_wants_acknowledged_is_repeated_ever_more_slowly_until_it_is() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::Ring { leg });
    let ringing = bench.one();
    assert_eq!((ringing.first_line().as_str(), ringing.header("Require")), ("180 Ringing", "100rel"));
    assert!(ringing.header("RSeq").parse::<u32>().is_ok_and(|rseq| (1..1 << 31).contains(&rseq)));
    for gap in [500, 1_000, 2_000, 4_000, 8_000] {
        bench.pass(Duration::from_millis(gap - 1));
        assert!(bench.sent().is_empty(), "before {gap}");
        bench.pass(Duration::from_millis(1));
        assert_eq!(bench.one().text, ringing.text, "{gap}");
    }
    bench.trunk(&prack(&ringing, 2, ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.pass(Duration::from_secs(30));
    assert!(bench.sent().is_empty());
    bench.trunk(&prack(&ringing, 2, ""));
    assert_eq!(bench.lines(), ["200 OK"], "a repeated PRACK gets its answer again");
    bench.trunk(&prack(&ringing, 3, ""));
    assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"], "there is nothing left to acknowledge");
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    bench.sent();
    bench.rest();
}

#[test]
fn ringing_that_is_never_acknowledged_ends_the_call_after_32_seconds() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::Ring { leg });
    bench.pass(Duration::from_millis(31_999));
    assert_eq!(bench.lines(), vec!["180 Ringing"; 7]);
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.lines(), ["504 Server Time-out"]);
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::NeverConfirmed }]);
    bench.rest();
}

#[test]
fn the_answer_waits_until_sound_is_acknowledged_and_says_no_session_again() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let progress = bench.one();
    assert_eq!(progress.response().body, session());
    bench.command(LegCommand::Answer { leg, session: session() });
    assert!(bench.sent().is_empty());
    bench.trunk(&prack(&progress, 2, ""));
    let sent = bench.sent();
    let lines: Vec<_> = sent.iter().map(Sent::first_line).collect();
    assert_eq!((lines, sent[1].response().body.len()), (vec!["200 OK".to_owned(), "200 OK".into()], 0));
    assert_eq!(sent[1].header("CSeq"), "1 INVITE");
    bench.trunk(&from_citizen("ACK", 1, "b", &tag(&progress), "", ""));
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
    bench.trunk(&from_citizen("BYE", 3, "c", &tag(&progress), "", ""));
    bench.sent();
    bench.rest();
}

#[test]
fn plain_ringing_does_not_hold_up_the_answer_and_its_prack_may_come_late() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::Ring { leg });
    let ringing = bench.one();
    bench.command(LegCommand::Answer { leg, session: session() });
    let ok = bench.one();
    assert_eq!(ok.response().body, session());
    bench.trunk(&prack(&ringing, 2, ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.trunk(&from_citizen("ACK", 1, "b", &tag(&ok), "", ""));
    bench.pass(Duration::from_secs(60));
    assert!(bench.sent().is_empty(), "the ringing is not repeated after the answer");
}

#[test]
fn a_second_ringing_waits_for_the_first_to_be_acknowledged() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::Ring { leg });
    let first = bench.one();
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    bench.command(LegCommand::Answer { leg, session: session() });
    assert!(bench.sent().is_empty());
    bench.trunk(&prack(&first, 2, ""));
    let second = bench.sent().pop().expect("two answers");
    assert_eq!((second.first_line().as_str(), second.response().body.clone()), ("183 Session Progress", session()));
    let rseq = |sent: &Sent| sent.header("RSeq").parse::<u32>().expect("a number");
    assert_eq!(rseq(&second), rseq(&first) + 1);
    bench.trunk(&prack(&first, 3, ""));
    assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    bench.trunk(&prack(&second, 4, ""));
    assert_eq!(bench.lines(), ["200 OK", "200 OK"]);
}

#[test]
fn an_offer_of_ours_in_reliable_ringing_is_answered_by_the_prack() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, "");
    bench.command(LegCommand::Ring { leg });
    assert!(bench.sent().is_empty(), "the first reliable answer must offer, and we have nothing to offer yet");
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let progress = bench.one();
    bench.trunk(&prack(&progress, 2, OTHER));
    assert_eq!(bench.lines(), ["200 OK"]);
    assert_eq!(bench.events(), [LegEvent::SessionAnswered { leg, session: text(OTHER) }]);
    bench.command(LegCommand::Answer { leg, session: session() });
    assert_eq!(bench.one().response().body.len(), 0);
    bench.trunk(&from_citizen("ACK", 1, "b", &tag(&progress), "", ""));
    assert_eq!(bench.events(), [LegEvent::Confirmed { leg, session: None }]);
}

#[test]
fn a_prack_may_bring_a_new_offer_and_the_answer_waits_for_it() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let progress = bench.one();
    bench.trunk(&prack(&progress, 2, OTHER));
    assert!(bench.sent().is_empty());
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: Some(text(OTHER)) }]);
    bench.command(LegCommand::Answer { leg, session: session() });
    assert!(bench.sent().is_empty());
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    let sent = bench.sent();
    assert_eq!((sent[0].header("CSeq"), sent[0].response().body.clone()), ("2 PRACK", session()));
    assert_eq!((sent[1].header("CSeq"), sent[1].response().body.len()), ("1 INVITE", 0));
}

#[test]
fn a_citizen_changes_the_session_while_it_rings() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let progress = bench.one();
    let update = |cseq: u32, body: &str| from_citizen("UPDATE", cseq, &format!("u{cseq}"), &tag(&progress), "", body);
    bench.trunk(&update(2, OTHER));
    let refusal = bench.one();
    assert_eq!(refusal.first_line(), "500 Server Internal Error", "the first offer is not settled");
    assert!(refusal.header("Retry-After").parse::<u32>().is_ok_and(|seconds| seconds <= 10));
    bench.trunk(&prack(&progress, 3, ""));
    bench.sent();
    bench.trunk(&update(4, OTHER));
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: Some(text(OTHER)) }]);
    bench.trunk(&update(5, SDP));
    assert_eq!(bench.one().first_line(), "500 Server Internal Error", "one at a time");
    bench.command(LegCommand::RejectSession { leg });
    assert_eq!(bench.lines(), ["488 Not Acceptable Here"]);
    bench.trunk(&update(6, SDP));
    bench.command(LegCommand::AcceptSession { leg, session: session() });
    let ok = bench.one();
    assert_eq!((ok.header("CSeq"), ok.response().body.clone()), ("6 UPDATE", session()));
    bench.trunk(&update(7, ""));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.trunk(&update(8, OTHER));
    bench.trunk(&from_citizen("CANCEL", 1, "a", "", "", ""));
    assert_eq!(bench.lines(), ["200 OK", "487 Request Terminated", "487 Request Terminated"]);
    assert_eq!(bench.events().last(), Some(&LegEvent::Ended { leg, why: LegEnd::HungUp }));
    bench.rest();
}

#[test]
fn an_update_that_crosses_our_offer_is_put_off() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, "");
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    let progress = bench.one();
    bench.trunk(&from_citizen("UPDATE", 2, "u", &tag(&progress), "", OTHER));
    assert_eq!(bench.lines(), ["491 Request Pending"]);
}

#[test]
fn a_trunk_that_only_supports_it_gets_reliable_ringing_where_the_settings_say_so() {
    for (setting, reliable) in [(false, false), (true, true)] {
        let mut bench = Bench::with(|settings| settings.reliable_ringing = setting);
        let leg = call(&mut bench, "Supported: timer, 100rel\n", SDP);
        bench.command(LegCommand::Ring { leg });
        assert_eq!(!bench.one().header("RSeq").is_empty(), reliable);
    }
}

#[test]
fn acknowledged_ringing_is_still_said_again_each_minute() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, REQUIRED, SDP);
    bench.command(LegCommand::RingWithSound { leg, session: session() });
    for round in 0..3 {
        let ringing = bench.one();
        assert_eq!(ringing.first_line(), "183 Session Progress");
        assert_eq!(ringing.response().body.is_empty(), round > 0, "sound is described once");
        bench.trunk(&prack(&ringing, 2 + round, ""));
        bench.sent();
        bench.pass(Duration::from_secs(55));
    }
}

#[test]
fn a_prack_for_nothing_is_told_so() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, "", SDP);
    bench.command(LegCommand::Ring { leg });
    let ringing = bench.one();
    for (cseq, rack) in [(2, "RAck: 1 1 INVITE\n"), (3, "RAck: nonsense\n"), (4, "")] {
        bench.trunk(&from_citizen("PRACK", cseq, &format!("p{cseq}"), &tag(&ringing), rack, ""));
        assert_eq!(bench.lines(), ["481 Call/Transaction Does Not Exist"]);
    }
}
