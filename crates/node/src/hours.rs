//! `samkald hours`: when lines are open by the plan file, now and in the months to come, and why.
//! Knows the plan and the wall clock of whoever asks; a running centre is asked, and changed, by `cli/by_hand`.

mod pages;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use model::Moment;
use plan::{Line, Plan, local_time, suggestion};

use crate::cli::by_hand::{self, ChangeHours, LookArgs};
use crate::command::{EXIT_USAGE, as_client, with_settings};
use crate::settings::{Settings, SettingsArgs};

/// Most days that are shown at once: a leap year and a month.
const DAYS_MAX: u16 = 397;

/// What `samkald hours` can do.
#[derive(Subcommand)]
pub(crate) enum HoursCommand {
    /// Vis åbningstider: alle linjer nu, eller én linjes kalender dag for dag (all lines now, or one line's days).
    #[command(after_help = "Examples:\n  samkald hours show\n  samkald hours show --config /etc/samkald.toml\n  \
        samkald hours show --config /etc/samkald.toml --line pas-da --days 14\n  \
        samkald hours show --config /etc/samkald.toml --line pas-da --from 2027-03-20 --months 12 --json\n\n\
        Without --config a running centre is asked what is open now, with all that was changed by hand.\n\n\
        Exit codes: 0 shown; 2 the settings, the line or a flag can't be used.")]
    Show(ShowArgs),
    #[command(flatten)]
    Change(ChangeHours),
}

/// Flags of `samkald hours show`.
#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Linjens id; uden: alle linjer (the line's id; without: all lines).
    #[arg(long, value_name = "LINJE")]
    line: Option<String>,
    /// Første dag, fx 2026-12-01; uden: i dag (the first day; without: today).
    #[arg(long, value_name = "DATO", requires = "line")]
    from: Option<Date>,
    /// Så mange dage (so many days).
    #[arg(long, value_name = "DAGE", requires = "line", default_value_t = 31, value_parser = clap::value_parser!(u16).range(1..=i64::from(DAYS_MAX)))]
    days: u16,
    /// Så mange måneder, i stedet for dage (so many months, in place of days).
    #[arg(long, value_name = "MÅNEDER", requires = "line", conflicts_with = "days", value_parser = clap::value_parser!(u16).range(1..=13))]
    months: Option<u16>,
    #[command(flatten)]
    look: LookArgs,
}

/// Runs `samkald hours …`.
pub(crate) fn run(command: HoursCommand) -> ExitCode {
    match command {
        HoursCommand::Show(args) if args.settings.config.is_some() => {
            with_settings(&args.settings, |settings| args.run(settings))
        }
        HoursCommand::Show(args) => as_client(by_hand::hours_now(args.look, args.line)),
        HoursCommand::Change(change) => as_client(change.run()),
    }
}

impl ShowArgs {
    fn run(&self, settings: &Settings) -> ExitCode {
        let args = self;
        let now = Moment::from_micros(Timestamp::now().as_microsecond());
        let Some(wanted) = &args.line else {
            print!("{}", pages::board(&settings.plan, now, args.look.json));
            return ExitCode::SUCCESS;
        };
        let Some(line) = find(&settings.plan, wanted) else { return ExitCode::from(EXIT_USAGE) };
        let first = args.from.unwrap_or_else(|| local_time(now).date());
        let days = args.months.map_or(args.days, |months| days_of(first, months));
        print!("{}", pages::calendar(&settings.plan, line, (first, days), args.look.json));
        ExitCode::SUCCESS
    }
}

fn find<'p>(plan: &'p Plan, wanted: &str) -> Option<&'p Line> {
    let found = plan.lines.iter().find(|line| *line.id == *wanted);
    if found.is_none() {
        let (da, en) = suggestion(wanted, plan.lines.iter().map(|line| &*line.id));
        eprintln!("Der er ingen linje \"{wanted}\"{da}\n(there is no such line{en})");
    }
    found
}

fn days_of(first: Date, months: u16) -> u16 {
    let after = first.saturating_add(i32::from(months).months());
    first.duration_until(after).as_hours().clamp(24, i64::from(DAYS_MAX) * 24) as u16 / 24
}
