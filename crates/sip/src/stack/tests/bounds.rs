//! What happens at the bounds, at the end of a connection, and at the end of a node's life.
//! On virtual time; the messages are written by hand.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent};

use super::citizen::{arrive, talk};
use super::{Bench, SDP, from_citizen};

/// The `number`th citizen's INVITE.
fn another(number: usize) -> String {
    from_citizen("INVITE", 1, &format!("n{number}"), "", "", SDP).replace("call-1@", &format!("call-n{number}@"))
}

#[test]
fn more_legs_than_we_carry_are_refused_and_told_when_to_come_again() {
    let mut bench = Bench::with(|settings| settings.legs_max = 2);
    for number in 0..12 {
        bench.trunk(&another(number));
    }
    let sent = bench.sent();
    assert!(sent[..2].iter().all(|sent| sent.first_line() == "100 Trying"));
    let refused = &sent[2..];
    assert!(refused.iter().all(|sent| sent.first_line() == "503 Service Unavailable"));
    let seconds: Vec<u64> = refused.iter().filter_map(|sent| sent.header("Retry-After").parse().ok()).collect();
    assert!(seconds.len() == 10 && seconds.iter().all(|seconds| (1..=10).contains(seconds)), "{seconds:?}");
    assert!(seconds.windows(2).any(|pair| pair[0] != pair[1]), "all at once: {seconds:?}");
}

#[test]
fn a_draining_node_takes_no_new_calls_and_lets_the_others_talk() {
    let mut bench = Bench::new();
    let (leg, tag) = talk(&mut bench, "");
    bench.stack.drain();
    bench.trunk(&another(1));
    assert_eq!(bench.lines(), ["503 Service Unavailable"]);
    bench.trunk(&from_citizen("INVITE", 2, "r", &tag, "", SDP));
    assert_eq!(bench.events(), [LegEvent::SessionOffered { leg, offer: Some(Bytes::from_static(SDP.as_bytes())) }]);
}

#[test]
fn at_the_end_everybody_is_let_go() {
    let mut bench = Bench::new();
    let (talking, _) = talk(&mut bench, "");
    bench.trunk(&another(1));
    let waiting = match bench.events().pop() {
        Some(LegEvent::Arrived(arrival)) => arrival.leg,
        other => panic!("{other:?}"),
    };
    let calling = bench.call("agent0001", 1);
    bench.sent();
    let mut out = Vec::new();
    bench.stack.hang_up_all(Cause::Draining, bench.now, &mut out);
    bench.pass(Duration::from_secs(32));
    let mut over: Vec<_> = out
        .into_iter()
        .filter_map(|one| match one {
            crate::stack::StackOut::Leg(event) => Some(event),
            crate::stack::StackOut::Send { .. }
            | crate::stack::StackOut::Phone { .. }
            | crate::stack::StackOut::BrowserCame { .. }
            | crate::stack::StackOut::Registered { .. }
            | crate::stack::StackOut::Proof { .. } => None,
        })
        .chain(bench.events())
        .collect();
    over.sort_by_key(LegEvent::leg);
    let ended = |leg| LegEvent::Ended { leg, why: LegEnd::LetGo };
    assert_eq!(over, [ended(talking), ended(waiting), ended(calling)]);
    bench.rest();
}

#[test]
fn what_is_asked_of_a_leg_that_is_over_is_dropped() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Refuse { leg, cause: Cause::UnknownNumber });
    assert_eq!(bench.lines(), ["404 Not Found"]);
    for command in [
        LegCommand::Ring { leg },
        LegCommand::Answer { leg, session: Bytes::new() },
        LegCommand::HangUp { leg, cause: Cause::Normal },
        LegCommand::RejectSession { leg },
    ] {
        bench.command(command);
    }
    assert!(bench.lines().is_empty() && bench.events().is_empty());
    bench.rest();
}

#[test]
fn each_cause_has_its_status() {
    for (cause, status) in [
        (Cause::UnknownNumber, "404 Not Found"),
        (Cause::Closed, "480 Temporarily Unavailable"),
        (Cause::Full, "486 Busy Here"),
        (Cause::NotAcceptable, "488 Not Acceptable Here"),
        (Cause::Overloaded, "503 Service Unavailable"),
        (Cause::Fault, "500 Server Internal Error"),
    ] {
        let mut bench = Bench::new();
        let leg = arrive(&mut bench, "").leg;
        bench.command(LegCommand::Refuse { leg, cause });
        let refusal = bench.one();
        assert_eq!(refusal.first_line(), status);
        assert!(refusal.header("Reason").starts_with("Q.850;cause="));
    }
}

#[test]
fn a_citizen_whose_connection_is_gone_does_not_wait_for_ever() {
    let mut bench = Bench::new();
    let leg = arrive(&mut bench, "").leg;
    bench.command(LegCommand::Ring { leg });
    let ringing = Bytes::from(bench.one().text);
    let mut out = Vec::new();
    bench.stack.undelivered(&ringing, bench.now, &mut out);
    assert!(out.contains(&crate::stack::StackOut::Leg(LegEvent::Ended { leg, why: LegEnd::HungUp })), "{out:?}");
    out.clear();
    bench.stack.undelivered(&ringing, bench.now, &mut out);
    assert!(out.is_empty(), "a leg ends once");
    bench.rest();
}
