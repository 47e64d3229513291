//! Calls that agents begin at their pages, on virtual time: answered, turned down, given up.
//! Knows the centre's commands and a page's words.

use bytes::Bytes;
use model::{AgentCall, AgentId, CalledParty, Cause, LegCommand, LegEnd, LegEvent, LegId, LegSide, ShardNo};

use super::{NOW, after, anna};
use crate::{Calls, PageOut, Pages, Said, Says, Tells, Told};

const OWN: LegId = LegId::new(ShardNo(0), LegSide::Inbound, (1 << 54) | 1);

fn told(told: Told) -> PageOut {
    PageOut::Tell(Tells { agent: anna(), leg: OWN, told })
}

fn ended() -> [PageOut; 2] {
    [told(Told::Over), PageOut::Leg(LegEvent::Ended { leg: OWN, why: LegEnd::HungUp })]
}

/// Anna calls Bo.
fn calling() -> Pages {
    let mut pages = Pages::new(ShardNo(0));
    after(|out| pages.opened(&anna(), out));
    let to = CalledParty::Agent(AgentId::new("bo"));
    let calls = Calls { agent: anna(), number: 4, to: to.clone(), session: Bytes::from_static(b"offer") };
    let out = after(|out| pages.calls(calls, out));
    let call = AgentCall { leg: OWN, agent: anna(), to, offer: Some(Bytes::from_static(b"offer")) };
    assert_eq!(out, [told(Told::Called { number: 4 }), PageOut::Leg(LegEvent::AgentCalls(call))]);
    pages
}

fn answer() -> LegCommand {
    LegCommand::Answer { leg: OWN, session: Bytes::from_static(b"answer") }
}

#[test]
fn an_agent_calls_a_colleague_from_the_page_and_talks() {
    let mut pages = calling();
    assert!(pages.takes(&answer()));
    let accepted = told(Told::Accepted { number: 4, session: Bytes::from_static(b"answer") });
    let confirmed = PageOut::Leg(LegEvent::Confirmed { leg: OWN, session: None });
    assert_eq!(after(|out| pages.command(answer(), NOW, out)), [accepted, told(Told::Taken), confirmed]);
    assert_eq!(after(|out| pages.opened(&anna(), out)), [told(Told::GoesOn)], "reloaded, it goes on");
    assert_eq!(after(|out| pages.says(Says { agent: anna(), leg: OWN, said: Said::End }, out)), ended());
}

#[test]
fn early_sound_is_agreed_once_and_the_answer_repeats_it() {
    let mut pages = calling();
    let session = Bytes::from_static(b"early");
    let early = LegCommand::RingWithSound { leg: OWN, session: session.clone() };
    let out = after(|out| pages.command(early, NOW, out));
    assert_eq!(out, [told(Told::Accepted { number: 4, session })]);
    let out = after(|out| pages.command(answer(), NOW, out));
    assert_eq!(out, [told(Told::Taken), PageOut::Leg(LegEvent::Confirmed { leg: OWN, session: None })]);
}

#[test]
fn a_call_that_is_not_allowed_is_over_for_the_page_and_nothing_is_kept() {
    let mut pages = calling();
    let refuse = LegCommand::Refuse { leg: OWN, cause: Cause::NotAllowed };
    assert_eq!(after(|out| pages.command(refuse, NOW, out)), [told(Told::Over)]);
    assert_eq!(pages.legs(), 0);
}

#[test]
fn a_page_that_is_reloaded_or_gone_gives_up_the_call_that_nobody_has_answered() {
    let mut pages = calling();
    assert_eq!(after(|out| pages.opened(&anna(), out)), ended());
    let mut pages = calling();
    assert_eq!(after(|out| pages.closed(&anna(), out)), ended());
    assert_eq!(pages.legs(), 0);
}
