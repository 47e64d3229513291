//! Recordings in the running node: the scribe's files are put into the archive, and looked after each hour.
//! Knows who hands what to whom; how files are sealed and for how long they stay, `store` knows.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use media_net::{Sealing, Shelf};
use model::{Moment, Tape};
use store::{Archive, ArchiveError, OpenRecording};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::settings::Settings;

/// Between two looks at what is over its date.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Looks after the archive, now and each hour, and gives the scribe its way to it. An archive that can't be had is tried
/// again each hour and at each beginning: talks go on, unrecorded. `None`: nothing is recorded until the next start.
pub(crate) fn open(settings: &Settings, clock: Clock, office: &Runtime) -> Option<Box<dyn Shelf>> {
    let attic = Arc::new(Attic { folder: settings.recordings.clone(), clock, opened: Mutex::new(None) });
    // Before the first recording, and before anybody asks for a list.
    let _told = office.block_on(attic.archive());
    office.spawn(look_after(attic.clone()));
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|fault| error!(%fault, "no runtime for recordings; nothing is recorded")).ok()?;
    Some(Box::new(ArchiveShelf { attic, archive: None, runtime: Arc::new(runtime) }))
}

/// The archive, as soon as it can be had.
struct Attic {
    folder: PathBuf,
    clock: Clock,
    opened: Mutex<Option<Archive>>,
}

impl Attic {
    /// The archive, with connections for the runtime that asks. Whoever has it first deletes what is over its date (that
    /// makes room), then closes what a crash cut off: nothing can be recorded before that.
    async fn archive(&self) -> Result<Archive, ArchiveError> {
        let mut opened = self.opened.lock().await;
        if let Some(archive) = &*opened {
            return Ok(archive.again());
        }
        let tidied = tidied(&self.folder, self.clock.now()).await;
        metrics::gauge!("samkald_recordings_archive_up").set(if tidied.is_ok() { 1.0 } else { 0.0 });
        match tidied {
            Ok(archive) => Ok(opened.insert(archive).again()),
            Err(fault) => {
                let folder = self.folder.display();
                error!(%fault, %folder, "[recordings] folder: the archive can't be had; nothing is recorded; tried again");
                Err(fault)
            }
        }
    }
}

/// Opens the archive and puts it in order. Its own connections are closed again: others have theirs.
async fn tidied(folder: &std::path::Path, now: Moment) -> Result<Archive, ArchiveError> {
    let archive = Archive::open(folder).await?;
    sweep(&archive, now).await;
    let (cut, fault) = archive.close_cut(now).await?;
    if cut > 0 {
        warn!(recordings = cut, "recordings were cut when the node died; they are closed as broken");
    }
    if let Some(fault) = fault {
        error!(%fault, "not all that was cut when the node died can be closed; tried again within the hour");
    }
    archive.close().await;
    Ok(archive)
}

async fn look_after(attic: Arc<Attic>) {
    let mut archive = None;
    loop {
        if archive.is_none() {
            archive = attic.archive().await.ok();
        }
        if let Some(archive) = &archive {
            sweep(archive, attic.clock.now()).await;
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// What it can't delete now is tried again with the next one.
async fn sweep(archive: &Archive, now: Moment) {
    let (gone, fault) = match archive.sweep(now).await {
        Ok(deleted) => (deleted.gone.len(), deleted.fault),
        Err(fault) => (0, Some(fault)),
    };
    if gone > 0 {
        info!(recordings = gone, "recordings were deleted on their date");
    }
    if let Some(fault) = fault {
        metrics::counter!("samkald_recordings_sweep_failures_total").increment(1);
        error!(%fault, "not all recordings that are over their date can be deleted; tried again within the hour");
    }
}

/// The archive as the scribe sees it, with a runtime of the scribe's thread.
struct ArchiveShelf {
    attic: Arc<Attic>,
    archive: Option<Archive>,
    runtime: Arc<Runtime>,
}

/// A recording in it.
struct Drawer {
    open: OpenRecording,
    runtime: Arc<Runtime>,
}

impl Shelf for ArchiveShelf {
    fn begin(&mut self, tape: &Tape) -> io::Result<Box<dyn Sealing>> {
        let open = self.runtime.block_on(async {
            let archive = match &mut self.archive {
                Some(archive) => archive,
                none => none.insert(self.attic.archive().await?),
            };
            archive.begin(tape).await
        });
        Ok(Box::new(Drawer { open: open.map_err(io::Error::other)?, runtime: self.runtime.clone() }))
    }
}

impl Sealing for Drawer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.write(bytes)
    }

    fn keep(self: Box<Self>, ended: Moment, lost: u32) -> io::Result<()> {
        self.runtime.block_on(self.open.whole(ended, lost)).map_err(io::Error::other)
    }

    fn give_up(self: Box<Self>, ended: Moment) {
        if let Err(fault) = self.runtime.block_on(self.open.broken(ended)) {
            error!(%fault, "a broken recording can't be closed now; tried again before the next one and within the hour");
        }
    }
}

#[cfg(test)]
mod tests;
