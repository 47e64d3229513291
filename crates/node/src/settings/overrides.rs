//! What comes over the file: `SAMKALD_SECTION__KEY` in the environment, and flags over that.
//!
//! An override is a path and a text; the text is read as TOML where it is any, else as plain text.

use std::path::PathBuf;

use plan::Fault;
use toml::{Table, Value};

/// All settings in the environment begin with this.
const PREFIX: &str = "SAMKALD_";
/// Overrides that are looked at; more are a fault.
const OVERRIDES_MAX: usize = 256;

/// Where the settings come from.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct SettingsArgs {
    /// Opsætningsfilen (the settings file).
    #[arg(long, value_name = "FIL", env = "SAMKALD_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Mappe til kendsgerninger og tal; over node.data_dir (folder of facts and figures).
    #[arg(long, value_name = "MAPPE", env = "SAMKALD_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Én indstilling over filen og omgivelserne, fx --set sip.realm=kbh (one setting; may be repeated).
    #[arg(long = "set", value_name = "STI=VÆRDI")]
    pub(crate) set: Vec<String>,
}

/// One setting from outside the file.
pub(super) struct Override {
    /// How the operator knows it: `SAMKALD_SIP__LISTEN`, `--set`.
    pub(super) said_by: String,
    path: Vec<String>,
    text: String,
}

impl Override {
    /// The path as faults tell it.
    pub(super) fn at(&self) -> String {
        self.path.join(".")
    }
}

/// Everything over the file, weakest first: environment, then `--data-dir`, then `--set`.
pub(super) fn collect(
    args: &SettingsArgs,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Vec<Override>, (String, Fault)> {
    let mut all: Vec<Override> = environment.filter_map(|(name, text)| of_environment(name, text)).collect();
    all.sort_by(|a, b| a.said_by.cmp(&b.said_by));
    if let Some(dir) = &args.data_dir {
        let path = vec!["node".into(), "data_dir".into()];
        all.push(Override { said_by: "--data-dir".into(), path, text: toml_text(&dir.to_string_lossy()) });
    }
    for set in &args.set {
        let Some((path, text)) = set.split_once('=').filter(|(path, _)| !path.trim().is_empty()) else {
            return Err(("--set".into(), Fault::new(set, "skriv sti=værdi", "write path=value")));
        };
        let path = path.trim().split('.').map(str::to_owned).collect();
        all.push(Override { said_by: "--set".into(), path, text: text.to_owned() });
    }
    if all.len() > OVERRIDES_MAX {
        let too_many =
            Fault::new("SAMKALD_*", "for mange indstillinger i omgivelserne", "too many settings in the environment");
        return Err(("SAMKALD_*".into(), too_many));
    }
    Ok(all)
}

/// `SAMKALD_SIP__T1_MS` is `sip.t1_ms`. Names without `__` are other programs' or flags' own.
fn of_environment(name: String, text: String) -> Option<Override> {
    let path = name.strip_prefix(PREFIX)?;
    if !path.contains("__") && path != "PLAN" {
        return None;
    }
    let path = path.to_lowercase().split("__").map(str::to_owned).collect();
    Some(Override { said_by: name, path, text })
}

/// Puts an override into the file's table.
pub(super) fn put(table: &mut Table, over: &Override) -> Result<(), Fault> {
    let Some((last, sections)) = over.path.split_last() else { return Ok(()) };
    let mut inner = table;
    for section in sections {
        let entry = inner.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(next) = entry else {
            return Err(Fault::new(
                over.at(),
                format!("\"{section}\" er ikke et afsnit i opsætningen"),
                format!("\"{section}\" is no section of the settings"),
            ));
        };
        inner = next;
    }
    inner.insert(last.clone(), value(&over.text));
    Ok(())
}

/// As TOML where it reads as a value (`500`, `true`, `["udp:…"]`), else as text.
fn value(text: &str) -> Value {
    let read = format!("v = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("v"));
    read.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn toml_text(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
