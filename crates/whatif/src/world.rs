//! The centre of one replication: its classes and its agents with their skills, homes and pace, drawn from the scenario.
//! Knows people as numbers; doesn't know days, plans or policies.

use model::MunicipalityId;

use crate::draw::{Draw, Stream};
use crate::scenario::Scenario;

/// The centre of one replication.
#[derive(Clone, PartialEq, Debug)]
pub struct World {
    /// Everyone who may be on duty.
    pub people: Vec<Person>,
    /// Pairs of topic and language, as places in the scenario: topic by topic, language by language within.
    pub classes: Vec<(usize, usize)>,
}

/// An agent.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    /// The employer.
    pub home: Option<MunicipalityId>,
    /// Own pace: every talk of this agent takes so many times as long. 1 is the mean.
    pub pace: f64,
    /// For each topic of the scenario, how well the agent does it.
    pub topics: Vec<Ability>,
    /// For each language of the scenario, whether the agent speaks it.
    pub speaks: Vec<bool>,
    /// Levels of skill by class as a plan has them, where they are known; they come before topics and languages.
    pub levels: Option<Vec<Option<u8>>>,
    /// On duty all day, beyond the shifts (an agent that a change has added).
    pub all_day: bool,
}

/// How well an agent does a topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ability {
    /// Faster than the mean: level 1.
    Primary,
    /// Slower than the mean: level 2.
    Other,
    /// Not at all; level 9, where a policy asks for it all the same.
    Lacking,
}

impl Person {
    /// How well the agent does a topic in a language; none for a language that is not spoken.
    pub fn ability(&self, scenario: &Scenario, (topic, language): (usize, usize)) -> Option<Ability> {
        if let Some(levels) = &self.levels {
            let level = levels[topic * scenario.languages.len() + language];
            return level.map(|level| if level <= 1 { Ability::Primary } else { Ability::Other });
        }
        let own = self.topics[topic];
        let is_asked = own == Ability::Lacking && scenario.languages[language].all_topics;
        self.speaks[language].then_some(if is_asked { Ability::Other } else { own })
    }
}

impl World {
    /// Draws the centre of a replication.
    pub fn draw(scenario: &Scenario, seed: u64) -> Self {
        let mut draw = Draw::new(seed, Stream::Agents);
        let homes = homes(scenario);
        let speaks = languages(scenario, homes.len(), &mut draw);
        let drawn = homes.into_iter().zip(speaks);
        let mut people: Vec<Person> =
            drawn.map(|(home, speaks)| person(scenario, home, speaks, false, &mut draw)).collect();
        add(scenario, &mut people, &mut draw);
        let languages = 0..scenario.languages.len();
        let classes =
            (0..scenario.topics.len()).flat_map(|topic| languages.clone().map(move |language| (topic, language)));
        Self { people, classes: classes.collect() }
    }

    /// The same agents, and those that a change adds: each with the skills of one who is drawn from them.
    pub fn with_added(&self, scenario: &Scenario, seed: u64) -> Self {
        let mut draw = Draw::new(seed, Stream::Agents);
        let mut world = self.clone();
        for (home, more) in &scenario.added {
            for _ in 0..(*more).max(0) {
                let like = self.people[draw.below(self.people.len())].clone();
                world.people.push(Person { home: home.or(like.home), all_day: true, ..like });
            }
        }
        world
    }

    /// The class of a topic and a language.
    pub fn class(&self, topic: usize, language: usize) -> usize {
        let languages = self.classes.iter().filter(|(first, _)| *first == 0).count();
        topic * languages + language
    }
}

/// The employers of all agents, by the members' weights and the largest remainders, so that no member is left out by chance.
fn homes(scenario: &Scenario) -> Vec<Option<MunicipalityId>> {
    let count = scenario.agents.count as usize;
    let all: f64 = scenario.members.iter().map(|member| member.agents).sum();
    if all <= 0.0 {
        return vec![None; count];
    }
    let fair = |weight: f64| weight / all * count as f64;
    let mut seats: Vec<usize> = scenario.members.iter().map(|member| fair(member.agents) as usize).collect();
    let mut rest: Vec<(f64, usize)> =
        scenario.members.iter().enumerate().map(|(place, member)| (fair(member.agents).fract(), place)).collect();
    rest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let missing = count - seats.iter().sum::<usize>();
    rest.iter().cycle().take(missing).for_each(|(_, place)| seats[*place] += 1);
    let homes = scenario.members.iter().zip(seats);
    homes.flat_map(|(member, seats)| std::iter::repeat_n(Some(member.id), seats)).collect()
}

fn add(scenario: &Scenario, people: &mut Vec<Person>, draw: &mut Draw) {
    for (home, more) in &scenario.added {
        for _ in 0..(*more).max(0) {
            let home = home.or_else(|| some_home(scenario, draw));
            let speaks = scenario.languages.iter().map(|language| draw.chance(language.agents)).collect();
            people.push(person(scenario, home, speaks, true, draw));
        }
    }
}

fn some_home(scenario: &Scenario, draw: &mut Draw) -> Option<MunicipalityId> {
    let weights: Vec<f64> = scenario.members.iter().map(|member| member.agents).collect();
    scenario.members.get(draw.weighted(&weights)).map(|member| member.id)
}

fn person(
    scenario: &Scenario,
    home: Option<MunicipalityId>,
    speaks: Vec<bool>,
    all_day: bool,
    draw: &mut Draw,
) -> Person {
    let agents = &scenario.agents;
    let more = agents.topics_max - agents.topics_min;
    let drawn = agents.topics_min
        + match agents.topics_mean {
            Some(mean) => {
                let chance = (mean - f64::from(agents.topics_min)) / f64::from(more.max(1));
                (0..more).map(|_| u32::from(draw.chance(chance))).sum()
            }
            None => draw.below(more as usize + 1) as u32,
        };
    let count = drawn as usize;
    let mut weights: Vec<f64> = scenario.topics.iter().map(|topic| topic.agents).collect();
    let mut topics = vec![Ability::Lacking; weights.len()];
    let primary = (count as f64 * agents.primary_share).round() as usize;
    for number in 0..count {
        let topic = draw.weighted(&weights);
        weights[topic] = 0.0;
        topics[topic] = if number < primary { Ability::Primary } else { Ability::Other };
    }
    // A mean of 1 over agents; the logarithm's spread for that coefficient of variation.
    let pace = draw.lognormal((1.0 + agents.pace_cv * agents.pace_cv).ln().sqrt());
    Person { home, pace, topics, speaks, levels: None, all_day }
}

/// As many speak each language as the scenario says, exactly; who, is drawn.
fn languages(scenario: &Scenario, people: usize, draw: &mut Draw) -> Vec<Vec<bool>> {
    let mut speaks = vec![vec![false; scenario.languages.len()]; people];
    for (place, language) in scenario.languages.iter().enumerate() {
        let mut order: Vec<usize> = (0..people).collect();
        draw.shuffle(&mut order);
        let speakers = (language.agents * people as f64).round() as usize;
        order.into_iter().take(speakers).for_each(|person| speaks[person][place] = true);
    }
    speaks
}
