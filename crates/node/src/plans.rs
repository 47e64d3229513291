//! `samkald plan`: in which settings two plan files differ, and the versions of a running centre.
//! Knows files and how differences are shown; what a running centre is asked stands in `cli/by_hand`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use plan::{Difference, Source, differences};
use serde_json::json;
use toml::Table;

use crate::cli::by_hand::{self, EntriesCommand, LookArgs, ReloadArgs, RollBackArgs, TakeBackArgs, VersionsArgs};
use crate::command::{EXIT_USAGE, as_client};
use crate::walking::{self, WalkArgs};

/// What `samkald plan` can do.
#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// Vis forskellene mellem to planfiler (the differences of two plan files).
    #[command(after_help = "Examples:\n  samkald plan diff plan-old.toml plan-new.toml\n  \
        samkald plan diff plan-old.toml plan-new.toml --json\n\n\
        Exit codes: 0 the same; 1 they differ; 2 a file can't be read.\n\n\
        Two versions of a running centre: samkald plan diff 3 5 (0: the one in force)")]
    Diff(DiffArgs),
    /// Planens versioner på en kørende central, de nyeste først (versions of a running centre, the newest first).
    #[command(after_help = "Examples:\n  samkald plan versions\n  samkald plan versions --changes --json")]
    Versions(VersionsArgs),
    /// Gå tilbage til en tidligere version; det bliver en ny version (go back to a version, as a new one).
    #[command(after_help = "Example:\n  samkald plan rollback 12 --why \"forkert hilsen\"")]
    Rollback(RollBackArgs),
    /// Læs driftens planfil igen på en kørende central, eller prøv den på én linje først (read the plan file again).
    #[command(after_help = "Examples:\n  samkald plan reload --dry-run --why \"ny kø\"\n  \
        samkald plan reload --why \"ny kø\"\n  samkald plan reload --try-on pas-da --for 5m --why \"ny kø\"")]
    Reload(ReloadArgs),
    /// Afbryd en prøve på én linje; alt er som før (end a trial on one line).
    #[command(after_help = "Example:\n  samkald plan take-back --why \"borgerne hører ingen hilsen\"")]
    TakeBack(TakeBackArgs),
    /// Vis hele planen, som den gælder på en kørende central; adgangskoder er skjult (the whole plan in force).
    #[command(after_help = "Example:\n  samkald plan show > plan-in-force.toml")]
    Show(LookArgs),
    /// Prøv en plan: hvad møder den, der ringer (try a plan: what does a caller meet).
    #[command(after_help = "Examples:\n  samkald plan walk 70101010 --config /etc/samkald.toml\n  \
        samkald plan walk 70101010 --config /etc/samkald.toml --at 2026-12-24T13:00 --keys 2,1\n  \
        samkald plan walk 70101010 --config /etc/samkald.toml --forwarded 89151515 --full --json\n\n\
        Without --config a running centre's plan is walked, with all that was changed by hand.\n\n\
        Exit codes: 0 shown; 2 the settings or a flag can't be used, or nobody has the number.")]
    Walk(WalkArgs),
    /// Kalendere (calendars).
    #[command(subcommand)]
    Calendars(EntriesCommand),
    /// Menuer (menus).
    #[command(subcommand)]
    Menus(EntriesCommand),
    /// Meddelelser der kan afspilles i en samtale (announcements).
    #[command(subcommand)]
    Announcements(EntriesCommand),
    /// Telefonbogen (the directory).
    #[command(subcommand)]
    Directory(EntriesCommand),
    /// Koder for efterbehandling (wrap-up codes).
    #[command(subcommand)]
    WrapUpCodes(EntriesCommand),
}

/// Flags of `samkald plan diff`.
#[derive(Args)]
pub(crate) struct DiffArgs {
    /// Den gamle plan, en fil eller en version (the old plan, a file or a version).
    #[arg(value_name = "FØR")]
    before: PathBuf,
    /// Den nye plan (the new plan).
    #[arg(value_name = "EFTER")]
    after: PathBuf,
    #[command(flatten)]
    look: LookArgs,
}

/// Runs `samkald plan …`.
pub(crate) fn run(command: PlanCommand) -> ExitCode {
    match command {
        PlanCommand::Diff(args) => match args.versions() {
            Some((from, to)) => as_client(by_hand::differences(from, to, args.look)),
            None => diff(&args),
        },
        PlanCommand::Versions(args) => as_client(by_hand::versions(args)),
        PlanCommand::Rollback(args) => as_client(by_hand::roll_back(args)),
        PlanCommand::Reload(args) => as_client(by_hand::reload(args)),
        PlanCommand::TakeBack(args) => as_client(by_hand::take_back(args)),
        PlanCommand::Show(look) => as_client(show(look)),
        PlanCommand::Walk(args) => walking::run(&args),
        PlanCommand::Calendars(command) => as_client(command.run("calendars")),
        PlanCommand::Menus(command) => as_client(command.run("menus")),
        PlanCommand::Announcements(command) => as_client(command.run("announcements")),
        PlanCommand::Directory(command) => as_client(command.run("directory")),
        PlanCommand::WrapUpCodes(command) => as_client(command.run("wrap_up_codes")),
    }
}

async fn show(look: LookArgs) -> anyhow::Result<ExitCode> {
    let Some(plan) = by_hand::plan_in_force(&look).await? else { return Ok(ExitCode::FAILURE) };
    print!("{plan}");
    Ok(ExitCode::SUCCESS)
}

impl DiffArgs {
    /// Two versions of a running centre, if that is what they are.
    fn versions(&self) -> Option<(u64, u64)> {
        let number = |path: &Path| if path.exists() { None } else { path.to_str()?.parse().ok() };
        Some((number(&self.before)?, number(&self.after)?))
    }
}

fn diff(args: &DiffArgs) -> ExitCode {
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
        println!("{}", if args.look.json { in_json(one) } else { in_words(one) });
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
