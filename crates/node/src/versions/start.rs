//! The plan that a node starts with: the version in force, or the operator's file where it has changed since.
//!
//! Edits that no longer fit the file are left out and told. A file that doesn't go with the edits is not taken: the node starts with
//! the plan that it had. Knows what is kept; nothing runs yet.

use std::sync::{Arc, Mutex, OnceLock};

use anyhow::{Context, anyhow};
use change::{Book, Draft, Version, apply};
use model::Moment;
use plan::{Plan, read_plan_table};
use store::PlanFolder;
use toml::Table;
use tracing::{error, warn};

use super::proof::{self, PROVEN_AFTER};
use super::{Held, Starting, Versions, by_the_file, kept, now, tell_left_out};
use crate::secrets;
use crate::settings::Settings;

/// What a node starts with.
struct Begun {
    plan: Plan,
    base: Table,
    table: Table,
}

impl Versions {
    /// Reads what is kept, and gives the settings back with the plan that the node starts with.
    pub(crate) fn take_up(settings: &Settings) -> anyhow::Result<(Arc<Self>, Settings, Starting)> {
        let place = || format!("{}: the folder of plans", settings.node.data_dir.display());
        let folder = PlanFolder::open(&settings.node.data_dir).with_context(place)?;
        let found = proof::at_start(&folder).with_context(place)?;
        let (mut book, is_whole) = kept::read(&folder).with_context(place)?;
        let begun = begin(&folder, &mut book, settings, now()).with_context(place)?;
        let mut started = settings.clone();
        let opened = secrets::open_plan(settings, &begun.plan);
        let opened =
            opened.map_err(|faults| anyhow!("{}", faults.iter().map(ToString::to_string).collect::<String>()))?;
        started.plan = Arc::new(opened.unwrap_or(begun.plan));
        if let Some(version) = book.in_force() {
            started.uploaded = kept::sounds_of(&folder, version).with_context(place)?;
        }
        let proven_at = folder.in_force().with_context(place)?.unproven.map(|_| now() + PROVEN_AFTER);
        let held = Held { book, base: begun.base, table: begun.table, again: None, trying: None, proven_at };
        let (settings, taking_over) = (settings.clone(), OnceLock::new());
        let versions = Self { held: Mutex::new(held), folder, settings, may_sweep: is_whole, taking_over };
        versions.sweep(&versions.held());
        let versions = Arc::new(versions);
        Ok((versions.clone(), started, Starting::of(versions, found)))
    }
}

fn begin(folder: &PlanFolder, book: &mut Book, settings: &Settings, now: Moment) -> anyhow::Result<Begun> {
    let table: Table = settings.plan_text.parse().context("the plan file has changed while it was read")?;
    let file = folder.keep_text(&settings.plan_text)?;
    let in_quarantine = file_in_quarantine(book, &file);
    if let Some(version) = in_quarantine {
        warn!(
            version,
            "the program died under the plan file as it is now, so the one before is taken up; mend the file, or take it up all the same: samkald plan reload"
        );
    }
    let unchanged = in_quarantine.is_some() || book.in_force().is_some_and(|version| version.file == file);
    let had = match as_it_was(folder, book, now) {
        Some(had) if unchanged => return Ok(had),
        had => had,
    };
    let before = had.as_ref().map_or_else(Table::new, |had| had.table.clone());
    let asked = by_the_file("planens fil (the plan file)");
    match (book.rebase(&asked, (&file, &table), &before, true, now), had) {
        (Ok((draft, left_out)), _) => {
            tell_left_out(&left_out, "it no longer fits the plan file");
            keep(folder, book, &draft)?;
            Ok(Begun { plan: draft.plan, base: table, table: draft.table })
        }
        (Err(refused), Some(had)) => {
            error!(
                "the plan file and the edits by hand don't go together; the node starts with the plan it had: {refused}"
            );
            Ok(had)
        }
        (Err(refused), None) => Err(anyhow!("{refused} ({})", refused.english())),
    }
}

/// The version that brought this plan file into force and is in quarantine. Not where it was an edit by hand that brought harm,
/// nor where the file has come into force again since.
fn file_in_quarantine(book: &Book, file: &str) -> Option<u64> {
    let newest_first: Vec<&Version> = book.newest_first().collect();
    let place = newest_first.iter().position(|version| version.file == file)?;
    let brought_it = newest_first.get(place + 1).is_none_or(|before| before.file != file);
    newest_first.get(place).filter(|version| version.quarantined && brought_it).map(|version| version.number)
}

/// The version in force as it was; none where there is none, or it can't be read any more.
fn as_it_was(folder: &PlanFolder, book: &Book, now: Moment) -> Option<Begun> {
    let version = book.in_force()?;
    let read = || -> Result<Begun, String> {
        let text = folder.text(&version.base).map_err(|fault| fault.to_string())?;
        let base: Table = text.parse().map_err(|_| "it is no TOML".to_owned())?;
        let standing: Vec<_> = version.edits.iter().filter(|made| !made.wish.is_over(now)).cloned().collect();
        let (table, _) = apply(&base, &standing);
        let plan = read_plan_table(table.clone(), "").map_err(|faults| format!("{faults:?}"))?;
        Ok(Begun { plan, base, table })
    };
    read().map_err(|fault| warn!(version = version.number, %fault, "the plan in force can't be read any more")).ok()
}

fn keep(folder: &PlanFolder, book: &mut Book, draft: &Draft) -> anyhow::Result<()> {
    let number = draft.version.number;
    folder.keep_version(number, &kept::text_of(&draft.version))?;
    proof::count(folder, number)?;
    kept::weigh(folder, book, &draft.version.file);
    for forgotten in book.keep(draft.version.clone()) {
        folder.forget(forgotten)?;
    }
    Ok(())
}
