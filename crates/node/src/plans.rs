//! `samkald plan diff`: in which settings two plan files differ.
//! Knows files and how differences are shown; changes nothing, and needs no running node.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use plan::{Difference, Source, differences};
use serde_json::json;
use toml::Table;

use crate::command::EXIT_USAGE;

/// What `samkald plan` can do.
#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// Vis forskellene mellem to planfiler (the differences of two plan files).
    #[command(after_help = "Examples:\n  samkald plan diff plan-old.toml plan-new.toml\n  \
        samkald plan diff plan-old.toml plan-new.toml --json\n\n\
        Exit codes: 0 the same; 1 they differ; 2 a file can't be read.")]
    Diff(DiffArgs),
}

/// Flags of `samkald plan diff`.
#[derive(Args)]
pub(crate) struct DiffArgs {
    /// Den gamle plan (the old plan).
    #[arg(value_name = "FØR")]
    before: PathBuf,
    /// Den nye plan (the new plan).
    #[arg(value_name = "EFTER")]
    after: PathBuf,
    /// Ét JSON-objekt pr. forskel (one JSON object for each difference).
    #[arg(long)]
    json: bool,
}

/// Runs `samkald plan …`.
pub(crate) fn run(command: &PlanCommand) -> ExitCode {
    let PlanCommand::Diff(args) = command;
    let both = read(&args.before).and_then(|before| Ok((before, read(&args.after)?)));
    let (before, after) = match both {
        Ok(both) => both,
        Err(fault) => {
            eprintln!("{fault:#}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let found = differences(&before, &after);
    for one in &found {
        println!("{}", if args.json { in_json(one) } else { in_words(one) });
    }
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(path: &Path) -> anyhow::Result<Table> {
    let place = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{place} kan ikke læses (can't be read)"))?;
    Source::new(&text).table().map_err(|faults| {
        let told = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        anyhow!("{place}: {told}")
    })
}

fn in_words(one: &Difference) -> String {
    let Difference { at, before, after } = one;
    match (before, after) {
        (None, Some(after)) => format!("+ {at} = {after}"),
        (Some(before), None) => format!("- {at} = {before}"),
        (Some(before), Some(after)) => format!("~ {at}: {before} → {after}"),
        (None, None) => at.clone(),
    }
}

fn in_json(one: &Difference) -> String {
    json!({ "at": one.at, "before": one.before, "after": one.after }).to_string()
}
