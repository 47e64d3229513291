//! `samkald plan reload | take-back`: the operator's plan file read anew by a running centre, or tried on one line first.
//! Knows how it is asked for and shown; a coordinator's own trial is taken back by their token.

use std::process::ExitCode;
use std::time::Duration;

use api::proto::administration as pb;
use api::proto::operation::operation_client::OperationClient;
use api::proto::operation::{PlanSetting, ReloadPlanRequest, TakeBackPlanRequest};
use clap::Args;
use serde_json::json;

use super::desk::{LookArgs, in_words, on_trial, refused};
use super::when;

/// Flags of `samkald plan reload`.
#[derive(Args)]
pub(crate) struct ReloadArgs {
    /// Hvorfor; gemmes med versionen (why; kept with the version).
    #[arg(long, value_name = "GRUND")]
    why: String,
    /// Hvem du er; gemmes med versionen (who you are; kept with the version).
    #[arg(long, value_name = "NAVN", default_value = "operator")]
    operator: String,
    /// Vis kun hvad der ville ske, eller alle fejl (only say what would change, or all faults).
    #[arg(long, conflicts_with = "try_on")]
    dry_run: bool,
    /// Prøv planen på én linje først; fejler opkald dér, tages den tilbage (try it on one line first).
    #[arg(long, value_name = "LINJE")]
    try_on: Option<String>,
    /// Så længe prøves den; så gælder den for alle (for how long; then it counts for all).
    #[arg(long = "for", value_name = "TIDSRUM", value_parser = when::span, default_value = "5m")]
    for_: Duration,
    #[command(flatten)]
    look: LookArgs,
}

/// Flags of `samkald plan take-back`.
#[derive(Args)]
pub(crate) struct TakeBackArgs {
    /// Hvorfor (why).
    #[arg(long, value_name = "GRUND")]
    why: String,
    /// Hvem du er, hvis du ikke er koordinator (who you are, if no coordinator).
    #[arg(long, value_name = "NAVN", default_value = "operator")]
    operator: String,
    #[command(flatten)]
    look: LookArgs,
}

/// Reads the plan file again, on the centre.
pub(crate) async fn reload(args: ReloadArgs) -> anyhow::Result<ExitCode> {
    let mut client = OperationClient::new(args.look.channel().await?);
    let try_for_s = u32::try_from(args.for_.as_secs()).unwrap_or(u32::MAX);
    let (why, operator, dry_run) = (args.why, args.operator, args.dry_run);
    let try_on_line = args.try_on.clone().unwrap_or_default();
    let asked = ReloadPlanRequest { why, operator, dry_run, try_on_line, try_for_s };
    let told = match client.reload_plan(asked).await {
        Ok(told) => told.into_inner(),
        Err(status) => return Ok(refused(&status)),
    };
    let changed = told.changed.into_iter().map(|PlanSetting { at, before, after }| pb::Setting { at, before, after });
    let changed: Vec<_> = changed.collect();
    if args.look.json {
        let changed: Vec<_> = changed.iter().map(super::desk::setting_in_json).collect();
        println!("{}", json!({ "version": told.version, "changed": changed, "tried_on": args.try_on }));
        return Ok(ExitCode::SUCCESS);
    }
    for one in &changed {
        println!("{}", in_words(one));
    }
    match (dry_run, &args.try_on) {
        (true, _) => println!("Intet er ændret; det ville blive version {} (nothing was changed).", told.version),
        (false, Some(line)) => println!("{}", on_trial(line, args.for_)),
        (false, None) => println!("Version {} gælder nu (is in force).", told.version),
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends a trial.
pub(crate) async fn take_back(args: TakeBackArgs) -> anyhow::Result<ExitCode> {
    let ended = if args.look.has_token() {
        let mut desk = args.look.connect().await?;
        let reason = pb::Reason { why: args.why, ..pb::Reason::default() };
        let request = desk.request(pb::TakeBackRequest { reason: Some(reason) })?;
        desk.client.take_back(request).await.map(|_| ())
    } else {
        let mut client = OperationClient::new(args.look.channel().await?);
        client.take_back_plan(TakeBackPlanRequest { why: args.why, operator: args.operator }).await.map(|_| ())
    };
    Ok(match ended {
        Ok(()) => {
            println!("Prøven er slut; alt er som før den (the trial is over, all is as before).");
            ExitCode::SUCCESS
        }
        Err(status) => refused(&status),
    })
}
