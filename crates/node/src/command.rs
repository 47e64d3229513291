//! The commands and their flags.
//!
//! Knows how a command is called and what its exit code means; not what it does.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use tokio::runtime::Builder;

use crate::cli::by_hand::{EntriesCommand, NotesCommand, SkillsCommand, VoicemailCommand};
use crate::cli::edge::{BansArgs, ShownArgs};
use crate::cli::recordings::RecordingsCommand;
use crate::cli::trace::TraceArgs;
use crate::cli::watch::WatchArgs;
use crate::cli::whatif::WhatifArgs;
use crate::cli::why::WhyArgs;
use crate::cli::{self, desk::DeskArgs};
use crate::demo::{self, DemoArgs};
use crate::hours::{self, HoursCommand};
use crate::plans::{self, PlanCommand};
use crate::prompts::{self, PromptsCommand};
use crate::secrets::{self, SealArgs};
use crate::settings::{Settings, SettingsArgs};
use crate::start;

/// Settings, plan or flags are wrong.
pub(crate) const EXIT_USAGE: u8 = 2;

/// A joint contact centre in one process: SIP calls in, queues shared by all members, agents' phones, figures.
#[derive(Parser)]
#[command(name = "samkald", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:\n  \
    samkald demo                                  the whole centre with a demo plan, and how to ring it\n  \
    samkald serve --config /etc/samkald.toml      the centre itself\n  \
    samkald watch                                 live queues and agents in the terminal\n  \
    samkald why                                   why the last call went to its agent\n  \
    samkald trace --number 20123456               the SIP messages of a call\n  \
    samkald check --config /etc/samkald.toml      all faults of settings and plan at once\n  \
    samkald completions bash                      for your shell";

