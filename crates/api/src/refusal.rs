//! Every refusal of the API, and the one table that turns it into a gRPC status with a name for programs and a
//! sentence for people, Danish first. Knows nothing of where a refusal arises.

mod danish;
mod reason;
mod told;

use centre::DeskRefusal;
use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

use crate::desk::{closed, code_of_desk};

pub(crate) use told::told;

/// The trailing metadata that names a refusal: `samkald-reason: TALKING`.
pub const REASON_KEY: &str = "samkald-reason";
/// The trailing metadata with the Danish sentence alone, UTF-8.
pub const DANISH_KEY: &str = "samkald-text-da-bin";
/// The trailing metadata with the English sentence alone, ASCII.
pub const ENGLISH_KEY: &str = "samkald-text-en";

/// The trailing metadata of `CLOSED` with the next opening, in ms since 1970 UTC.
pub(crate) const OPENS_KEY: &str = "samkald-opens-unix-ms";

/// Why a request is not carried out. What it displays is the English sentence, in ASCII.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The desk's state does not allow it.
    #[error(transparent)]
    Desk(#[from] DeskRefusal),
    /// No `authorization: Bearer …` came with the request.
    #[error("log in first, and send the token as 'authorization: Bearer <token>'")]
    NoToken,
    /// The token is unknown, too old, or logged out.
    #[error("the token is unknown, too old or logged out: log in again")]
    TokenVoid,
    /// The password is wrong, or there is no such agent.
    #[error("wrong agent or password")]
    WrongPassword,
    /// Five failures within a minute.
    #[error("too many failed attempts: try again in a minute")]
    TooManyFailures,
    /// The agent has a fixed phone and no password, so no desktop.
    #[error("this agent has a fixed phone and no password, and cannot log in")]
    NoPassword,
    /// 50,000 tokens are valid.
    #[error("too many tokens are in use: try again later")]
    TooManyTokens,
    /// The `request_id` is too long, or not printable ASCII.
    #[error("request_id must be at most 64 printable ASCII characters")]
    BadRequestId,
    /// The `request_id` was used for something else within ten minutes.
    #[error("this request_id was used for something else: take a new one")]
    RequestIdReused,
    /// Neither ready nor paused.
    #[error("say CHOICE_READY or CHOICE_PAUSED")]
    NoChoice,
    /// An announcement for neither side.
    #[error("say HEARER_CITIZEN or HEARER_AGENT")]
    NoHearer,
    /// A pause or outcome code of a wrong form.
    #[error("a code has 1 to 32 letters, digits, '-' and '_'")]
    BadCode,
    /// A topic that no line of the plan has.
    #[error("no line has this topic")]
    UnknownTopic,
    /// As many streams as the node, or one agent, may have.
    #[error("too many streams are open: close one")]
    TooManyStreams,
    /// The stream's reader does not keep up.
    #[error("the reader is too slow and was cut off: resume with the last resume_token")]
    TooSlow,
    /// A mailbox or table on the way is full.
    #[error("the node is busy: try again")]
    Busy,
    /// The centre did not answer in time.
    #[error("the centre did not answer in time: try again with the same request_id")]
    NoAnswer,
    /// The node is being stopped.
    #[error("this node is being stopped")]
    Stopping,
    /// A newer page of the agent's is open, or this one has been given up.
    #[error("a newer page is open, or this one was gone for too long: open it again")]
    PageReplaced,
    /// A page says too much in a second.
    #[error("a page may say 20 words in a second")]
    TooManyWords,
    /// No session description, or too long a one.
    #[error("sdp must be a session description of at most 16 KiB")]
    BadSession,
    /// A leg that can't be read.
    #[error("a leg has 16 hexadecimal digits")]
    UnknownLeg,
    /// The decision's number was never given, or is too old.
    #[error("no such decision, or it is too old")]
    UnknownDecision,
    /// No fact of that call is known.
    #[error("no such call; a call is 32 hexadecimal digits")]
    UnknownCall,
    /// A time range that is reversed or too long.
    #[error("the range of time is reversed or too long")]
    BadRange,
    /// A page token or size that can't be read.
    #[error("page_size must be at most 1000, and page_token one that was given here")]
    BadPage,
    /// The key is no kommunekode.
    #[error("the key must be a kommunekode of four digits, or 'unknown'")]
    BadKey,
    /// The database can't be reached.
    #[error("the database cannot be reached: calls go on, ask again later")]
    NoDatabase,
    /// The resume token is of another node's data, or can't be read.
    #[error("this resume_token was not given here")]
    ForeignToken,
    /// No call, number or agent to trace, or not to be read.
    #[error("say one of call_id, number (digits) and agent_id")]
    BadTrace,
    /// A trace runs for 1 s to 1 h.
    #[error("a trace runs for 1 to 3600 seconds")]
    BadSpan,
    /// The reason for showing personal data is too short or too long.
    #[error("a reason has 10 to 200 characters")]
    BadReason,
    /// As many traces as may run.
    #[error("4 traces run already: stop one, or wait until it ends")]
    TooManyTraces,
    /// The audit file can't be written, so nothing is shown unmasked.
    #[error("the audit file cannot be written, so nothing is shown unmasked: look at the data folder")]
    NoAudit,
    /// The plan has no such agent.
    #[error("no such agent in the plan")]
    UnknownAgent,
    /// No such trace, or it is over.
    #[error("no such trace, it is over, or it has 4 readers already")]
    UnknownTrace,
    /// No address.
    #[error("a source is an address such as 192.0.2.7, or a network such as 2001:db8::/64")]
    BadSource,
    /// That source is not banned.
    #[error("that source is not banned")]
    UnknownBan,
    /// An edit that says nothing, or names no list.
    #[error("1 to 100 edits that each say something; lists are called as in the plan file")]
    BadEdit,
    /// The plan has no such line.
    #[error("no such line in the plan")]
    UnknownLine,
    /// Nobody has uploaded a sound of that name.
    #[error("no sound of that name was uploaded")]
    UnknownSound,
    /// A sound of more than 16 MiB.
    #[error("a sound has at most 16 MiB")]
    SoundTooLong,
    /// A note of more than 2,000 characters.
    #[error("a note has at most 2000 characters")]
    NoteTooLong,
    /// The notes' file can't be written or read.
    #[error("notes cannot be kept or read just now: try again, or go on without the note")]
    NoNotes,
    /// Citizens' messages can't be read or changed.
    #[error("messages cannot be reached just now: try again, or look into the node's log")]
    NoVoicemail,
    /// No message of that id that the coordinator may know of.
    #[error("no such message")]
    UnknownMessage,
    /// Notes of a call that isn't at the agent's desk.
    #[error("that call is not at your desk")]
    NoCallHere,
    /// The plan's folder can't be written or read.
    #[error("the folder of plans cannot be used, so nothing was changed: look at the data folder")]
    NoPlanFolder,
}

