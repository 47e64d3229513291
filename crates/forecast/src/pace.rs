//! How long talks last: by class, by level of skill, and where an agent is better or worse than at the agent's other topics.
//!
//! Means with credibility weights (Bühlmann & Gisler 2005, "A Course in Credibility Theory"): a prior counts as as many talks as
//! the spread of single talks is wider than the spread of what is asked for. An agent's *own pace* is taken out, else the quick
//! would get every call. Knows no moments.

use std::collections::BTreeMap;

use model::{AgentId, Language, TopicId};

use crate::Outlook;
use crate::book::{Book, ClassRef, Spans, WEEKS};
use crate::half_hour::A_WEEK;

/// After so many weeks a talk, a wait or a wrap-up counts half: habits change more slowly than what people ring about.
const HALF_LIFE_WEEKS: f64 = 8.0;
/// Talks that the prior counts as. Talks of one class spread with a squared variation of about 1.2 (lognormal, σ 0.88); classes
/// differ by about 30 % (1.2 / 0.3² = 13), agents' pace by 18 % (37), an agent's topics by 10 % (120).
const CLASS_PRIOR: f64 = 13.0;
const PACE_PRIOR: f64 = 37.0;
const TOPIC_PRIOR: f64 = 120.0;
/// Levels and the centre's own mean are few, and all agents' talks speak of them.
const LEVEL_PRIOR: f64 = 200.0;
const CENTRE_PRIOR: f64 = 50.0;
/// Wrap-ups that the prior counts as.
const WRAP_UP_PRIOR: f64 = 50.0;
/// Citizens who gave up that the prior counts as.
const PATIENCE_PRIOR: f64 = 20.0;
/// An agent's talks about a topic from which on there is a figure of their own.
const OWN_TALKS_MIN: f64 = 10.0;
/// Pace and level explain the same talks: they are fitted in turns, so often. Each turn leaves less than half of the rest.
const TURNS: usize = 8;

/// Talks by agent and class, and what they last on average; weights applied.
#[derive(Debug, Default)]
pub(crate) struct Spells {
    classes: BTreeMap<ClassRef, Weighed>,
    agents: BTreeMap<AgentId, BTreeMap<ClassRef, Weighed>>,
    patience: Weighed,
    wrap_ups: Weighed,
}

#[derive(Clone, Copy, Debug, Default)]
struct Weighed {
    count: f64,
    seconds: f64,
}

impl Weighed {
    fn add(&mut self, spans: Spans, weight: f64) {
        self.count += weight * spans.count as f64;
        self.seconds += weight * spans.ms as f64 / 1_000.0;
    }

    /// The mean with a prior that counts as `prior` of them.
    fn mean(self, prior_mean: f64, prior: f64) -> f64 {
        (prior * prior_mean + self.seconds) / (prior + self.count)
    }
}

/// An agent's talks about one class, beside what such talks last.
struct Cell<'a> {
    agent: usize,
    topic: &'a TopicId,
    level: Option<usize>,
    count: f64,
    /// The talks together, in talks of the class's mean.
    length: f64,
}

impl Spells {
    /// From the weeks that count for half-hour `number`.
    pub(crate) fn new(book: &Book, number: i64) -> Self {
        let this = number.div_euclid(A_WEEK);
        let mut spells = Self::default();
        for (week, spans) in book.weeks.range(this.saturating_sub(WEEKS)..=this) {
            let weight = 0.5_f64.powf((this - week) as f64 / HALF_LIFE_WEEKS);
            for (class, talks) in &spans.talks {
                spells.classes.entry(*class).or_default().add(*talks, weight);
            }
            for (agent, classes) in &spans.by_agent {
                let own = spells.agents.entry(agent.clone()).or_default();
                for (class, talks) in classes {
                    own.entry(*class).or_default().add(*talks, weight);
                }
            }
            spells.patience.add(spans.patience, weight);
            spells.wrap_ups.add(spans.wrap_ups, weight);
        }
        spells
    }

    /// Mean talk in seconds of any class.
    pub(crate) fn talk_s(&self, prior: &Outlook) -> f64 {
        let mut all = Weighed::default();
        for talks in self.classes.values() {
            all.count += talks.count;
            all.seconds += talks.seconds;
        }
        all.mean(prior.talk_s, CENTRE_PRIOR)
    }

    /// Mean talk in seconds of one class.
    pub(crate) fn class_talk_s(&self, class: ClassRef, centre_s: f64) -> f64 {
        self.classes.get(&class).copied().unwrap_or_default().mean(centre_s, CLASS_PRIOR)
    }

