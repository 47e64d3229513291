//! The sounds and sentences that a plan names: all must be there before a call is taken, or citizens would hear nothing.
//! Knows folders and names; how a prompt sounds is known in `media`, how a sentence is put together in `speech`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use media_net::{PromptFault, PromptStore, Wanted, load_wordings};
use model::PromptName;
use plan::Plan;
use speech::{Tongue, Wordings};

use crate::cli::by_hand::{self, ListenArgs, UploadArgs};
use crate::command::{EXIT_USAGE, as_client};
use crate::settings::Settings;

/// What `samkald prompts` can do.
#[derive(Subcommand)]
pub(crate) enum PromptsCommand {
    /// Check a folder of sounds and wording before a node reads it: all faults and warnings at once.
    #[command(after_help = "Example:\n  samkald prompts check /etc/samkald/prompts\n\n\
        Exit codes: 0 all can be used; 1 with --strict, if there are warnings; 2 something can't be used.")]
    Check(CheckArgs),
    /// Læg en lyd op på en kørende central; den gælder straks (upload a sound to a running centre).
    #[command(after_help = "Examples:\n  samkald prompts upload greeting.da jul.wav --why \"julehilsen\"\n  \
        samkald prompts upload 0751/greeting.da aarhus.wav --why \"ny stemme\"")]
    Upload(UploadArgs),
    /// Hent en lyd, der er lagt op, for at høre den (fetch an uploaded sound).
    #[command(after_help = "Example:\n  samkald prompts listen greeting.da hilsen.wav && aplay hilsen.wav")]
    Listen(ListenArgs),
}

/// Flags of `samkald prompts check`.
#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The folder, as in `[prompts] dirs` of the settings.
    folder: PathBuf,
    /// Warnings count too.
    #[arg(long)]
    strict: bool,
}

/// Everything that citizens can hear.
pub(crate) struct Sounds {
    pub(crate) store: PromptStore,
    pub(crate) wordings: Wordings,
}

/// Loads every sound and wording; tells all that are broken, or else all that the plan names and nobody has.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<Sounds> {
    let folders: Vec<PathBuf> = settings.prompt_dirs.iter().chain(&settings.uploaded).cloned().collect();
    read(&folders, &settings.plan, |wanted| PromptStore::load(&folders, wanted))
}

/// The same for a plan that takes over: what is as it was isn't read again, and what calls under the plans before it may still
/// ask for stays as it was heard.
pub(crate) fn load_again(
    playing: &PromptStore,
    folders: &[PathBuf],
    plan: &Plan,
    before: &[&Plan],
) -> anyhow::Result<Sounds> {
    let mut sounds = read(folders, plan, |wanted| {
        let mut wanted = wanted.clone();
        wanted.music.extend(before.iter().flat_map(|plan| music(plan)));
        wanted.spoken.extend(before.iter().flat_map(|plan| spoken(plan, &Wordings::built_in())));
        playing.load_again(folders, &wanted)
    })?;
    let still: Vec<PromptName> =
        before.iter().flat_map(|plan| spoken(plan, &Wordings::built_in()).into_iter().chain(music(plan))).collect();
    sounds.store = sounds.store.keeping(playing, &still);
    Ok(sounds)
}

fn read(
    folders: &[PathBuf],
    plan: &Plan,
    load: impl FnOnce(&Wanted) -> Result<PromptStore, Vec<PromptFault>>,
) -> anyhow::Result<Sounds> {
    let told = |faults: Vec<PromptFault>| anyhow!("[prompts] dirs: {}", list(&faults, "; "));
    let wordings = load_wordings(folders).map_err(told)?;
    let live = without_gone(plan);
    let plan = live.as_ref().unwrap_or(plan);
    untaught(plan)?;
    let wanted = Wanted { spoken: spoken(plan, &wordings), music: music(plan) };
    let store = load(&wanted).map_err(told)?;
    let missing: Vec<_> = wanted.spoken.iter().filter(|name| !store.has(name)).collect();
    if !missing.is_empty() {
        let names = list(&missing, ", ");
        bail!(
            "[prompts] dirs: the plan names sounds that are in none of the folders: {names}. Add NAME.wav, or change the plan"
        );
    }
    for warned in store.warned() {
        tracing::warn!("{warned}");
    }
    Ok(Sounds { store, wordings })
}

