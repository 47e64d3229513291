//! What a trunk notices of being asked whether it is there, and what calls out notice of its answers.
//! On virtual time; nothing is asked over sockets here.

use std::sync::Arc;
use std::time::Duration;

use model::TrunkId;

use super::{Bench, Sent, udp};
use crate::message::Uri;
use crate::stack::{TrunkListing, TrunkSettings, Trunks};

const EVERY: Duration = Duration::from_secs(30);

fn bench() -> Bench {
    let trunk = TrunkSettings {
        outbound: ["sip:127.0.0.4:5070", "sip:127.0.0.5"].iter().map(|uri| Uri::parse(uri).expect("a URI")).collect(),
        probe_every: Some(EVERY),
        ..TrunkSettings::new(TrunkId::new("first"))
    };
    let silent = TrunkSettings::new(TrunkId::new("only-in"));
    Bench::with(|settings| settings.trunks = Arc::new(Trunks::new([trunk, silent])))
}

fn listing(bench: &Bench) -> TrunkListing {
    bench.stack.ground.settings.trunks.listing().remove(0)
}

/// The next question, however long it takes to come.
fn question(bench: &mut Bench) -> Sent {
    bench.sent();
    for _ in 0..EVERY.as_secs() * 2 {
        if let Some(sent) = bench.sent().into_iter().find(|sent| sent.first_line() == "OPTIONS") {
            return sent;
        }
        bench.pass(Duration::from_secs(1));
    }
    panic!("nothing was asked");
}

fn answer(bench: &mut Bench, asked: &Sent, status: &str) {
    bench.receive(&asked.answer(status, "t", "", ""), udp([127, 0, 0, 4], 5_070), Some(TrunkId::new("first")));
}

#[test]
fn a_trunk_that_answers_is_up_and_asked_again_after_its_span() {
    let mut bench = bench();
    assert_eq!(listing(&bench).up, None);
    let asked = question(&mut bench);
    assert_eq!(asked.request().uri.as_str(), "sip:127.0.0.4:5070");
    answer(&mut bench, &asked, "200 OK");
    assert_eq!((listing(&bench).up, listing(&bench).since), (Some(true), Some(bench.now)));
    let before = bench.now;
    // A trunk that wants no OPTIONS is there all the same.
    let asked = question(&mut bench);
    let waited = bench.now.since(before);
    assert!(waited >= EVERY * 9 / 10 && waited <= EVERY * 11 / 10 + Duration::from_secs(1), "{waited:?}");
    answer(&mut bench, &asked, "405 Method Not Allowed");
    assert_eq!(listing(&bench).up, Some(true));
}

#[test]
fn a_trunk_that_does_not_answer_three_times_is_down_until_it_answers_once() {
    let mut bench = bench();
    let asked = question(&mut bench);
    answer(&mut bench, &asked, "200 OK");
    let mut hosts = Vec::new();
    for round in 0..3 {
        assert_eq!(listing(&bench).up, Some(true), "{round}");
        let asked = question(&mut bench);
        hosts.push(asked.request().uri.host_text().to_owned());
        if round == 1 {
            answer(&mut bench, &asked, "503 Service Unavailable");
        }
        bench.pass(Duration::from_secs(4));
    }
    assert_eq!(hosts, ["127.0.0.4", "127.0.0.5", "127.0.0.4"], "each of its addresses has its turn");
    assert_eq!(listing(&bench).up, Some(false));
    let asked = question(&mut bench);
    answer(&mut bench, &asked, "200 OK");
    assert_eq!(listing(&bench).up, Some(true));
}

#[test]
fn an_answer_that_comes_too_late_or_twice_changes_nothing() {
    let mut bench = bench();
    let asked = question(&mut bench);
    bench.pass(Duration::from_secs(4));
    answer(&mut bench, &asked, "200 OK");
    assert_eq!(listing(&bench).up, None);
    let again = question(&mut bench);
    answer(&mut bench, &again, "200 OK");
    let since = listing(&bench).since;
    answer(&mut bench, &again, "200 OK");
    assert_eq!((listing(&bench).up, listing(&bench).since), (Some(true), since));
}

#[test]
fn only_one_shard_asks() {
    let mut bench = bench();
    let settings = bench.stack.ground.settings.clone();
    let other = super::super::Stack::new(model::ShardNo(1), settings, bench.stack.ground.bindings.clone(), 1);
    assert_eq!(other.next_wakeup(), None);
    question(&mut bench);
}
