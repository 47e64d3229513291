//! What becomes of phones that move, restart, lose their connection, or have more than one place: the registrar's table as
//! callers notice it. On virtual time; the messages are written by hand.

use std::time::Duration;

use super::registering::{authorization, bench, contact, register, registered};
use super::{Bench, Sent};
use crate::bindings::Binding;
use crate::stack::seam::{Path, Transport};
use crate::stack::settings::RegistrarSettings;

const INSTANCE: &str = ";+sip.instance=\"<urn:uuid:0001>\"";

/// A phone that registers again and again by one challenge.
struct Phone {
    challenge: Sent,
    count: u32,
    path: Option<Path>,
}

impl Phone {
    fn new(bench: &mut Bench) -> Self {
        Self { challenge: registered(bench, "agent0002"), count: 1, path: None }
    }

    fn says(&mut self, bench: &mut Bench, more: &str) -> Sent {
        self.count += 1;
        let right = authorization(&self.challenge, "agent0002", "hemmelig", self.count);
        let text = register("agent0002", 1 + self.count, &(more.to_owned() + &right));
        match self.path {
            Some(path) => bench.receive(&text, path, None),
            None => bench.phone(&text),
        }
        bench.one()
    }
}

fn wss(connection: u64) -> Path {
    Path { transport: Transport::Wss, listener: 0, connection, peer: ([127, 0, 0, 3], 40_000).into() }
}

fn called(bench: &mut Bench, number: u64) -> Vec<String> {
    bench.call("agent0002", number);
    bench.sent().iter().map(|sent| sent.request().uri.user().unwrap_or("").to_owned()).collect()
}

#[test]
fn a_phone_that_registers_again_after_a_restart_leaves_no_ghost_that_rings() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    phone.says(&mut bench, &contact("agent0002", ";expires=0"));
    for (port, name) in ["first", "second", "third"].iter().enumerate() {
        let more = format!("Contact: <sip:{name}@10.1.1.1:{}>{INSTANCE}\n", 5060 + port);
        let ok = phone.says(&mut bench, &more);
        assert!(ok.header("Contact").contains(&format!("sip:{name}@")) && ok.header("Contact").contains(INSTANCE));
    }
    assert_eq!(called(&mut bench, 1), ["third"]);
}

#[test]
fn while_an_agents_page_is_open_it_rings_alone_and_the_desk_phone_rings_again_when_it_is_gone() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    phone.says(&mut bench, &contact("desk", ";+sip.instance=\"<urn:uuid:0002>\""));
    phone.path = Some(wss(7));
    phone.says(&mut bench, &contact("page", &format!("{INSTANCE};reg-id=1")));
    assert_eq!(called(&mut bench, 1), ["page"]);
    phone.path = None;
    phone.says(&mut bench, &contact("desk", ";+sip.instance=\"<urn:uuid:0002>\""));
    assert_eq!(called(&mut bench, 2), ["page"], "a desk phone that registers again changes nothing");
    bench.flow_gone(7);
    assert_eq!(called(&mut bench, 3), ["desk", "agent0002"]);
}

#[test]
fn two_phones_of_one_agent_ring_both_the_preferred_one_first_and_two_flows_of_one_phone_too() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    phone.says(&mut bench, &contact("desk", ";+sip.instance=\"<urn:uuid:0002>\";q=0.5"));
    phone.says(&mut bench, &contact("flow1", &format!("{INSTANCE};reg-id=1;q=0.1")));
    phone.says(&mut bench, &contact("flow2", &format!("{INSTANCE};reg-id=2;q=0.2")));
    assert_eq!(called(&mut bench, 1), ["agent0002", "desk", "flow2", "flow1"]);
}

#[test]
fn a_phone_that_has_moved_may_say_its_old_and_new_address_at_once_in_either_order() {
    for old_first in [true, false] {
        let mut bench = bench();
        let mut phone = Phone::new(&mut bench);
        phone.says(&mut bench, &contact("old", INSTANCE));
        let (old, new) = (contact("old", &format!("{INSTANCE};expires=0")), contact("new", INSTANCE));
        phone.says(&mut bench, &if old_first { old + &new } else { new + &old });
        assert_eq!(called(&mut bench, 1), ["new", "agent0002"]);
        phone.says(&mut bench, &contact("new", &format!("{INSTANCE};expires=0")));
        assert_eq!(called(&mut bench, 2), ["agent0002"]);
    }
}

#[test]
fn a_phone_whose_connection_broke_is_not_called_until_it_is_back() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    phone.says(&mut bench, &contact("agent0002", ";expires=0"));
    phone.path = Some(wss(7));
    phone.says(&mut bench, &contact("ws", INSTANCE));
    assert_eq!(bench.phones.last(), Some(&("agent0002".into(), true)));
    bench.flow_gone(7);
    assert_eq!(bench.phones.last(), Some(&("agent0002".into(), false)));
    assert!(called(&mut bench, 1).is_empty());
    assert_eq!(bench.stack.ground.bindings.moved(7), None);
    phone.path = Some(wss(8));
    let ok = phone.says(&mut bench, &contact("ws", INSTANCE));
    assert_eq!(ok.text.matches("\nContact:").count(), 1);
    assert_eq!(bench.phones.last(), Some(&("agent0002".into(), true)));
    assert_eq!(called(&mut bench, 2), ["ws"]);
    // What is said inside a call of before goes by the new connection too, however often it breaks.
    assert_eq!(bench.stack.ground.bindings.moved(7), Some(wss(8)));
    bench.flow_gone(8);
    phone.path = Some(wss(9));
    phone.says(&mut bench, &contact("ws", INSTANCE));
    assert_eq!([7, 8, 9].map(|before| bench.stack.ground.bindings.moved(before)), [Some(wss(9)), Some(wss(9)), None]);
    phone.says(&mut bench, "Contact: *\nExpires: 0\n");
    assert_eq!(bench.stack.ground.bindings.moved(7), None);
    bench.flow_gone(9);
    bench.pass(Duration::from_secs(40));
    bench.events();
    bench.rest();
}

