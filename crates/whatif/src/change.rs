//! Changes against the baseline, as a coordinator writes them on the command line, and what they do to a scenario.
//! Knows the words of flags; doesn't know what becomes of the figures.

use std::fmt;

use model::MunicipalityId;

use crate::scenario::{FloodOf, Minute, Scenario, kommunekode};

/// One change.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// `+5`: so many more (or fewer) agents on duty all day, of one employer or of any.
    Agents(Option<MunicipalityId>, i32),
    /// `0740=3.5%`: a municipality joins, with so many calls more.
    NewMember(MunicipalityId, f64),
    /// `+10%`: more or fewer calls.
    Calls(f64),
    /// `topic:pas=5@10:00-13:00`: a flood.
    Flood(FloodAsked),
}

/// A flood as it is asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct FloodAsked {
    /// `topic:pas`, `municipality:0751` or `all:pas`.
    kind: FloodKind,
    times: f64,
    from: Minute,
    to: Minute,
}

#[derive(Clone, PartialEq, Debug)]
enum FloodKind {
    Topic(String),
    Municipality(MunicipalityId),
    AllAbout(String),
}

/// A change can't be read or made: why, and what to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadChange(pub String);

impl fmt::Display for BadChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadChange {}

/// Agents that one change may add.
const AGENTS_MAX: i32 = 10_000;

impl Change {
    /// From `+5` or `-3`.
    pub fn agents(text: &str) -> Result<Self, BadChange> {
        Ok(Self::Agents(None, number_of_agents(text)?))
    }

    /// From `0751=+2`.
    pub fn agents_of(text: &str) -> Result<Self, BadChange> {
        let (id, more) = text.split_once('=').ok_or_else(|| bad(text, "0751=+2"))?;
        let id = kommunekode(id).ok_or_else(|| bad(text, "0751=+2"))?;
        Ok(Self::Agents(Some(id), number_of_agents(more)?))
    }

    /// From `0740=3.5%`.
    pub fn new_member(text: &str) -> Result<Self, BadChange> {
        let example = "0740=3.5%";
        let (id, share) = text.split_once('=').ok_or_else(|| bad(text, example))?;
        let id = kommunekode(id).ok_or_else(|| bad(text, example))?;
        let share = percent(share).filter(|share| (0.0..=1_000.0).contains(share)).ok_or_else(|| bad(text, example))?;
        Ok(Self::NewMember(id, share / 100.0))
    }

    /// From `+10%`.
    pub fn calls(text: &str) -> Result<Self, BadChange> {
        let more = percent(text).filter(|more| (-100.0..=10_000.0).contains(more));
        more.map(|more| Self::Calls(1.0 + more / 100.0)).ok_or_else(|| bad(text, "+10%"))
    }

    /// From `topic:pas=5@10:00-13:00`, `municipality:0751=20@10:00-13:00` or `all:pas=5@10:00-13:00`.
    pub fn flood(text: &str) -> Result<Self, BadChange> {
        let example = "topic:pas=5@10:00-13:00, municipality:0751=20@10:00-13:00 or all:pas=5@10:00-13:00";
        flood(text).map(Self::Flood).ok_or_else(|| bad(text, example))
    }

    /// Makes the change.
    pub fn make(&self, scenario: &mut Scenario) -> Result<(), BadChange> {
        match self {
            Self::Agents(home, more) => {
                if let Some(id) = home.filter(|id| !knows(scenario, *id)) {
                    return Err(BadChange(format!("{id} is no member here; make it one first: --new-member {id}=2%")));
                }
                scenario.added.push((*home, *more));
            }
            Self::NewMember(id, _) if knows(scenario, *id) => {
                return Err(BadChange(format!(
                    "{id} is a member already; --agents-of and --calls change what there is"
                )));
            }
            Self::NewMember(id, share) => scenario.new_members.push((*id, *share)),
            Self::Calls(times) => scenario.calls_a_day *= times,
            Self::Flood(asked) => {
                let flood = asked.in_scenario(scenario)?;
                scenario.floods.push(flood);
            }
        }
        Ok(())
    }

