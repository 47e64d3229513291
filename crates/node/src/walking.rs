//! `samkald plan walk`: what somebody meets who rings a number at some moment, by a plan file or by the plan of a running centre.
//! Knows flags and how steps are shown; what happens is the plan's matter.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::DateTime;
use model::{Dialled, Moment};
use plan::{Luck, Pace, Plan, Walk, end_by_the_wall, read_plan, walk};
use serde_json::json;

use crate::cli::by_hand::{self, LookArgs};
use crate::command::{EXIT_USAGE, as_client, with_settings};
use crate::settings::SettingsArgs;

/// Flags of `samkald plan walk`.
#[derive(Args)]
pub(crate) struct WalkArgs {
    /// Nummeret der ringes til (the number that is rung).
    #[arg(value_name = "NUMMER", value_parser = number)]
    number: Dialled,
    #[command(flatten)]
    settings: SettingsArgs,
    /// Hvornår, dansk tid, fx 2026-12-24T13:00; uden: nu (when, Danish time; without: now).
    #[arg(long, value_name = "TIDSPUNKT")]
    at: Option<DateTime>,
    /// Nummeret der er viderestillet fra; kan gentages (the number that it was forwarded from; may be repeated).
    #[arg(long, value_name = "NUMMER", value_parser = number)]
    forwarded: Vec<Dialled>,
    /// Tasterne der trykkes på, i rækkefølge, fx 2,1 (the keys that are pressed, in order).
    #[arg(long, value_name = "TASTER", value_delimiter = ',')]
    keys: Vec<char>,
    /// Alle køer er fulde (every queue is full).
    #[arg(long, conflicts_with = "nobody")]
    full: bool,
    /// Ingen tager opkaldet (nobody takes the call).
    #[arg(long)]
    nobody: bool,
    #[command(flatten)]
    look: LookArgs,
}

fn number(text: &str) -> Result<Dialled, String> {
    Dialled::parse(text).map_err(|why| format!("\"{text}\" er intet telefonnummer (is no telephone number: {why})"))
}

/// Runs it: by the settings' plan file, or without settings by the plan in force on a running centre.
pub(crate) fn run(args: &WalkArgs) -> ExitCode {
    if args.settings.config.is_some() {
        return with_settings(&args.settings, |settings| args.show(&settings.plan));
    }
    as_client(async {
        let Some(text) = by_hand::plan_in_force(&args.look).await? else { return Ok(ExitCode::FAILURE) };
        let plan = read_plan(&text).map_err(|faults| anyhow!("centralens plan kan ikke læses her: {faults:?}"))?;
        Ok(args.show(&plan))
    })
}

impl WalkArgs {
    fn show(&self, plan: &Plan) -> ExitCode {
        let paces = walk(plan, &self.asked());
        for pace in &paces {
            let told = pace.told(plan);
            if self.look.json {
                println!("{}", json!({ "step": pace.kind(), "told": told }));
            } else {
                println!("{told}");
            }
        }
        if paces.contains(&Pace::UnknownNumber) { ExitCode::from(EXIT_USAGE) } else { ExitCode::SUCCESS }
    }

    fn asked(&self) -> Walk {
        let now = || Moment::from_micros(Timestamp::now().as_microsecond());
        let luck = match (self.full, self.nobody) {
            (true, _) => Luck::Full,
            (false, true) => Luck::NobodyComes,
            (false, false) => Luck::Served,
        };
        Walk {
            dialled: self.number.clone(),
            reached_by: self.forwarded.clone(),
            at: self.at.map_or_else(now, end_by_the_wall),
            keys: self.keys.clone(),
            luck,
        }
    }
}
