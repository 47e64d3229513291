//! What a version would be, before it is one: its differences from the one before, and its plan, compiled.
//! Knows two tables and the edits in each; nothing of who may ask.

use std::collections::BTreeMap;

use plan::{Plan, differences};
use toml::Table;

use crate::ends::compile;
use crate::refused::Refused;
use crate::version::{Made, Setting, Version};

/// A version that could come into force.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is kept of it.
    pub version: Version,
    /// The plan file's table with its edits.
    pub table: Table,
    /// Compiled; sealed passwords are still sealed.
    pub plan: Plan,
}

/// All settings that differ, and sounds that are others.
pub(crate) fn changed((before, had): (&Table, &[Made]), (after, has): (&Table, &[Made])) -> Vec<Setting> {
    let sounds = |edits: &[Made]| -> BTreeMap<String, String> {
        let edits = edits.iter().map(|made| &made.wish.edit);
        let of = edits.filter_map(|edit| Some((edit.prompt()?.to_owned(), edit.sound()?.to_owned())));
        of.collect()
    };
    let (had, has) = (sounds(had), sounds(has));
    let mut all: Vec<Setting> = differences(before, after).into_iter().map(Setting::from).collect();
    for name in had.keys().chain(has.keys().filter(|name| !had.contains_key(*name))) {
        let (before, after) = (had.get(name).cloned(), has.get(name).cloned());
        if before != after {
            all.push(Setting { at: format!("prompts[\"{name}\"]"), before, after });
        }
    }
    all
}

/// A draft that changes something, and compiles.
pub(crate) fn draft(version: Version, changed: Vec<Setting>, table: Table) -> Result<Draft, Refused> {
    if changed.is_empty() {
        return Err(Refused::NothingChanges);
    }
    compiled(version, changed, table)
}

/// A draft that compiles; the faults of one that doesn't are told by the names of entries.
pub(crate) fn compiled(mut version: Version, mut changed: Vec<Setting>, table: Table) -> Result<Draft, Refused> {
    let plan = compile(&table).map_err(Refused::Faults)?;
    if version.touched.is_empty() {
        version.touched = changed.iter().map(|setting| setting.at.clone()).collect();
    }
    changed.truncate(Version::CHANGED_MAX);
    version.changed = changed;
    Ok(Draft { version, table, plan })
}
