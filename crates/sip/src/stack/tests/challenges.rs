//! Who is shown our password, how often, and what is left of it: a trunk's challenges, and those of peers who are none.
//! On virtual time, with the trunk's side written by hand.

use model::{Caller, Cause, LegCommand, LegEnd, LegEvent, Refusal, TrunkId};

use super::outward::{CONTACT, bench, call, first, invite};
use super::{SDP, Sent, udp};

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"operator\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\n";

#[test]
fn a_trunk_that_asks_for_our_password_gets_it_and_the_call_goes_on() {
    let mut bench = bench(|_| {});
    let (leg, invite) = invite(&mut bench);
    let challenged = invite.answer("401 Unauthorized", "c", CHALLENGE, "");
    first(&mut bench, &challenged);
    let sent = bench.sent();
    assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    let again = &sent[1];
    assert_eq!((again.header("CSeq"), sent[0].header("CSeq")), ("2 INVITE", "1 ACK"));
    assert!(again.header("Authorization").contains("username=\"samkald\"") && again.text.ends_with(SDP));
    assert_ne!(again.header("Via"), invite.header("Via"));
    first(&mut bench, &challenged);
    assert_eq!(bench.one().text, sent[0].text, "a repeated challenge is acknowledged again, nothing more");
    first(&mut bench, &again.answer("200 OK", "t", CONTACT, SDP));
    let ack = bench.one();
    assert_eq!((&*ack.first_line(), ack.header("CSeq")), ("ACK", "2 ACK"));
    assert_eq!(bench.events(), [LegEvent::Answered { leg, session: SDP.into() }]);
    // The goodbye is challenged too, by a proxy this time.
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    assert_eq!(bye.header("CSeq"), "3 BYE");
    first(&mut bench, &bye.answer("407 Proxy Authentication Required", "", &CHALLENGE.replace("WWW", "Proxy"), ""));
    let again = bench.one();
    assert_eq!((&*again.first_line(), again.header("CSeq")), ("BYE", "4 BYE"));
    assert!(again.header("Proxy-Authorization").contains("uri=\"sip:127.0.0.4:5070\""));
    first(&mut bench, &again.answer("200 OK", "", "", ""));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    bench.rest();
}

#[test]
fn a_call_given_up_after_the_challenge_is_taken_back_where_it_is_now() {
    let mut bench = bench(|_| {});
    let (leg, invite) = invite(&mut bench);
    first(&mut bench, &invite.answer("401 Unauthorized", "c", CHALLENGE, ""));
    let again = bench.sent().remove(1);
    first(&mut bench, &again.answer("180 Ringing", "t", "", ""));
    bench.command(LegCommand::HangUp { leg, cause: Cause::CallerGone });
    let cancel = bench.one();
    assert_eq!((&*cancel.first_line(), cancel.header("CSeq")), ("CANCEL", "2 CANCEL"));
    assert_eq!(cancel.header("Via"), again.header("Via"));
    first(&mut bench, &cancel.answer("200 OK", "t", "", ""));
    first(&mut bench, &again.answer("487 Request Terminated", "t", "", ""));
    assert_eq!(bench.lines(), ["ACK"]);
    assert_eq!(bench.events().last(), Some(&LegEvent::Ended { leg, why: LegEnd::LetGo }));
    bench.rest();
}

#[test]
fn a_rogue_phone_or_peer_that_asks_for_the_trunks_password_gets_none() {
    // Fault 14. An agent's phone challenges our INVITE and our BYE with the trunk's own realm.
    let mut bench = bench(|_| {});
    let leg = bench.call("agent0001", 9);
    let invite = bench.one();
    bench.phone(&invite.answer("401 Unauthorized", "c", CHALLENGE, ""));
    assert_eq!(bench.lines(), ["ACK"]);
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::Declined }]);
    let leg = bench.call("agent0001", 10);
    let invite = bench.one();
    bench.phone(&invite.answer("200 OK", "t", "Contact: <sip:agent0001@127.0.0.3:26000>\n", SDP));
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.sent().pop().expect("a BYE");
    bench.phone(&bye.answer("401 Unauthorized", "", CHALLENGE, ""));
    assert_eq!(bench.lines(), Vec::<String>::new());
    // The trunk's call, but from elsewhere; from the other trunk; and of another realm.
    for (from, realm) in [(None, "operator"), (Some("second"), "operator"), (Some("first"), "elsewhere")] {
        let leg = call(&mut bench, 11, "20123456", Caller::Withheld, false);
        let invite = bench.one();
        let challenge = CHALLENGE.replace("operator", realm);
        let text = invite.answer("401 Unauthorized", "c", &challenge, "");
        bench.receive(&text, udp([127, 0, 0, 66], 5_060), from.map(TrunkId::new));
        let sent = bench.sent();
        assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["ACK"]);
        assert!(!sent.iter().any(|sent| sent.text.contains("uthorization")));
        assert_eq!(bench.events().last(), Some(&LegEvent::Refused { leg, why: Refusal::Declined }));
    }
}

#[test]
fn a_trunk_that_asks_again_and_again_is_answered_twice_at_most_and_leaves_nothing() {
    // Fault 15: with a new nonce each time, and with one that it calls stale each time.
    for (stale, invites) in [("", 2), (", stale=true", 3)] {
        let mut bench = bench(|_| {});
        for round in 0..20 {
            let leg = call(&mut bench, round, "20123456", Caller::Withheld, false);
            let mut sent = bench.sent();
            let mut count = 0;
            while let Some(invite) = sent.pop().filter(|sent| sent.first_line() == "INVITE") {
                count += 1;
                let challenge = CHALLENGE.trim_end().replace("n1", &format!("n{count}"));
                first(&mut bench, &invite.answer("401 Unauthorized", "c", &format!("{challenge}{stale}\n"), ""));
                sent = bench.sent();
                assert!(count < 10, "for ever");
            }
            assert_eq!(count, invites);
            assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::Declined }]);
            assert_eq!(bench.stack.counts().legs, 0);
        }
        assert_eq!(bench.stack.counts().transactions, 20, "one of each call lingers");
        bench.rest();
    }
}
