//! A disk that is full or fails: nothing is acknowledged, nobody is blocked, and nothing is lost when it works again.
//! The disk is one that fails on request.

mod calls;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use calls::{note, person, replayed};
use store::{Disk, RealDisk, SegmentFile, Spool, SpoolOptions};
use tally::{Append, WhenSaved};
use tempfile::tempdir;

/// What goes wrong while it is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    NoNewFile,
    HalfWritten,
    WrittenNotFlushed,
}

#[derive(Clone)]
struct MoodyDisk {
    fault: Fault,
    broken: Arc<AtomicBool>,
    tries: Arc<AtomicU32>,
}

struct MoodyFile {
    disk: MoodyDisk,
    file: Box<dyn SegmentFile>,
}

impl MoodyDisk {
    fn new(fault: Fault) -> Self {
        Self { fault, broken: Arc::default(), tries: Arc::default() }
    }
    fn fails(&self, fault: Fault) -> io::Result<()> {
        if self.fault == fault && self.broken.load(Ordering::Relaxed) {
            self.tries.fetch_add(1, Ordering::Relaxed);
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Disk for MoodyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.fails(Fault::NoNewFile)?;
        Ok(Box::new(MoodyFile { disk: self.clone(), file: RealDisk.create(path)? }))
    }
}

impl SegmentFile for MoodyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.disk.fails(Fault::HalfWritten) {
            self.file.append(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        self.file.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.disk.fails(Fault::WrittenNotFlushed)?;
        self.file.sync()
    }
    fn cut(&mut self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

fn a_bad_time(fault: Fault) {
    let folder = tempdir().expect("a folder");
    let disk = MoodyDisk::new(fault);
    // Small segments, so that a new file is wanted while the disk is broken.
    let options = SpoolOptions { disk: Arc::new(disk.clone()), segment_bytes_max: 100, ..SpoolOptions::default() };
    let (spool, _) = Spool::open(folder.path(), options).expect("the spool opens");
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let (all_told, told) = channel();
    for no in 1..=60u64 {
        disk.broken.store((20..40).contains(&no), Ordering::Relaxed);
        let (list, all_told) = (Arc::clone(&acknowledged), all_told.clone());
        let when_saved: WhenSaved = Box::new(move || {
            list.lock().expect("nobody panicked").push(no);
            if no == 60 {
                all_told.send(()).expect("somebody waits");
            }
        });
        let append = Append { facts: vec![note(no)], persons: vec![person(no)], when_saved: Some(when_saved) };
        spool.door().append(append).expect("there is room");
        if no == 20 {
            while disk.tries.load(Ordering::Relaxed) < 2 {
                std::thread::yield_now();
            }
            assert!(spool.status().failing && spool.status().errors >= 1, "{fault:?}");
            assert!(!acknowledged.lock().expect("nobody panicked").contains(&20), "{fault:?}");
        }
    }
    told.recv().expect("all are told in the end");
    assert_eq!(*acknowledged.lock().expect("nobody panicked"), (1..=60).collect::<Vec<_>>(), "{fault:?}");
    let expected: Vec<_> = (1..=60).map(|no| (no, note(no))).collect();
    assert_eq!(replayed(&spool), expected, "{fault:?}");
    drop(spool);
    let (spool, recovered) = Spool::open(folder.path(), SpoolOptions::default()).expect("the spool opens");
    assert_eq!((recovered.last_no, recovered.missing, replayed(&spool)), (60, 0, expected), "{fault:?}");
}

#[test]
fn a_disk_without_room_for_a_new_file() {
    a_bad_time(Fault::NoNewFile);
}

#[test]
fn a_disk_that_takes_half_of_what_is_written() {
    a_bad_time(Fault::HalfWritten);
}

#[test]
fn a_disk_that_takes_everything_and_then_cannot_flush_it() {
    a_bad_time(Fault::WrittenNotFlushed);
}

#[test]
fn a_spool_closed_on_a_broken_disk_ends_and_acknowledges_nothing() {
    let folder = tempdir().expect("a folder");
    let disk = MoodyDisk::new(Fault::WrittenNotFlushed);
    let options = SpoolOptions { disk: Arc::new(disk.clone()), ..SpoolOptions::default() };
    let (spool, _) = Spool::open(folder.path(), options).expect("the spool opens");
    disk.broken.store(true, Ordering::Relaxed);
    let (told, heard) = channel();
    let when_saved: WhenSaved = Box::new(move || told.send(()).expect("somebody waits"));
    spool
        .door()
        .append(Append { facts: vec![note(1)], when_saved: Some(when_saved), ..Append::default() })
        .expect("room");
    drop(spool);
    assert!(heard.recv().is_err());
}
