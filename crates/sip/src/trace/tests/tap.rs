//! Which messages a trace finds, and what is left of it when it is over.
//! The clock is turned by hand.

use std::time::Duration;

use model::{AgentId, CallId, Dialled, ShardNo, TrunkId};

use super::*;

#[test]
fn a_trace_by_number_finds_both_legs_however_the_number_is_written() {
    let (tap, _) = tap();
    let number = Dialled::parse("0045 20 12 34 56").expect("a number");
    let id = tap.start(wish(Filter::Number(number))).expect("room").id;
    let call = CallId::new(1, ShardNo(0), 1);
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    came(&tap, &invite("other").replace("20123456", "20999999"), "192.0.2.7:5060", Some("operator"));
    assert!(tap.link(&link(call, None, "one")), "the call is new, so its other legs are wanted");
    goes(&tap, &ringing("two", "anna01"), "10.0.0.5:5060", None);
    assert!(!tap.link(&link(call, None, "two")));
    let legs: Vec<(u16, Peer)> = kept(&tap, id).iter().map(|kept| (kept.leg, kept.peer.clone())).collect();
    assert_eq!(legs, [(1, Peer::Trunk(TrunkId::new("operator"))), (2, Peer::Phone)]);
}

#[test]
fn a_trace_by_agent_has_the_citizens_leg_from_its_first_message() {
    let (tap, clock) = tap();
    let agent = AgentId::new("anna01");
    let id = tap.start(wish(Filter::Agent(agent.clone()))).expect("room").id;
    let call = CallId::new(1, ShardNo(0), 1);
    came(&tap, &invite("citizen"), "192.0.2.7:5060", Some("operator"));
    tap.link(&link(call, None, "citizen"));
    assert!(kept(&tap, id).is_empty());
    clock.forward(Duration::from_secs(5));
    goes(&tap, &ringing("phone", "other"), "10.0.0.5:5060", None);
    assert!(tap.link(&link(call, Some(&agent), "phone")));
    tap.link(&link(call, None, "citizen"));
    let call_ids: Vec<String> =
        kept(&tap, id).iter().map(|kept| call_id_of(&kept.text).expect("one").to_owned()).collect();
    assert_eq!(call_ids, ["phone", "citizen"]);
}

#[test]
fn a_trace_by_call_follows_the_legs_that_shards_tell_of_and_no_others() {
    let (tap, _) = tap();
    let (call, other) = (CallId::new(1, ShardNo(0), 1), CallId::new(1, ShardNo(0), 2));
    let id = tap.start(wish(Filter::Call(call))).expect("room").id;
    assert_eq!(tap.last_begun(), id);
    tap.link(&link(call, None, "ours"));
    tap.link(&link(other, None, "theirs"));
    came(&tap, &invite("ours"), "192.0.2.7:5060", Some("operator"));
    came(&tap, &invite("theirs"), "192.0.2.7:5060", Some("operator"));
    assert_eq!(kept(&tap, id).len(), 1);
}

#[test]
fn when_its_time_is_over_nothing_is_kept_and_readers_are_told() {
    let (tap, clock) = tap();
    assert!(!tap.is_on());
    let number = Dialled::parse("7000").expect("a number");
    let id = tap.start(wish(Filter::Number(number.clone()))).expect("room").id;
    assert!(tap.is_on());
    let mut watch = tap.watch(id).expect("a reader");
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    clock.forward(Duration::from_secs(60));
    came(&tap, &invite("two"), "192.0.2.7:5060", Some("operator"));
    assert!(!tap.is_on() && tap.list().is_empty() && tap.watch(id).is_none());
    assert!(matches!(watch.later.try_recv(), Ok(Told::Message(kept)) if kept.leg == 1));
    assert_eq!(watch.later.try_recv(), Ok(Told::End { why: End::TimeOver, beyond: 0 }));
    assert!(watch.later.try_recv().is_err(), "what came after the end is not told");
    let again = tap.start(wish(Filter::Number(number))).expect("room").id;
    assert!(kept(&tap, again).is_empty(), "a later trace knows nothing of an earlier one");
    assert!(tap.stop(again) && !tap.stop(again) && !tap.is_on());
}

#[test]
fn traces_are_few_and_short_and_keep_so_much_and_no_more() {
    let (tap, _) = tap();
    let number = Dialled::parse("7000").expect("a number");
    let long = Wish { span: SPAN_MAX + Duration::from_secs(1), ..wish(Filter::Number(number.clone())) };
    assert_eq!(tap.start(long), Err(CannotTrace::BadSpan));
    let whole = Wish { depth: Depth::SecretsOnly, ..wish(Filter::Number(number.clone())) };
    let first = tap.start(whole).expect("room").id;
    for _ in 1..TRACES_MAX {
        tap.start(wish(Filter::Agent(AgentId::new("nobody")))).expect("room");
    }
    assert_eq!(tap.start(wish(Filter::Number(number))), Err(CannotTrace::TooMany));
    let large = invite("one").replace("X-Customer: ", &format!("X-Customer: {}", "x".repeat(4_000)));
    let large = format!("{large}i={}\r\n", "x".repeat(8_000)).replace("Content-Length: ", "X-Length: ");
    let sent = BYTES_MAX / large.len() * 3 / 2;
    for _ in 0..sent {
        came(&tap, &large, "192.0.2.7:5060", Some("operator"));
    }
    let shown = tap.list().into_iter().find(|shown| shown.id == first).expect("it runs");
    assert!(shown.messages < sent && shown.messages > sent / 2, "{shown:?}");
    assert_eq!(shown.messages as u64 + shown.beyond, sent as u64);
}