/// The same without lines that are only there for the numbers' sake, whose sounds may be gone as well.
fn without_gone(plan: &Plan) -> Option<Plan> {
    let gone = &plan.gone.lines;
    let lives = |(no, line): (usize, &plan::Line)| (!gone.contains(&plan::LineNo(no as u32))).then(|| line.clone());
    (!gone.is_empty())
        .then(|| Plan { lines: plan.lines.iter().enumerate().filter_map(lives).collect(), ..plan.clone() })
}

/// What a plan says.
fn spoken(plan: &Plan, wordings: &Wordings) -> BTreeSet<PromptName> {
    plan.prompts().into_iter().chain(announced(plan, wordings)).collect()
}

fn music(plan: &Plan) -> BTreeSet<PromptName> {
    plan.lines.iter().map(|line| line.music.clone()).collect()
}

/// Lines that put sentences together in a language whose numbers nobody has taught us.
fn untaught(plan: &Plan) -> anyhow::Result<()> {
    let untaught = plan.lines_that_announce().filter(|line| Tongue::of(&line.language).is_none());
    let lines: Vec<_> = untaught.map(|line| &line.id).collect();
    if !lines.is_empty() {
        bail!(
            "nothing can be announced on lines in other languages than da and en yet: {}. Delete their announce_… settings",
            list(&lines, ", ")
        );
    }
    Ok(())
}

/// Every clip that these lines may put into a sentence, in everybody's wording and in each municipality's own.
fn announced(plan: &Plan, wordings: &Wordings) -> Vec<PromptName> {
    let spoken: Vec<_> = plan.lines_that_announce().filter_map(|line| Tongue::of(&line.language)).collect();
    let of_wording = |(whose, wording): (Option<model::MunicipalityId>, &speech::Wording)| {
        let folder = whose.map_or(String::new(), |whose| format!("{whose}/"));
        let tag = wording.tongue().tag();
        wording.clips().iter().map(|clip| PromptName::new(&format!("{folder}{clip}.{tag}"))).collect::<Vec<_>>()
    };
    wordings.iter().filter(|(_, wording)| spoken.contains(&wording.tongue())).flat_map(of_wording).collect()
}

/// Runs `samkald prompts …`.
pub(crate) fn run(command: PromptsCommand) -> ExitCode {
    match command {
        PromptsCommand::Check(args) => check(&args),
        PromptsCommand::Upload(args) => as_client(by_hand::upload(args)),
        PromptsCommand::Listen(args) => as_client(by_hand::listen(args)),
    }
}

fn check(args: &CheckArgs) -> ExitCode {
    let folders = [args.folder.clone()];
    // No plan is asked here: what everybody calls music is music.
    let wanted = Wanted { music: [PromptName::new("music")].into(), ..Wanted::default() };
    let (store, wordings) = (PromptStore::load(&folders, &wanted), load_wordings(&folders));
    let mut faults = Vec::new();
    match &store {
        Ok(store) => {
            for warned in store.warned() {
                println!("warning: {warned}");
            }
        }
        Err(more) => faults.extend(more),
    }
    faults.extend(wordings.as_ref().err().into_iter().flatten());
    for fault in &faults {
        eprintln!("fault: {fault}");
    }
    let warnings = store.as_ref().map_or(0, |store| store.warned().len());
    if !faults.is_empty() {
        return ExitCode::from(EXIT_USAGE);
    }
    println!("Alt kan bruges (all can be used); {warnings} advarsler (warnings).");
    if args.strict && warnings > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn list(all: &[impl ToString], between: &str) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
