//! The buckets as a guesser, a flood, a municipality and a trunk meet them, on virtual time.
//! Knows sources, kinds and moments; no message, no socket.

use std::net::IpAddr;
use std::time::Duration;

use super::*;

const NOON: Moment = Moment::from_secs(1_800_000_000);

fn buckets() -> Buckets {
    Buckets::new(AdmissionSettings {
        source: Rate { per_second: 10, burst: 20 },
        phones: Rate { per_second: 100, burst: 200 },
        strangers: Rate { per_second: 80, burst: 160 },
        trunk_calls: Rate { per_second: 50, burst: 50 },
        sources_max: 64,
    })
}

fn source(n: u16) -> Source {
    Source::of(IpAddr::from([192, 0, (n >> 8) as u8, n as u8]))
}

fn admitted(buckets: &mut Buckets, sender: Sender<'_>, kind: Kind, asked: u32, at: Moment) -> u32 {
    (0..asked).map(|_| u32::from(buckets.admit(sender, kind, at) == Admission::Admit)).sum()
}

#[test]
fn one_stranger_gets_few_answers_and_then_silence() {
    let mut buckets = buckets();
    let stranger = Sender::Stranger(source(1));
    assert_eq!(admitted(&mut buckets, stranger, Kind::Other, 1_000, NOON), 20);
    assert_eq!(buckets.admit(stranger, Kind::Other, NOON), Admission::Drop);
    assert_eq!(admitted(&mut buckets, stranger, Kind::Other, 1_000, NOON + Duration::from_secs(1)), 10);
    assert_eq!(admitted(&mut buckets, Sender::Stranger(source(2)), Kind::Other, 1, NOON), 1, "others are heard");
}

#[test]
fn a_flood_from_one_source_is_not_even_read() {
    let mut buckets = buckets();
    let read = (0..100_000).filter(|_| buckets.hears(Sender::Stranger(source(1)), NOON)).count();
    assert_eq!(read, 160);
    assert!(buckets.hears(Sender::Stranger(source(2)), NOON));
}

#[test]
fn a_flood_from_everywhere_costs_no_phone_and_no_trunk_anything() {
    let mut buckets = buckets();
    let trunk = TrunkId::new("operator");
    let flood: u32 =
        (0..10_000).map(|n| admitted(&mut buckets, Sender::Stranger(source(n)), Kind::Other, 1, NOON)).sum();
    assert_eq!(flood, 160, "strangers share one bucket");
    assert_eq!(admitted(&mut buckets, Sender::Phones(source(7)), Kind::Proof, 100, NOON), 100);
    assert_eq!(admitted(&mut buckets, Sender::Trunk(&trunk), Kind::NewCall, 50, NOON), 50);
    assert_eq!(buckets.sources(), 64);
}

#[test]
fn made_up_credentials_and_made_up_tags_from_everywhere_reach_the_shards_at_a_bounded_rate() {
    let mut buckets = buckets();
    let mut from_all =
        |kind| -> u32 { (0..10_000).map(|n| admitted(&mut buckets, Sender::Stranger(source(n)), kind, 1, NOON)).sum() };
    assert_eq!(from_all(Kind::Proof), 20);
    assert_eq!(from_all(Kind::InDialog), 40);
}

#[test]
fn a_storm_of_phones_is_told_to_come_again_and_their_talks_go_on() {
    let mut buckets = buckets();
    let phones = Sender::Phones(source(1));
    assert_eq!(admitted(&mut buckets, phones, Kind::Proof, 300, NOON), 200);
    assert_eq!(buckets.admit(phones, Kind::Proof, NOON), Admission::Refuse);
    assert_eq!(admitted(&mut buckets, phones, Kind::InDialog, 300, NOON), 300);
}

#[test]
fn a_trunk_gone_mad_is_told_so_but_its_talks_and_urgent_calls_always_pass() {
    let mut buckets = buckets();
    let (mad, sane) = (TrunkId::new("mad"), TrunkId::new("sane"));
    assert_eq!(admitted(&mut buckets, Sender::Trunk(&mad), Kind::NewCall, 1_000, NOON), 50);
    assert_eq!(buckets.admit(Sender::Trunk(&mad), Kind::NewCall, NOON), Admission::Refuse);
    for kind in [Kind::InDialog, Kind::Urgent] {
        assert_eq!(admitted(&mut buckets, Sender::Trunk(&mad), kind, 1_000, NOON), 1_000);
    }
    assert_eq!(admitted(&mut buckets, Sender::Trunk(&sane), Kind::NewCall, 1, NOON), 1);
    assert!((0..10_000).all(|_| buckets.hears(Sender::Trunk(&mad), NOON)), "a trunk is always read");
}

#[test]
fn nobody_who_is_banned_is_a_sender() {
    let at = source(1);
    assert_eq!(Sender::of(at, Standing::Banned), None);
    assert_eq!(Sender::of(at, Standing::Phone), Some(Sender::Phones(at)));
    assert_eq!(Sender::of(at, Standing::Stranger), Some(Sender::Stranger(at)));
}
