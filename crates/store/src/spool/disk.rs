//! The seam to the disk: the few things that the spool asks of a file it writes, so that tests can let a disk fail.
//! Knows bytes and flushing; doesn't know records.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes files.
pub trait Disk: Send + Sync {
    /// A new, empty file; what stood under that name is gone. The name itself is on disk when this returns.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
}

/// A file that is only written at its end.
pub trait SegmentFile: Send {
    /// Writes all bytes, or fails with any part of them written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Returns when all written bytes are on the disk.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file down to that length, in bytes.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        private(&mut options);
        let file = options.open(path)?;
        sync_folder(path)?;
        Ok(Box::new(RealFile(file)))
    }
}

struct RealFile(File);

impl SegmentFile for RealFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }
}

/// Makes a file's name in its folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Readable and writable by its owner only.
#[cfg(unix)]
pub(crate) fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
pub(crate) fn private(_: &mut OpenOptions) {}
