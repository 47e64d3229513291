//! Each call's story as its facts tell it: gapless, in a possible order, with exactly one outcome.
//! Knows facts only; what an agent's phone did is elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{About, AgentId, CallId, CallbackFact, Fact, FactId, InCallFact, Outcome, ShardNo, VoicemailWhat, What};
use plan::Plan;

use crate::watch::Check;

mod ends;
mod persons;
mod stage;

use ends::fits;
pub(crate) use persons::person;
use stage::Stage;

#[derive(Debug)]
struct Story {
    seq: u32,
    stage: Stage,
    queued: bool,
    promised: bool,
    talked: bool,
    own: bool,
    called_back: bool,
    left_message: bool,
    /// Where it stood when a way out led it outside.
    led_from: Option<Stage>,
    /// The agent who still talks while somebody else is called.
    from: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct Stories {
    plan: Arc<Plan>,
    calls: BTreeMap<CallId, Story>,
    /// The call that each agent is offered or talks to.
    agents: Vec<Option<CallId>>,
    agents_seq: Vec<u32>,
    last_fact: Vec<Option<FactId>>,
}

impl Stories {
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        Self {
            calls: BTreeMap::new(),
            agents: vec![None; plan.agents.len()],
            agents_seq: vec![0; plan.agents.len()],
            last_fact: vec![None; 256],
            plan: Arc::clone(plan),
        }
    }

    /// The call that each agent is offered or talks to.
    pub(crate) fn calls_of_agents(&self) -> &[Option<CallId>] {
        &self.agents
    }

