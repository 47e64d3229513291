//! One day: citizens with their questions, luck and patience, and agents with their shifts, drawn before anything happens.
//!
//! What a citizen brings along is drawn at arrival, so that every policy meets the same citizens (common random
//! numbers). Doesn't know who will answer, or when.

use model::MunicipalityId;

use crate::draw::{Draw, Stream};
use crate::given::GivenDay;
use crate::scenario::{FloodOf, Scenario, ShiftOf};
use crate::world::World;

/// One day.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Day {
    /// Ascending by arrival.
    pub calls: Vec<Call>,
    /// Who is on duty when.
    pub presences: Vec<Presence>,
    /// Spans of floods, in seconds since midnight.
    pub floods: Vec<(f64, f64)>,
    /// Ordinary calls of the flooded kinds that are expected during the floods.
    pub flood_expected: f64,
    /// Seconds since midnight from which nobody calls, and whoever has nothing left to do goes home.
    pub closes_s: f64,
}

/// One citizen's call.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Call {
    /// Seconds since midnight.
    pub at_s: f64,
    /// Place in [`World::classes`].
    pub class: u32,
    /// The citizen's municipality; none for one that is no member, or not known.
    pub municipality: Option<MunicipalityId>,
    /// Talk, as a multiple of what is expected of class and agent.
    pub luck: f64,
    /// How long the citizen waits.
    pub patience_s: f64,
    /// Whether the call is of a kind that is flooded: of its topic, or from its municipality.
    pub is_flooded: bool,
}

/// Some hours of an agent on duty.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Presence {
    /// Place in [`World::people`].
    pub person: u32,
    /// Seconds since midnight.
    pub from_s: f64,
    /// The same; a talk that goes on is finished.
    pub to_s: f64,
}

/// Draws the `number`th day of a replication. What is given is not drawn; what changes bring on top of it is.
pub fn draw_day(scenario: &Scenario, world: &World, seed: u64, number: u32, given: Option<&GivenDay>) -> Day {
    let mut draw = Draw::new(seed, Stream::Calls(number));
    let noise = Noise::draw(scenario, &mut draw);
    let mut calls = Vec::with_capacity((scenario.calls_a_day * 1.2) as usize);
    let ordinary = Source { scenario, world, noise: &noise, topic: None, members: Members::All };
    match given {
        Some(given) => calls.extend(&given.calls),
        None => ordinary.calls(1.0, &mut draw, &mut calls),
    }
    for (change, flood) in scenario.floods.iter().enumerate() {
        let mut draw = Draw::new(seed, Stream::Extra(number, change as u32));
        flood_calls(&ordinary, flood, &mut draw, &mut calls);
    }
    for (change, (member, share)) in scenario.new_members.iter().enumerate() {
        let mut draw = Draw::new(seed, Stream::Extra(number, 1_000 + change as u32));
        Source { members: Members::Only(*member), ..ordinary }.calls(*share, &mut draw, &mut calls);
    }
    for call in &mut calls {
        call.is_flooded = scenario.floods.iter().any(|flood| is_of(scenario, world, flood, call));
    }
    calls.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    Day {
        calls,
        presences: presences(scenario, world, given, &mut Draw::new(seed, Stream::Shifts(number))),
        floods: scenario.floods.iter().map(|flood| (flood.from.seconds(), flood.to.seconds())).collect(),
        flood_expected: scenario.floods.iter().map(|flood| expected(scenario, flood)).sum(),
        closes_s: scenario.closes.seconds(),
    }
}

/// Ordinary calls of a flood's kind that are expected while it lasts.
fn expected(scenario: &Scenario, flood: &FloodOf) -> f64 {
    let half_hours = (0..scenario.profile.len()).map(|half_hour| {
        let begins = scenario.opens.seconds() + half_hour as f64 * 1_800.0;
        let overlap = (begins + 1_800.0).min(flood.to.seconds()) - begins.max(flood.from.seconds());
        scenario.expected_in(half_hour) * (overlap / 1_800.0).max(0.0)
    });
    half_hours.sum::<f64>() * share(scenario, flood)
}

/// Which share of the ordinary calls is of a flood's kind.
fn share(scenario: &Scenario, flood: &FloodOf) -> f64 {
    flood.topic.map_or(1.0, |topic| scenario.topics[topic].share)
        * flood.member.map_or(1.0, |member| scenario.members[member].share * (1.0 - scenario.outside_share))
}

/// How much busier than expected the day and its half-hours are.
struct Noise(Vec<f64>);

impl Noise {
    fn draw(scenario: &Scenario, draw: &mut Draw) -> Self {
        let day = draw.gamma(scenario.day_noise);
        Self(scenario.profile.iter().map(|_| day * draw.gamma(scenario.half_hour_noise)).collect())
    }
}

/// Where calls come from.
#[derive(Clone, Copy)]
struct Source<'s> {
    scenario: &'s Scenario,
    world: &'s World,
    noise: &'s Noise,
    topic: Option<usize>,
    members: Members,
}

/// From which municipalities.
#[derive(Clone, Copy)]
enum Members {
    /// All, and non-members.
    All,
    /// One.
    Only(MunicipalityId),
}

