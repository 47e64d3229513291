//! `samkald recordings`: what lies in the archive, copies of it, deletion, and whether it is as it was written.
//! Works on the folder, beside a running node or without one. Every look is written into the archive's book.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use model::{CallId, Moment, MunicipalityId, PhoneNumber, RecordingId};
use serde_json::json;
use store::{Archive, Asked, Database, Kept, LISTED_MAX, Wanted, make_recording_key};

use crate::command::EXIT_USAGE;
use crate::kept::DATABASE_FILE;
use crate::settings::{Settings, SettingsArgs};

pub(crate) const EXAMPLES: &str = "Examples:\n  \
    samkald recordings make-key > kommune.key                     a key pair; the secret half is the municipality's alone\n  \
    samkald recordings list --municipality 0751 --why tilsyn\n  \
    samkald recordings export --recording ID --out . --why \"aktindsigt, sag 17\"\n  \
    age -d -i kommune.key ID.ogg.age > samtale.ogg                where the secret key is\n  \
    samkald recordings delete --number +4520123456 --why \"sletning, sag 18\"\n  \
    samkald recordings verify\n\n\
    Exit codes: 0 done; 1 it does not fit, or is not there; 2 the settings or a flag can't be used.";

/// What `samkald recordings` can do.
#[derive(Subcommand)]
pub(crate) enum RecordingsCommand {
    /// Optagelser i arkivet (what there is).
    List(ListArgs),
    /// Kopiér en forseglet optagelse (copy a sealed recording).
    Export(ExportArgs),
    /// Slet optagelser før deres dato (delete before the date).
    Delete(DeleteArgs),
    /// Er arkivet, som det blev skrevet? (is all as it was written?)
    Verify(SettingsArgs),
    /// Lav et nøglepar til en kommune (make a municipality's key pair).
    MakeKey,
}

/// Who asks, and why.
#[derive(Args)]
pub(crate) struct AskedArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Hvem der spørger (who asks).
    #[arg(long, value_name = "NAVN", env = "USER")]
    who: String,
    /// Hvorfor; CPR-numre skjules (why; personal numbers are masked).
    #[arg(long, value_name = "GRUND")]
    why: String,
}

/// Flags of `list`.
#[derive(Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    asked: AskedArgs,
    /// Kun dette kald (of this call).
    #[arg(long, value_name = "KALD", value_parser = call)]
    call: Option<CallId>,
    /// Kun denne kommune (of this municipality).
    #[arg(long, value_name = "KODE")]
    municipality: Option<u16>,
    /// Også de slettede (deleted ones, too).
    #[arg(long)]
    deleted: bool,
    /// Ét JSON-objekt pr. linje (one JSON object a line).
    #[arg(long)]
    json: bool,
}

/// Flags of `export`.
#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    asked: AskedArgs,
    /// Hvilken (which one).
    #[arg(long, value_name = "ID", value_parser = recording)]
    recording: RecordingId,
    /// Mappe (folder).
    #[arg(long, value_name = "MAPPE", default_value = ".")]
    out: PathBuf,
}

/// Flags of `delete`.
#[derive(Args)]
#[group(id = "which", required = true, multiple = false, args = ["number", "recording"])]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    asked: AskedArgs,
    /// Alle optagelser af dette nummer (all of this number).
    #[arg(long, value_name = "NUMMER")]
    number: Option<String>,
    /// Denne ene (this one).
    #[arg(long, value_name = "ID", value_parser = recording)]
    recording: Option<RecordingId>,
}

impl RecordingsCommand {
    /// Does it.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(args) => list(&args).await,
            Self::Export(args) => export(&args).await,
            Self::Delete(args) => delete(&args).await,
            Self::Verify(args) => verify(&args).await,
            Self::MakeKey => make_key(),
        }
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<ExitCode> {
    let Some((_, archive, asked)) = open(&args.asked).await? else { return Ok(ExitCode::from(EXIT_USAGE)) };
    let municipality = args.municipality.map(MunicipalityId);
    let wanted = Wanted { call: args.call, municipality, deleted: args.deleted, ..Wanted::default() };
    let listed = archive.list(&wanted, &asked).await?;
    for kept in &listed.kept {
        println!("{}", if args.json { as_json(kept) } else { as_line(kept) });
    }
    if listed.more {
        eprintln!("kun de {LISTED_MAX} ældste er vist: spørg snævrere (only the oldest {LISTED_MAX}: ask for fewer)");
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let Some((_, archive, asked)) = open(&args.asked).await? else { return Ok(ExitCode::from(EXIT_USAGE)) };
    let (kept, file) = archive.fetch(args.recording, &asked).await?;
    let to = args.out.join(format!("{}.ogg.age", kept.recording));
    copy(&file, &to).with_context(|| format!("{} → {}", file.display(), to.display()))?;
    println!("{}", to.display());
    Ok(ExitCode::SUCCESS)
}

/// Copies to a new file that only its owner can read. Nothing that is there is written over, least of all the recording itself.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut sealed = File::open(from)?;
    let mut copy = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(to) {
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => {
            bail!(
                "filen findes allerede og overskrives ikke: vælg en anden mappe med --out (is there already, name another folder)"
            )
        }
        made => made?,
    };
    let copied = io::copy(&mut sealed, &mut copy).and_then(|_| copy.sync_all());
    if copied.is_err() {
        // Half a copy would be in the way of the next.
        let _gone = fs::remove_file(to);
    }
    Ok(copied?)
}

