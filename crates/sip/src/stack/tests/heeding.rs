//! What those whom we call notice of PRACK: reliable ringing is acknowledged, once and in its order.
//! On virtual time, with phone and trunk written by hand.

use bytes::Bytes;
use model::{Cause, LegCommand, LegEvent};

use super::{Bench, SDP, Sent};

/// Reliable ringing with that RSeq.
fn reliable(invite: &Sent, rseq: u32, tag: &str, body: &str) -> String {
    invite.answer("183 Session Progress", tag, &format!("Require: 100rel\nRSeq: {rseq}\n{CONTACT}"), body)
}

const CONTACT: &str = "Contact: <sip:agent0001@127.0.0.3:26000>\n";

fn session() -> Bytes {
    Bytes::from_static(SDP.as_bytes())
}

#[test]
fn ringing_that_wants_it_is_acknowledged_and_the_answer_goes_on_from_there() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    assert!(invite.header("Supported").split(", ").any(|extension| extension == "100rel"));
    bench.phone(&reliable(&invite, 7, "desk", SDP));
    let prack = bench.one();
    assert_eq!((&*prack.first_line(), prack.header("RAck"), prack.header("CSeq")), ("PRACK", "7 1 INVITE", "2 PRACK"));
    assert!(
        prack.header("To").ends_with(";tag=desk") && prack.request().uri.as_str() == "sip:agent0001@127.0.0.3:26000"
    );
    assert_eq!(bench.events(), [LegEvent::Ringing { leg, session: Some(session()) }]);
    bench.phone(&prack.answer("200 OK", "", "", ""));
    // The 200 says nothing of the session any more.
    bench.phone(&invite.answer("200 OK", "desk", CONTACT, ""));
    assert_eq!(bench.one().header("CSeq"), "1 ACK");
    assert_eq!(bench.events(), [LegEvent::Answered { leg, session: session() }]);
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    assert_eq!(bye.header("CSeq"), "3 BYE");
    bench.phone(&bye.answer("200 OK", "", "", ""));
    bench.rest();
}

#[test]
fn ringing_that_is_repeated_or_comes_out_of_order_is_not_acknowledged_again() {
    let mut bench = Bench::new();
    bench.call("agent0001", 1);
    let invite = bench.one();
    for (rseq, sent) in [(7, 1), (7, 0), (9, 0), (8, 1), (7, 0), (9, 1)] {
        bench.phone(&reliable(&invite, rseq, "desk", ""));
        assert_eq!(bench.sent().len(), sent, "{rseq}");
    }
    bench.phone(&invite.answer("180 Ringing", "desk", "RSeq: 10\n", ""));
    assert!(bench.sent().is_empty(), "it does not want to be acknowledged");
}

#[test]
fn every_phone_behind_one_address_that_rings_has_a_dialog_of_its_own_up_to_a_few() {
    let mut bench = Bench::new();
    let leg = bench.call("agent0001", 1);
    let invite = bench.one();
    for phone in 1..=10 {
        bench.phone(&reliable(&invite, 1, &format!("desk{phone}"), if phone == 2 { SDP } else { "" }));
        let sent = bench.sent();
        assert_eq!(sent.len(), usize::from(phone <= 8));
        assert!(sent.iter().all(|prack| prack.header("To").ends_with(&format!(";tag=desk{phone}"))));
    }
    let told = bench.events();
    let sessions = told.iter().filter(|event| matches!(event, LegEvent::Ringing { session: Some(_), .. })).count();
    assert_eq!((told.len(), sessions), (2, 1), "the citizen hears one of them");
    bench.phone(&invite.answer("200 OK", "desk3", CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK"]);
    assert_eq!(bench.events(), [LegEvent::Answered { leg, session: session() }]);
    // Fault 28: another one accepts in the same moment; it is hung up, and the talk goes on.
    bench.phone(&invite.answer("200 OK", "desk2", CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK", "BYE"]);
    assert_eq!((bench.events().len(), bench.stack.counts().legs), (0, 1));
}