    pub(crate) fn open(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn fact(&mut self, fact: &Fact, shard: ShardNo) -> Check {
        let last = &mut self.last_fact[usize::from(shard.0)];
        if last.is_some_and(|last| last >= fact.id) {
            return Err(format!("shard {} told a fact twice, or an older one later: {:?}", shard.0, fact.what));
        }
        *last = Some(fact.id);
        match &fact.about {
            About::Call { call, seq } => self.of_call(*call, *seq, &fact.what),
            About::Agent { agent, seq } => {
                let agent = self.number(agent)?;
                self.agents_seq[agent] += 1;
                if self.agents_seq[agent] != *seq {
                    return Err(format!("fact {seq} of {} came out of order", self.plan.agents[agent].id));
                }
                Ok(())
            }
            About::Node => Ok(()),
        }
    }

    fn of_call(&mut self, call: CallId, seq: u32, what: &What) -> Check {
        if let What::CallArrived { .. } | What::OwnCall { .. } = what {
            let own = matches!(what, What::OwnCall { .. });
            let stage = if own { Stage::Own } else { Stage::Arrived };
            let story = Story {
                seq,
                stage,
                queued: false,
                promised: false,
                talked: false,
                own,
                called_back: false,
                left_message: false,
                led_from: None,
                from: None,
            };
            if seq != 1 || self.calls.insert(call, story).is_some() {
                return Err(format!("{call:?} arrived twice, or not first"));
            }
            return Ok(());
        }
        let Some(mut story) = self.calls.remove(&call) else {
            return Err(format!("{what:?} of {call:?} came before its arrival or after its end"));
        };
        if seq != story.seq + 1 {
            return Err(format!("{what:?} of {call:?} has number {seq} after {}", story.seq));
        }
        story.seq = seq;
        let over = self.go_on(call, &mut story, what)?;
        if !over {
            self.calls.insert(call, story);
        }
        Ok(())
    }

    fn go_on(&mut self, call: CallId, story: &mut Story, what: &What) -> Result<bool, String> {
        let wrong = |stage: Stage| Err(format!("{what:?} of {call:?} while {stage:?}"));
        let stage = story.stage;
        story.stage = match (stage, what) {
            (Stage::Arrived, What::RangBefore { .. }) => stage,
            (Stage::Arrived | Stage::Own, What::LineFound { .. }) => Stage::Found,
            // A way out leads on to another line.
            (Stage::Found | Stage::Closed | Stage::Greeted | Stage::Queued, What::LineFound { .. }) => Stage::Found,
            // At a mailbox nothing else happens any more but the end.
            (Stage::Found | Stage::Closed | Stage::Greeted | Stage::Queued, What::Voicemail(told)) => {
                story.left_message |= matches!(told.what, VoicemailWhat::Left { .. });
                stage
            }
            // A way out leads outside: nobody, or somebody who has them from then on.
            (Stage::Found | Stage::Closed | Stage::Greeted | Stage::Queued | Stage::Back, What::LedOn { .. }) => {
                story.led_from = Some(stage);
                stage
            }
            (_, What::TransferFailed { .. }) if story.led_from == Some(stage) => {
                story.led_from = None;
                stage
            }
            (_, What::Connected) if story.led_from == Some(stage) => Stage::Elsewhere,
            (Stage::Found | Stage::Greeted, What::MenuChosen { .. } | What::Bot(_)) => stage,
            (Stage::Found, What::FoundClosed { .. }) => Stage::Closed,
            (Stage::Found, What::GreetingBegan) => Stage::Greeted,
            (Stage::Found | Stage::Greeted | Stage::HandedOn | Stage::Back, What::Queued { .. }) => {
                story.queued = true;
                Stage::Queued
            }
            (Stage::Queued, What::Queued { overflow: Some(_), .. }) => Stage::Queued,
            (Stage::Queued, What::Promised { within, expected, .. }) if !story.promised => {
                story.promised = true;
                let minutes = (1.75 * expected.as_secs_f64() / 60.0).ceil().clamp(1.0, 1_440.0);
                if within.as_secs() != 60 * minutes as u64 {
                    return Err(format!("{call:?} may wait {expected:?}, and was promised {within:?}"));
                }
                Stage::Queued
            }
            (Stage::Queued, What::Offered { agent, .. }) => {
                let agent = self.number(agent)?;
                if let Some(other) = self.agents[agent].replace(call) {
                    return Err(format!("{} has {other:?} and was offered {call:?}", self.plan.agents[agent].id));
                }
                Stage::Offered(agent)
            }
            (Stage::Offered(offered) | Stage::Answered(offered), What::OfferEnded { agent, .. })
                if self.number(agent)? == offered =>
            {
                self.agents[offered] = None;
                Stage::Queued
            }
            (Stage::Offered(offered), What::Answered { agent }) if self.number(agent)? == offered => {
                Stage::Answered(offered)
            }
            (Stage::Answered(offered), What::Talking { agent }) if self.number(agent)? == offered => {
                story.talked = true;
                Stage::Talking(offered)
            }
            (Stage::Talking(_), What::InCall(_) | What::Bounced { .. })
            | (Stage::Queued, What::Callback(CallbackFact::Offered))
            | (_, What::Recording(_)) => stage,
            (Stage::Queued, What::Callback(CallbackFact::Promised | CallbackFact::Resumed)) => {
                story.called_back = true;
                stage
            }
            // Wherever the citizen may be asked for a time.
            (_, What::Callback(CallbackFact::Booked { .. })) if !story.talked => {
                story.called_back = true;
                Stage::Back
            }
            (Stage::Answered(_), What::Callback(CallbackFact::Called { .. })) if story.called_back => stage,
            (Stage::Answered(agent), What::Callback(CallbackFact::NotReached { .. })) => {
                self.agents[agent] = None;
                Stage::Back
            }
            (
                Stage::Handing | Stage::Called(_),
                What::InCall(InCallFact::SupervisionOver { .. } | InCallFact::AnnouncementOver { .. }),
            ) => stage,
            (Stage::Talking(talks), What::AgentLost { agent }) if self.number(agent)? == talks => {
                self.agents[talks] = None;
                Stage::HandedOn
            }
            (Stage::Talking(agent), What::HungUp { .. }) => {
                // Of a colleague's question that became a citizen's call the agent has that call already.
                if self.agents[agent] == Some(call) {
                    self.agents[agent] = None;
                }
                Stage::HungUp
            }
            (_, What::TransferBegan { .. } | What::Transferred { .. } | What::TransferFailed { .. })
            | (Stage::Own | Stage::Handing | Stage::Called(_) | Stage::HandedOn | Stage::Elsewhere, _)
                if !matches!(what, What::Ended { .. }) =>
            {
                self.is_handed_on(call, story, what)?
            }
            (Stage::Offered(_) | Stage::Answered(_) | Stage::Talking(_) | Stage::Elsewhere, What::Ended { .. })
            | (Stage::Called(_), What::Ended { .. }) => return wrong(stage),
            (Stage::Back, What::Ended { outcome }) if *outcome != Outcome::CallbackFailed => return wrong(stage),
            (_, What::Ended { .. }) if story.from.is_some() => return wrong(stage),
            (_, What::Ended { outcome }) => {
                return if fits(*outcome, story) { Ok(true) } else { wrong(stage) };
            }
            _ => return wrong(stage),
        };
        Ok(false)
    }

    /// From one agent to the next, or to somebody else.
    fn is_handed_on(&mut self, call: CallId, story: &mut Story, what: &What) -> Result<Stage, String> {
        let stage = story.stage;
        Ok(match (stage, what) {
            (Stage::Talking(agent), What::TransferBegan { by, .. }) if self.number(by)? == agent => {
                story.from = Some(agent);
                Stage::Handing
            }
            (Stage::Talking(agent), What::Transferred { by, .. }) if self.number(by)? == agent => {
                self.agents[agent] = None;
                Stage::HandedOn
            }
            (Stage::Handing, What::Offered { agent, .. }) => {
                let agent = self.number(agent)?;
                if let Some(other) = self.agents[agent].replace(call) {
                    return Err(format!("{} has {other:?} and was handed {call:?}", self.plan.agents[agent].id));
                }
                Stage::Called(agent)
            }
            (Stage::Called(called), What::OfferEnded { agent, .. }) if self.number(agent)? == called => {
                self.agents[called] = None;
                Stage::Handing
            }
            (Stage::Handing | Stage::Called(_), What::Transferred { by, .. })
                if Some(self.number(by)?) == story.from =>
            {
                story.from.take().into_iter().for_each(|agent| self.agents[agent] = None);
                stage
            }
            (Stage::Handing, What::TransferFailed { .. }) => story.from.take().map_or(Stage::Back, Stage::Talking),
            (Stage::Handing, What::HungUp { .. }) => {
                story.from.take().into_iter().for_each(|agent| self.agents[agent] = None);
                Stage::HungUp
            }
            (Stage::Called(called), What::Answered { agent })
                if self.number(agent)? == called && story.from.is_none() =>
            {
                Stage::Answered(called)
            }
            (Stage::HandedOn, What::Talking { agent }) => {
                let agent = self.number(agent)?;
                self.agents[agent] = Some(call);
                Stage::Talking(agent)
            }
            (Stage::Own | Stage::Handing | Stage::HandedOn, What::Connected) if story.from.is_none() => {
                story.talked = true;
                Stage::Elsewhere
            }
            (Stage::Elsewhere, What::HungUp { .. }) => Stage::HungUp,
            _ => return Err(format!("{what:?} of {call:?} while {stage:?}")),
        })
    }

    fn number(&self, agent: &AgentId) -> Result<usize, String> {
        let known = self.plan.agents_by_id.get(agent).map(|agent| agent.at());
        known.ok_or_else(|| format!("nobody is called {agent}"))
    }

    pub(crate) fn end(&self) -> Check {
        match self.calls.first_key_value() {
            Some((call, story)) => Err(format!("{call:?} has no outcome; it is {:?}", story.stage)),
            None => Ok(()),
        }
    }
}
