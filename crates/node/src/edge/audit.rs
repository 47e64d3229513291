//! The audit file: who was shown personal data, when, and why. One JSON object a line, flushed to disk before anything is shown.
//! Only ever appended to; knows no number but its last two digits.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use api::{TraceAbout, Unmasked};
use model::Moment;
use serde_json::json;

/// Its name, in the data folder.
const FILE: &str = "audit.log";
/// Readable by the node's user alone.
const MODE: u32 = 0o600;

/// The audit file.
pub(crate) struct Audit {
    file: PathBuf,
}

impl Audit {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self { file: data_dir.join(FILE) }
    }

    /// A trace is about to show personal data.
    pub(super) fn unmasked(
        &self,
        at: Moment,
        about: &TraceAbout,
        span: Duration,
        why: &Unmasked,
    ) -> Result<(), io::Error> {
        let about = match about {
            TraceAbout::Call(call) => format!("call {call}"),
            TraceAbout::Agent(agent) => format!("agent {agent}"),
            TraceAbout::Number(number) => {
                let digits = number.as_str();
                format!("number ending in {}", digits.get(digits.len().saturating_sub(2)..).unwrap_or(""))
            }
        };
        let line = json!({
            "at_unix_ms": at.as_millis(),
            "what": "trace_unmasked",
            "about": about,
            "for_s": span.as_secs(),
            "operator": why.operator,
            "reason": why.reason,
        });
        let mut file = OpenOptions::new().create(true).append(true).mode(MODE).open(&self.file)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CallId, Dialled, ShardNo};

    #[test]
    fn each_look_at_personal_data_leaves_a_line_that_names_who_and_why_and_no_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let audit = Audit::new(folder.path());
        let why = Unmasked { reason: "klage 4711: hvem ringede?".to_owned(), operator: "bo".to_owned() };
        let about = [
            TraceAbout::Number(Dialled::parse("20123456").expect("a number")),
            TraceAbout::Call(CallId::new(1, ShardNo(0), 7)),
        ];
        for about in about {
            audit.unmasked(Moment::from_millis(5), &about, Duration::from_secs(60), &why).expect("written");
        }
        let text = std::fs::read_to_string(folder.path().join(FILE)).expect("read");
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("json")).collect();
        assert_eq!(
            (lines.len(), &lines[0]["about"], &lines[0]["operator"]),
            (2, &"number ending in 56".into(), &"bo".into())
        );
        assert!(!text.contains("2012") && text.contains("klage 4711"), "{text}");
    }

    #[test]
    fn without_a_folder_to_write_in_the_line_is_missing_loudly() {
        let why = Unmasked { reason: "because".to_owned(), operator: String::new() };
        let audit = Audit::new(Path::new("/proc/nowhere"));
        let about = TraceAbout::Call(CallId::new(1, ShardNo(0), 7));
        assert!(audit.unmasked(Moment::EPOCH, &about, Duration::from_secs(1), &why).is_err());
    }
}
