//! `samkald lines`, `samkald queues`, and the other lists of the plan: entries seen, and single settings changed by hand.
//! Knows how they are asked for and shown; which settings there are is known by the plan.

use std::process::ExitCode;

use api::proto::administration as pb;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::desk::{LookArgs, WhyArgs, refused};
use super::when;

/// What can be done with a list's entries.
#[derive(Subcommand)]
pub(crate) enum EntriesCommand {
    /// Vis dem, som de gælder nu (as they are in force now).
    Show(ShowArgs),
    /// Ret én indstilling; værdien skrives som i planens fil (change one setting; its value as in the plan file).
    #[command(after_help = "Examples:\n  samkald lines set pas-da greeting '\"jul\"' --why \"julehilsen\"\n  \
        samkald lines set pas-da announce_wait true --until 18:00 --why \"lang kø\"\n  \
        samkald queues set pas wrap_up_s 60 --why \"nyt system\"\n\n\
        Without a value the setting gets its default back. Which there are: config/plan-reference.toml.")]
    Set(SetArgs),
    /// Opret en ny (add one): calendars, menus, announcements, directory, wrap_up_codes.
    #[command(
        after_help = "Example:\n  samkald plan directory add borgmester --entry 'title = \"Borgmesteren\"' \\\n    \
        --entry 'number = \"89402000\"' --why \"ny borgmester\""
    )]
    Add(AddArgs),
    /// Slet en (delete one).
    Remove(RemoveArgs),
}

/// Which are shown.
#[derive(Args)]
pub(crate) struct ShowArgs {
    /// Kun denne (this one alone).
    #[arg(value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    look: LookArgs,
}

/// One setting.
#[derive(Args)]
pub(crate) struct SetArgs {
    /// Hvis (whose).
    #[arg(value_name = "ID")]
    id: String,
    /// Indstillingens navn i planens fil (its name in the plan file).
    #[arg(value_name = "INDSTILLING")]
    field: String,
    /// Værdien, fx '"jul"', 60 eller true; uden: standarden (its value; without: the default).
    #[arg(value_name = "VÆRDI", default_value = "")]
    value: String,
    /// Kun til da, fx 18:00; så gælder det gamle igen (only until then).
    #[arg(long, value_name = "TID")]
    until: Option<String>,
    #[command(flatten)]
    why: WhyArgs,
}

/// A new entry.
#[derive(Args)]
pub(crate) struct AddArgs {
    /// Det nye id (the new id).
    #[arg(value_name = "ID")]
    id: String,
    /// En linje som i planens fil, uden id; kan gentages (a line as in the plan file, without id; may be repeated).
    #[arg(long, value_name = "LINJE", required = true)]
    entry: Vec<String>,
    #[command(flatten)]
    why: WhyArgs,
}

/// An entry that goes.
#[derive(Args)]
pub(crate) struct RemoveArgs {
    /// Hvilken (which).
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    why: WhyArgs,
}

impl EntriesCommand {
    /// Does it, in the list of that name.
    pub(crate) async fn run(self, list: &str) -> anyhow::Result<ExitCode> {
        use pb::edit::What;
        let (what, until, why) = match self {
            Self::Show(args) => return show(list, &[], args).await,
            Self::Set(SetArgs { id, field, value, until, why }) => {
                (What::Set(pb::Set { list: list.to_owned(), id, field, value }), until, why)
            }
            Self::Add(AddArgs { id, entry, why }) => {
                (What::Add(pb::Add { list: list.to_owned(), id, entry: entry.join("\n") }), None, why)
            }
            Self::Remove(RemoveArgs { id, why }) => (What::Remove(pb::Remove { list: list.to_owned(), id }), None, why),
        };
        let until = until.map(|until| when::read(&until, when::now())).transpose().map_err(anyhow::Error::msg)?;
        why.change(vec![pb::Edit { until_unix_ms: until.map_or(0, when::unix_ms), what: Some(what) }]).await
    }
}

/// Shows a list's entries: these settings of them, or all where none are named.
pub(super) async fn show(list: &str, settings: &[&str], args: ShowArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let request = desk.request(pb::ShowRequest { list: list.to_owned(), id: args.id.unwrap_or_default() })?;
    let told = match desk.client.show(request).await {
        Ok(told) => told.into_inner(),
        Err(status) => return Ok(refused(&status)),
    };
    let version = told.in_force.unwrap_or_default();
    for entry in &told.entries {
        let shown = entry.settings.iter().filter(|one| settings.is_empty() || settings.contains(&&*one.at));
        if args.look.json {
            let settings: Map<String, Value> = shown.map(|one| (one.at.clone(), json!(one.after))).collect();
            let (id, whose) = (&entry.id, &entry.municipality);
            println!("{}", json!({ "version": version.number, "id": id, "municipality": whose, "settings": settings }));
            continue;
        }
        println!("{}{}", entry.id, whose(&entry.municipality));
        for one in shown.filter(|one| one.at != "id" && one.at != "ids") {
            println!("    {} = {}", one.at, one.after);
        }
    }
    if !args.look.json {
        println!("Version {} ({}, {})", version.number, version.who, when::wall(version.at_unix_ms));
    }
    Ok(ExitCode::SUCCESS)
}

fn whose(municipality: &str) -> String {
    if municipality.is_empty() { String::new() } else { format!("  ({municipality})") }
}
