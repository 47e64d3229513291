//! Reads a ladder from the citizen's side alone: what Clara hears from when to when, and when each phone was there.
//! Knows the rungs about sound and phones; reads no fact.

use std::collections::BTreeMap;

/// What the citizen hears.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Hears {
    /// Not answered so far: the trunk's own ringing.
    Ringing,
    /// Nothing, though she is there.
    Silence,
    /// Music or words of ours.
    Music,
    /// These.
    People(Vec<String>),
    /// She has gone.
    Gone,
}

/// What is read out of a ladder.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What Clara hears, and from when on.
    pub(crate) clara: Vec<(f64, Hears)>,
    /// Each leg: from its answer to its end.
    pub(crate) phones: BTreeMap<String, Vec<(f64, Option<f64>)>>,
    /// Why somebody was refused at once.
    pub(crate) refused: Option<String>,
}

impl Told {
    /// What Clara hears just before `at`.
    pub(crate) fn hears_at(&self, at: f64) -> &Hears {
        let before = self.clara.iter().rev().find(|(from, _)| *from < at);
        before.map_or(&Hears::Ringing, |(_, hears)| hears)
    }

    /// How long she hears what `is_it` says, in seconds.
    pub(crate) fn seconds(&self, is_it: impl Fn(&Hears) -> bool) -> f64 {
        let pairs = self.clara.iter().zip(self.clara.iter().skip(1));
        pairs.filter(|((_, hears), _)| is_it(hears)).map(|((from, _), (to, _))| to - from).sum()
    }

    /// How long that phone was there, in seconds.
    pub(crate) fn there(&self, phone: &str) -> f64 {
        let spans = self.phones.get(phone).into_iter().flatten();
        spans.map(|(from, to)| to.unwrap_or_else(|| panic!("{phone} is never let go")) - from).sum()
    }

    fn clara_hears(&mut self, at: f64, hears: Hears) {
        if self.clara.last().is_some_and(|(from, _)| (*from - at).abs() < f64::EPSILON) {
            self.clara.pop();
        }
        let is_gone = self.clara.last().is_some_and(|(_, had)| *had == Hears::Gone);
        if !is_gone && self.clara.last().is_none_or(|(_, had)| *had != hears) {
            self.clara.push((at, hears));
        }
    }

    fn ends(&mut self, at: f64, phone: &str) {
        if let Some((_, end @ None)) = self.phones.get_mut(phone).and_then(|spans| spans.last_mut()) {
            *end = Some(at);
        }
        if phone == "clara" {
            self.clara_hears(at, Hears::Gone);
        }
    }
}

/// Reads it.
pub(crate) fn read(ladder: &str) -> Told {
    let mut told = Told::default();
    let mut at = 0.0;
    for line in ladder.lines() {
        if let Some(rung) = line.strip_prefix("    ") {
            read_rung(&mut told, at, rung);
        } else if let Some((moment, words)) = line.split_once(' ') {
            at = moment.parse().expect("a moment");
            read_event(&mut told, at, words);
        }
    }
    told
}

fn read_event(told: &mut Told, at: f64, words: &str) {
    let (who, what) = words.split_once(' ').unwrap_or((words, ""));
    if what.starts_with("rings 70101010") && who == "clara" {
        told.clara_hears(at, Hears::Ringing);
    } else if what == "answers" {
        told.phones.entry(who.to_owned()).or_default().push((at, None));
    } else if what == "hangs up" || what == "is lost" {
        told.ends(at, who);
    }
}

fn read_rung(told: &mut Told, at: f64, rung: &str) {
    if let Some(pair) = rung.strip_suffix(" hear each other") {
        if let Some(("clara", other) | (other, "clara")) = pair.split_once(" and ") {
            told.clara_hears(at, Hears::People(vec![other.to_owned()]));
        }
    } else if rung == "clara is parted" || rung == "clara hears: nothing" {
        told.clara_hears(at, Hears::Silence);
    } else if rung.starts_with("clara hears: ") {
        told.clara_hears(at, Hears::Music);
    } else if rung.contains(" hears ") && rung.contains("clara hears ") {
        let hers = rung.split("; ").find_map(|one| one.strip_prefix("clara hears ")).expect("her part");
        let people = hers.split(" and ").map(str::to_owned).collect();
        told.clara_hears(at, Hears::People(people));
    } else if let Some((who, _)) = rung.split_once(": hang up") {
        told.ends(at, who);
    } else if let Some(why) = rung.strip_prefix("anna: no transfer, ").or(rung.strip_prefix("desk anna: refused: ")) {
        told.refused.get_or_insert_with(|| why.to_owned());
    }
}
