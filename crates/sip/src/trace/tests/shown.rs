//! The ladder and the capture of a trace.
//! What stands in them is compared whole.

use std::time::Duration;

use model::{CallId, Dialled, ShardNo};

use super::super::ladder::Ladder;
use super::*;

#[test]
fn the_ladder_shows_who_said_what_to_whom_and_when() {
    let (tap, clock) = tap();
    let id = tap.start(wish(Filter::Number(Dialled::parse("7000").expect("a number")))).expect("room").id;
    let call = CallId::new(1, ShardNo(0), 1);
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    goes(
        &tap,
        &message("SIP/2.0 100 Trying", "<sip:+4520123456@203.0.113.9>", "<sip:7000@h>", "one", "", ""),
        "192.0.2.7:5060",
        Some("operator"),
    );
    tap.link(&link(call, None, "one"));
    clock.forward(Duration::from_millis(1_250));
    goes(&tap, &invite("two").replace("sip:7000@samkald.example", "sip:anna01@10.0.0.5"), "10.0.0.5:5060", None);
    came(&tap, &ringing("two", "anna01"), "10.0.0.5:5060", None);
    tap.link(&link(call, None, "two"));
    let mut ladder = Ladder::default();
    let mut drawn = Ladder::heading();
    for kept in kept(&tap, id) {
        let millis = kept.at.as_millis();
        drawn += &ladder.message(&kept, &format!("10:00:{:02}.{:03}", millis / 1_000 % 60, millis % 1_000));
    }
    let expected = "              trunk                          samkald                        phone\n\
        10:00:00.000  |-- INVITE 1 +body ----------->|                              |  leg 1: operator UDP, p1.e164 to 7000\n\
        10:00:00.000  |<------------- 100 INVITE 1 --|                              |  leg 1\n\
        10:00:01.250  |                              |-- INVITE 1 +body ----------->|  leg 2: 10.0.0.5:5060 UDP, p1.e164 to anna01\n\
        10:00:01.250  |                              |<------------- 180 INVITE 1 --|  leg 2\n";
    assert_eq!(drawn, expected);
}

#[test]
fn a_capture_holds_every_message_in_the_order_of_time() {
    let (tap, clock) = tap();
    let id = tap.start(wish(Filter::Number(Dialled::parse("7000").expect("a number")))).expect("room").id;
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    clock.forward(Duration::from_millis(3));
    came(&tap, &invite("one"), "192.0.2.7:5060", Some("operator"));
    let mut messages = kept(&tap, id);
    messages.reverse();
    let file = pcap::file(messages.iter().map(|kept| &**kept));
    let text = &messages[0].text;
    let packet = 14 + 20 + 8 + text.len();
    assert_eq!(file.len(), 24 + 2 * (16 + packet));
    assert_eq!(&file[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    let micros = |at: usize| u32::from_le_bytes(file[at + 4..at + 8].try_into().expect("four bytes"));
    assert_eq!((micros(24), micros(24 + 16 + packet)), (0, 3_000));
    assert!(file.ends_with(text));
}
