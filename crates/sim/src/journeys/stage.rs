//! The stage on which a scenario is played: the heart, the names of its parties, and the ladder as it grows.
//! Packet workers and phones that are told to stop do so at once; all else stands in the scenario.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use centre::{DeskCommand, DeskRequest, InCallWish, Input, Output, RequestNo, desk_shard};
use forecast::Outlook;
use media::{MediaCommand, MediaEvent, PlayNo, PortRange, Traffic};
use model::{
    AgentCall, AgentId, Arrival, LegCommand, LegEnd, LegEvent, LegId, LegSide, Moment, Refusal, ShardNo, TrunkId, What,
};
use plan::{AgentNo, Plan};

use crate::heart::{House, HouseSettings, Keep};
use crate::journeys::Played;
use crate::journeys::deeds::{self, Deed};
use crate::journeys::reading::{Event, Scenario};
use crate::journeys::wording::seconds;
use crate::journeys::words::{self, Names};
use crate::lot::Lot;
use crate::spoil::Spoil;

/// Friday 20 November 2026, midnight in Denmark.
const MIDNIGHT: Moment = Moment::from_secs(1_795_129_200);
/// What the leg of an agent's own call is called, behind the agent's name.
pub(crate) const OWN_CALL: &str = "'s-call";
/// What the page is called that an agent has opened anew, behind the agent's name.
const NEW_PAGE: &str = "'s-page";
const SILENCE_MAX: Duration = Duration::from_secs(20);

pub(crate) struct Stage {
    pub(crate) plan: Arc<Plan>,
    house: House,
    lot: Lot,
    begun: Moment,
    at: Moment,
    pub(crate) names: Names,
    /// The leg by which a citizen, or an agent's phone, is known now.
    pub(crate) legs: BTreeMap<String, LegId>,
    /// Whether an agent's phone has answered on that leg.
    pub(crate) answered: BTreeMap<LegId, bool>,
    pub(crate) plays: BTreeMap<LegId, PlayNo>,
    requests: BTreeMap<RequestNo, String>,
    counted: u64,
    outputs: Vec<Output>,
    ladder: String,
}

impl Stage {
    pub(crate) fn new(plan: Plan, scenario: &Scenario) -> Result<Self, String> {
        let plan = Arc::new(plan);
        let settings = HouseSettings {
            shards: scenario.shards,
            calls_max: scenario.calls_max,
            ports: PortRange { from: 20_000, to: 20_000 + 2 * scenario.port_pairs - 1 },
            silence_max: SILENCE_MAX,
            slow_core: false,
            keep: Keep::Nothing,
            prove_sound: scenario.prove_sound,
        };
        let begun = MIDNIGHT + Duration::from_secs(scenario.start * 60);
        let mut stage = Self {
            house: House::new(&plan, &Outlook::unknown(), &settings, Spoil::new(None, 0)),
            plan,
            lot: Lot::new(0, 0),
            begun,
            at: begun,
            names: Names::default(),
            legs: BTreeMap::new(),
            answered: BTreeMap::new(),
            plays: BTreeMap::new(),
            requests: BTreeMap::new(),
            counted: 0,
            outputs: Vec::new(),
            ladder: String::new(),
        };
        stage.house.open(begun)?;
        stage.settle("start", false)?;
        Ok(stage)
    }

    pub(crate) fn into_played(self) -> Played {
        Played { facts: self.house.watch.books.facts().to_vec(), ladder: self.ladder }
    }

    /// Lets time pass until the event, and then plays it.
    pub(crate) fn play(&mut self, event: &Event) -> Result<(), String> {
        let due = self.begun + event.after;
        while let Some((at, shard)) = self.house.next_wakeup().filter(|(at, _)| *at <= due) {
            self.at = at.max(self.at);
            self.house.watch.time(self.at)?;
            self.house.wake(shard, self.at)?;
            self.settle("time", false)?;
        }
        self.at = due;
        self.house.watch.time(due)?;
        if event.words == "end" {
            self.house.end(due)?;
            self.write("end", &["nothing is left".to_owned()]);
            return Ok(());
        }
        self.act(&event.words).map_err(|why| format!("at {} s: {why}", seconds(event.after)))?;
        self.settle(&event.words, true)
    }

