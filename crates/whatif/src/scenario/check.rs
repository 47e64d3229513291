//! What a scenario file may not say, told all at once, each with what to do; and the scenario that is left.
//! Knows ranges and names; doesn't know where in the text a setting stands.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use model::{Language, MunicipalityId, TopicId};
use plan::{Fault, suggestion};

use super::file::{Flood, ScenarioFile};
use super::{FloodOf, LanguageShare, MemberShare, Minute, Scenario, ShiftOf, TopicShare};

/// Classes and municipalities that a scenario may have: what reports can still show.
const NAMES_MAX: usize = 400;
/// Calls on a day: a million-call day, and ten times that.
const CALLS_A_DAY_MAX: f64 = 10_000_000.0;

/// A scenario from a file, or all that is wrong with its content.
pub(super) fn check(file: &ScenarioFile) -> Result<Scenario, Vec<Fault>> {
    let mut check = Check { faults: Vec::new() };
    let scenario = check.scenario(file);
    if check.faults.is_empty() { Ok(scenario) } else { Err(check.faults) }
}

struct Check {
    faults: Vec<Fault>,
}

impl Check {
    fn tell(&mut self, at: impl Into<String>, da: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault::new(at, da, en));
    }

    fn within(&mut self, at: impl Into<String>, value: f64, range: RangeInclusive<f64>) -> f64 {
        if !range.contains(&value) {
            let (least, most) = (range.start(), range.end());
            let da = format!("{value} går ikke; skriv et tal fra {least} til {most}");
            self.tell(at, da, format!("{value} won't do; write a number from {least} to {most}"));
        }
        value
    }

    fn time(&mut self, at: impl Into<String>, text: &str) -> Minute {
        text.parse().unwrap_or_else(|_| {
            let da = format!("\"{text}\" er ikke et klokkeslæt; skriv for eksempel \"08:00\"");
            self.tell(at, da, format!("\"{text}\" is no time of day; write \"08:00\", for example"));
            Minute(0)
        })
    }

    fn scenario(&mut self, file: &ScenarioFile) -> Scenario {
        let (opens, closes) = (self.time("days.opens", &file.days.opens), self.time("days.closes", &file.days.closes));
        if closes <= opens {
            self.tell(
                "days.closes",
                "lukker før der åbnes; skriv en senere tid",
                "closes before it opens; write a later time",
            );
        }
        self.within("days.replications", file.days.replications.into(), 1.0..=10_000.0);
        self.within("days.days", file.days.days.into(), 1.0..=10_000.0);
        let (topics, languages, members) = (self.topics(file), self.languages(file), self.members(file));
        let floods = file.floods.iter().enumerate();
        let floods = floods.map(|(number, flood)| self.flood(number, flood, &topics, &members)).collect();
        self.numbers(file);
        Scenario {
            title: file.title.clone(),
            seed: file.days.seed,
            replications: file.days.replications,
            days: file.days.days,
            opens,
            closes,
            days_known: file.days.known,
            calls_a_day: self.within("calls.a_day", file.calls.a_day, 0.0..=CALLS_A_DAY_MAX),
            profile: self.profile(file, opens, closes),
            day_noise: self.within("calls.day_noise", file.calls.day_noise, 0.0..=2.0),
            half_hour_noise: self.within("calls.half_hour_noise", file.calls.half_hour_noise, 0.0..=2.0),
            outside_share: self.within("calls.outside_share", file.calls.outside_share, 0.0..=1.0),
            topics,
            languages,
            members,
            agents: file.agents.clone(),
            added: Vec::new(),
            new_members: Vec::new(),
            shifts: self.shifts(file),
            talk: file.talk.clone(),
            patience: file.patience.clone(),
            queues: file.queues.clone(),
            floods,
        }
    }

    fn numbers(&mut self, file: &ScenarioFile) {
        let (agents, talk, patience) = (&file.agents, &file.talk, &file.patience);
        let topics = file.topics.len() as f64;
        self.within("agents.count", agents.count.into(), 1.0..=routing::SEATS_MAX as f64);
        self.within("agents.topics_min", agents.topics_min.into(), 1.0..=topics.max(1.0));
        self.within("agents.topics_max", agents.topics_max.into(), agents.topics_min.into()..=topics.max(1.0));
        let mean = agents.topics_mean.unwrap_or(agents.topics_min.into());
        self.within("agents.topics_mean", mean, agents.topics_min.into()..=agents.topics_max.into());
        self.within("agents.primary_share", agents.primary_share, 0.0..=1.0);
        self.within("agents.topics_follow_calls", agents.topics_follow_calls, 0.0..=2.0);
        self.within("agents.pace_cv", agents.pace_cv, 0.0..=1.0);
        self.within("talk.mean_s", talk.mean_s, 1.0..=36_000.0);
        self.within("talk.sigma", talk.sigma, 0.0..=3.0);
        for (at, value) in
            [("primary", talk.primary), ("other", talk.other), ("lacking", talk.lacking), ("away", talk.away)]
        {
            self.within(format!("talk.{at}"), value, 0.1..=10.0);
        }
        self.within("talk.wrap_up_s", talk.wrap_up_s, 0.0..=3_600.0);
        self.within("talk.ring_s", talk.ring_s, 0.0..=60.0);
        self.within("patience.impatient_share", patience.impatient_share, 0.0..=1.0);
        self.within("patience.impatient_s", patience.impatient_s, 1.0..=1e9);
        self.within("patience.patient_s", patience.patient_s, 1.0..=1e9);
        self.within("queues.target_s", file.queues.target_s, 1.0..=3_600.0);
        self.within("queues.waiting_max", file.queues.waiting_max.into(), 1.0..=1_000_000.0);
    }

    fn profile(&mut self, file: &ScenarioFile, opens: Minute, closes: Minute) -> Vec<f64> {
        let half_hours = (closes.0.saturating_sub(opens.0)).div_ceil(30).max(1) as usize;
        let written = &file.calls.profile;
        if written.is_empty() {
            return vec![1.0 / half_hours as f64; half_hours];
        }
        if written.len() != half_hours {
            let (there, da) = (written.len(), "halve timer fra åbning til lukning");
            let da = format!("{there} tal, men {half_hours} {da}; skriv ét for hver");
            self.tell(
                "calls.profile",
                da,
                format!("{there} numbers, but {half_hours} half-hours from opening to closing; write one for each"),
            );
        }
        let sum: f64 = written.iter().sum();
        if written.iter().any(|weight| *weight < 0.0) || sum <= 0.0 {
            self.tell(
                "calls.profile",
                "tal under 0, eller kun 0; skriv vægte",
                "numbers below 0, or only 0; write weights",
            );
            return vec![1.0 / half_hours as f64; half_hours];
        }
        written.iter().map(|weight| weight / sum).collect()
    }

    fn names<'n>(&mut self, list: &str, ids: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for (number, id) in ids.enumerate() {
            if id.is_empty() || id.len() > 40 {
                self.tell(
                    format!("{list}[{number}].id"),
                    "skriv et navn på 1 til 40 tegn",
                    "write a name of 1 to 40 characters",
                );
            } else if !seen.insert(id) {
                let da = format!("\"{id}\" står der to gange; giv den ene et andet navn");
                self.tell(format!("{list}[{number}].id"), da, format!("\"{id}\" is there twice; rename one"));
            }
        }
        if seen.is_empty() || seen.len() > NAMES_MAX {
            let da = format!("skriv 1 til {NAMES_MAX} [[{list}]]");
            self.tell(list, da, format!("write 1 to {NAMES_MAX} [[{list}]]"));
        }
    }

    fn topics(&mut self, file: &ScenarioFile) -> Vec<TopicShare> {
        self.names("topics", file.topics.iter().map(|topic| topic.id.as_str()));
        let shares = self.shares("topics", file.topics.iter().map(|topic| topic.share));
        let follow = file.agents.topics_follow_calls;
        let all = file.topics.iter().zip(shares).enumerate();
        all.map(|(number, (topic, share))| TopicShare {
            id: TopicId::new(&topic.id),
            share,
            talk: self.within(format!("topics[{number}].talk"), topic.talk.unwrap_or(1.0), 0.05..=20.0),
            agents: self.within(
                format!("topics[{number}].agents"),
                topic.agents.unwrap_or(share.powf(follow)),
                0.0..=1e6,
            ),
        })
        .collect()
    }

    fn languages(&mut self, file: &ScenarioFile) -> Vec<LanguageShare> {
        self.names("languages", file.languages.iter().map(|language| language.id.as_str()));
        let shares = self.shares("languages", file.languages.iter().map(|language| language.share));
        let all = file.languages.iter().zip(shares).enumerate();
        all.map(|(number, (language, share))| LanguageShare {
            id: Language::new(&language.id),
            share,
            agents: self.within(format!("languages[{number}].agents"), language.agents, 0.0..=1.0),
            all_topics: language.all_topics,
        })
        .collect()
    }

    fn members(&mut self, file: &ScenarioFile) -> Vec<MemberShare> {
        self.names("municipalities", file.municipalities.iter().map(|member| member.id.as_str()));
        let shares = self.shares("municipalities", file.municipalities.iter().map(|member| member.share));
        let all = file.municipalities.iter().zip(shares).enumerate();
        all.map(|(number, (member, share))| {
            let id = kommunekode(&member.id).unwrap_or_else(|| {
                let da = format!("\"{}\" er ikke en kommunekode; skriv fire cifre, \"0751\"", member.id);
                let en = format!("\"{}\" is no kommunekode; write four digits, \"0751\"", member.id);
                self.tell(format!("municipalities[{number}].id"), da, en);
                MunicipalityId(0)
            });
            let agents = member.agents.unwrap_or(share);
            MemberShare {
                id,
                share,
                agents: self.within(format!("municipalities[{number}].agents"), agents, 0.0..=1e6),
            }
        })
        .collect()
    }

    fn shares(&mut self, list: &str, weights: impl Iterator<Item = f64>) -> Vec<f64> {
        let weights: Vec<f64> = weights.collect();
        for (number, weight) in weights.iter().enumerate() {
            self.within(format!("{list}[{number}].share"), *weight, 0.0..=1e6);
        }
        let sum: f64 = weights.iter().sum();
        if !weights.is_empty() && sum <= 0.0 {
            self.tell(list, "alle andele er 0; skriv mindst én", "all shares are 0; write at least one");
        }
        weights.iter().map(|weight| weight / sum.max(f64::MIN_POSITIVE)).collect()
    }

    fn shifts(&mut self, file: &ScenarioFile) -> Vec<ShiftOf> {
        let on_a_day: u32 = file.shifts.iter().fold(0, |sum, shift| sum.saturating_add(shift.agents));
        if on_a_day == 0 || on_a_day > file.agents.count {
            let count = file.agents.count;
            let da = format!("{on_a_day} vagter om dagen til {count} agenter; skriv 1 til {count}");
            self.tell("shifts", da, format!("{on_a_day} shifts a day for {count} agents; write 1 to {count}"));
        }
        let all = file.shifts.iter().enumerate();
        all.map(|(number, shift)| {
            let from = self.time(format!("shifts[{number}].from"), &shift.from);
            let hours = self.within(format!("shifts[{number}].hours"), shift.hours, 0.25..=24.0);
            ShiftOf { from, to: from.plus_hours(hours), agents: shift.agents }
        })
        .collect()
    }

    fn flood(&mut self, number: usize, flood: &Flood, topics: &[TopicShare], members: &[MemberShare]) -> FloodOf {
        let at = format!("floods[{number}]");
        let from = self.time(format!("{at}.from"), &flood.from);
        let hours = self.within(format!("{at}.hours"), flood.hours, 0.1..=24.0);
        let topic = flood.topic.as_deref().and_then(|id| {
            self.place(format!("{at}.topic"), id, &topics.iter().map(|topic| topic.id.to_string()).collect::<Vec<_>>())
        });
        let member = flood.municipality.as_deref().and_then(|id| {
            self.place(
                format!("{at}.municipality"),
                id,
                &members.iter().map(|one| one.id.to_string()).collect::<Vec<_>>(),
            )
        });
        let times = self.within(format!("{at}.times"), flood.times, 1.0..=1_000.0);
        FloodOf { topic, member, more: times - 1.0, of_all: flood.of_all, from, to: from.plus_hours(hours) }
    }

    fn place(&mut self, at: String, id: &str, known: &[String]) -> Option<usize> {
        let place = known.iter().position(|name| name == id);
        if place.is_none() {
            let (da, en) = suggestion(id, known.iter().map(String::as_str));
            self.tell(at, format!("\"{id}\" findes ikke her{da}"), format!("there is no \"{id}\" here{en}"));
        }
        place
    }
}

/// A municipality by its kommunekode as people write it: four digits.
pub(crate) fn kommunekode(text: &str) -> Option<MunicipalityId> {
    let is_one = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_one && *number > 0).map(MunicipalityId)
}
