//! Agents' phones as callers: they call lines, colleagues, people outside and 112; they hand citizens on, at once or after a
//! question. Knows the contract of `AgentCalls` and `TransferAsked`; knows no desk.

use centre::Input;
use model::{AgentCall, AgentId, CalledParty, Dialled, LegEnd, LegEvent, LegId, LegSide, Moment, ShardNo, TransferTo};

use crate::parties::Session;
use crate::parties::agenda::Happening;
use crate::parties::town::{Party, Stage, Town};

/// Where numbers of legs of agents' own calls begin, far above the citizens'.
const OWN_LEGS: u64 = 1 << 40;

impl Town {
    /// An agent's phone calls, beside a citizen or not.
    pub(crate) fn agent_calls(&mut self, agent: usize, at: Moment) -> Option<(ShardNo, Input)> {
        // The last calls of the day are citizens', so that it ends.
        if self.came >= self.habits.calls || !self.agents[agent].registered {
            return None;
        }
        let talk = self.talk_of(agent);
        let any = self.lot.below(usize::from(self.shards)) as u8;
        let shard = talk.map_or(ShardNo(any), LegId::shard);
        self.own_calls += 1;
        let leg = LegId::new(shard, LegSide::Inbound, OWN_LEGS + self.own_calls);
        let offer = if self.trouble() {
            *self.lot.pick(&[None, Some(Session::Foreign), Some(Session::Nonsense), Some(Session::Hold)])
        } else {
            Some(Session::Both)
        };
        let party = Party {
            stage: Stage::Ringing,
            version: 0,
            agent: Some(agent),
            offerless: offer.is_none(),
            vanished: false,
            heard_silent: false,
        };
        self.legs.insert(leg, party);
        let patience = self.lot.millis(0, 40_000);
        self.soon(at, patience, Happening::Ends(leg, 0, LegEnd::HungUp));
        if let Some(talk) = talk {
            let soon = self.lot.millis(0, 15_000);
            let (one, other) = if self.lot.one_in(2) { (talk, leg) } else { (leg, talk) };
            self.soon(at, soon, Happening::BringsTogether(one, other));
        }
        let to = if talk.is_some() && self.lot.one_in(2) { self.some_line() } else { self.somebody() };
        let agent = self.plan.agents[agent].id.clone();
        let call = AgentCall { leg, agent, to, offer: offer.map(Session::text) };
        Some((shard, Input::Leg(LegEvent::AgentCalls(call))))
    }

    /// The leg on which an agent talks with a citizen.
    fn talk_of(&self, agent: usize) -> Option<LegId> {
        let is_talk = |leg: &LegId, party: &Party| {
            leg.side() == LegSide::Outbound && party.agent == Some(agent) && party.stage == Stage::Talking
        };
        self.legs.iter().find(|(leg, party)| is_talk(leg, party)).map(|(leg, _)| *leg)
    }

    pub(crate) fn somebody(&mut self) -> CalledParty {
        let number = |text: &str| CalledParty::Number(Dialled::parse(text).expect("digits"));
        if !self.plan.directory.is_empty() && self.lot.one_in(4) {
            let entry = self.lot.pick(&self.plan.directory).id.clone();
            return CalledParty::Agent(AgentId::new(&entry));
        }
        match self.lot.below(12) {
            0..4 => number("20111111"),
            4 => number("90111111"),
            5 => number("112"),
            6..9 => {
                let agents = self.plan.agents.len();
                let drawn = self.lot.below(agents);
                CalledParty::Agent(self.plan.agents[drawn].id.clone())
            }
            _ => self.some_line(),
        }
    }

    fn some_line(&mut self) -> CalledParty {
        let drawn = self.lot.below(self.numbers.len().max(1));
        CalledParty::Number(self.numbers[drawn].clone())
    }

    /// An agent hands the citizen on without a question, and may hang up before anybody is there.
    pub(crate) fn hands_on(&mut self, leg: LegId, version: u32, at: Moment) -> Option<(ShardNo, Input)> {
        let party = self.party(leg, version).filter(|party| party.stage == Stage::Talking && !party.vanished)?;
        let version = party.version;
        if self.lot.one_in(3) {
            let soon = self.lot.millis(0, 8_000);
            self.soon(at, soon, Happening::Ends(leg, version, LegEnd::HungUp));
        }
        let to = TransferTo::Party(self.somebody());
        Some((leg.shard(), Input::Leg(LegEvent::TransferAsked { leg, to })))
    }

    /// An agent brings two of their calls together, whatever has become of them meanwhile.
    pub(crate) fn brings_together(&mut self, leg: LegId, other: LegId) -> Option<(ShardNo, Input)> {
        let party = self.legs.get(&leg).filter(|party| !party.vanished)?;
        if !matches!(party.stage, Stage::Answered | Stage::Talking) {
            return None;
        }
        Some((leg.shard(), Input::Leg(LegEvent::TransferAsked { leg, to: TransferTo::Leg(other) })))
    }
}