impl Refusal {
    /// The gRPC status: code, both sentences, and the metadata.
    pub fn status(self) -> Status {
        if let Self::Desk(DeskRefusal::Closed { opens_at }) = self {
            let (danish, english) = closed(opens_at);
            let mut status = told(self.code(), self.reason(), &danish, &english);
            if let Some(opens_at) = opens_at {
                status.metadata_mut().insert(OPENS_KEY, MetadataValue::from(opens_at.as_millis()));
            }
            return status;
        }
        told(self.code(), self.reason(), self.danish(), &self.to_string())
    }

    /// The same, with what there is to choose from after both sentences.
    pub(crate) fn with_choice(self, choice: &str) -> Status {
        let plain = self.status();
        let metadata = plain.metadata().clone();
        Status::with_metadata(plain.code(), format!("{}: {choice}", plain.message()), metadata)
    }

    /// The kind, as gRPC has it.
    pub const fn code(self) -> Code {
        match self {
            Self::Desk(refusal) => code_of_desk(refusal),
            Self::Busy
            | Self::NoAnswer
            | Self::Stopping
            | Self::NoDatabase
            | Self::NoAudit
            | Self::NoNotes
            | Self::NoVoicemail
            | Self::NoPlanFolder => Code::Unavailable,
            Self::NoPassword | Self::PageReplaced | Self::ForeignToken | Self::NoCallHere => Code::FailedPrecondition,
            Self::NoToken | Self::TokenVoid | Self::WrongPassword => Code::Unauthenticated,
            Self::TooManyFailures
            | Self::TooManyTokens
            | Self::TooManyStreams
            | Self::TooManyTraces
            | Self::TooManyWords
            | Self::TooSlow => Code::ResourceExhausted,
            Self::BadRequestId
            | Self::RequestIdReused
            | Self::NoChoice
            | Self::NoHearer
            | Self::BadCode
            | Self::UnknownTopic
            | Self::BadRange
            | Self::BadPage
            | Self::BadKey
            | Self::BadTrace
            | Self::BadSpan
            | Self::BadReason
            | Self::BadSession
            | Self::UnknownLeg
            | Self::BadEdit
            | Self::SoundTooLong
            | Self::NoteTooLong
            | Self::BadSource => Code::InvalidArgument,
            Self::UnknownDecision
            | Self::UnknownCall
            | Self::UnknownAgent
            | Self::UnknownTrace
            | Self::UnknownLine
            | Self::UnknownSound
            | Self::UnknownMessage
            | Self::UnknownBan => Code::NotFound,
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        refusal.status()
    }
}

#[cfg(test)]
mod tests;
