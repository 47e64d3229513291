//! Calls to numbers outside: how a trunk is spoken to, what happens when it fails, and to whom our password is shown.
//! On virtual time, with the trunk's side written by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{
    Caller, Cause, Dialled, LegCommand, LegEnd, LegEvent, LegId, LegSide, PhoneNumber, Refusal, ShardNo, TrunkId,
};

use super::{Bench, SDP, Sent, from_citizen, udp};
use crate::message::Uri;
use crate::stack::{CallerId, DiversionStyle, NumberFormat, TrunkDigest, TrunkSettings, Trunks};

/// Two trunks, at 127.0.0.4 and 127.0.0.5.
pub(super) fn bench(change: impl FnOnce(&mut TrunkSettings)) -> Bench {
    let trunk = |name: &str, priority, uri: &str| TrunkSettings {
        outbound: vec![Uri::parse(uri).expect("a URI")],
        priority,
        number: Some(Dialled::parse("89402222").expect("a number")),
        ..TrunkSettings::new(TrunkId::new(name))
    };
    let mut first = trunk("first", 1, "sip:127.0.0.4:5070");
    first.digest = Some(TrunkDigest { realm: "operator".into(), user: "samkald".into(), password: "hemmelig".into() });
    change(&mut first);
    let trunks = Trunks::new([trunk("second", 2, "sip:127.0.0.5"), first]);
    Bench::with(|settings| settings.trunks = Arc::new(trunks))
}

fn number(text: &str) -> Caller {
    Caller::Number(PhoneNumber::parse(text).expect("a number"))
}

pub(super) fn call(bench: &mut Bench, no: u64, to: &str, caller: Caller, emergency: bool) -> LegId {
    let leg = LegId::new(ShardNo(0), LegSide::Outbound, no);
    bench.command(LegCommand::CallOut {
        leg,
        for_leg: None,
        number: Dialled::parse(to).expect("a number"),
        caller,
        emergency,
        offer: Bytes::from_static(SDP.as_bytes()),
        ring_time_max: Duration::from_secs(30),
    });
    leg
}

/// The INVITE of a plain call.
pub(super) fn invite(bench: &mut Bench) -> (LegId, Sent) {
    let leg = call(bench, 1, "20123456", Caller::Withheld, false);
    (leg, bench.one())
}

/// The first trunk answers.
pub(super) fn first(bench: &mut Bench, text: &str) {
    bench.receive(text, udp([127, 0, 0, 4], 5_070), Some(TrunkId::new("first")));
}

fn second(bench: &mut Bench, text: &str) {
    bench.receive(text, udp([127, 0, 0, 5], 5_060), Some(TrunkId::new("second")));
}

pub(super) const CONTACT: &str = "Contact: <sip:127.0.0.4:5070>\n";

fn host(sent: &Sent) -> String {
    sent.request().uri.host_text().to_owned()
}

