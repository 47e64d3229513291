//! `samkald plan versions | diff | rollback`: the plan's versions on a running centre.
//! Knows how they are asked for and shown.

use std::process::ExitCode;

use api::proto::administration as pb;
use clap::Args;

use super::desk::{LookArgs, WhyArgs, in_words, refused, setting_in_json, version_in_json, version_in_words};

/// Which versions.
#[derive(Args)]
pub(crate) struct VersionsArgs {
    /// Så mange, de nyeste først (so many, the newest first).
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Kun ældre end denne (only older than this one).
    #[arg(long, default_value_t = 0, value_name = "VERSION")]
    before: u64,
    /// Også hvad der blev ændret (what was changed, too).
    #[arg(long)]
    changes: bool,
    #[command(flatten)]
    look: LookArgs,
}

/// Back to a version.
#[derive(Args)]
pub(crate) struct RollBackArgs {
    /// Til hvilken version (to which version).
    #[arg(value_name = "VERSION")]
    to: u64,
    #[command(flatten)]
    why: WhyArgs,
}

/// Lists them.
pub(crate) async fn versions(args: VersionsArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let request = desk.request(pb::ListVersionsRequest { limit: args.limit, before: args.before })?;
    let listed = match desk.client.list_versions(request).await {
        Ok(told) => told.into_inner().versions,
        Err(status) => return Ok(refused(&status)),
    };
    for version in &listed {
        if args.look.json {
            println!("{}", version_in_json(version));
            continue;
        }
        println!("{}", version_in_words(version));
        for one in version.changed.iter().filter(|_| args.changes) {
            println!("        {}", in_words(one));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// In which settings two versions differ.
pub(crate) async fn differences(from: u64, to: u64, look: LookArgs) -> anyhow::Result<ExitCode> {
    let mut desk = look.connect().await?;
    let request = desk.request(pb::DiffRequest { from, to })?;
    let found = match desk.client.diff(request).await {
        Ok(told) => told.into_inner().settings,
        Err(status) => return Ok(refused(&status)),
    };
    for one in &found {
        println!("{}", if look.json { setting_in_json(one).to_string() } else { in_words(one) });
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Goes back.
pub(crate) async fn roll_back(args: RollBackArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.why.look.connect().await?;
    let request = desk.request(pb::RollBackRequest { reason: Some(args.why.reason()), to: args.to })?;
    let answer = desk.client.roll_back(request).await;
    Ok(args.why.changed(answer.map(tonic::Response::into_inner)))
}

/// The plan in force on a running centre, passwords hidden; none after a refusal, which was told.
pub(crate) async fn plan_in_force(look: &LookArgs) -> anyhow::Result<Option<String>> {
    let mut desk = look.connect().await?;
    let request = desk.request(pb::ShowPlanRequest {})?;
    match desk.client.show_plan(request).await {
        Ok(told) => Ok(Some(told.into_inner().plan)),
        Err(status) => {
            refused(&status);
            Ok(None)
        }
    }
}
