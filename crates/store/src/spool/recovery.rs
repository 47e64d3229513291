//! Opening the spool: one process at a time, a torn tail cut off, numbers going on where they stood.
//!
//! A record counts when it is whole and its checksum is right, and until the next segment begins: a segment that failed
//! while it was written may hold the same numbers again, never acknowledged, and the newer file wins.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;

use super::door::{Gauges, SpoolDoor};
use super::keep::KEPT;
use super::log::FactLog;
use super::persons::{ClosedPersons, PersonLog, find_person_files};
use super::read::Reader;
use super::record::{HEADER_BYTES, Header, Kind, Records};
use super::segments::{Segment, Segments, number_in_name};
use super::writer::Writer;
use super::{Spool, SpoolError, SpoolOptions};

/// Which spool: made once, by chance, when the folder is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SpoolId(pub u64);

/// What was found at opening.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recovered {
    /// The last number that was saved; 0 for a new spool.
    pub last_no: u64,
    /// Facts found in segments.
    pub facts: u64,
    /// Bytes of half-written records at the end, never acknowledged, that were cut off.
    pub cut_bytes: u64,
    /// Numbers that should be there and aren't: the disk has lost or changed them.
    pub missing: u64,
}

pub(crate) fn open(data_dir: &Path, options: SpoolOptions) -> Result<(Spool, Recovered), SpoolError> {
    let folder = data_dir.join("spool");
    fs::create_dir_all(&folder).map_err(SpoolError::at(&folder))?;
    let lock = lock(&folder)?;
    let found = find_segments(&folder)?;
    let id = identity(&folder, &found)?;
    let (segments, recovered) = scan_all(found, id)?;
    let last_no = recovered.last_no.max(options.numbers_above);
    let (person_files, next_file) = find_person_files(&folder).map_err(SpoolError::at(&folder))?;
    let closed_persons = ClosedPersons::new(person_files);
    let segments = Segments::new(segments);
    let reader = Reader { id, kept: folder.join(KEPT), segments: segments.clone(), first_new: last_no + 1 };
    let facts = FactLog {
        disk: Arc::clone(&options.disk),
        folder: folder.clone(),
        spool_id: id.0,
        segment_bytes_max: options.segment_bytes_max,
        segments,
        newest: None,
    };
    let persons = PersonLog {
        disk: options.disk,
        folder: folder.clone(),
        spool_id: id.0,
        next_file,
        closed: closed_persons.clone(),
        newest: None,
    };
    let gauges = Arc::new(Gauges::default());
    gauges.last_saved.store(last_no, std::sync::atomic::Ordering::Release);
    let (orders, receiver) = channel();
    let writer = Writer::new(facts, persons, Arc::clone(&gauges), options.flush_every, last_no);
    let thread = std::thread::Builder::new().name("spool".into());
    let thread = thread.spawn(move || writer.run(&receiver)).map_err(SpoolError::at(&folder))?;
    let door = SpoolDoor::new(orders, gauges, options.facts_waiting_max);
    Ok((Spool { door, reader, folder, closed_persons, writer: Some(thread), _lock: lock }, recovered))
}

/// The lock goes with the process, however it ends.
fn lock(folder: &Path) -> Result<File, SpoolError> {
    let path = folder.join("lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(SpoolError::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SpoolError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(SpoolError::Disk { path, error }),
    }
}

struct Found {
    path: PathBuf,
    /// None: not even a whole header, so nothing in it was acknowledged.
    header: Option<Header>,
}

fn find_segments(folder: &Path) -> Result<Vec<Found>, SpoolError> {
    let mut numbered = Vec::new();
    for entry in fs::read_dir(folder).map_err(SpoolError::at(folder))? {
        let path = entry.map_err(SpoolError::at(folder))?.path();
        if let Some(first_no) = number_in_name(&path, "facts") {
            numbered.push((first_no, path));
        }
    }
    numbered.sort();
    let mut found = Vec::new();
    for (_, path) in numbered {
        let header = read_header(&path).map_err(SpoolError::at(&path))?;
        found.push(Found { path, header: header.filter(|header| header.kind == Kind::Facts) });
    }
    Ok(found)
}

fn read_header(path: &Path) -> io::Result<Option<Header>> {
    Header::read(&mut File::open(path)?)
}

/// From its file; from the segments if that is lost; new for a new spool.
fn identity(folder: &Path, found: &[Found]) -> Result<SpoolId, SpoolError> {
    let path = folder.join("identity");
    let kept = fs::read_to_string(&path).ok().and_then(|text| u64::from_str_radix(text.trim(), 16).ok());
    if let Some(id) = kept {
        return Ok(SpoolId(id));
    }
    let id = found.iter().find_map(|one| one.header).map_or_else(rand::random, |header| header.spool_id);
    write_identity(folder, &path, id).map_err(SpoolError::at(&path))?;
    Ok(SpoolId(id))
}

fn write_identity(folder: &Path, path: &Path, id: u64) -> io::Result<()> {
    let fresh = folder.join("identity.new");
    fs::write(&fresh, format!("{id:016x}\n"))?;
    File::open(&fresh)?.sync_all()?;
    fs::rename(&fresh, path)?;
    super::disk::sync_folder(path)
}

fn scan_all(found: Vec<Found>, id: SpoolId) -> Result<(Vec<Segment>, Recovered), SpoolError> {
    let mut recovered = Recovered { last_no: 0, facts: 0, cut_bytes: 0, missing: 0 };
    let mut segments: Vec<Segment> = Vec::new();
    let firsts: Vec<u64> = found.iter().filter_map(|one| one.header).map(|header| header.first_no).collect();
    let mut nth = 0;
    for Found { path, header } in found {
        let Some(header) = header else {
            fs::remove_file(&path).map_err(SpoolError::at(&path))?;
            continue;
        };
        if header.spool_id != id.0 {
            return Err(SpoolError::Foreign(path));
        }
        nth += 1;
        let below = firsts.get(nth).copied().unwrap_or(u64::MAX);
        let segment = scan(&path, header.first_no, below, &mut recovered).map_err(SpoolError::at(&path))?;
        if below == u64::MAX {
            recovered.cut_bytes += cut_tail(&segment).map_err(SpoolError::at(&path))?;
        }
        if segment.last_no >= segment.first_no {
            segments.push(segment);
        } else {
            fs::remove_file(&path).map_err(SpoolError::at(&path))?;
        }
    }
    Ok((segments, recovered))
}

/// Reads a segment up to its last sound record below the next segment's first number.
fn scan(path: &Path, first_no: u64, below: u64, recovered: &mut Recovered) -> io::Result<Segment> {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let _ = Header::read(&mut file)?;
    let mut segment = Segment::new(path.to_owned(), first_no);
    if recovered.last_no > 0 {
        recovered.missing += first_no.saturating_sub(recovered.last_no + 1);
    }
    let mut records = Records::new(file);
    while let Some((no, _)) = records.next()? {
        if no >= below || no <= segment.last_no {
            break;
        }
        recovered.missing += no - segment.last_no - 1;
        segment.grow(no, HEADER_BYTES as u64 + records.good_bytes);
        recovered.facts += 1;
    }
    recovered.last_no = recovered.last_no.max(segment.last_no);
    Ok(segment)
}

fn cut_tail(segment: &Segment) -> io::Result<u64> {
    let file = OpenOptions::new().write(true).open(&segment.path)?;
    let cut = file.metadata()?.len().saturating_sub(segment.end);
    if cut > 0 {
        file.set_len(segment.end)?;
        file.sync_all()?;
    }
    Ok(cut)
}
