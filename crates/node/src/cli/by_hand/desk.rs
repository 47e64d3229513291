//! The way to the centre for a coordinator: the token, the reason, and what is said of a change that was made or refused.
//! Knows messages and words; no rule.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use api::proto::administration as pb;
use api::proto::administration::administration_client::AdministrationClient;
use clap::Args;
use serde_json::json;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::cli::by_hand::when::{self, wall};
use crate::cli::server::{ServerArgs, words};

/// Who asks, and whom.
#[derive(Args, Clone, Debug)]
pub(crate) struct LookArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Koordinatorens token; hellere i SAMKALD_TOKEN end her (the coordinator's token; better in SAMKALD_TOKEN).
    #[arg(long, env = "SAMKALD_TOKEN", hide_env_values = true, default_value = "", global = true)]
    token: String,
    /// JSON, til programmer (for programs).
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// Why something is changed.
#[derive(Args, Clone, Debug)]
pub(crate) struct WhyArgs {
    /// Hvorfor; gemmes med ændringen (why; kept with the change).
    #[arg(long, value_name = "GRUND")]
    why: String,
    /// Den version du så på; er det samme ændret siden, får du det at se (the version that you looked at).
    #[arg(long, value_name = "VERSION", default_value_t = 0)]
    based_on: u64,
    /// Vis kun hvad der ville ske (only say what would change).
    #[arg(long, conflicts_with = "try_on")]
    dry_run: bool,
    /// Prøv ændringen på én linje først; virker den, gælder den for alle bagefter (try it on one line first).
    #[arg(long, value_name = "LINJE")]
    try_on: Option<String>,
    /// Så længe prøves den (for how long it is tried).
    #[arg(long, value_name = "TIDSRUM", value_parser = when::span, default_value = "5m")]
    try_for: Duration,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// A client that says who asks.
pub(super) struct Desk {
    pub(super) client: AdministrationClient<Channel>,
    token: String,
}

impl LookArgs {
    /// To the centre, for whoever needs no token.
    pub(super) async fn channel(&self) -> anyhow::Result<Channel> {
        self.server.connect().await
    }

    pub(super) fn has_token(&self) -> bool {
        !self.token.is_empty()
    }

    pub(super) async fn connect(&self) -> anyhow::Result<Desk> {
        let client = AdministrationClient::new(self.server.connect().await?);
        Ok(Desk { client, token: self.token.clone() })
    }
}

impl Desk {
    pub(super) fn request<T>(&self, message: T) -> anyhow::Result<Request<T>> {
        let mut request = Request::new(message);
        if !self.token.is_empty() {
            let value = format!("Bearer {}", self.token);
            let value =
                value.parse().context("SAMKALD_TOKEN: et token har kun synlige ASCII-tegn (printable ASCII)")?;
            request.metadata_mut().insert("authorization", value);
        }
        Ok(request)
    }
}

impl WhyArgs {
    pub(super) fn reason(&self) -> pb::Reason {
        pb::Reason {
            why: self.why.clone(),
            based_on: self.based_on,
            dry_run: self.dry_run,
            try_on_line: self.try_on.clone().unwrap_or_default(),
            try_for_s: u32::try_from(self.try_for.as_secs()).unwrap_or(u32::MAX),
        }
    }

    /// Makes one change of these edits, and says what came of it.
    pub(super) async fn change(&self, edits: Vec<pb::Edit>) -> anyhow::Result<ExitCode> {
        let mut desk = self.look.connect().await?;
        let request = desk.request(pb::ChangeRequest { reason: Some(self.reason()), edits })?;
        let answer = desk.client.change(request).await;
        Ok(self.changed(answer.map(tonic::Response::into_inner)))
    }

    /// What came of a change.
    pub(super) fn changed(&self, answer: Result<pb::ChangeResponse, Status>) -> ExitCode {
        let version = match answer {
            Ok(answer) => answer.version.unwrap_or_default(),
            Err(status) => return refused(&status),
        };
        if self.look.json {
            println!("{}", version_in_json(&version));
            return ExitCode::SUCCESS;
        }
        for one in &version.changed {
            println!("{}", in_words(one));
        }
        let number = version.number;
        if self.dry_run {
            println!("Intet er ændret; det ville blive version {number} (nothing was changed).");
        } else if let Some(line) = &self.try_on {
            println!("{}", on_trial(line, self.try_for));
        } else {
            println!("Version {number} gælder nu (is in force). Fortryd: samkald plan rollback {} --why …", number - 1);
        }
        ExitCode::SUCCESS
    }
}

/// What is said of a trial that has begun.
pub(super) fn on_trial(line: &str, span: Duration) -> String {
    let minutes = span.as_secs().div_ceil(60);
    format!(
        "Prøves nu på linjen {line} i {minutes} min og gælder så for alle (on trial). Afbryd: samkald plan take-back --why …"
    )
}

/// A refusal, in the centre's own words.
pub(super) fn refused(status: &Status) -> ExitCode {
    eprintln!("Afvist: {}", words(status));
    ExitCode::FAILURE
}

pub(super) fn version_in_json(version: &pb::Version) -> serde_json::Value {
    json!({
        "version": version.number,
        "at_unix_ms": version.at_unix_ms,
        "who": version.who,
        "why": version.why,
        "back_to": version.back_to,
        "edits": version.edits,
        "quarantined": version.quarantined,
        "changed": version.changed.iter().map(setting_in_json).collect::<Vec<_>>(),
    })
}

pub(super) fn setting_in_json(one: &pb::Setting) -> serde_json::Value {
    json!({ "at": one.at, "before": one.before, "after": one.after })
}

/// A difference, as `samkald plan diff` shows it.
pub(super) fn in_words(one: &pb::Setting) -> String {
    let pb::Setting { at, before, after } = one;
    match (before.is_empty(), after.is_empty()) {
        (true, false) => format!("+ {at} = {after}"),
        (false, true) => format!("- {at} = {before}"),
        (true, true) | (false, false) => format!("~ {at}: {before} → {after}"),
    }
}

/// One line about a version.
pub(super) fn version_in_words(version: &pb::Version) -> String {
    let back = if version.back_to == 0 { String::new() } else { format!(" (tilbage til {})", version.back_to) };
    let (number, at) = (version.number, wall(version.at_unix_ms));
    let quarantine = if version.quarantined { " (i karantæne: programmet døde under den)" } else { "" };
    format!("{number:>6}  {at}  {:<16}  {}{back}{quarantine}", version.who, version.why)
}
