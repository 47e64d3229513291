//! From arguments to settings: file, environment, flags, plan; all faults together.
//!
//! The only place of the settings that reads files.

use std::path::{Path, PathBuf};

use plan::{Fault, Plan, Source};
use toml::{Table, Value};

use super::file::SettingsFile;
use super::overrides::{Override, SettingsArgs, collect, put};
use super::{Faults, Settings, check};
use crate::secrets;

/// Longest settings or plan file, in bytes: sixteen thousand agents need four million.
const FILE_BYTES_MAX: u64 = 16 << 20;

impl Settings {
    /// Reads everything that the arguments and the environment name, and opens sealed passwords.
    pub(crate) fn load(args: &SettingsArgs) -> Result<Self, Faults> {
        let mut settings = Self::load_sealed(args)?;
        settings.args = args.clone();
        settings.plain_passwords = secrets::plain_passwords(&settings.plan);
        secrets::open(&mut settings)?;
        Ok(settings)
    }

    /// The same, with passwords as they are written.
    pub(crate) fn load_sealed(args: &SettingsArgs) -> Result<Self, Faults> {
        let Some(path) = &args.config else {
            let da = "skriv hvilken opsætning der skal bruges, fx --config config/samkald.toml";
            let en = "say which settings to use, such as --config config/samkald.toml";
            return Err(Faults::one("--config", Fault::new("mangler (is missing)", da, en)));
        };
        let text = read_file(path).map_err(|fault| Faults::one(&path.display().to_string(), fault))?;
        Self::of_text(
            &text,
            path,
            args,
            std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?))),
        )
    }

    /// From a text alone, for tests of others.
    #[cfg(test)]
    pub(crate) fn of_test(text: &str) -> Result<Self, Faults> {
        Self::of_text(text, Path::new("x"), &SettingsArgs::default(), std::iter::empty())
    }

    /// From a text that stands for the file at `path`.
    pub(super) fn of_text(
        text: &str,
        path: &Path,
        args: &SettingsArgs,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Faults> {
        let place = path.display().to_string();
        let source = Source::new(text);
        let overrides = collect(args, environment).map_err(|(place, fault)| Faults::one(&place, fault))?;
        let mut faults = Faults::default();
        let mut table = source.table().map_err(|slips| {
            let mut faults = Faults::default();
            faults.add(&place, slips);
            faults
        })?;
        for over in &overrides {
            if let Err(fault) = put(&mut table, over) {
                faults.add(&over.said_by, vec![fault]);
            }
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let plan = take_plan(&mut table, &folder);
        let (file, mut found) = plan::read::<SettingsFile>(table, "");
        let (settings, checked) = check::check(&file, &folder);
        let read_faults = found.clone();
        found.extend(checked.into_iter().filter(|fault| !read_faults.iter().any(|told| told.overlaps(fault))));
        let (plan, plan_text) = plan.unwrap_or_else(|(elsewhere, told)| {
            match elsewhere {
                Some(plan_place) => faults.add(&plan_place, told),
                None => found.extend(told),
            }
            (Plan::default(), String::new())
        });
        found.extend(check::against_plan(&settings, &plan));
        source.give_lines(&mut found);
        let (outside, inside) = by_origin(found, &overrides);
        faults.add(&place, inside);
        for (said_by, fault) in outside {
            faults.add(said_by, vec![fault]);
        }
        if faults.is_empty() {
            Ok(Settings { plan: plan.into(), plan_text: plan_text.into(), ..settings })
        } else {
            Err(faults)
        }
    }
}

/// Parts faults of what was said outside the file from those of the file itself.
fn by_origin(found: Vec<Fault>, overrides: &[Override]) -> (Vec<(&str, Fault)>, Vec<Fault>) {
    let (mut outside, mut inside) = (Vec::new(), Vec::new());
    for fault in found {
        // The last one counts, as it did when the settings were put together.
        match overrides.iter().rev().find(|over| fault.overlaps(&Fault::new(over.at(), "", ""))) {
            Some(over) => outside.push((over.said_by.as_str(), Fault { line: None, ..fault })),
            None => inside.push(fault),
        }
    }
    (outside, inside)
}

/// The faults of a plan, with its file where that is another one.
type PlanFaults = (Option<String>, Vec<Fault>);

/// Takes the plan out of the settings, with its text: a file's name, or the plan itself.
fn take_plan(table: &mut Table, folder: &Path) -> Result<(Plan, String), PlanFaults> {
    match table.remove("plan") {
        Some(Value::Table(plan)) => {
            let text = plan.to_string();
            plan::read_plan_table(plan, "plan.").map(|plan| (plan, text)).map_err(|faults| (None, faults))
        }
        Some(Value::String(name)) => {
            let path = folder.join(name);
            let place = path.display().to_string();
            let text = read_file(&path).map_err(|fault| (Some(place.clone()), vec![fault]))?;
            match plan::read_plan(&text) {
                Ok(plan) => Ok((plan, text)),
                Err(faults) => Err((Some(place), faults)),
            }
        }
        Some(_) => Err((
            None,
            vec![Fault::new(
                "plan",
                "skriv navnet på planens fil, eller planen selv under [plan]",
                "write the name of the plan's file, or the plan itself under [plan]",
            )],
        )),
        None => Err((
            None,
            vec![Fault::new(
                "plan",
                "mangler: skriv fx plan = \"plan.toml\" øverst i filen",
                "is missing: write plan = \"plan.toml\", say, at the top of the file",
            )],
        )),
    }
}

fn read_file(path: &Path) -> Result<String, Fault> {
    let size = std::fs::metadata(path).map(|about| about.len());
    let read = match size {
        Ok(bytes) if bytes > FILE_BYTES_MAX => {
            return Err(Fault::new(
                "filen",
                format!("er større end {FILE_BYTES_MAX} bytes"),
                format!("is larger than {FILE_BYTES_MAX} bytes"),
            ));
        }
        _ => std::fs::read_to_string(path),
    };
    read.map_err(|why| Fault::new("filen", format!("kan ikke læses: {why}"), format!("can't be read: {why}")))
}

/// A path of the settings, seen from the file's folder.
pub(super) fn beside(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}
