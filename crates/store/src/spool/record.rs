//! The layout of the spool's files: a header, then records. Described for others in `docs/formats-facts.md`.
//!
//! Header, 32 bytes: magic (8) · spool id (8) · first number (8) · kind (4) · CRC-32 of the 28 before (4).
//! Record: length of the payload (4) · CRC-32 of number and payload (4) · number (8) · payload. All little-endian.

use std::io::{self, Read};

/// Bytes of a file's header.
pub(crate) const HEADER_BYTES: usize = 32;
/// Bytes of a record before its payload.
pub(crate) const HEAD_BYTES: usize = 16;
/// Longest payload. A longer fact is a bug of its maker: it is refused and counted, never cut.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

const MAGIC: &[u8; 8] = b"SAMKSPL1";

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Facts = 1,
    Persons = 2,
    Kept = 3,
}

/// A file's first 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) spool_id: u64,
    pub(crate) first_no: u64,
    pub(crate) kind: Kind,
}

impl Header {
    pub(crate) fn bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.spool_id.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_no.to_le_bytes());
        bytes[24..28].copy_from_slice(&(self.kind as u32).to_le_bytes());
        let crc = crc32fast::hash(&bytes[..28]);
        bytes[28..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// None for a file that is no header's length yet, or isn't ours.
    pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEADER_BYTES];
        if fill(from, &mut bytes)? < HEADER_BYTES || &bytes[..8] != MAGIC {
            return Ok(None);
        }
        if crc32fast::hash(&bytes[..28]) != le_u32(&bytes[28..]) {
            return Ok(None);
        }
        let kind = match le_u32(&bytes[24..]) {
            1 => Kind::Facts,
            2 => Kind::Persons,
            3 => Kind::Kept,
            _ => return Ok(None),
        };
        Ok(Some(Self { spool_id: le_u64(&bytes[8..]), first_no: le_u64(&bytes[16..]), kind }))
    }
}

/// Appends a record to `out`. False, and nothing appended, when the payload is longer than [`PAYLOAD_BYTES_MAX`].
pub(crate) fn put_record(out: &mut Vec<u8>, no: u64, payload: impl FnOnce(&mut Vec<u8>)) -> bool {
    let start = out.len();
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&no.to_le_bytes());
    payload(out);
    let length = out.len() - start - HEAD_BYTES;
    if length > PAYLOAD_BYTES_MAX {
        out.truncate(start);
        return false;
    }
    let crc = crc32fast::hash(&out[start + 8..]);
    out[start..start + 4].copy_from_slice(&(length as u32).to_le_bytes());
    out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
    true
}

/// Records one after another, from just behind a header or another record's end.
pub(crate) struct Records<R> {
    from: R,
    /// Bytes of whole and sound records read so far.
    pub(crate) good_bytes: u64,
    /// Whether reading stopped at something that is no sound record.
    pub(crate) torn: bool,
    payload: Vec<u8>,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, good_bytes: 0, torn: false, payload: Vec::new() }
    }

    /// The next sound record's number and payload; none at the end or at the first bytes that are no sound record.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        let mut head = [0; HEAD_BYTES];
        let got = fill(&mut self.from, &mut head)?;
        if got < HEAD_BYTES {
            self.torn |= got > 0;
            return Ok(None);
        }
        let length = le_u32(&head) as usize;
        if length > PAYLOAD_BYTES_MAX {
            self.torn = true;
            return Ok(None);
        }
        self.payload.resize(length, 0);
        if fill(&mut self.from, &mut self.payload)? < length || crc(&head[8..], &self.payload) != le_u32(&head[4..]) {
            self.torn = true;
            return Ok(None);
        }
        self.good_bytes += (HEAD_BYTES + length) as u64;
        Ok(Some((le_u64(&head[8..]), &self.payload)))
    }
}

fn crc(number: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(number);
    hasher.update(payload);
    hasher.finalize()
}

/// Reads until `into` is full or the file ends; how many bytes it got.
fn fill(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < into.len() {
        match from.read(&mut into[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

fn le_u32(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn le_u64(bytes: &[u8]) -> u64 {
    u64::from(le_u32(bytes)) | u64::from(le_u32(&bytes[4..])) << 32
}
