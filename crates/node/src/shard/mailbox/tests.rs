//! A shard's mailboxes as their shard empties them: in which order, how long something waited, what happens at the bounds.
//! Knows kinds and moments; no socket and no shard.

use sip::message::{Message, parse};
use sip::stack::{Path, Transport};

use super::*;

const NOON: Moment = Moment::from_secs(1_800_000_000);
const STALE: Duration = Duration::from_millis(500);
/// One call is enough to be many.
const LATE: LoadSettings =
    LoadSettings { new_call_wait_max: Duration::from_millis(100), few: 1, others_max: 4_096, stale_after: STALE };

fn message(call: &str) -> Box<Incoming> {
    let text = format!(
        "INVITE sip:7000@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:c@d>\r\nCall-ID: {call}\r\nCSeq: 1 INVITE\r\n\r\n"
    );
    let message = parse(text.into()).expect("a message");
    let path = Path { transport: Transport::Udp, listener: 0, connection: 0, peer: ([127, 0, 0, 2], 5060).into() };
    Box::new(Incoming { message, path, trunk: None })
}

fn post(mailbox: &Mailbox, call: &str, kind: Kind, at: Moment) {
    assert!(mailbox.post_sip(message(call), kind, at).is_ok(), "{call}");
}

fn name(mail: Option<Mail>) -> String {
    match mail {
        Some(Mail::Sip(incoming)) => called(&incoming.message),
        Some(Mail::StaleCall(incoming)) => format!("stale {}", called(&incoming.message)),
        Some(
            Mail::Restore(_)
            | Mail::FlowGone(_)
            | Mail::Page(_)
            | Mail::Undelivered(_)
            | Mail::Centre(_)
            | Mail::Expect(_)
            | Mail::Plan(_)
            | Mail::Stop,
        ) => "other".into(),
        None => "nothing".into(),
    }
}

fn called(message: &Message) -> String {
    message.headers().call_id().to_owned()
}

#[test]
fn a_shard_that_takes_no_new_calls_still_hears_of_those_it_has() {
    let mailbox = Mailbox::new(4, LATE);
    post(&mailbox, "first", Kind::NewCall, NOON);
    mailbox.shut(true);
    for kind in [Kind::NewCall, Kind::Urgent] {
        assert!(mailbox.post_sip(message("late"), kind, NOON).is_err());
    }
    mailbox.post(Mail::Stop);
    assert!(matches!(mailbox.take(NOON), Some(Mail::Stop)), "what belongs to calls that are here goes first");
    assert_eq!(name(mailbox.take(NOON)), "first");
    mailbox.shut(false);
    post(&mailbox, "next", Kind::NewCall, NOON);
    assert_eq!(mailbox.lost(), 0);
}

#[test]
fn talks_go_first_then_urgent_calls_and_a_storm_of_phones_holds_up_no_call() {
    let mailbox = Mailbox::new(64, LATE);
    for n in 0..100 {
        post(&mailbox, "phone", Kind::Proof, NOON + Duration::from_millis(n));
    }
    for _ in 0..8 {
        post(&mailbox, "call", Kind::NewCall, NOON);
    }
    post(&mailbox, "urgent", Kind::Urgent, NOON);
    post(&mailbox, "talk", Kind::InDialog, NOON);
    let order: Vec<String> = (0..12).map(|_| name(mailbox.take(NOON))).collect();
    let call_call_call_phone = ["call", "call", "call", "phone"];
    assert_eq!(order[..2], ["talk", "urgent"]);
    assert_eq!(order[2..10], [call_call_call_phone, call_call_call_phone].concat());
    assert_eq!(order[10..], ["call", "call"]);
}

#[test]
fn a_cancel_does_not_overtake_its_call() {
    let mailbox = Mailbox::new(4, LATE);
    post(&mailbox, "call", Kind::NewCall, NOON);
    mailbox.post_cancel(message("cancel"), NOON);
    post(&mailbox, "talk", Kind::InDialog, NOON);
    assert_eq!([(); 3].map(|()| name(mailbox.take(NOON))), ["talk", "call", "cancel"]);
}

#[test]
fn a_shards_load_is_how_long_the_oldest_new_call_has_waited() {
    let mailbox = Mailbox::new(4, LATE);
    let after = |ms| NOON + Duration::from_millis(ms);
    assert_eq!(mailbox.load(after(60_000)), Load::default(), "an idle shard owes nothing");
    post(&mailbox, "one", Kind::NewCall, after(0));
    post(&mailbox, "two", Kind::NewCall, after(40));
    post(&mailbox, "talk", Kind::InDialog, after(50));
    assert_eq!(mailbox.load(after(60)), Load { oldest_new_call: Duration::from_millis(60), new_calls: 2, others: 1 });
    assert_eq!([(); 2].map(|()| name(mailbox.take(NOON))), ["talk", "one"]);
    assert!(mailbox.load(after(60)).oldest_new_call >= Duration::from_millis(20));
    mailbox.take(NOON);
    assert_eq!(mailbox.load(after(60_000)), Load::default());
    post(&mailbox, "three", Kind::NewCall, after(60_000));
    let fresh = Load { new_calls: 1, ..Load::default() };
    assert_eq!(mailbox.load(after(60_000)), fresh, "what lay here before does not count");
}

#[test]
fn a_call_that_waited_too_long_is_known_as_stale_and_the_fresh_one_behind_it_is_not() {
    let mailbox = Mailbox::new(4, LATE);
    post(&mailbox, "old", Kind::NewCall, NOON);
    post(&mailbox, "fresh", Kind::NewCall, NOON + Duration::from_millis(400));
    let later = NOON + STALE;
    assert_eq!([name(mailbox.take(later)), name(mailbox.take(later))], ["stale old", "fresh"]);
    assert_eq!((mailbox.stale(), mailbox.longest_wait(), mailbox.longest_wait()), (1, STALE, Duration::ZERO));
}

#[test]
fn few_calls_are_never_stale_however_long_the_machine_stood_still() {
    let mailbox = Mailbox::new(4, LoadSettings::default());
    for call in ["one", "two"] {
        post(&mailbox, call, Kind::NewCall, NOON);
    }
    let much_later = NOON + Duration::from_secs(5);
    assert_eq!([name(mailbox.take(much_later)), name(mailbox.take(much_later))], ["one", "two"]);
    assert_eq!(mailbox.stale(), 0);
}

#[test]
fn each_mailbox_is_bounded_and_says_so() {
    let mailbox = Mailbox::new(2, LATE);
    for kind in [Kind::Urgent, Kind::NewCall, Kind::Proof] {
        let taken = (0..10_000).filter(|_| mailbox.post_sip(message("x"), kind, NOON).is_ok()).count();
        assert_eq!(taken, if kind == Kind::Proof { REGISTRATIONS_MAX } else { 2 });
    }
    mailbox.post_cancel(message("cancel"), NOON);
    assert_eq!(name(mailbox.take(NOON)), "cancel", "a CANCEL always has room");
}
