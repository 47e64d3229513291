//! `samkald watch`: live queues and agents in the terminal; redrawn in place, line by line when piped, or as JSON.
//! Knows the API's messages only.

mod board;
mod drawn;
mod json;

use std::io::{IsTerminal, Write, stdout};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::proto::supervision as pb;
use api::proto::supervision::supervision_client::SupervisionClient;
use clap::Args;

use crate::cli::server::{ServerArgs, words};
use crate::cli::watch::board::Board;

/// Waits grow while nothing else changes: a terminal is redrawn this often.
const REDRAW_EVERY: Duration = Duration::from_secs(1);

/// Live queues and agents in the terminal.
#[derive(Args, Clone, Debug)]
pub(crate) struct WatchArgs {
    /// Print the board once and end.
    #[arg(long)]
    once: bool,
    /// One JSON object a line: the whole board first, then what changed.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// How the board is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    InPlace,
    Lines,
    Json,
}

/// Shows the board until the centre ends or Ctrl-C.
pub(crate) async fn run(args: WatchArgs) -> anyhow::Result<ExitCode> {
    let mut client = SupervisionClient::new(args.server.connect().await?);
    let mut stream = match client.watch(pb::WatchRequest {}).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => {
            eprintln!("{}", words(&status));
            return Ok(ExitCode::FAILURE);
        }
    };
    let form = match (args.json, args.once || !stdout().is_terminal()) {
        (true, _) => Form::Json,
        (false, true) => Form::Lines,
        (false, false) => Form::InPlace,
    };
    let (mut board, mut redraw) = (Board::default(), tokio::time::interval(REDRAW_EVERY));
    loop {
        tokio::select! {
            message = stream.message() => match message {
                Ok(Some(message)) => {
                    board.take(&message);
                    tell(form, &board, Some(&message))?;
                    if args.once {
                        return Ok(ExitCode::SUCCESS);
                    }
                }
                Ok(None) => return Ok(ExitCode::SUCCESS),
                Err(status) => {
                    eprintln!("{}", words(&status));
                    return Ok(ExitCode::FAILURE);
                }
            },
            _ = redraw.tick(), if form == Form::InPlace => tell(form, &board, None)?,
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
        }
    }
}

fn tell(form: Form, board: &Board, message: Option<&pb::WatchResponse>) -> anyhow::Result<()> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let text = match (form, message) {
        (Form::InPlace, _) => format!("\x1b[H\x1b[2J{}", drawn::whole(board, now_ms)),
        (Form::Json, Some(message)) => format!("{}\n", json::message(message)),
        (Form::Lines, Some(message)) if message.whole => drawn::whole(board, now_ms),
        (Form::Lines, Some(message)) => drawn::changes(message, now_ms),
        (Form::Json | Form::Lines, None) => return Ok(()),
    };
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
