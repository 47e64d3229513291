//! Keeps what happened: the spool (a file log that is the truth), and the database that is filled from it.
//!
//! A fact is *saved* when it is in the spool and flushed to disk. The database comes after: when it
//! hangs, calls go on. Knows files and SQL; nothing of SIP or of how calls work.

mod spool;

pub use spool::{
    Disk, RawFacts, RealDisk, Recovered, SegmentFile, Spool, SpoolDoor, SpoolError, SpoolId, SpoolOptions, SpoolStatus,
    Subscriber,
};
