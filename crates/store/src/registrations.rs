//! What agents' phones have registered, kept over a restart: a small file beside the spool, written behind the calls' backs.
//!
//! The newest of an agent counts. Knows agents and lines; what stands in them is the registrar's business.
//! A node that dies loses what was registered in its last quarter of a second at most, and phones say that again anyway.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::AgentId;

use crate::Disk;
use crate::line_file::{LineDoor, LineFile, RegistrationsStatus, Ways};

/// The file, in the data folder. More agents than any plan has.
const WAYS: Ways = Ways { name: "registrations", entries_max: 65_536, gather: Duration::from_millis(250) };

/// What is registered for one agent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registered {
    /// Whose.
    pub agent: AgentId,
    /// One line a contact, without line breaks and record separators (U+001E); none: nothing is registered any more.
    pub contacts: Vec<String>,
}

/// The open file. Dropping it writes what waits, and stops the writer.
pub struct Registrations {
    file: LineFile,
}

/// The way in, for any thread; never waits for the disk.
#[derive(Clone)]
pub struct RegistrationsDoor {
    lines: LineDoor,
}

impl Registrations {
    /// Reads what is kept in `data_dir`, and begins to keep. A file that is not there or is torn gives what is whole in it;
    /// that it can't be written is met later, and tried again.
    pub fn open(data_dir: &Path, disk: Arc<dyn Disk>) -> io::Result<(Self, Vec<Registered>)> {
        let (file, kept) = LineFile::open(data_dir, WAYS, disk)?;
        let read = |(agent, contacts): (String, _)| Registered { agent: AgentId::new(&agent), contacts };
        Ok((Self { file }, kept.into_iter().map(read).collect()))
    }

    /// The way in.
    pub fn door(&self) -> RegistrationsDoor {
        RegistrationsDoor { lines: self.file.door() }
    }
}

impl RegistrationsDoor {
    /// Keeps what is registered for an agent, in place of what was.
    pub fn keep(&self, registered: Registered) {
        // What is left out is counted.
        let _ = self.lines.keep(registered.agent.as_str().to_owned(), registered.contacts);
    }

    /// How the keeping goes.
    pub fn status(&self) -> RegistrationsStatus {
        self.lines.status()
    }
}
