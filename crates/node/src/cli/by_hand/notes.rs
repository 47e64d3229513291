//! `samkald notes list | delete`: what agents have written freely after calls, on a running centre.
//! Knows how they are asked for; whose they are is the centre's matter.

use std::process::ExitCode;

use api::proto::administration as pb;
use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{LookArgs, refused};
use super::when::wall;

/// Agents' notes.
#[derive(Subcommand)]
pub(crate) enum NotesCommand {
    /// Vis notater, de nyeste først; en kommunes koordinator ser sin egen kommunes (show notes, the newest first).
    #[command(
        after_help = "Examples:\n  samkald notes list\n  samkald notes list --call 019e3c1f0d2a00000000000000000007 --json"
    )]
    List(ListArgs),
    /// Slet for altid, hvad der er skrevet om et opkald (delete for good what was written about a call).
    #[command(after_help = "Example:\n  samkald notes delete --call 019e3c1f0d2a00000000000000000007")]
    Delete(DeleteArgs),
}

/// Which.
#[derive(Args)]
pub(crate) struct ListArgs {
    /// Kun om dette opkald (only about this call).
    #[arg(long, value_name = "OPKALD", default_value = "")]
    call: String,
    /// Højst så mange, 1-1000 (at most so many).
    #[arg(long, value_name = "ANTAL", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    #[command(flatten)]
    look: LookArgs,
}

/// About which call.
#[derive(Args)]
pub(crate) struct DeleteArgs {
    /// Opkaldet (the call).
    #[arg(long, value_name = "OPKALD")]
    call: String,
    #[command(flatten)]
    look: LookArgs,
}

impl NotesCommand {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(args) => list(args).await,
            Self::Delete(args) => delete(args).await,
        }
    }
}

async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let wanted = pb::ListNotesRequest { call_id: args.call, limit: args.limit, ..pb::ListNotesRequest::default() };
    let request = desk.request(wanted)?;
    let notes = match desk.client.list_notes(request).await {
        Ok(answer) => answer.into_inner().notes,
        Err(status) => return Ok(refused(&status)),
    };
    if args.look.json {
        println!("{}", notes.iter().map(in_json).collect::<serde_json::Value>());
    } else if notes.is_empty() {
        println!("Ingen notater (no notes).");
    } else {
        for note in &notes {
            println!("{}", in_words(note));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn delete(args: DeleteArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let request = desk.request(pb::DeleteNotesRequest { call_id: args.call })?;
    let deleted = match desk.client.delete_notes(request).await {
        Ok(answer) => answer.into_inner().deleted,
        Err(status) => return Ok(refused(&status)),
    };
    if args.look.json {
        println!("{}", json!({ "deleted": deleted }));
    } else {
        println!("{deleted} notat(er) er slettet (deleted).");
    }
    Ok(ExitCode::SUCCESS)
}

fn in_json(note: &pb::Note) -> serde_json::Value {
    json!({
        "call_id": note.call_id,
        "written_unix_ms": note.written_unix_ms,
        "agent_id": note.agent_id,
        "municipality_code": note.municipality_code,
        "line_id": note.line_id,
        "text": note.text,
    })
}

/// A note with its own lines moved in.
fn in_words(note: &pb::Note) -> String {
    let whose = if note.municipality_code.is_empty() { "----" } else { &note.municipality_code };
    let text = note.text.replace('\n', "\n    ");
    let (at, agent, line, call) = (wall(note.written_unix_ms), &note.agent_id, &note.line_id, &note.call_id);
    format!("{at}  {whose}  {line}  {agent}  {call}\n    {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_several_lines_stays_below_its_head() {
        let note = pb::Note { call_id: "07".into(), text: "Venter på pas\nringer igen".into(), ..pb::Note::default() };
        assert!(in_words(&note).ends_with("07\n    Venter på pas\n    ringer igen"), "{}", in_words(&note));
    }
}