#[derive(Subcommand)]
enum Command {
    /// Run the centre until it is told to stop (SIGTERM: no new calls, talks finish, then exit 0).
    #[command(after_help = "Examples:\n  samkald serve --config config/bench.toml\n  \
        SAMKALD_DATA_DIR=/var/lib/samkald samkald serve --config /etc/samkald.toml")]
    Serve(SettingsArgs),
    /// Run the whole centre with a demo of 37 municipalities on this machine's loopback addresses, with simulated citizens
    /// and agents who call each other over real SIP and RTP.
    #[command(after_help = "Examples:\n  samkald demo\n  samkald demo --for 60")]
    Demo(DemoArgs),
    /// Check settings and plan, and tell all faults at once.
    #[command(after_help = "Example:\n  samkald check --config config/demo/samkald.toml")]
    Check(SettingsArgs),
    /// An agent's desktop in the terminal: the offers with municipality and line, ready, pause, wrap-up.
    #[command(after_help = "Example:\n  samkald desk --agent agent0001 --password agent0001-secret --ready")]
    Desk(DeskArgs),
    /// Live queues and agents in the terminal.
    #[command(after_help = "Examples:\n  samkald watch\n  samkald watch --once --json")]
    Watch(WatchArgs),
    /// Why a call went to an agent: who was compared, with which score, and what kept others out.
    #[command(after_help = "Examples:\n  samkald why                                     the last decision\n  \
        samkald why 42                                  decision 42, as the agent's screen shows it\n  \
        samkald why 019e3c1f0d2a00000000000000000007    all offers of a call")]
    Why(WhyArgs),
    /// The SIP messages of one call, number or agent, for a bounded time: a ladder here, a capture file on demand; masked.
    #[command(after_help = cli::trace::EXAMPLES)]
    Trace(TraceArgs),
    /// Sources that are not heard because they failed again and again; and their release.
    #[command(after_help = "Examples:\n  samkald bans\n  samkald bans release 192.0.2.7\n  samkald bans --json")]
    Bans(BansArgs),
    /// Agents' phones that have registered.
    #[command(after_help = "Examples:\n  samkald phones\n  samkald phones --json")]
    Phones(ShownArgs),
    /// Trunks: whether they answer, and their channels in use.
    #[command(after_help = "Examples:\n  samkald trunks\n  samkald trunks --json")]
    Trunks(ShownArgs),
    /// What if: days through the real routing core on virtual time, with other staffing, members, policies or a flood.
    #[command(after_help = cli::whatif::EXAMPLES)]
    Whatif(Box<WhatifArgs>),
    /// Åbningstider: hvad der er åbent nu og de næste måneder, luk og forlæng (opening hours, closures and extensions).
    #[command(subcommand)]
    Hours(HoursCommand),
    /// Kompetencer: hvem kan hvad, og giv nogen flere, evt. kun i aften (agents' skills).
    #[command(subcommand)]
    Skills(SkillsCommand),
    /// Linjer: hilsen, beskeder, ventetid (lines: greeting, messages, waiting).
    #[command(subcommand)]
    Lines(EntriesCommand),
    /// Køer: grænser, ringetid, efterbehandling (queues: bounds, ring time, wrap-up).
    #[command(subcommand)]
    Queues(EntriesCommand),
    /// Planen: versioner, forskelle, fortryd (the plan: versions, differences, undo).
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Optagelser: hvad der er, kopier, sletning, og om arkivet er urørt (recordings: lists, copies, deletion, verification).
    #[command(subcommand, after_help = cli::recordings::EXAMPLES)]
    Recordings(RecordingsCommand),
    /// Notater, som medarbejdere har skrevet efter opkald: vis og slet (agents' notes after calls: show and delete).
    #[command(subcommand)]
    Notes(NotesCommand),
    /// Beskeder fra borgere: hvad der venter, hør, luk (citizens' messages: what waits, hear, close).
    #[command(subcommand)]
    Voicemail(VoicemailCommand),
    /// Lyde: kontrollér en mappe, læg en lyd op, hør den (sounds: check a folder, upload one, hear it).
    #[command(subcommand)]
    Prompts(PromptsCommand),
    /// Seal a password for the plan or the settings: read from standard input, bound to one agent or trunk.
    #[command(after_help = "Example:\n  samkald seal --config /etc/samkald.toml --agent anna < password.txt")]
    Seal(SealArgs),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// Runs the command line.
pub(crate) fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => with_settings(&args, start::serve),
        Command::Demo(args) => with_settings(&args.settings(), |settings| demo::run(settings, &args)),
        Command::Check(args) => with_settings(&args, check),
        Command::Desk(args) => as_client(cli::desk::run(args)),
        Command::Watch(args) => as_client(cli::watch::run(args)),
        Command::Why(args) => as_client(cli::why::run(args)),
        Command::Trace(args) => as_client(cli::trace::run(args)),
        Command::Bans(args) => as_client(cli::edge::bans(args)),
        Command::Phones(args) => as_client(cli::edge::phones(args)),
        Command::Trunks(args) => as_client(cli::edge::trunks(args)),
        Command::Whatif(args) => cli::whatif::run(&args),
        Command::Hours(command) => hours::run(command),
        Command::Skills(command) => as_client(command.run()),
        Command::Lines(command) => as_client(command.run("lines")),
        Command::Queues(command) => as_client(command.run("queues")),
        Command::Plan(command) => plans::run(command),
        Command::Recordings(command) => as_client(command.run()),
        Command::Notes(command) => as_client(command.run()),
        Command::Voicemail(command) => as_client(command.run()),
        Command::Prompts(command) => prompts::run(command),
        Command::Seal(args) => secrets::seal(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "samkald", &mut std::io::stdout());
            ExitCode::SUCCESS
        }
    }
}

/// Settings and plan are read and compiled by now; what is left are the sounds that the plan names.
fn check(settings: &Settings) -> ExitCode {
    if let Err(fault) = prompts::load(settings) {
        eprintln!("{fault:#}");
        return ExitCode::from(EXIT_USAGE);
    }
    let plan = &settings.plan;
    println!(
        "Opsætning og plan er i orden (settings and plan are right): {} lines, {} queues, {} agents, {} municipalities.",
        plan.lines.len(),
        plan.queues.len(),
        plan.agents.len(),
        plan.municipalities.len()
    );
    ExitCode::SUCCESS
}

/// A client of a running node, on a small runtime of its own.
pub(crate) fn as_client(client: impl Future<Output = anyhow::Result<ExitCode>>) -> ExitCode {
    let runtime = Builder::new_current_thread().enable_all().build();
    let ended = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(client));
    ended.unwrap_or_else(|fault| {
        eprintln!("{fault:#}");
        ExitCode::FAILURE
    })
}

pub(crate) fn with_settings(args: &SettingsArgs, then: impl FnOnce(&Settings) -> ExitCode) -> ExitCode {
    match Settings::load(args) {
        Ok(settings) => then(&settings),
        Err(faults) => {
            eprint!("{faults}");
            ExitCode::from(EXIT_USAGE)
        }
    }
}
