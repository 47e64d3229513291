//! `samkald desk`: an agent's desktop in the terminal. Lines in are commands, lines out are what happens; the sound and the
//! answering are the phone's. Knows the API's messages only.

mod commands;
mod session;
mod shown;

use std::io::BufRead;
use std::process::ExitCode;

use clap::Args;
use tokio::sync::mpsc;

use crate::cli::desk::commands::{Command, HELP, NotUnderstood};
use crate::cli::desk::session::{Next, Session};
use crate::cli::server::ServerArgs;

pub(crate) use shown::{clock, state};

/// Lines typed ahead; above it the terminal waits.
const LINES_MAX: usize = 64;

/// An agent's desktop in the terminal.
#[derive(Args, Clone)]
pub(crate) struct DeskArgs {
    /// Your agent id, as in the plan.
    #[arg(long, value_name = "ID")]
    agent: String,
    /// Your password; better given in the environment, since others on this machine can see flags.
    #[arg(long, env = "SAMKALD_PASSWORD", hide_env_values = true)]
    password: String,
    /// Become ready at once.
    #[arg(long)]
    ready: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// Runs the desktop until `log ud`, the end of the input, or Ctrl-C; each of them logs the agent out.
pub(crate) async fn run(args: DeskArgs) -> anyhow::Result<ExitCode> {
    let channel = args.server.connect().await?;
    let mut session = match Session::log_in(channel, &args.agent, &args.password).await {
        Ok(session) => session,
        Err(refused) => {
            eprintln!("{refused}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!("{} er logget ind. Skriv 'hjælp' for at se, hvad du kan skrive.", session.name());
    if args.ready {
        session.carry_out(Command::Ready).await;
    }
    let mut lines = typed_lines();
    loop {
        let next = tokio::select! {
            line = lines.recv() => match line.as_deref().map(Command::read) {
                None => Next::LogOut,
                Some(Ok(None)) => Next::GoOn,
                Some(Ok(Some(Command::Help))) => {
                    println!("{HELP}");
                    Next::GoOn
                }
                Some(Ok(Some(command))) => session.carry_out(command).await,
                Some(Err(NotUnderstood)) => {
                    println!("Det forstod jeg ikke. Skriv 'hjælp'.");
                    Next::GoOn
                }
            },
            shown = session.next_event() => shown,
            _ = tokio::signal::ctrl_c() => Next::LogOut,
        };
        match next {
            Next::GoOn => {}
            Next::LogOut => {
                session.log_out().await;
                println!("{} er logget ud.", session.name());
                return Ok(ExitCode::SUCCESS);
            }
            Next::Over => return Ok(ExitCode::FAILURE),
        }
    }
}

/// Standard input line by line, from a thread of its own: reading it can't be given up, and must not hold up the end.
fn typed_lines() -> mpsc::Receiver<String> {
    let (typed, lines) = mpsc::channel(LINES_MAX);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if typed.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