impl Source<'_> {
    /// `times` the ordinary calls of the whole day.
    fn calls(&self, times: f64, draw: &mut Draw, into: &mut Vec<Call>) {
        self.between(self.scenario.opens.seconds(), self.scenario.closes.seconds(), times, draw, into);
    }

    /// `times` the ordinary calls of a span, in seconds since midnight: a Poisson process by half-hours.
    fn between(&self, from_s: f64, to_s: f64, times: f64, draw: &mut Draw, into: &mut Vec<Call>) {
        for (half_hour, noise) in self.noise.0.iter().enumerate() {
            let begins = self.scenario.opens.seconds() + half_hour as f64 * 1_800.0;
            let (from, to) = (begins.max(from_s), (begins + 1_800.0).min(to_s));
            let a_second = self.scenario.expected_in(half_hour) / 1_800.0 * noise * times;
            if to <= from || a_second <= 0.0 {
                continue;
            }
            let mut at = from + draw.exponential(1.0 / a_second);
            while at < to {
                into.push(self.call(at, draw));
                at += draw.exponential(1.0 / a_second);
            }
        }
    }

    fn call(&self, at_s: f64, draw: &mut Draw) -> Call {
        let scenario = self.scenario;
        let drawn = draw.weighted(&scenario.topics.iter().map(|topic| topic.share).collect::<Vec<_>>());
        let language = draw.weighted(&scenario.languages.iter().map(|language| language.share).collect::<Vec<_>>());
        let member = draw.weighted(&scenario.members.iter().map(|member| member.share).collect::<Vec<_>>());
        let outside = draw.chance(scenario.outside_share);
        let municipality = match self.members {
            Members::All => (!outside).then(|| scenario.members[member].id),
            Members::Only(one) => Some(one),
        };
        let luck = draw.lognormal(scenario.talk.sigma);
        let patience_s = draw.patience_s(&scenario.patience);
        let class = self.world.class(self.topic.unwrap_or(drawn), language) as u32;
        Call { at_s, class, municipality, luck, patience_s, is_flooded: false }
    }
}

fn flood_calls(ordinary: &Source<'_>, flood: &FloodOf, draw: &mut Draw, into: &mut Vec<Call>) {
    let scenario = ordinary.scenario;
    let share = if flood.of_all { 1.0 } else { share(scenario, flood) };
    let members = flood.member.map_or(Members::All, |member| Members::Only(scenario.members[member].id));
    let source = Source { topic: flood.topic, members, ..*ordinary };
    source.between(flood.from.seconds(), flood.to.seconds(), flood.more * share, draw, into);
}

fn is_of(scenario: &Scenario, world: &World, flood: &FloodOf, call: &Call) -> bool {
    let (topic, _) = world.classes[call.class as usize];
    flood.topic.is_none_or(|flooded| flooded == topic)
        && flood.member.is_none_or(|member| call.municipality == Some(scenario.members[member].id))
}

/// Who is on duty: as it was, or as the shifts are dealt; and what changes add or take away.
fn presences(scenario: &Scenario, world: &World, given: Option<&GivenDay>, draw: &mut Draw) -> Vec<Presence> {
    let was = given.and_then(|given| given.presences.clone());
    let mut dealt = was.unwrap_or_else(|| deal(scenario, world, draw));
    for (home, more) in scenario.added.iter().filter(|(_, more)| *more < 0) {
        let mut hours_s = f64::from(-more) * scenario.open_s();
        draw.shuffle(&mut dealt);
        dealt.retain(|one| {
            let is_asked = home.is_none_or(|home| world.people[one.person as usize].home == Some(home));
            let goes = is_asked && hours_s > 0.0;
            hours_s -= if goes { one.to_s - one.from_s } else { 0.0 };
            !goes
        });
    }
    let all_day = world.people.iter().enumerate().filter(|(_, person)| person.all_day);
    let open = ShiftOf { from: scenario.opens, to: scenario.closes, agents: 1 };
    dealt.extend(all_day.map(|(person, _)| presence(person, &open)));
    dealt.sort_by(|a, b| a.person.cmp(&b.person).then(a.from_s.total_cmp(&b.from_s)));
    dealt
}

/// Deals the shifts to agents, each at most one.
fn deal(scenario: &Scenario, world: &World, draw: &mut Draw) -> Vec<Presence> {
    let mut order: Vec<usize> = (0..world.people.len()).filter(|person| !world.people[*person].all_day).collect();
    draw.shuffle(&mut order);
    let slots = slots(scenario);
    if scenario.agents.spread {
        order = spread(scenario, world, order, slots.len(), draw.uniform());
    }
    slots.iter().zip(&order).map(|(shift, person)| presence(*person, shift)).collect()
}

/// One for each agent on duty that day, so ordered that neighbours are of different shifts.
fn slots(scenario: &Scenario) -> Vec<&ShiftOf> {
    let shifts = scenario.shifts.iter();
    let each = shifts
        .flat_map(|shift| (0..shift.agents).map(move |n| ((f64::from(n) + 0.5) / f64::from(shift.agents), shift)));
    let mut slots: Vec<(f64, &ShiftOf)> = each.collect();
    slots.sort_by(|a, b| a.0.total_cmp(&b.0));
    slots.into_iter().map(|(_, shift)| shift).collect()
}

/// As many as there are slots, at even steps through all: those who speak the rarest language first, then by employer.
fn spread(scenario: &Scenario, world: &World, mut order: Vec<usize>, slots: usize, start: f64) -> Vec<usize> {
    let languages = scenario.languages.iter().enumerate();
    let rarest = languages.min_by(|a, b| a.1.agents.total_cmp(&b.1.agents)).map_or(0, |(place, _)| place);
    order.sort_by_key(|person| (!world.people[*person].speaks[rarest], world.people[*person].home));
    let step = order.len() as f64 / slots.max(1) as f64;
    let places = (0..slots).map(|slot| ((slot as f64 + start) * step) as usize);
    places.filter_map(|place| order.get(place).copied()).collect()
}

fn presence(person: usize, shift: &ShiftOf) -> Presence {
    Presence { person: person as u32, from_s: shift.from.seconds(), to_s: shift.to.seconds() }
}