    /// In the order in which changes must be made: a member joins before it lends agents.
    pub const fn order(&self) -> u8 {
        match self {
            Self::NewMember(..) => 0,
            Self::Calls(_) => 1,
            Self::Agents(..) => 2,
            Self::Flood(_) => 3,
        }
    }
}

fn knows(scenario: &Scenario, id: MunicipalityId) -> bool {
    scenario.members.iter().any(|member| member.id == id) || scenario.new_members.iter().any(|(one, _)| *one == id)
}

impl FloodAsked {
    fn in_scenario(&self, scenario: &Scenario) -> Result<FloodOf, BadChange> {
        let topic = |id: &str| {
            let place = scenario.topics.iter().position(|topic| topic.id.as_str() == id);
            let known = || scenario.topics.iter().map(|topic| topic.id.to_string()).collect::<Vec<_>>().join(", ");
            place.ok_or_else(|| BadChange(format!("there is no topic \"{id}\"; there are {}", known())))
        };
        let member = |id: MunicipalityId| {
            let place = scenario.members.iter().position(|member| member.id == id);
            place.ok_or_else(|| BadChange(format!("{id} is no member of this scenario")))
        };
        let (topic, member, of_all) = match &self.kind {
            FloodKind::Topic(id) => (Some(topic(id)?), None, false),
            FloodKind::Municipality(id) => (None, Some(member(*id)?), false),
            FloodKind::AllAbout(id) => (Some(topic(id)?), None, true),
        };
        Ok(FloodOf { topic, member, more: self.times - 1.0, of_all, from: self.from, to: self.to })
    }
}

fn flood(text: &str) -> Option<FloodAsked> {
    let (kind, rest) = text.split_once(':')?;
    let (what, rest) = rest.split_once('=')?;
    let (times, span) = rest.split_once('@')?;
    let (from, to) = span.split_once('-')?;
    let (from, to): (Minute, Minute) = (from.parse().ok()?, to.parse().ok()?);
    let times: f64 = times.trim_start_matches('x').parse().ok()?;
    let kind = match kind {
        "topic" => FloodKind::Topic(what.to_owned()),
        "municipality" => FloodKind::Municipality(kommunekode(what)?),
        "all" => FloodKind::AllAbout(what.to_owned()),
        _ => return None,
    };
    ((1.0..=1_000.0).contains(&times) && from < to).then_some(FloodAsked { kind, times, from, to })
}

fn number_of_agents(text: &str) -> Result<i32, BadChange> {
    let more: Option<i32> = text.parse().ok();
    more.filter(|more| (-AGENTS_MAX..=AGENTS_MAX).contains(more)).ok_or_else(|| bad(text, "+5 or -3"))
}

fn percent(text: &str) -> Option<f64> {
    text.strip_suffix('%').unwrap_or(text).trim().parse().ok()
}

fn bad(text: &str, example: &str) -> BadChange {
    BadChange(format!("\"{text}\" can't be read; write {example}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_they_are_written_and_others_are_told_how() {
        assert_eq!(Change::agents("+5"), Ok(Change::Agents(None, 5)));
        assert_eq!(Change::agents_of("0751=-2"), Ok(Change::Agents(Some(MunicipalityId(751)), -2)));
        assert_eq!(Change::new_member("0740=3.5%"), Ok(Change::NewMember(MunicipalityId(740), 0.035)));
        assert_eq!(Change::calls("-50%"), Ok(Change::Calls(0.5)));
        assert!(Change::flood("topic:pas=5@10:00-13:00").is_ok());
        for wrong in ["pas=5@10:00-13:00", "topic:pas=5", "topic:pas=0.5@10:00-13:00", "topic:pas=5@13:00-10:00"] {
            let told = Change::flood(wrong).expect_err("no flood").to_string();
            assert!(told.contains(wrong) && told.contains("topic:pas=5@10:00-13:00"), "{told}");
        }
        assert!(Change::agents("five").is_err() && Change::new_member("740=3%").is_err());
    }
}
