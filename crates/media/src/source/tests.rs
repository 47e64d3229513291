//! Who is heard, from where, and when another may take its place.
//! Knows addresses and moments; doesn't know sockets.

use super::*;

const NOON: Moment = Moment::from_secs(43_200);

fn at(ms: u64) -> Moment {
    NOON + Duration::from_millis(ms)
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn packet(sequence: u16) -> RtpHeader {
    RtpHeader { payload_type: 8, marker: false, sequence, timestamp: 0, ssrc: 1, payload: 12..172 }
}

fn settled(remote: &str) -> Source {
    let mut source = Source::new();
    source.settle(address(remote), true, NOON);
    source
}

/// How many of so many packets in a row get in.
fn send(source: &mut Source, from: &str, packets: u16, from_ms: u64) -> usize {
    (0..packets).filter(|n| source.accepts(address(from), &packet(*n), at(from_ms + 20 * u64::from(*n)))).count()
}

#[test]
fn the_described_address_is_heard_at_once_and_strangers_never() {
    let mut source = settled("198.51.100.1:4000");
    assert_eq!(send(&mut source, "198.51.100.1:4000", 50, 0), 50);
    for stranger in ["203.0.113.9:4000", "198.51.100.1:4002"] {
        assert_eq!(send(&mut source, stranger, 40, 1000), 0, "{stranger}");
    }
    assert_eq!(source.destination(), Some(address("198.51.100.1:4000")));
}

#[test]
fn a_stranger_who_speaks_first_is_not_heard_and_gets_nothing() {
    let mut source = settled("198.51.100.1:4000");
    assert_eq!(send(&mut source, "203.0.113.9:4000", 400, 0), 0);
    assert_eq!(source.destination(), Some(address("198.51.100.1:4000")));
}

#[test]
fn a_phone_behind_nat_is_learnt_after_a_few_packets_in_a_row() {
    let mut source = settled("192.168.1.20:4000");
    assert_eq!(send(&mut source, "203.0.113.9:61000", 50, 0), 50 - 3);
    assert_eq!(source.destination(), Some(address("203.0.113.9:61000")));
    assert_eq!(send(&mut source, "203.0.113.10:61000", 50, 1000), 0, "then it is locked");
}

#[test]
fn a_softphone_on_this_machine_may_send_from_another_loopback_address() {
    let mut source = settled("127.0.0.3:4000");
    assert_eq!(send(&mut source, "127.0.0.1:4002", 50, 0), 0, "another port is a stranger's");
    assert_eq!(send(&mut source, "127.0.0.66:4000", 50, 500), 0, "and so is another address");
    assert_eq!(send(&mut source, "127.0.0.1:4000", 50, 1000), 50 - 3);
    assert_eq!(send(&mut source, "127.0.0.66:4000", 50, 2000), 0, "then it is locked");
}

#[test]
fn scattered_packets_teach_nothing() {
    let mut source = settled("192.168.1.20:4000");
    for n in 0..100 {
        assert!(!source.accepts(address("203.0.113.9:61000"), &packet(n * 7), at(u64::from(n))));
    }
}

#[test]
fn the_described_address_wins_over_one_that_was_learnt_before() {
    let mut source = settled("198.51.100.1:4000");
    assert_eq!(send(&mut source, "198.51.100.1:9999", 10, 0), 7);
    assert_eq!(send(&mut source, "198.51.100.1:4000", 10, 300), 10);
    assert_eq!(send(&mut source, "198.51.100.1:9999", 10, 600), 0);
}

#[test]
fn after_the_learning_time_only_the_described_address_is_heard() {
    let mut source = settled("192.168.1.20:4000");
    assert_eq!(send(&mut source, "203.0.113.9:61000", 50, 10_001), 0);
    assert_eq!(send(&mut source, "192.168.1.20:4000", 1, 12_000), 1);
}

#[test]
fn a_source_that_fell_silent_may_come_back_from_another_port() {
    let mut source = settled("198.51.100.1:4000");
    send(&mut source, "198.51.100.1:4000", 1, 0);
    assert_eq!(send(&mut source, "198.51.100.1:5000", 50, 20_000), 47);
    assert_eq!(source.destination(), Some(address("198.51.100.1:5000")));
}

#[test]
fn a_new_description_moves_the_source_and_the_same_one_keeps_it() {
    let mut source = settled("192.168.1.20:4000");
    send(&mut source, "203.0.113.9:61000", 10, 0);
    source.settle(address("192.168.1.20:4000"), false, at(1000));
    source.settle(address("0.0.0.0:4000"), false, at(1500));
    assert_eq!(source.destination(), Some(address("203.0.113.9:61000")));
    source.settle(address("198.51.100.1:4000"), true, at(2000));
    assert_eq!(source.destination(), Some(address("198.51.100.1:4000")));
    assert_eq!(send(&mut source, "203.0.113.9:61000", 10, 2000), 0);
}

#[test]
fn a_stream_that_goes_on_from_another_port_is_followed_soon_and_a_strangers_is_not() {
    let mut source = settled("198.51.100.1:4000");
    send(&mut source, "198.51.100.1:4000", 50, 0);
    let mut goes_on = |from: &str, first: u16, from_ms: u64| {
        (first..first + 10).filter(|n| source.accepts(address(from), &packet(*n), at(from_ms))).count()
    };
    assert_eq!(goes_on("198.51.100.1:5000", 50, 1000), 0, "the right one spoke only just now");
    assert_eq!(goes_on("198.51.100.1:5000", 9000, 1400), 0, "numbers that are guessed");
    assert_eq!(goes_on("203.0.113.9:4000", 60, 1400), 0, "another host");
    assert_eq!(goes_on("198.51.100.1:5000", 60, 1400), 10 - 3);
}

#[test]
fn who_says_goodbye_makes_room_for_another_at_once() {
    let mut source = settled("198.51.100.1:4000");
    send(&mut source, "198.51.100.1:4000", 50, 0);
    let new = |n: u16| RtpHeader { ssrc: 2, ..packet(n) };
    assert_eq!((0..10).filter(|n| source.accepts(address("198.51.100.1:5000"), &new(*n), at(1000))).count(), 0);
    assert_eq!(source.stream(), Some(1));
    source.let_go();
    assert_eq!((0..10).filter(|n| source.accepts(address("198.51.100.1:5000"), &new(*n), at(1000))).count(), 7);
    assert_eq!(source.stream(), Some(2));
}
