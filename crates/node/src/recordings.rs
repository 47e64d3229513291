//! Recordings in the running node: the scribe's files are put into the archive, and looked after each hour.
//! Knows who hands what to whom; how files are sealed and for how long they stay, `store` knows.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use media_net::{Sealing, Shelf};
use model::{Moment, Tape};
use store::{Archive, ArchiveError, OpenRecording};
use tokio::runtime::{Builder, Runtime};
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::settings::Settings;

/// Between two looks at what is over its date.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Opens the archive: closes what a crash cut off, deletes what is over its date, now and each hour. `None`: it can't be
/// had, so talks go on and none of them is recorded.
pub(crate) fn open(settings: &Settings, clock: Clock, office: &Runtime) -> Option<Box<dyn Shelf>> {
    let folder = &settings.recordings;
    let opened = office.block_on(async {
        let archive = Archive::open(folder).await?;
        let cut = archive.close_cut(clock.now()).await?;
        if cut > 0 {
            warn!(recordings = cut, "recordings were cut when the node died; they are closed as broken");
        }
        Ok::<_, ArchiveError>(archive)
    });
    let shelf = opened.map_err(io::Error::other).and_then(|archive| {
        office.spawn(sweep(archive, clock));
        ArchiveShelf::open(settings)
    });
    match shelf {
        Ok(shelf) => Some(Box::new(shelf)),
        Err(fault) => {
            metrics::gauge!("samkald_recordings_archive_up").set(0.0);
            error!(%fault, folder = %folder.display(), "[recordings] folder: the archive can't be had; nothing is recorded");
            None
        }
    }
}

async fn sweep(archive: Archive, clock: Clock) {
    loop {
        match archive.sweep(clock.now()).await {
            Ok(0) => {}
            Ok(recordings) => info!(recordings, "recordings were deleted on their date"),
            Err(fault) => {
                metrics::counter!("samkald_recordings_sweep_failures_total").increment(1);
                error!(%fault, "recordings that are over their date can't be deleted; tried again within the hour");
            }
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// The archive as the scribe sees it, with a runtime of the scribe's thread.
struct ArchiveShelf {
    archive: Archive,
    runtime: Arc<Runtime>,
}

/// A recording in it.
struct Drawer {
    open: OpenRecording,
    runtime: Arc<Runtime>,
}

impl ArchiveShelf {
    fn open(settings: &Settings) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let archive = runtime.block_on(Archive::open(&settings.recordings)).map_err(io::Error::other)?;
        metrics::gauge!("samkald_recordings_archive_up").set(1.0);
        Ok(Self { archive, runtime: Arc::new(runtime) })
    }
}

impl Shelf for ArchiveShelf {
    fn begin(&mut self, tape: &Tape) -> io::Result<Box<dyn Sealing>> {
        let open = self.runtime.block_on(self.archive.begin(tape)).map_err(io::Error::other)?;
        Ok(Box::new(Drawer { open, runtime: self.runtime.clone() }))
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
            error!(%fault, "a broken recording can't be closed; the next start will");
        }
    }
}
