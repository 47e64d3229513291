//! Whatever the centre commands and pages say, in whatever order: each leg ends once, says nothing after that, and nothing is kept.
//! Knows only what comes out; what is right in each single step stands beside this file.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use model::{AgentId, Caller, Cause, LegCommand, LegEvent, LegId, LegSide, Moment, Presentation, ShardNo};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{PageOut, Pages, Said, Says, Told};

const AGENTS: [&str; 2] = ["anna", "bo"];

#[derive(Clone, Debug)]
enum Step {
    Open(usize),
    Close(usize),
    Call(usize),
    Command(usize, bool),
    HangUp(usize),
    Say(usize, usize, u8),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..2_usize).prop_map(Step::Open),
        (0..2_usize).prop_map(Step::Close),
        (0..2_usize).prop_map(Step::Call),
        (0..6_usize, any::<bool>()).prop_map(|(leg, accepts)| Step::Command(leg, accepts)),
        (0..6_usize).prop_map(Step::HangUp),
        (0..2_usize, 0..6_usize, 0..3_u8).prop_map(|(agent, leg, what)| Step::Say(agent, leg, what)),
        (0..10_u64).prop_map(Step::Wait),
    ]
}

/// A few legs, so that every step meets some of them.
fn leg(number: usize) -> LegId {
    LegId::new(ShardNo(0), LegSide::Outbound, number as u64)
}

fn call(number: usize, agent: usize) -> LegCommand {
    LegCommand::CallAgent {
        leg: leg(number),
        agent: AgentId::new(AGENTS[agent]),
        shown: Presentation { caller: Caller::Withheld, title: "Pas".into(), goes_on: false },
        offer: Bytes::new(),
        ring_time_max: Duration::from_secs(15),
    }
}

fn said(what: u8) -> Said {
    match what {
        0 => Said::Answer(Bytes::new()),
        1 => Said::Offer { number: 1, session: Bytes::new() },
        _ => Said::End,
    }
}

/// What the centre has been told of each leg: whether it is alive, and whose it is.
#[derive(Default)]
struct Centre {
    alive: BTreeMap<LegId, usize>,
    called: usize,
}

impl Centre {
    fn take_in(&mut self, out: Vec<PageOut>) {
        for out in out {
            match out {
                PageOut::Leg(LegEvent::Ended { leg, .. } | LegEvent::Refused { leg, .. }) => {
                    assert!(self.alive.remove(&leg).is_some(), "{leg} ends once");
                }
                PageOut::Leg(event) => assert!(self.alive.contains_key(&event.leg()), "{event:?} after the end"),
                PageOut::Tell(tells) if tells.told != Told::Over => {
                    let whose = self.alive.get(&tells.leg).map(|agent| AGENTS[*agent]);
                    assert_eq!(whose, Some(&*tells.agent), "nobody is told of a colleague's call: {tells:?}");
                }
                PageOut::Tell(_) => {}
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_in_whatever_order_each_leg_ends_once_and_nothing_is_left(steps in vec(step(), 0..80)) {
        let (mut pages, mut centre) = (Pages::new(ShardNo(0)), Centre::default());
        let mut at = Moment::from_secs(1_795_000_000);
        for step in steps {
            let mut out = Vec::new();
            match step {
                Step::Open(agent) => pages.opened(&AgentId::new(AGENTS[agent]), &mut out),
                Step::Close(agent) => pages.closed(&AgentId::new(AGENTS[agent]), &mut out),
                Step::Call(agent) => {
                    let command = call(centre.called, agent);
                    if pages.takes(&command) {
                        centre.alive.insert(leg(centre.called), agent);
                        centre.called += 1;
                        pages.command(command, at, &mut out);
                    }
                }
                Step::Command(back, accepts) => {
                    let leg = leg(centre.called.saturating_sub(back));
                    let session = Bytes::new();
                    let accept = LegCommand::AcceptSession { leg, session };
                    pages.command(if accepts { accept } else { LegCommand::RejectSession { leg } }, at, &mut out);
                }
                Step::HangUp(back) => {
                    let leg = leg(centre.called.saturating_sub(back));
                    pages.command(LegCommand::HangUp { leg, cause: Cause::Normal }, at, &mut out);
                }
                Step::Say(agent, back, what) => {
                    let leg = leg(centre.called.saturating_sub(back));
                    pages.says(Says { agent: AgentId::new(AGENTS[agent]), leg, said: said(what) }, &mut out);
                }
                Step::Wait(seconds) => {
                    at = at + Duration::from_secs(seconds);
                    pages.wake(at, &mut out);
                    prop_assert!(pages.next_wakeup().is_none_or(|next| next > at));
                }
            }
            centre.take_in(out);
            prop_assert_eq!(pages.legs(), centre.alive.len());
        }
        let mut out = Vec::new();
        pages.hang_up_all(&mut out);
        centre.take_in(out);
        prop_assert!(centre.alive.is_empty() && pages.legs() == 0 && pages.next_wakeup().is_none());
    }
}
