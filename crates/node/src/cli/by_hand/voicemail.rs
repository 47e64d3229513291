//! `samkald voicemail list | listen | close | reopen`: citizens' messages on a running centre.
//! Knows how they are asked for and shown; whose they are is the centre's matter.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use api::proto::administration as pb;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::desk::{LookArgs, refused};
use super::when::wall;

/// Citizens' messages.
#[derive(Subcommand)]
pub(crate) enum VoicemailCommand {
    /// Vis beskeder, de nyeste først; en kommunes koordinator ser sin egen kommunes (show messages, the newest first).
    #[command(
        after_help = "Examples:\n  samkald voicemail list --state overdue\n  samkald voicemail list --mailbox post --json"
    )]
    List(ListArgs),
    /// Hent en besked som WAV-fil (fetch a message as a WAV file).
    #[command(after_help = "Example:\n  samkald voicemail listen 019e3c1f0d2a00000000000000000007 -o besked.wav")]
    Listen(ListenArgs),
    /// Luk en besked, der er besvaret; den slettes efter postkassens dage (close one that was answered).
    #[command(after_help = "Example:\n  samkald voicemail close 019e3c1f0d2a00000000000000000007")]
    Close(OneArgs),
    /// Åbn en besked igen (open one again).
    #[command(after_help = "Example:\n  samkald voicemail reopen 019e3c1f0d2a00000000000000000007")]
    Reopen(OneArgs),
}

/// How far messages are.
#[derive(Clone, Copy, ValueEnum)]
enum Far {
    /// Not answered.
    Open,
    /// Not answered in time.
    Overdue,
    /// Answered.
    Closed,
    /// All.
    All,
}

/// Which.
#[derive(Args)]
pub(crate) struct ListArgs {
    /// Kun i denne postkasse (only in this mailbox).
    #[arg(long, value_name = "POSTKASSE", default_value = "")]
    mailbox: String,
    /// Hvor langt de er (how far they are).
    #[arg(long, value_enum, default_value_t = Far::Open)]
    state: Far,
    #[command(flatten)]
    look: LookArgs,
}

/// Which, and where to.
#[derive(Args)]
pub(crate) struct ListenArgs {
    /// Beskedens id, som listen viser det (the message's id).
    #[arg(value_name = "ID")]
    id: String,
    /// Hvor den skal lægges; en fil der findes, overskrives ikke (where it is put; no file is overwritten).
    #[arg(short, long, value_name = "FIL")]
    output: PathBuf,
    #[command(flatten)]
    look: LookArgs,
}

/// Which.
#[derive(Args)]
pub(crate) struct OneArgs {
    /// Beskedens id, som listen viser det (the message's id).
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    look: LookArgs,
}

impl VoicemailCommand {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(args) => list(args).await,
            Self::Listen(args) => listen(args).await,
            Self::Close(args) => set(args, false).await,
            Self::Reopen(args) => set(args, true).await,
        }
    }
}

async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let state = match args.state {
        Far::Open => pb::VoicemailState::Open,
        Far::Overdue => pb::VoicemailState::Overdue,
        Far::Closed => pb::VoicemailState::Closed,
        Far::All => pb::VoicemailState::Unspecified,
    };
    let request = desk.request(pb::VoicemailsRequest { mailbox: args.mailbox, state: state as i32 })?;
    let messages = match desk.client.voicemails(request).await {
        Ok(answer) => answer.into_inner().messages,
        Err(status) => return Ok(refused(&status)),
    };
    if args.look.json {
        println!("{}", messages.iter().map(in_json).collect::<serde_json::Value>());
    } else if messages.is_empty() {
        println!("Ingen beskeder (no messages).");
    } else {
        println!("modtaget           frist              sek  nummer        kommune  postkasse  id");
        for message in &messages {
            println!("{}", in_words(message));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn listen(args: ListenArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let request = desk.request(pb::ListenVoicemailRequest { id: args.id })?;
    let mut heard = match desk.client.listen_voicemail(request).await {
        Ok(heard) => heard.into_inner(),
        Err(status) => return Ok(refused(&status)),
    };
    let place = args.output.display();
    let file = std::fs::File::create_new(&args.output);
    let mut file = file.with_context(|| format!("{place} kan ikke skrives (can't be written)"))?;
    while let Some(piece) = heard.message().await? {
        std::io::Write::write_all(&mut file, &piece.piece)?;
    }
    println!("{place}");
    Ok(ExitCode::SUCCESS)
}

async fn set(args: OneArgs, open: bool) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let id = args.id;
    let answer = if open {
        let request = desk.request(pb::ReopenVoicemailRequest { id })?;
        desk.client.reopen_voicemail(request).await
    } else {
        let request = desk.request(pb::CloseVoicemailRequest { id })?;
        desk.client.close_voicemail(request).await
    };
    let message = match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => return Ok(refused(&status)),
    };
    if args.look.json {
        println!("{}", in_json(&message));
    } else {
        println!("{}", in_words(&message));
    }
    Ok(ExitCode::SUCCESS)
}

fn in_json(message: &pb::Voicemail) -> serde_json::Value {
    json!({
        "id": message.id,
        "mailbox": message.mailbox,
        "mailbox_title": message.mailbox_title,
        "line_id": message.line_id,
        "municipality_code": message.municipality_code,
        "number": message.number,
        "received_unix_ms": message.received_unix_ms,
        "length_ms": message.length_ms,
        "due_unix_ms": message.due_unix_ms,
        "open": message.open,
        "overdue": message.overdue,
        "changed_by": message.changed_by,
        "changed_unix_ms": message.changed_unix_ms,
        "mailed_unix_ms": message.mailed_unix_ms,
    })
}

fn in_words(message: &pb::Voicemail) -> String {
    let or = |text: &str, none: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    let state = match (message.open, message.overdue) {
        (_, true) => "  OVER FRISTEN".to_owned(),
        (true, false) => String::new(),
        (false, false) => format!("  lukket af {}", message.changed_by),
    };
    format!(
        "{:<17}  {:<17}  {:>3}  {:<12}  {:<7}  {}  {}{state}",
        wall(message.received_unix_ms),
        wall(message.due_unix_ms),
        message.length_ms / 1_000,
        or(&message.number, "hemmeligt"),
        or(&message.municipality_code, "----"),
        message.mailbox,
        message.id,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overdue_message_is_marked_and_a_closed_one_says_by_whom() {
        let message = pb::Voicemail { open: true, overdue: true, length_ms: 12_340, ..pb::Voicemail::default() };
        assert!(in_words(&message).ends_with("OVER FRISTEN") && in_words(&message).contains("   12  hemmeligt"));
        let closed = pb::Voicemail { changed_by: "leder1".into(), ..pb::Voicemail::default() };
        assert!(in_words(&closed).ends_with("lukket af leder1"));
    }
}
