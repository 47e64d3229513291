//! A shard's side of all agents' pages: whose page is open, and the legs that were called there.
//! Knows no page by itself: which of an agent's pages is meant is its connection's matter.

use std::collections::{BTreeMap, BTreeSet};

use model::{AgentId, LegCommand, LegEnd, LegEvent, LegId, Moment, Refusal, ShardNo};

use crate::leg::{PageLeg, Stage};
use crate::words::{PageOut, Said, Says, Tells, Told};

/// The pages of all agents, as one shard knows them. Open ones are bounded by the plan's agents, legs by the centre, which
/// makes each of them for a call of its own.
#[derive(Debug)]
pub struct Pages {
    pub(crate) shard: ShardNo,
    /// Calls that agents began at pages here.
    pub(crate) called: u64,
    open: BTreeSet<AgentId>,
    pub(crate) legs: BTreeMap<LegId, PageLeg>,
    /// Those that ring, by when that ends.
    ringing: BTreeSet<(Moment, LegId)>,
}

impl Pages {
    /// None is open yet. The shard goes into the legs that agents begin.
    pub fn new(shard: ShardNo) -> Self {
        Self { shard, called: 0, open: BTreeSet::new(), legs: BTreeMap::new(), ringing: BTreeSet::new() }
    }

    /// Whether this command is for a page: the leg is one, or the agent who is called has a page open.
    pub fn takes(&self, command: &LegCommand) -> bool {
        match command {
            LegCommand::CallAgent { agent, .. } => self.open.contains(agent),
            LegCommand::Ring { .. }
            | LegCommand::RingWithSound { .. }
            | LegCommand::Answer { .. }
            | LegCommand::Refuse { .. }
            | LegCommand::CallOut { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. }
            | LegCommand::HangUp { .. }
            | LegCommand::AcceptSession { .. }
            | LegCommand::RejectSession { .. } => self.legs.contains_key(&command.leg()),
        }
    }

    /// Carries out a command that it takes.
    pub fn command(&mut self, command: LegCommand, at: Moment, out: &mut Vec<PageOut>) {
        match command {
            LegCommand::CallAgent { leg, agent, shown, offer, ring_time_max } => {
                let until = at + ring_time_max;
                let called = PageLeg { agent, stage: Stage::Rings { offer, shown, until } };
                out.push(tell(leg, &called.agent, called.told_anew()));
                out.push(PageOut::Leg(LegEvent::Ringing { leg, session: None }));
                self.ringing.insert((until, leg));
                self.legs.insert(leg, called);
            }
            LegCommand::HangUp { leg, cause: _ } => self.let_go(leg, out),
            LegCommand::AcceptSession { leg, session } => {
                self.answer(leg, |number| Told::Accepted { number, session }, out);
            }
            LegCommand::RejectSession { leg } => self.answer(leg, |number| Told::Rejected { number }, out),
            LegCommand::RingWithSound { leg, session } => self.sounds_early(leg, session, out),
            LegCommand::Answer { leg, session } => self.taken(leg, session, out),
            LegCommand::Refuse { leg, cause: _ } => self.turned_down(leg, out),
            // A page that calls rings by itself, and asks for no transfers.
            LegCommand::Ring { .. }
            | LegCommand::CallOut { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. } => {}
        }
    }

    /// A page has been opened, perhaps in place of another: it is told of the agent's legs.
    pub fn opened(&mut self, agent: &AgentId, out: &mut Vec<PageOut>) {
        self.open.insert(agent.clone());
        self.give_up_calls(agent, out);
        let theirs = self.legs.iter().filter(|(_, leg)| leg.agent == *agent);
        out.extend(theirs.map(|(leg, kept)| tell(*leg, agent, kept.told_anew())));
    }

    /// The agent's last page has gone and has not come back: what rings there is answered by nobody. Talks go on; when
    /// their sound stays out is the packet workers' to tell.
    pub fn closed(&mut self, agent: &AgentId, out: &mut Vec<PageOut>) {
        self.open.remove(agent);
        self.give_up_calls(agent, out);
        let theirs = |leg: &LegId| self.legs.get(leg).is_some_and(|kept| kept.agent == *agent);
        let unanswered: Vec<LegId> = self.ringing.iter().map(|(_, leg)| *leg).filter(theirs).collect();
        for leg in unanswered {
            self.refused(leg, Refusal::Unreachable, out);
        }
    }