    fn act(&mut self, words: &str) -> Result<(), String> {
        let split: Vec<&str> = words.split_whitespace().collect();
        if words == "the node drains" {
            let shards = self.house.shards.len();
            return (0..shards).try_for_each(|shard| self.house.give(ShardNo(shard as u8), Input::Drain, self.at));
        }
        let [name, rest @ ..] = split.as_slice() else { return Err("nobody does nothing".to_owned()) };
        let deed = deeds::read(rest).ok_or_else(|| format!("nobody knows what this means: {words}"))?;
        let (shard, input) = self.input(name, deed).ok_or_else(|| format!("{name} can't do that now: {words}"))?;
        self.house.give(shard, input, self.at)
    }

    fn input(&mut self, name: &str, deed: Deed) -> Option<(ShardNo, Input)> {
        let agent = self.plan.agents_by_id.get(name).copied();
        match (deed, agent) {
            (Deed::Desk(command), Some(agent)) => Some(self.desk(name, agent, command)),
            (Deed::Asks(whom), Some(agent)) => {
                let wish = InCallWish::Ask(deeds::called(&self.plan, &whom)?);
                Some(self.desk(name, agent, DeskCommand::InCall(wish)))
            }
            (Deed::HandsOn(whom), Some(agent)) => {
                let wish = InCallWish::HandOn(deeds::called(&self.plan, &whom)?);
                Some(self.desk(name, agent, DeskCommand::InCall(wish)))
            }
            (Deed::Supervises(whose, what), Some(agent)) => {
                let (call, _) = self.names.calls.iter().find(|(_, name)| **name == whose)?;
                Some(self.desk(name, agent, DeskCommand::Supervise { call: *call, what }))
            }
            (Deed::Registers(reachable), Some(agent)) => {
                Some((desk_shard(agent, self.shards()), Input::Phone { agent, reachable }))
            }
            (Deed::OpensPage, Some(agent)) => Some((desk_shard(agent, self.shards()), Input::BrowserCame(agent))),
            (Deed::Rings { dialled, caller, via, offer }, None) => {
                self.counted += 1;
                let shard = ShardNo((self.counted % u64::from(self.shards())) as u8);
                let leg = LegId::new(shard, LegSide::Inbound, self.counted);
                self.names.legs.insert(leg, name.to_owned());
                self.legs.insert(name.to_owned(), leg);
                let offer = offer.map(crate::parties::Session::text);
                let trunk = TrunkId::new("trunk");
                let arrival = Arrival { leg, trunk, dialled, reached_by: via, caller, offer };
                Some((shard, Input::Leg(LegEvent::Arrived(arrival))))
            }
            (Deed::Calls { to, offer }, Some(_)) => {
                self.counted += 1;
                let shard = self.legs.get(name).map_or(ShardNo(0), |leg| leg.shard());
                let leg = LegId::new(shard, LegSide::Inbound, self.counted);
                let own = format!("{name}{OWN_CALL}");
                self.names.legs.insert(leg, own.clone());
                self.legs.insert(own, leg);
                let (agent, to) = (AgentId::new(name), deeds::called(&self.plan, &to)?);
                let offer = offer.map(crate::parties::Session::text);
                Some((shard, Input::Leg(LegEvent::AgentCalls(AgentCall { leg, agent, to, offer }))))
            }
            (deed, _) => self.on_leg(*self.legs.get(name)?, &deed),
        }
    }

    fn desk(&mut self, name: &str, agent: AgentNo, command: DeskCommand) -> (ShardNo, Input) {
        self.counted += 1;
        let request = RequestNo(self.counted);
        self.requests.insert(request, name.to_owned());
        (desk_shard(agent, self.shards()), Input::Desk(DeskRequest { request, agent, command }))
    }

    /// All mail is delivered, all sockets close; then the rungs are written under one heading.
    fn settle(&mut self, heading: &str, always: bool) -> Result<(), String> {
        let mut rungs = Vec::new();
        loop {
            self.house.take_outputs(&mut self.outputs);
            let outputs = std::mem::take(&mut self.outputs);
            if outputs.is_empty() && !self.house.deliver(&mut self.lot, self.at)? {
                break;
            }
            for output in outputs {
                self.know(&output);
                rungs.extend(self.rung(&output));
                self.obey(&output)?;
            }
        }
        self.house.rest(self.at)?;
        if always || !rungs.is_empty() {
            self.write(heading, &rungs);
        }
        Ok(())
    }