    /// Mean patience in seconds: time waited by all, those included who got an agent, for each one who gave up. That is the
    /// likeliest value where patience is exponential and those who got an agent hide theirs (censored; Mandelbaum & Zeltyn
    /// 2007, section 6); with the Gamma prior that belongs to it.
    pub(crate) fn patience_s(&self, prior: &Outlook) -> f64 {
        (PATIENCE_PRIOR * prior.patience_s + self.patience.seconds) / (PATIENCE_PRIOR + self.patience.count)
    }

    /// Mean wrap-up in seconds.
    pub(crate) fn wrap_up_s(&self, prior: &Outlook) -> f64 {
        self.wrap_ups.mean(prior.wrap_up_s, WRAP_UP_PRIOR)
    }

    /// Levels and agents, as multiples of the class's mean with the agent's own pace taken out.
    pub(crate) fn skills(
        &self,
        book: &Book,
        outlook: &mut Outlook,
        level_of: impl Fn(&AgentId, &TopicId) -> Option<u8>,
    ) {
        let names: BTreeMap<ClassRef, &(TopicId, Language)> =
            book.classes.iter().map(|(name, no)| (*no, name)).collect();
        let agents: Vec<&AgentId> = self.agents.keys().collect();
        let mut cells = Vec::new();
        for (agent, (id, classes)) in self.agents.iter().enumerate() {
            for (class, talks) in classes {
                let Some((topic, _)) = names.get(class) else { continue };
                let level = level_of(id, topic).filter(|level| (1..=9).contains(level));
                let length = talks.seconds / self.class_talk_s(*class, outlook.talk_s);
                let level = level.map(|level| usize::from(level - 1));
                cells.push(Cell { agent, topic, level, count: talks.count, length });
            }
        }
        let prior = outlook.levels;
        let mut paces = vec![1.0; agents.len()];
        for _ in 0..TURNS {
            paces = paces_given(&cells, &outlook.levels, agents.len());
            outlook.levels = levels_given(&cells, &paces, &prior);
        }
        outlook.agents = topics_given(&cells, &paces, &outlook.levels, &agents);
    }
}

/// Each agent's own pace over all topics; its mean over all talks is 1.
fn paces_given(cells: &[Cell<'_>], levels: &[f64; 9], agents: usize) -> Vec<f64> {
    let mut talks = vec![Weighed::default(); agents];
    for cell in cells {
        talks[cell.agent].count += cell.count;
        talks[cell.agent].seconds += cell.length / cell.level.map_or(1.0, |level| levels[level]);
    }
    let mut paces: Vec<f64> = talks.iter().map(|talks| talks.mean(1.0, PACE_PRIOR)).collect();
    let count: f64 = talks.iter().map(|talks| talks.count).sum();
    let mean = talks.iter().zip(&paces).map(|(talks, pace)| talks.count * pace).sum::<f64>() / count;
    if mean > 0.0 {
        for pace in &mut paces {
            *pace /= mean;
        }
    }
    paces
}

/// Each level's multiple, over all agents.
fn levels_given(cells: &[Cell<'_>], paces: &[f64], prior: &[f64; 9]) -> [f64; 9] {
    let mut talks = [Weighed::default(); 9];
    for cell in cells {
        if let Some(level) = cell.level {
            talks[level].count += cell.count;
            talks[level].seconds += cell.length / paces[cell.agent];
        }
    }
    std::array::from_fn(|level| talks[level].mean(prior[level], LEVEL_PRIOR))
}

/// Each agent's multiple for each topic that they have a skill in, where enough is known.
fn topics_given(
    cells: &[Cell<'_>],
    paces: &[f64],
    levels: &[f64; 9],
    agents: &[&AgentId],
) -> BTreeMap<AgentId, BTreeMap<TopicId, f64>> {
    let mut talks: BTreeMap<(usize, &TopicId), (usize, Weighed)> = BTreeMap::new();
    for cell in cells {
        if let Some(level) = cell.level {
            let (_, own) = talks.entry((cell.agent, cell.topic)).or_insert((level, Weighed::default()));
            own.count += cell.count;
            own.seconds += cell.length / paces[cell.agent];
        }
    }
    let mut found: BTreeMap<AgentId, BTreeMap<TopicId, f64>> = BTreeMap::new();
    for ((agent, topic), (level, own)) in talks.into_iter().filter(|(_, (_, own))| own.count >= OWN_TALKS_MIN) {
        let multiple = own.mean(levels[level], TOPIC_PRIOR);
        found.entry(agents[agent].clone()).or_default().insert(topic.clone(), multiple);
    }
    found
}
