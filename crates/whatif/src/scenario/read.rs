//! From a scenario file's text, and the one that it is based on, to a scenario; or every fault, with file and line.
//! Knows how files build on each other; opens none: the caller brings their text.

use std::fmt;

use plan::{Fault, Source};
use toml::{Table, Value};

use super::check::check;
use super::{Scenario, ScenarioFile};

/// Files that may build on each other, one on the next.
const BASES_MAX: usize = 4;

/// A fault, and the file that it stands in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedFault {
    /// Name of the file.
    pub file: String,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for NamedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.file, self.fault)
    }
}

/// A file can't be opened, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoSuchFile(pub String);

/// Reads a scenario. `open` brings the text of the named file, seen from the folder of the first.
pub fn read_scenario(
    name: &str,
    mut open: impl FnMut(&str) -> Result<String, NoSuchFile>,
) -> Result<Scenario, Vec<NamedFault>> {
    let texts = chain(name, &mut open)?;
    let mut table = Table::new();
    for (name, text) in texts.iter().rev() {
        let own = Source::new(text).table().map_err(|faults| named(name, faults))?;
        merge(&mut table, own);
    }
    let (file, mut faults) = plan::read::<ScenarioFile>(table, "");
    match check(&file) {
        Ok(scenario) if faults.is_empty() => return Ok(scenario),
        Ok(_) => {}
        Err(found) => {
            let unread = faults.clone();
            faults.extend(found.into_iter().filter(|fault| !unread.iter().any(|told| told.overlaps(fault))));
        }
    }
    Err(faults.into_iter().map(|fault| placed(&texts, &fault)).collect())
}

/// The file's text, and those of the files below it.
fn chain(
    name: &str,
    open: &mut impl FnMut(&str) -> Result<String, NoSuchFile>,
) -> Result<Vec<(String, String)>, Vec<NamedFault>> {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut next = Some(name.to_owned());
    while let Some(name) = next {
        let asked_by = texts.last().map_or_else(|| name.clone(), |(asking, _)| asking.clone());
        if texts.len() > BASES_MAX || texts.iter().any(|(known, _)| *known == name) {
            let fault = Fault::new(
                "based_on",
                "filerne bygger på hinanden i ring",
                "the files build on each other in a circle",
            );
            return Err(named(&asked_by, vec![fault]));
        }
        let text = open(&name).map_err(|NoSuchFile(why)| {
            let da = format!("{name} kan ikke åbnes: {why}");
            named(&asked_by, vec![Fault::new("based_on", da, format!("{name} can't be opened: {why}"))])
        })?;
        let table = Source::new(&text).table().map_err(|faults| named(&name, faults))?;
        next = table.get("based_on").and_then(Value::as_str).map(str::to_owned);
        texts.push((name, text));
    }
    Ok(texts)
}

fn named(file: &str, faults: Vec<Fault>) -> Vec<NamedFault> {
    faults.into_iter().map(|fault| NamedFault { file: file.to_owned(), fault }).collect()
}

/// Tables are merged, everything else is replaced.
fn merge(base: &mut Table, own: Table) {
    for (key, value) in own {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// In the first file that has the setting; else, in the first.
fn placed(texts: &[(String, String)], fault: &Fault) -> NamedFault {
    let head = fault.at.split(['.', '[']).next().unwrap_or_default();
    let has = |text: &str| {
        Source::new(text).table().is_ok_and(|table| deep(&table, &fault.at) || !table.contains_key("based_on"))
    };
    let place = texts.iter().position(|(_, text)| has(text)).unwrap_or(0);
    let file = texts[place].0.clone();
    let mut faults = [fault.clone()];
    Source::new(&texts[place].1).give_lines(&mut faults);
    let [fault] = faults;
    let file = if fault.line.is_none() && head.is_empty() { texts[0].0.clone() } else { file };
    NamedFault { file, fault }
}

/// Whether a table says anything at that path: `days.opens`, or `topics[3].id`, of which the list is enough.
fn deep(table: &Table, at: &str) -> bool {
    let path = at.split('[').next().unwrap_or_default();
    let mut here = table;
    for key in path.split('.') {
        match here.get(key) {
            Some(Value::Table(inner)) => here = inner,
            Some(_) => return true,
            None => return false,
        }
    }
    true
}
