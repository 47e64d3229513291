//! Pages on virtual time: what rings there, what a page is told that comes back, and who may say what.
//! Knows the centre's commands and a page's words; nothing is sent anywhere.

mod any_order;
mod own;

use std::time::Duration;

use bytes::Bytes;
use model::{
    AgentId, Caller, Cause, LegCommand, LegEnd, LegEvent, LegId, LegSide, Moment, Presentation, Refusal, ShardNo,
};

use crate::{PageOut, Pages, Said, Says, Tells, Told};

const LEG: LegId = LegId::new(ShardNo(0), LegSide::Outbound, 1);
const RING: Duration = Duration::from_secs(15);
const NOW: Moment = Moment::from_secs(1_795_000_000);

fn anna() -> AgentId {
    AgentId::new("anna")
}

fn shown() -> Presentation {
    Presentation { caller: Caller::Withheld, title: "Aarhus: Pas".into(), goes_on: false }
}

fn call() -> LegCommand {
    LegCommand::CallAgent {
        leg: LEG,
        agent: anna(),
        shown: shown(),
        offer: Bytes::from_static(b"ours"),
        ring_time_max: RING,
    }
}

fn hang_up() -> LegCommand {
    LegCommand::HangUp { leg: LEG, cause: Cause::Normal }
}

fn told(told: Told) -> PageOut {
    PageOut::Tell(Tells { agent: anna(), leg: LEG, told })
}

fn rings() -> PageOut {
    told(Told::Rings { offer: Bytes::from_static(b"ours"), shown: shown() })
}

fn from(agent: &str, said: Said) -> Says {
    Says { agent: AgentId::new(agent), leg: LEG, said }
}

fn after(step: impl FnOnce(&mut Vec<PageOut>)) -> Vec<PageOut> {
    let mut out = Vec::new();
    step(&mut out);
    out
}

/// Anna's page is open, and a citizen rings there.
fn ringing() -> Pages {
    let mut pages = Pages::new(ShardNo(0));
    assert_eq!(after(|out| pages.opened(&anna(), out)), []);
    assert!(pages.takes(&call()));
    let out = after(|out| pages.command(call(), NOW, out));
    assert_eq!(out, [rings(), PageOut::Leg(LegEvent::Ringing { leg: LEG, session: None })]);
    pages
}

/// Anna has answered.
fn talking() -> Pages {
    let mut pages = ringing();
    let answer = Bytes::from_static(b"theirs");
    let out = after(|out| pages.says(from("anna", Said::Answer(answer.clone())), out));
    assert_eq!(out, [PageOut::Leg(LegEvent::Answered { leg: LEG, session: answer })]);
    pages
}

#[test]
fn an_agent_without_an_open_page_is_left_to_the_phone() {
    let mut pages = Pages::new(ShardNo(0));
    assert!(!pages.takes(&call()));
    after(|out| pages.opened(&anna(), out));
    after(|out| pages.closed(&anna(), out));
    assert!(!pages.takes(&call()) && !pages.takes(&hang_up()));
}

#[test]
fn a_page_that_nobody_answers_rings_as_long_as_the_queue_says() {
    let mut pages = ringing();
    assert_eq!(pages.next_wakeup(), Some(NOW + RING));
    assert_eq!(after(|out| pages.wake(NOW + RING - Duration::from_millis(1), out)), []);
    let out = after(|out| pages.wake(NOW + RING, out));
    assert_eq!(out, [told(Told::Over), PageOut::Leg(LegEvent::Refused { leg: LEG, why: Refusal::NoAnswer })]);
    assert_eq!((pages.legs(), pages.next_wakeup()), (0, None));
}

#[test]
fn a_page_reloaded_while_it_rings_rings_again() {
    let mut pages = ringing();
    assert_eq!(after(|out| pages.opened(&anna(), out)), [rings()]);
}