#[test]
fn a_page_that_was_reloaded_is_news_and_one_that_connects_again_or_a_desk_phone_is_not() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    phone.path = Some(wss(7));
    phone.says(&mut bench, &contact("page", INSTANCE));
    assert_eq!(bench.browsers.len(), 1);
    bench.flow_gone(7);
    phone.path = Some(wss(8));
    phone.says(&mut bench, &contact("page", INSTANCE));
    phone.says(&mut bench, &contact("page", INSTANCE));
    assert_eq!(bench.browsers.len(), 1, "the same page");
    phone.path = None;
    phone.says(&mut bench, &contact("desk", ";+sip.instance=\"<urn:uuid:0002>\""));
    assert_eq!(bench.browsers.len(), 1, "no browser");
    bench.flow_gone(8);
    phone.path = Some(wss(9));
    phone.says(&mut bench, &contact("reloaded", ";+sip.instance=\"<urn:uuid:0003>\""));
    assert_eq!(bench.browsers.len(), 2);
    bench.flow_gone(9);
    phone.path = Some(wss(10));
    phone.says(&mut bench, "Contact: <sip:nameless@10.1.1.1:5060>\n");
    assert_eq!(bench.browsers.len(), 3, "a page may name no instance");
}

#[test]
fn a_registration_that_is_read_after_its_connection_closed_makes_nobody_reachable() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    phone.says(&mut bench, &contact("agent0002", ";expires=0"));
    bench.flow_gone(7);
    phone.path = Some(wss(7));
    phone.says(&mut bench, &contact("ws", INSTANCE));
    assert_eq!(bench.phones.last(), Some(&("agent0002".into(), false)));
    assert!(called(&mut bench, 1).is_empty());
}

#[test]
fn a_phone_may_count_on_a_flow_that_it_names_and_only_on_that() {
    let mut bench = bench();
    let mut phone = Phone::new(&mut bench);
    let more = format!("Supported: path, outbound\n{}", contact("x", &format!("{INSTANCE};reg-id=1")));
    assert_eq!(phone.says(&mut bench, &more).header("Require"), "outbound");
    phone.path = Some(wss(7));
    assert_eq!(phone.says(&mut bench, &more).header("Require"), "outbound");
    assert_eq!(phone.says(&mut bench, &contact("x", &format!("{INSTANCE};reg-id=1"))).header("Require"), "");
}

#[test]
fn registrations_are_back_after_a_restart_and_those_by_a_connection_wait_for_the_phone() {
    let mut before = bench();
    let mut phone = Phone::new(&mut before);
    phone.says(&mut before, &contact("udp", ";q=1.0"));
    phone.path = Some(wss(7));
    phone.says(&mut before, &contact("ws", INSTANCE));
    let (agent, bindings) = before.kept.last().expect("it is kept").clone();
    let lines: Vec<String> = bindings.iter().filter_map(Binding::write).collect();
    assert_eq!(lines.len(), 3);
    let kept = || vec![(agent.clone(), lines.iter().filter_map(|line| Binding::read(line)).collect())];

    let mut after = bench();
    after.restore(kept());
    assert_eq!(after.phones, [("agent0002".into(), true)]);
    assert_eq!(after.proofs, [true, true]);
    assert_eq!(called(&mut after, 1), ["udp", "agent0002"]);

    // The first registration ran for 120 s, the others for 600 s.
    let mut later = bench();
    later.now = later.now + Duration::from_secs(130);
    later.restore(kept());
    assert_eq!(called(&mut later, 1), ["udp"]);
    let mut much_later = bench();
    much_later.now = much_later.now + Duration::from_secs(601);
    much_later.restore(kept());
    assert!(much_later.phones.is_empty() && called(&mut much_later, 1).is_empty());
}

#[test]
fn phones_that_came_all_at_once_are_told_to_come_back_at_different_times() {
    let mut spans = Vec::new();
    let mut bench = Bench::with(|settings| settings.registrar = Some(RegistrarSettings::new("samkald", [7; 32])));
    bench.phone(&register("agent0002", 1, ""));
    let mut phone = Phone { challenge: bench.one(), count: 0, path: None };
    for _ in 0..200 {
        let ok = phone.says(&mut bench, &contact("agent0002", ";expires=600"));
        let span = ok.header("Contact").rsplit_once("expires=").expect("a span").1.parse::<u64>().expect("seconds");
        spans.push(span);
    }
    assert!(spans.iter().all(|span| (510..=600).contains(span)), "{spans:?}");
    for tenth in 0..10 {
        let range = 510 + tenth * 9..519 + tenth * 9;
        assert!(spans.iter().any(|span| range.contains(span)), "nobody comes back within {range:?}");
    }
    let least = phone.says(&mut bench, &contact("agent0002", ";expires=60"));
    assert!(least.header("Contact").ends_with("expires=60"), "never shorter than the shortest that is allowed");
}