    fn write(&mut self, heading: &str, rungs: &[String]) {
        let after = seconds(self.at.since(self.begun));
        self.ladder.extend([after.as_str(), " ", heading, "\n"]);
        for rung in rungs {
            self.ladder.extend(["    ", rung, "\n"]);
        }
    }

    /// Learns the names that an output brings.
    fn know(&mut self, output: &Output) {
        match output {
            Output::Fact(fact) => {
                if let (model::About::Call { call, .. }, What::CallArrived { .. } | What::OwnCall { .. }) =
                    (&fact.about, &fact.what)
                {
                    // The one who rang last, on the call's shard.
                    let newest = self.names.legs.iter().filter(|(leg, _)| leg.shard() == call.shard());
                    let newest =
                        newest.filter(|(leg, _)| leg.side() == LegSide::Inbound).max_by_key(|(leg, _)| leg.bits());
                    let name = newest.map_or("?".to_owned(), |(_, name)| name.clone());
                    self.names.calls.insert(*call, name);
                }
            }
            Output::Leg(LegCommand::CallAgent { leg, agent, shown, .. }) if shown.goes_on => {
                let page = format!("{agent}{NEW_PAGE}");
                self.names.legs.insert(*leg, page.clone());
                self.legs.insert(page, *leg);
            }
            Output::Leg(LegCommand::CallAgent { leg, agent, .. }) => {
                self.names.legs.insert(*leg, agent.to_string());
                self.legs.insert(agent.to_string(), *leg);
            }
            Output::Leg(LegCommand::CallOut { leg, .. }) => {
                self.names.legs.insert(*leg, "outside".to_owned());
                self.legs.insert("outside".to_owned(), *leg);
            }
            Output::Media(MediaCommand::Play { leg, play, .. }) => {
                self.plays.insert(*leg, *play);
            }
            Output::Leg(_)
            | Output::Media(_)
            | Output::Core(_)
            | Output::Person(_)
            | Output::Promise(_)
            | Output::ToShard(..)
            | Output::DeskAnswer(_)
            | Output::DeskEvent(_) => {}
        }
    }

    fn rung(&self, output: &Output) -> Option<String> {
        let agent = |agent: AgentNo| self.plan.agents[agent.at()].id.to_string();
        match output {
            Output::Leg(command) => Some(self.names.leg_command(command)),
            // The agent's port is opened just before the agent is called.
            Output::Media(MediaCommand::Open { leg, .. }) if leg.side() == LegSide::Outbound => None,
            Output::Media(command) => Some(self.names.media_command(command)),
            Output::Fact(fact) => Some(self.names.fact(fact)),
            Output::DeskAnswer(answer) => {
                let name = self.requests.get(&answer.request).map_or("?", String::as_str);
                words::answer(name, answer)
            }
            Output::DeskEvent(event) => self.names.shown(&agent(event.agent), &event.shown),
            Output::Person(_) | Output::Promise(_) | Output::Core(_) | Output::ToShard(..) => None,
        }
    }

    /// Sockets that are told to close do, and a leg that is let go of ends.
    fn obey(&mut self, output: &Output) -> Result<(), String> {
        let (leg, input) = match output {
            Output::Media(MediaCommand::Close { leg }) => {
                (leg, Input::Media(MediaEvent::Closed { leg: *leg, traffic: Traffic::default() }))
            }
            Output::Leg(LegCommand::HangUp { leg, .. }) => {
                let rings = leg.side() == LegSide::Outbound && !self.answered.contains_key(leg);
                let over = if rings {
                    LegEvent::Refused { leg: *leg, why: Refusal::NoAnswer }
                } else {
                    LegEvent::Ended { leg: *leg, why: LegEnd::LetGo }
                };
                (leg, Input::Leg(over))
            }
            Output::Leg(_)
            | Output::Media(_)
            | Output::Fact(_)
            | Output::Core(_)
            | Output::Person(_)
            | Output::Promise(_)
            | Output::ToShard(..)
            | Output::DeskAnswer(_)
            | Output::DeskEvent(_) => return Ok(()),
        };
        self.house.give(leg.shard(), input, self.at)
    }

    fn shards(&self) -> u8 {
        self.house.shards.len() as u8
    }
}