async fn delete(args: &DeleteArgs) -> anyhow::Result<ExitCode> {
    let Some((settings, archive, asked)) = open(&args.asked).await? else { return Ok(ExitCode::from(EXIT_USAGE)) };
    let mut wanted = Wanted { recording: args.recording, ..Wanted::default() };
    if let Some(number) = &args.number {
        let number = PhoneNumber::parse(number).context("--number")?;
        let database = Database::new(&settings.node.data_dir.join(DATABASE_FILE));
        wanted.persons = Some(database.persons_of(&number, u32::MAX).await?);
        database.close().await;
    }
    let deleted = archive.delete(&wanted, &asked).await?;
    for recording in &deleted.gone {
        println!("slettet (deleted) {recording}");
    }
    for recording in &deleted.running {
        println!("i gang, ikke slettet: prøv igen efter samtalen (still running, not deleted) {recording}");
    }
    if let Some(fault) = deleted.fault {
        bail!("ikke alle er slettet: prøv igen, når fejlen er rettet (not all are deleted): {fault}");
    }
    let nothing = deleted.gone.is_empty() && args.recording.is_some();
    Ok(if nothing || !deleted.running.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn verify(args: &SettingsArgs) -> anyhow::Result<ExitCode> {
    let Some((_, archive)) = archive(args).await? else { return Ok(ExitCode::from(EXIT_USAGE)) };
    Ok(match archive.verify().await? {
        Ok(fits) => {
            let (entries, files, link) = (fits.entries, fits.files, fits.last_link);
            println!("alt passer (all fits): {files} files, {entries} entries; last link {link}");
            ExitCode::SUCCESS
        }
        Err(misfit) => {
            println!("passer ikke (does not fit): {misfit}");
            ExitCode::FAILURE
        }
    })
}

fn make_key() -> anyhow::Result<ExitCode> {
    let (public, secret) = make_recording_key().context("this machine gives no randomness")?;
    println!("# public key, for recording_key in the plan: {}", public.as_str());
    println!("# The line below opens every recording: keep it away from the telephony, and keep a copy.");
    println!("{secret}");
    Ok(ExitCode::SUCCESS)
}

async fn open(args: &AskedArgs) -> anyhow::Result<Option<(Settings, Archive, Asked)>> {
    let at = Moment::from_micros(Timestamp::now().as_microsecond());
    let asked = Asked::new(&args.who, &args.why, at)?;
    Ok(archive(&args.settings).await?.map(|(settings, archive)| (settings, archive, asked)))
}

/// `None`: the settings' faults were told.
async fn archive(args: &SettingsArgs) -> anyhow::Result<Option<(Settings, Archive)>> {
    let settings = match Settings::load_sealed(args) {
        Ok(settings) => settings,
        Err(faults) => {
            eprint!("{faults}");
            return Ok(None);
        }
    };
    if !Archive::is_in(&settings.recordings) {
        bail!("{}: intet arkiv her (no archive here)", settings.recordings.display());
    }
    let archive = Archive::open(&settings.recordings).await?;
    Ok(Some((settings, archive)))
}

fn as_line(kept: &Kept) -> String {
    let (id, state, sealed) = (kept.recording, kept.state.word(), kept.bytes);
    let (municipality, line, agent) = (kept.municipality, &kept.line, &kept.agent);
    let (began, delete_on) = (time(kept.began), time(kept.delete_on));
    format!("{id}  {state:7}  {municipality}  {line}  {agent}  {began}  sealed {sealed} bytes  deleted on {delete_on}")
}

fn as_json(kept: &Kept) -> String {
    json!({
        "recording": kept.recording.to_string(),
        "call": kept.recording.call.to_string(),
        "state": kept.state.word(),
        "municipality": kept.municipality.to_string(),
        "line": kept.line.as_str(),
        "agent": kept.agent.as_str(),
        "began": time(kept.began),
        "ended": kept.ended.map(time),
        "delete_on": time(kept.delete_on),
        "bytes": kept.bytes,
        "sha256": kept.sha256,
        "packets_lost": kept.lost,
        "sealed_for": kept.sealed_for,
    })
    .to_string()
}

fn time(at: Moment) -> String {
    Timestamp::from_microsecond(at.as_micros()).map_or_else(|_| "?".to_owned(), |at| at.to_string())
}

fn recording(text: &str) -> Result<RecordingId, String> {
    RecordingId::parse(text).ok_or_else(|| "skriv det, som listen viser det (as the list shows it)".to_owned())
}

fn call(text: &str) -> Result<CallId, String> {
    let bits = (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok()).flatten();
    bits.map(CallId::from_bits).ok_or_else(|| "32 hexadecimale cifre (hexadecimal digits)".to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_copy_never_costs_the_recording_nor_any_other_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (sealed, other, new) =
            (folder.path().join("sealed"), folder.path().join("other"), folder.path().join("new"));
        for file in [&sealed, &other] {
            fs::write(file, file.file_name().expect("a name").as_encoded_bytes()).expect("written");
        }
        let roundabout = folder.path().join(".").join("sealed");
        for to in [&sealed, &roundabout, &other] {
            let fault = copy(&sealed, to).expect_err("something is there");
            assert!(fault.to_string().contains("--out"), "{fault}");
        }
        assert_eq!(fs::read(&sealed).expect("still there"), b"sealed");
        assert_eq!(fs::read(&other).expect("still there"), b"other");
        copy(&sealed, &new).expect("nothing is there");
        assert_eq!(fs::read(&new).expect("a copy"), b"sealed");
        assert_eq!(fs::metadata(&new).expect("a copy").permissions().mode() & 0o777, 0o600);
    }
}
