//! Persons on their way to the database: small files of their own, each deleted once its persons are in the table.
//!
//! They are personal data, so they never lie in the files of facts and live no longer than they must.

use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use model::PersonRecord;

use super::disk::{Disk, sync_folder};
use super::log::OpenFile;
use super::record::{HEADER_BYTES, Header, Kind, Records};
use super::segments::number_in_name;

/// Above this a new file is begun, in bytes; so one file's persons fit in memory.
const PERSON_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Files that are closed and wait to be carried. Shared by writer and filler.
#[derive(Clone, Default)]
pub(crate) struct ClosedPersons(Arc<Mutex<Vec<PathBuf>>>);

impl ClosedPersons {
    pub(crate) fn new(paths: Vec<PathBuf>) -> Self {
        Self(Arc::new(Mutex::new(paths)))
    }
    fn push(&self, path: PathBuf) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }
    /// The oldest one, if any.
    pub(crate) fn oldest(&self) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }
    /// Its persons are in the database: the file goes.
    pub(crate) fn carried(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|one| one != path);
        sync_folder(path)
    }
}

/// The file that takes persons now.
pub(crate) struct PersonLog {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) folder: PathBuf,
    pub(crate) spool_id: u64,
    pub(crate) next_file: u64,
    pub(crate) closed: ClosedPersons,
    pub(crate) newest: Option<(PathBuf, OpenFile)>,
}

impl PersonLog {
    /// Saves records. After an error nothing of them counts; persons are kept by reference, so a second copy is harmless.
    pub(crate) fn save(&mut self, records: &[u8]) -> io::Result<()> {
        if self.newest.as_ref().is_some_and(|(_, file)| file.end() >= PERSON_FILE_BYTES_MAX) {
            self.close_newest();
        }
        let (path, mut file) = match self.newest.take() {
            Some(newest) => newest,
            None => self.begin()?,
        };
        match file.save(records) {
            Ok(_) => {
                self.newest = Some((path, file));
                Ok(())
            }
            Err(error) => {
                self.give_up(path, &file);
                Err(error)
            }
        }
    }

    /// Hands what is there to the filler; the next person begins a new file.
    pub(crate) fn close_newest(&mut self) {
        if let Some((path, _)) = self.newest.take() {
            self.closed.push(path);
        }
    }

    /// A failed file with nothing acknowledged in it is written over by the next try; any other is carried as it is.
    fn give_up(&mut self, path: PathBuf, file: &OpenFile) {
        if file.end() <= HEADER_BYTES as u64 {
            self.next_file -= 1;
        } else {
            self.closed.push(path);
        }
    }

    fn begin(&mut self) -> io::Result<(PathBuf, OpenFile)> {
        let path = self.folder.join(format!("persons-{:020}.log", self.next_file));
        let header = Header { spool_id: self.spool_id, first_no: self.next_file, kind: Kind::Persons };
        let file = OpenFile::create(&*self.disk, &path, &header)?;
        self.next_file += 1;
        Ok((path, file))
    }
}

/// Person files that lie in the folder, oldest first, and the number for the next one.
pub(crate) fn find_person_files(folder: &Path) -> io::Result<(Vec<PathBuf>, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(number) = number_in_name(&path, "persons") {
            found.push((number, path));
        }
    }
    found.sort();
    let next = found.last().map_or(1, |(number, _)| number + 1);
    Ok((found.into_iter().map(|(_, path)| path).collect(), next))
}

/// All persons of a closed file; a torn tail was never acknowledged and is left out.
pub(crate) fn read_persons(path: &Path) -> io::Result<Vec<PersonRecord>> {
    let mut file = BufReader::new(fs::File::open(path)?);
    let mut persons = Vec::new();
    if Header::read(&mut file)?.is_none() {
        return Ok(persons);
    }
    let mut records = Records::new(file);
    while let Some((_, payload)) = records.next()? {
        if let Ok(person) = wire::decode_person(payload) {
            persons.push(person);
        }
    }
    Ok(persons)
}