    /// A page says something. What doesn't fit (another's leg, one that is over, an answer to what doesn't ring) is passed
    /// over: it has crossed with an end that its page is told of.
    pub fn says(&mut self, says: Says, out: &mut Vec<PageOut>) {
        let Says { agent, leg, said } = says;
        let Some(kept) = self.legs.get_mut(&leg).filter(|kept| kept.agent == agent) else {
            return out.push(tell(leg, &agent, Told::Over));
        };
        match (said, &mut kept.stage) {
            (Said::Answer(session), Stage::Rings { until, .. }) => {
                self.ringing.remove(&(*until, leg));
                kept.stage = Stage::Talks { offered: None };
                out.push(PageOut::Leg(LegEvent::Answered { leg, session }));
            }
            // The centre answers within the same step, so no more than one is on its way.
            (Said::Offer { number, session }, Stage::Talks { offered }) => {
                *offered = Some(number);
                out.push(PageOut::Leg(LegEvent::SessionOffered { leg, offer: Some(session) }));
            }
            (Said::Offer { number, .. }, Stage::Rings { .. } | Stage::Calls { .. }) => {
                out.push(tell(leg, &agent, Told::Rejected { number }));
            }
            (Said::Answer(_), Stage::Talks { .. } | Stage::Calls { .. }) => {}
            (Said::End, Stage::Rings { .. }) => self.refused(leg, Refusal::Declined, out),
            (Said::End, Stage::Talks { .. } | Stage::Calls { .. }) => self.ended(leg, LegEnd::HungUp, out),
        }
    }

    /// Ends what has rung for too long.
    pub fn wake(&mut self, at: Moment, out: &mut Vec<PageOut>) {
        while let Some((_, leg)) = self.ringing.first().copied().filter(|(until, _)| *until <= at) {
            self.refused(leg, Refusal::NoAnswer, out);
        }
    }

    /// When the first ringing ends by itself.
    pub fn next_wakeup(&self) -> Option<Moment> {
        self.ringing.first().map(|(until, _)| *until)
    }

    /// The node stops: every leg is let go.
    pub fn hang_up_all(&mut self, out: &mut Vec<PageOut>) {
        while let Some(leg) = self.legs.keys().next().copied() {
            self.let_go(leg, out);
        }
    }

    /// Legs that ring, call or are talked in.
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// Whether the agent's page is open.
    pub fn is_open(&self, agent: &AgentId) -> bool {
        self.open.contains(agent)
    }

    fn answer(&mut self, leg: LegId, told: impl FnOnce(u32) -> Told, out: &mut Vec<PageOut>) {
        let Some(PageLeg { agent, stage: Stage::Talks { offered } }) = self.legs.get_mut(&leg) else { return };
        if let Some(number) = offered.take() {
            out.push(tell(leg, agent, told(number)));
        }
    }

    fn let_go(&mut self, leg: LegId, out: &mut Vec<PageOut>) {
        self.ended(leg, LegEnd::LetGo, out);
    }

    pub(crate) fn ended(&mut self, leg: LegId, why: LegEnd, out: &mut Vec<PageOut>) {
        self.over(leg, LegEvent::Ended { leg, why }, out);
    }

    fn refused(&mut self, leg: LegId, why: Refusal, out: &mut Vec<PageOut>) {
        self.over(leg, LegEvent::Refused { leg, why }, out);
    }

    fn over(&mut self, leg: LegId, end: LegEvent, out: &mut Vec<PageOut>) {
        let Some(kept) = self.legs.remove(&leg) else { return };
        if let Stage::Rings { until, .. } = kept.stage {
            self.ringing.remove(&(until, leg));
        }
        out.push(tell(leg, &kept.agent, Told::Over));
        out.push(PageOut::Leg(end));
    }
}

pub(crate) fn tell(leg: LegId, agent: &AgentId, told: Told) -> PageOut {
    PageOut::Tell(Tells { agent: agent.clone(), leg, told })
}
