//! Reads facts back from the files: from a number on, or all of them. Sees only what is flushed.
//! Knows records and segments; doesn't know who reads, or how far they are.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use model::Fact;
use tally::NumberedFact;

use super::SpoolId;
use super::record::{Header, Records};
use super::segments::{Segment, Segments};

/// Bytes of facts that one reading gives at most, and at least one fact.
const READ_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Facts as they lie in the spool: numbers and bytes.
#[derive(Debug, Default)]
pub struct RawFacts {
    bytes: Vec<u8>,
    ends: Vec<(u64, usize)>,
}

impl RawFacts {
    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The last one's number.
    pub fn last_no(&self) -> Option<u64> {
        self.ends.last().map(|(no, _)| *no)
    }
    /// Each one's number and encoded bytes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, (no, end))| (*no, &self.bytes[start..*end]))
    }
    fn push(&mut self, no: u64, payload: &[u8]) {
        self.bytes.extend_from_slice(payload);
        self.ends.push((no, self.bytes.len()));
    }
}

/// Reads the files of one spool.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) id: SpoolId,
    pub(crate) kept: PathBuf,
    pub(crate) segments: Segments,
    /// The next number at the time of opening, for an empty spool.
    pub(crate) first_new: u64,
}

impl Reader {
    pub(crate) fn oldest_no(&self) -> u64 {
        self.segments.all().first().map_or(self.first_new, |segment| segment.first_no)
    }

    pub(crate) fn read_after(&self, fact_no: u64, facts_max: usize) -> io::Result<RawFacts> {
        let mut facts = RawFacts::default();
        let mut after = fact_no;
        while facts.len() < facts_max && facts.bytes.len() < READ_BYTES_MAX {
            let Some(segment) = self.segments.holding(after + 1) else { break };
            match read_segment(&segment, after, facts_max, &mut facts) {
                // It was released between the look and the reading: look again, behind it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                result => result?,
            }
            after = facts.last_no().unwrap_or(after).max(after);
            if after < segment.last_no && facts.len() < facts_max && facts.bytes.len() < READ_BYTES_MAX {
                // The file has lost records that were flushed: go on behind it rather than read it for ever.
                after = segment.last_no;
            }
        }
        Ok(facts)
    }

    pub(crate) fn replay(&self, mut each: impl FnMut(NumberedFact)) -> io::Result<u64> {
        let segments = self.segments.all();
        let first_no = segments.first().map_or(u64::MAX, |segment| segment.first_no);
        let mut unreadable = 0;
        let mut pass = |no: u64, payload: &[u8]| match wire::decode(payload) {
            Ok(fact) => each(NumberedFact { fact_no: no, fact }),
            Err(_) => unreadable += 1,
        };
        for_each_kept(&self.kept, |no, payload| {
            if no < first_no {
                pass(no, payload);
            }
        })?;
        for segment in &segments {
            for_each_record(segment, |no, payload| pass(no, payload))?;
        }
        Ok(unreadable)
    }
}

/// Every flushed record of a segment.
pub(crate) fn for_each_record(segment: &Segment, mut each: impl FnMut(u64, &[u8])) -> io::Result<()> {
    let mut records = open_at(segment, segment.start_for(0))?;
    while let Some((no, payload)) = records.next()? {
        if no > segment.last_no {
            break;
        }
        each(no, payload);
    }
    Ok(())
}

/// Every record of the file of kept facts, if there is one.
pub(crate) fn for_each_kept(path: &Path, mut each: impl FnMut(u64, &[u8])) -> io::Result<()> {
    let mut file = match File::open(path) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if Header::read(&mut file)?.is_none() {
        return Ok(());
    }
    let mut records = Records::new(file);
    while let Some((no, payload)) = records.next()? {
        each(no, payload);
    }
    Ok(())
}

fn read_segment(segment: &Segment, after: u64, facts_max: usize, facts: &mut RawFacts) -> io::Result<()> {
    let mut records = open_at(segment, segment.start_for(after + 1))?;
    while facts.len() < facts_max && facts.bytes.len() < READ_BYTES_MAX {
        match records.next()? {
            Some((no, payload)) if no <= segment.last_no => {
                if no > after {
                    facts.push(no, payload);
                }
            }
            Some(_) | None => break,
        }
    }
    Ok(())
}

fn open_at(segment: &Segment, start: u64) -> io::Result<Records<impl Read + use<>>> {
    let mut file = File::open(&segment.path)?;
    file.seek(SeekFrom::Start(start))?;
    Ok(Records::new(BufReader::with_capacity(64 * 1024, file.take(segment.end - start))))
}

/// Decodes raw facts, leaving out what a newer version wrote.
pub(crate) fn decode_all(raw: &RawFacts) -> Vec<NumberedFact> {
    let readable = |(fact_no, bytes): (u64, &[u8])| {
        let fact: Fact = wire::decode(bytes).ok()?;
        Some(NumberedFact { fact_no, fact })
    };
    raw.iter().filter_map(readable).collect()
}
