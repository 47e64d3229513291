//! Keeps what happened: the spool (a file log that is the truth), and the database that is filled from it.
//!
//! A fact is *saved* when it is in the spool and flushed to disk. The database comes after: when it
//! hangs, calls go on. Knows files and SQL; nothing of SIP or of how calls work.

mod archive;
mod database;
mod filler;
mod line_file;
mod notes;
mod plans;
mod promises;
mod registrations;
mod secrets;
mod spool;
mod token;
mod voicemail;

pub use archive::{
    Archive, ArchiveError, Asked, BadAsked, BrokenOff, Deleted, Kept, KeptState, LISTED_MAX, Listed, Misfit,
    OpenRecording, Verified, Wanted, make_recording_key,
};
pub use database::{CallsWanted, Database, DatabaseError, Forget};
pub use filler::{Filler, FillerStatus, NotForgotten};
pub use line_file::RegistrationsStatus;
pub use notes::{CALLS_OF_A_NUMBER_MAX, Notes, NotesWanted};
pub use plans::{InForce, PlanFolder, Unproven};
pub use promises::{Promises, PromisesDoor};
pub use registrations::{Registered, Registrations, RegistrationsDoor};
pub use secrets::{KeyError, NodeKey, Owner, SEALED, SealError};
pub use spool::{
    Disk, RawFacts, RealDisk, Recovered, SegmentFile, Spool, SpoolDoor, SpoolError, SpoolId, SpoolOptions, SpoolStatus,
    Subscriber,
};
pub use token::{BadToken, ResumeToken};
pub use voicemail::{
    MAILED_AT_ONCE_MAX, MESSAGES_LISTED_MAX, MessagesWanted, OpenMessage, VOICEMAIL_BYTES_MAX, Voicemail,
    VoicemailError,
};