#[test]
fn a_page_that_goes_while_it_rings_gives_the_citizen_back_and_one_that_goes_in_a_talk_does_not() {
    let mut pages = ringing();
    let out = after(|out| pages.closed(&anna(), out));
    assert_eq!(out, [told(Told::Over), PageOut::Leg(LegEvent::Refused { leg: LEG, why: Refusal::Unreachable })]);
    let mut pages = talking();
    assert_eq!(after(|out| pages.closed(&anna(), out)), []);
    assert_eq!(pages.legs(), 1);
    assert!(pages.takes(&hang_up()), "the talk's end is still the page's");
}

#[test]
fn a_page_that_comes_back_offers_again_and_the_same_call_goes_on() {
    let mut pages = talking();
    assert_eq!(after(|out| pages.opened(&anna(), out)), [told(Told::GoesOn)]);
    let offer = Said::Offer { number: 7, session: Bytes::from_static(b"anew") };
    let out = after(|out| pages.says(from("anna", offer), out));
    let anew = Some(Bytes::from_static(b"anew"));
    assert_eq!(out, [PageOut::Leg(LegEvent::SessionOffered { leg: LEG, offer: anew })]);
    let session = Bytes::from_static(b"agreed");
    let accept = LegCommand::AcceptSession { leg: LEG, session: session.clone() };
    assert!(pages.takes(&accept));
    let out = after(|out| pages.command(accept.clone(), NOW, out));
    assert_eq!(out, [told(Told::Accepted { number: 7, session })]);
    assert_eq!(after(|out| pages.command(accept, NOW, out)), [], "one answer for one offer");
}

#[test]
fn an_offer_that_cannot_be_accepted_is_refused_by_its_number() {
    let mut pages = talking();
    let offer = |number| Said::Offer { number, session: Bytes::from_static(b"nonsense") };
    after(|out| pages.says(from("anna", offer(3)), out));
    let out = after(|out| pages.command(LegCommand::RejectSession { leg: LEG }, NOW, out));
    assert_eq!(out, [told(Told::Rejected { number: 3 })]);
    let mut early = ringing();
    assert_eq!(after(|out| early.says(from("anna", offer(4)), out)), [told(Told::Rejected { number: 4 })]);
}

#[test]
fn an_agent_declines_and_hangs_up_at_the_page() {
    let out = after(|out| ringing().says(from("anna", Said::End), out));
    assert_eq!(out, [told(Told::Over), PageOut::Leg(LegEvent::Refused { leg: LEG, why: Refusal::Declined })]);
    let out = after(|out| talking().says(from("anna", Said::End), out));
    assert_eq!(out, [told(Told::Over), PageOut::Leg(LegEvent::Ended { leg: LEG, why: LegEnd::HungUp })]);
}

#[test]
fn nobody_answers_or_ends_a_colleagues_call() {
    let over = [PageOut::Tell(Tells { agent: AgentId::new("bo"), leg: LEG, told: Told::Over })];
    for said in [Said::Answer(Bytes::new()), Said::End, Said::Offer { number: 1, session: Bytes::new() }] {
        let mut pages = ringing();
        assert_eq!(after(|out| pages.says(from("bo", said.clone()), out)), over);
        let mut pages = talking();
        assert_eq!(after(|out| pages.says(from("bo", said), out)), over);
    }
}

#[test]
fn what_a_page_says_of_a_call_that_is_over_is_answered_so() {
    let mut pages = talking();
    let out = after(|out| pages.command(hang_up(), NOW, out));
    assert_eq!(out, [told(Told::Over), PageOut::Leg(LegEvent::Ended { leg: LEG, why: LegEnd::LetGo })]);
    assert_eq!(after(|out| pages.says(from("anna", Said::End), out)), [told(Told::Over)]);
    assert_eq!(pages.legs(), 0);
}

#[test]
fn a_node_that_stops_lets_every_page_go() {
    let mut pages = talking();
    let out = after(|out| pages.hang_up_all(out));
    assert_eq!(out.last(), Some(&PageOut::Leg(LegEvent::Ended { leg: LEG, why: LegEnd::LetGo })));
    assert_eq!(pages.legs(), 0);
}