#[test]
fn a_number_outside_is_called_as_the_trunk_writes_numbers_and_talks() {
    let mut bench = bench(|first| first.format_out = NumberFormat::ZeroZero);
    let (leg, invite) = invite(&mut bench);
    assert_eq!(invite.request().uri.as_str(), "sip:004520123456@127.0.0.4:5070");
    assert!(invite.header("From").starts_with("<sip:004589402222@127.0.0.1:5060>;tag="));
    assert_eq!(invite.header("P-Asserted-Identity"), "<sip:004589402222@127.0.0.1:5060>");
    first(&mut bench, &invite.answer("180 Ringing", "t", "", ""));
    first(&mut bench, &invite.answer("200 OK", "t", CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK"]);
    let session = Bytes::from_static(SDP.as_bytes());
    assert_eq!(bench.events(), [LegEvent::Ringing { leg, session: None }, LegEvent::Answered { leg, session }]);
    assert_eq!(bench.stack.ground.settings.trunks.listing()[1].channels_out, 1);
    bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
    let bye = bench.one();
    first(&mut bench, &bye.answer("200 OK", "", "", ""));
    assert_eq!(bench.events(), [LegEvent::Ended { leg, why: LegEnd::LetGo }]);
    assert_eq!(bench.stack.ground.settings.trunks.listing()[1].channels_out, 0);
    bench.rest();
}

#[test]
fn who_is_shown_outside_is_the_trunks_rule() {
    let shown = |caller_id, caller, trusted| {
        let mut bench = bench(|first| (first.caller_id, first.trusted) = (caller_id, trusted));
        call(&mut bench, 1, "20123456", caller, false);
        let invite = bench.one();
        let from = invite.request().headers.from().expect("From").uri().expect("a URI");
        let from = from.user().unwrap_or("").to_owned();
        (from, invite.header("P-Asserted-Identity").to_owned(), invite.header("Privacy").to_owned())
    };
    let told = |from: &str, asserted: &str, privacy: &str| (from.to_owned(), asserted.to_owned(), privacy.to_owned());
    let (citizen, ours) = ("<sip:+4530303030@127.0.0.1:5060>", "<sip:+4589402222@127.0.0.1:5060>");
    assert_eq!(shown(CallerId::Pass, number("30303030"), true), told("+4530303030", citizen, ""));
    assert_eq!(shown(CallerId::Pass, number("30303030"), false), told("+4530303030", "", ""));
    assert_eq!(shown(CallerId::Pass, Caller::Withheld, true), told("+4589402222", ours, ""));
    assert_eq!(shown(CallerId::Own, number("30303030"), true), told("+4589402222", ours, ""));
    assert_eq!(shown(CallerId::Withhold, number("30303030"), true), told("anonymous", ours, "id"));
    assert_eq!(shown(CallerId::Withhold, number("30303030"), false), told("anonymous", "", "id"));
}

#[test]
fn a_number_shown_on_a_citizens_behalf_is_explained_where_the_trunk_wants_it() {
    let lines = |diversion, caller| {
        let mut bench = bench(|first| first.diversion = diversion);
        call(&mut bench, 1, "20123456", caller, false);
        let invite = bench.one();
        (invite.header("Diversion").to_owned(), invite.header("History-Info").to_owned())
    };
    let none = (String::new(), String::new());
    assert_eq!(lines(DiversionStyle::Nothing, number("30303030")), none);
    assert_eq!(lines(DiversionStyle::Diversion, Caller::Withheld), none, "our own number needs no explanation");
    let (diversion, _) = lines(DiversionStyle::Diversion, number("30303030"));
    assert_eq!(diversion, "<sip:+4589402222@127.0.0.1:5060>;reason=deflection;counter=1");
    let (_, history) = lines(DiversionStyle::HistoryInfo, number("30303030"));
    assert!(
        history.starts_with("<sip:+4589402222@127.0.0.1:5060>;index=1, <sip:+4520123456@127.0.0.4:5070>;index=1.1")
    );
}

#[test]
fn a_trunk_that_cannot_is_followed_by_the_next_before_anything_rings() {
    for status in ["503 Service Unavailable", "408 Request Timeout", "500 Server Internal Error"] {
        let mut bench = bench(|_| {});
        let (leg, invite) = invite(&mut bench);
        first(&mut bench, &invite.answer("100 Trying", "", "", ""));
        first(&mut bench, &invite.answer(status, "t", "", ""));
        let sent = bench.sent();
        assert_eq!(sent.iter().map(Sent::first_line).collect::<Vec<_>>(), ["ACK", "INVITE"], "{status}");
        assert_eq!(host(&sent[1]), "127.0.0.5");
        let listing = bench.stack.ground.settings.trunks.listing();
        assert_eq!((listing[0].channels_out, listing[1].channels_out), (1, 0));
        second(&mut bench, &sent[1].answer("503 Service Unavailable", "t", "", ""));
        assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::Unreachable }]);
        bench.pass(Duration::from_secs(5));
    }
}

#[test]
fn a_trunk_that_says_nothing_or_cannot_be_reached_is_followed_by_the_next() {
    let mut bench = bench(|_| {});
    let (leg, invite) = invite(&mut bench);
    bench.pass(Duration::from_secs(4));
    let next = bench.sent().pop().expect("another INVITE");
    assert_eq!((next.first_line(), host(&next)), ("INVITE".into(), "127.0.0.5".into()));
    // The first one answers late: its call is hung up, nobody is called twice.
    first(&mut bench, &invite.answer("200 OK", "late", CONTACT, SDP));
    assert_eq!(bench.lines(), ["ACK", "BYE"]);
    assert_eq!(bench.events(), []);
    let bytes = Bytes::copy_from_slice(next.text.as_bytes());
    let mut out = Vec::new();
    bench.stack.undelivered(&bytes, bench.now, &mut out);
    bench.take(out);
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::Unreachable }]);
}

#[test]
fn what_the_person_called_says_is_the_end_of_it_on_every_trunk() {
    for (status, why) in [
        ("486 Busy Here", Refusal::Busy),
        ("603 Decline", Refusal::Declined),
        ("404 Not Found", Refusal::Unreachable),
        // Not followed: nobody here may be sent to where a stranger says.
        ("302 Moved Temporarily", Refusal::Declined),
    ] {
        let mut bench = bench(|_| {});
        let (leg, invite) = invite(&mut bench);
        first(&mut bench, &invite.answer(status, "t", "Contact: <sip:20123456@192.0.2.66>\n", ""));
        assert_eq!((bench.lines(), bench.events()), (vec!["ACK".into()], vec![LegEvent::Refused { leg, why }]));
    }
    let mut bench = bench(|_| {});
    let (leg, invite) = invite(&mut bench);
    first(&mut bench, &invite.answer("180 Ringing", "t", "", ""));
    first(&mut bench, &invite.answer("503 Service Unavailable", "t", "", ""));
    assert_eq!(bench.lines(), ["ACK"], "it rang there: nobody is called again elsewhere");
    assert_eq!(bench.events().last(), Some(&LegEvent::Refused { leg, why: Refusal::Unreachable }));
}

