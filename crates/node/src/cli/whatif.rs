//! `samkald whatif`: invented or recorded days through the real routing core on virtual time, beside the baseline.
//! Reads files and flags, shows tables and pictures; knows no rule of matching and no figure's definition.

mod columns;
mod proofs;
mod recorded;
mod replay;
mod shown;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// What is wrong with the question, in the words of the person who asked.
pub(crate) type Told<T> = Result<T, String>;

/// Replay days through the routing core.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct WhatifArgs {
    /// A scenario: its file, or one that comes with the product (see --list).
    #[arg(value_name = "SCENARIO", default_value = "benchmark")]
    scenario: String,
    /// Another policy beside `ours` (may be given again): fcfs, longest-idle, bullseye, silo, bound.
    #[arg(long, value_name = "POLICY")]
    policy: Vec<String>,
    /// More or fewer agents on duty all day: +5, -3.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    agents: Vec<String>,
    /// The same of one municipality: 0751=+2.
    #[arg(long, value_name = "CODE=N")]
    agents_of: Vec<String>,
    /// A municipality joins, with so many calls more: 0740=3.5%.
    #[arg(long, value_name = "CODE=PERCENT")]
    new_member: Vec<String>,
    /// More or fewer calls: +10%.
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    calls: Vec<String>,
    /// A flood: topic:pas=5@10:00-13:00, municipality:0751=20@10:00-13:00, all:pas=5@10:00-13:00.
    #[arg(long, value_name = "FLOOD")]
    flood: Vec<String>,
    /// Calls from a CSV file instead of invented ones (arrival,topic,language,municipality,talk_s,patience_s).
    #[arg(long, value_name = "FILE", conflicts_with = "recorded")]
    calls_csv: Option<PathBuf>,
    /// Recorded days of a centre instead of invented ones: its data directory (needs --plan).
    #[arg(long, value_name = "DIR", requires = "plan")]
    recorded: Option<PathBuf>,
    /// The plan of the recorded days: who can do what.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Replications, each with its own luck.
    #[arg(long, value_name = "N")]
    replications: Option<u32>,
    /// Days in each replication.
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// Another seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Without the surge guard.
    #[arg(long)]
    no_surge_guard: bool,
    /// Replications at the same time; the figures don't depend on it. Default: as many as there are processors.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Pictures (SVG and PNG), the table and the JSON into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Prove what docs/routing.md claims (proofs 6 to 11): some minutes.
    #[arg(long)]
    proofs: bool,
    /// The scenarios that come with the product.
    #[arg(long)]
    list: bool,
}

/// Shown under `--help`.
pub(crate) const EXAMPLES: &str = "Examples:\n  \
    samkald whatif                                        the benchmark scenario, as it is routed\n  \
    samkald whatif --policy fcfs --policy bullseye        other policies beside it\n  \
    samkald whatif ddh-ordinary --agents +2               two more agents all day\n  \
    samkald whatif --new-member 0740=3.5% --agents-of 0740=+1\n  \
    samkald whatif --flood topic:pas=5@10:00-13:00 --out pictures\n  \
    samkald whatif config/scenarios/ddh-ordinary.toml --calls-csv calls.csv --json\n  \
    samkald whatif --recorded samkald-data --plan plan.toml --agents -2\n  \
    samkald whatif --proofs                               proofs 6 to 11 of docs/routing.md, measured";

/// Answers, and ends.
pub(crate) fn run(args: &WhatifArgs) -> ExitCode {
    match answer(args) {
        Ok(code) => code,
        Err(told) => {
            eprintln!("{}", told.trim_end());
            ExitCode::from(crate::command::EXIT_USAGE)
        }
    }
}

fn answer(args: &WhatifArgs) -> Told<ExitCode> {
    if args.list {
        whatif::built_in_names().for_each(|name| println!("{name}"));
        return Ok(ExitCode::SUCCESS);
    }
    if args.proofs {
        return proofs::prove(args);
    }
    let asked = columns::asked(args)?;
    let mut columns = replay::all(&asked.columns, args.threads, args.json)?;
    columns.extend(asked.was.clone());
    shown::show(args, &asked, &columns)
}
