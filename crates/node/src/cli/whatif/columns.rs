//! Which columns a question asks for: the baseline, and beside it other policies and changes.
//! Knows flags and files; replays nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use whatif::scenario::{NoSuchFile, Scenario, read_scenario};
use whatif::{
    Change, Column, Day, Given, Policy, Recorded, Replicated, Run, Sums, built_in, built_in_names, read_calls,
};

use super::{Told, WhatifArgs, recorded};

/// A question.
pub(super) struct Asked {
    /// The baseline's scenario.
    pub(super) scenario: Scenario,
    /// The first is the baseline.
    pub(super) columns: Vec<(String, Run)>,
    /// Recorded days as they were.
    pub(super) was: Option<Column>,
}

pub(super) fn asked(args: &WhatifArgs) -> Told<Asked> {
    let Baseline { scenario, given, was } = baseline(args)?;
    let changes = changes(args)?;
    if given.is_some() && !args.calls.is_empty() {
        return Err("--calls: opkaldene er givet; fjern flaget (the calls are given; leave the flag out)".into());
    }
    let mut changed = scenario.clone();
    for change in &changes {
        change.make(&mut changed).map_err(|bad| bad.to_string())?;
    }
    let run = |scenario: &Scenario, policy| Run { given: given.clone(), ..Run::new(scenario.clone(), policy) };
    let mut columns = vec![(Policy::Ours.name().to_owned(), run(&scenario, Policy::Ours))];
    if !changes.is_empty() {
        columns.push(("ours, changed".to_owned(), run(&changed, Policy::Ours)));
    }
    for policy in policies(&args.policy)? {
        let (name, scenario) = if changes.is_empty() {
            (policy.name().to_owned(), &scenario)
        } else {
            (format!("{}, changed", policy.name()), &changed)
        };
        columns.push((name, run(scenario, policy)));
    }
    Ok(Asked { scenario, columns, was })
}

/// The scenario with the flags that are no change, and the days that are given.
struct Baseline {
    scenario: Scenario,
    given: Option<Arc<Given>>,
    was: Option<Column>,
}

fn baseline(args: &WhatifArgs) -> Told<Baseline> {
    let recorded = match (&args.recorded, &args.plan) {
        (Some(dir), Some(plan)) => Some(recorded::read(dir, plan, args.seed.unwrap_or(1))?),
        _ => None,
    };
    let mut scenario = match &recorded {
        Some(recorded) => recorded.scenario.clone(),
        None => named(&args.scenario)?,
    };
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    scenario.replications = args.replications.unwrap_or(scenario.replications).clamp(1, 10_000);
    scenario.queues.surge_guard &= !args.no_surge_guard;
    let was = recorded.as_ref().map(as_it_was);
    let given = match (&args.calls_csv, recorded) {
        (Some(file), _) => Some(calls(file, &scenario)?),
        (None, recorded) => recorded.map(|recorded| recorded.given),
    };
    match &given {
        Some(given) => given.fit(&mut scenario),
        None => scenario.days = args.days.unwrap_or(scenario.days).clamp(1, 10_000),
    }
    Ok(Baseline { scenario, given: given.map(Arc::new), was })
}

/// What was, in the same figures.
fn as_it_was(recorded: &Recorded) -> Column {
    let run = Run::new(recorded.scenario.clone(), Policy::Ours);
    let mut sums = Sums::default();
    for (given, told) in recorded.given.days.iter().zip(&recorded.told) {
        let day = Day { calls: given.calls.clone(), ..Day::default() };
        let classes = run.scenario.topics.len() * run.scenario.languages.len();
        sums.add(&Sums::of_day(classes, &day, told, run.scenario.queues.target_s), 1.0);
    }
    Column { name: "as it was".to_owned(), sums: Replicated::new(&[sums]) }
}

/// A scenario by its built-in name, or from its file.
pub(super) fn named(name: &str) -> Told<Scenario> {
    let read = built_in(name).unwrap_or_else(|| {
        let path = Path::new(name);
        let folder = path.parent().unwrap_or(Path::new(""));
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        read_scenario(&file, |file| fs::read_to_string(folder.join(file)).map_err(|why| NoSuchFile(why.to_string())))
    });
    read.map_err(|faults| {
        let mut told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        if !Path::new(name).exists() {
            let known = built_in_names().collect::<Vec<_>>().join(", ");
            told.push(format!("De medfølgende (those that come with the product): {known}"));
        }
        told.join("\n")
    })
}

fn calls(file: &Path, scenario: &Scenario) -> Told<Given> {
    let text =
        fs::read_to_string(file).map_err(|why| format!("{} kan ikke læses (can't be read): {why}", file.display()))?;
    read_calls(&text, scenario).map_err(|faults| format!("{}:\n{faults}", file.display()))
}

fn changes(args: &WhatifArgs) -> Told<Vec<Change>> {
    let kinds = [
        (&args.agents, Change::agents as fn(&str) -> _, "--agents"),
        (&args.agents_of, Change::agents_of, "--agents-of"),
        (&args.new_member, Change::new_member, "--new-member"),
        (&args.calls, Change::calls, "--calls"),
        (&args.flood, Change::flood, "--flood"),
    ];
    let mut changes = Vec::new();
    for (written, read, flag) in kinds {
        for text in written {
            changes.push(read(text).map_err(|bad| format!("{flag}: {bad}"))?);
        }
    }
    changes.sort_by_key(Change::order);
    Ok(changes)
}

fn policies(names: &[String]) -> Told<Vec<Policy>> {
    let known = Policy::ALL.map(Policy::name).join(", ");
    let named = |name: &String| {
        Policy::named(name).ok_or_else(|| format!("--policy {name}: skriv en af (write one of) {known}"))
    };
    let policies: Vec<Policy> = names.iter().map(named).collect::<Told<_>>()?;
    Ok(policies.into_iter().filter(|policy| *policy != Policy::Ours).collect())
}