#[test]
fn a_full_trunk_is_passed_over_and_an_emergency_call_passes_all_the_same() {
    let mut bench = bench(|first| first.channels_out_max = Some(0));
    let (_, invite) = invite(&mut bench);
    assert_eq!(host(&invite), "127.0.0.5");
    call(&mut bench, 2, "112", Caller::Withheld, true);
    let emergency = bench.one();
    assert_eq!(emergency.request().uri.as_str(), "sip:112@127.0.0.4:5070");
}

#[test]
fn without_a_trunk_nobody_outside_can_be_called() {
    let mut bench = Bench::new();
    let leg = call(&mut bench, 1, "20123456", Caller::Withheld, false);
    assert_eq!(bench.events(), [LegEvent::Refused { leg, why: Refusal::Unreachable }]);
    bench.rest();
}

#[test]
fn a_trunk_brings_as_many_calls_as_it_may_and_is_told_when_to_come_again() {
    let mut bench = bench(|first| first.channels_in_max = Some(1));
    let arrive = |bench: &mut Bench, no: &str| {
        let text = from_citizen("INVITE", 1, no, "", "", SDP).replace("call-1", no).replace("127.0.0.2", "127.0.0.4");
        bench.receive(&text, udp([127, 0, 0, 4], 5_060), Some(TrunkId::new("first")));
    };
    arrive(&mut bench, "a");
    assert_eq!(bench.lines(), ["100 Trying"]);
    arrive(&mut bench, "b");
    let refused = bench.one();
    assert_eq!(refused.first_line(), "503 Service Unavailable");
    assert!((1..=10).contains(&refused.header("Retry-After").parse::<u32>().expect("seconds")));
    let events = bench.events();
    let [LegEvent::Arrived(arrival)] = &events[..] else { panic!("{events:?}") };
    bench.command(LegCommand::Refuse { leg: arrival.leg, cause: Cause::Full });
    bench.sent();
    arrive(&mut bench, "c");
    assert_eq!(bench.lines(), ["100 Trying"]);
}

#[test]
fn only_a_trusted_trunk_is_believed_about_who_rings_and_where_the_call_came_by() {
    let told = |trusted| {
        let mut bench = bench(|first| (first.trusted, first.format_in) = (trusted, NumberFormat::E164NoPlus));
        let more = "P-Asserted-Identity: <sip:4989123456@op>\nDiversion: <sip:4589401111@op>\n";
        let text = from_citizen("INVITE", 1, "i", "", more, SDP).replace("sip:7000@127.0.0.1:5060", "sip:4589402222@h");
        bench.receive(&text, udp([127, 0, 0, 4], 5_060), Some(TrunkId::new("first")));
        let events = bench.events();
        let [LegEvent::Arrived(arrival)] = &events[..] else { panic!("{events:?}") };
        let reached_by: Vec<String> = arrival.reached_by.iter().map(Dialled::to_string).collect();
        let Caller::Number(caller) = &arrival.caller else { panic!("a number") };
        (arrival.dialled.to_string(), reached_by.join(" "), caller.reveal().to_owned())
    };
    let said = |dialled: &str, by: &str, caller: &str| (dialled.to_owned(), by.to_owned(), caller.to_owned());
    assert_eq!(told(true), said("89402222", "89401111 7000", "+4989123456"));
    assert_eq!(told(false), said("89402222", "7000", "20123456"));
}

#[test]
fn sound_before_the_answer_is_passed_on_only_from_a_trunk_whose_sound_is_wanted() {
    for early_media in [false, true] {
        let mut bench = bench(|first| first.early_media = early_media);
        let (leg, invite) = invite(&mut bench);
        first(&mut bench, &invite.answer("183 Session Progress", "t", "", SDP));
        let session = early_media.then(|| Bytes::from_static(SDP.as_bytes()));
        assert_eq!(bench.events(), [LegEvent::Ringing { leg, session }]);
    }
}

#[test]
fn a_call_made_for_a_citizen_has_one_hop_less_left_and_with_none_nobody_is_called() {
    let hops_of = |left: &str| {
        let mut bench = bench(|_| {});
        let invite = from_citizen("INVITE", 1, "a", "", "", SDP).replace("Max-Forwards: 70", left);
        bench.trunk(&invite);
        bench.sent();
        let Some(LegEvent::Arrived(citizen)) = bench.events().pop() else { panic!("a call has come in") };
        bench.command(LegCommand::CallOut {
            leg: LegId::new(ShardNo(0), LegSide::Outbound, 1),
            for_leg: Some(citizen.leg),
            number: Dialled::parse("20123456").expect("a number"),
            caller: Caller::Withheld,
            emergency: false,
            offer: Bytes::from_static(SDP.as_bytes()),
            ring_time_max: Duration::from_secs(30),
        });
        let hops = bench.sent().pop().map(|sent| sent.header("Max-Forwards").to_owned());
        (hops, bench.events().len())
    };
    assert_eq!(hops_of("Max-Forwards: 70"), (Some("69".into()), 0));
    assert_eq!(hops_of("Subject: none"), (Some("69".into()), 0));
    assert_eq!(hops_of("Max-Forwards: 2"), (Some("1".into()), 0));
    assert_eq!(hops_of("Max-Forwards: 1"), (None, 1), "it goes round and round");
}
