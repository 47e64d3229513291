//! Writes records to the newest file of a kind, and goes to a new file when one is full or has failed.
//!
//! After a failed flush nobody knows what is on the disk, so the same records are written again to a
//! new file; the reader lets the newer file win (`recovery.rs`). Knows nothing of threads or acknowledgements.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::disk::{Disk, SegmentFile};
use super::record::{HEADER_BYTES, Header, Kind};
use super::segments::{Segment, Segments, segment_path};

/// Above this a new segment is begun, in bytes.
pub(crate) const SEGMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The facts' files.
pub(crate) struct FactLog {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) folder: PathBuf,
    pub(crate) spool_id: u64,
    pub(crate) segment_bytes_max: u64,
    pub(crate) segments: Segments,
    pub(crate) newest: Option<OpenFile>,
}

/// A file that is being written.
pub(crate) struct OpenFile {
    file: Box<dyn SegmentFile>,
    /// Bytes that are known to be flushed.
    end: u64,
}

impl OpenFile {
    pub(crate) fn create(disk: &dyn Disk, path: &std::path::Path, header: &Header) -> io::Result<Self> {
        let mut file = disk.create(path)?;
        file.append(&header.bytes())?;
        Ok(Self { file, end: HEADER_BYTES as u64 })
    }

    /// Bytes that are flushed.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Appends and flushes; on failure cuts back what it can.
    pub(crate) fn save(&mut self, records: &[u8]) -> io::Result<u64> {
        let saved = self.file.append(records).and_then(|()| self.file.sync());
        if let Err(error) = saved {
            // Best effort, to give the space back; recovery copes with whatever stays.
            let _ = self.file.cut(self.end);
            return Err(error);
        }
        self.end += records.len() as u64;
        Ok(self.end)
    }
}

impl FactLog {
    /// Saves records numbered `first_no ..= last_no`. After an error nothing of them counts, and the same call may be made again.
    pub(crate) fn save(&mut self, first_no: u64, last_no: u64, records: &[u8]) -> io::Result<()> {
        if self.newest.as_ref().is_some_and(|file| file.end >= self.segment_bytes_max) {
            self.newest = None;
        }
        let (mut file, fresh) = match self.newest.take() {
            Some(file) => (file, None),
            None => self.begin(first_no)?,
        };
        let end = file.save(records)?;
        if let Some(segment) = fresh {
            self.segments.push(segment);
        }
        self.segments.grow_newest(last_no, end);
        self.newest = Some(file);
        Ok(())
    }

    /// A file of the same name can only be one that failed before anything in it was acknowledged.
    fn begin(&self, first_no: u64) -> io::Result<(OpenFile, Option<Segment>)> {
        let path = segment_path(&self.folder, first_no);
        let header = Header { spool_id: self.spool_id, first_no, kind: Kind::Facts };
        let file = OpenFile::create(&*self.disk, &path, &header)?;
        Ok((file, Some(Segment::new(path, first_no))))
    }
}
