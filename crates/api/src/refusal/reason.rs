//! Every refusal's name for programs.
//! Knows names; which refusal is which status stands beside it.

use super::Refusal;
use crate::desk::reason_of_desk;

impl Refusal {
    /// Its name for programs; never changes once released.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Desk(refusal) => reason_of_desk(refusal),
            Self::NoToken => "NO_TOKEN",
            Self::TokenVoid => "TOKEN_VOID",
            Self::WrongPassword => "WRONG_PASSWORD",
            Self::TooManyFailures => "TOO_MANY_FAILURES",
            Self::NoPassword => "NO_PASSWORD",
            Self::TooManyTokens => "TOO_MANY_TOKENS",
            Self::BadRequestId => "BAD_REQUEST_ID",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::NoChoice => "NO_CHOICE",
            Self::NoHearer => "NO_HEARER",
            Self::BadCode => "BAD_CODE",
            Self::UnknownTopic => "UNKNOWN_TOPIC",
            Self::TooManyStreams => "TOO_MANY_STREAMS",
            Self::TooSlow => "TOO_SLOW",
            Self::PageReplaced => "PAGE_REPLACED",
            Self::TooManyWords => "TOO_MANY_WORDS",
            Self::BadSession => "BAD_SESSION",
            Self::UnknownLeg => "UNKNOWN_LEG",
            Self::Busy => "BUSY",
            Self::NoAnswer => "NO_ANSWER",
            Self::Stopping => "STOPPING",
            Self::UnknownDecision => "UNKNOWN_DECISION",
            Self::UnknownCall => "UNKNOWN_CALL",
            Self::BadRange => "BAD_RANGE",
            Self::BadPage => "BAD_PAGE",
            Self::BadKey => "BAD_KEY",
            Self::NoDatabase => "NO_DATABASE",
            Self::ForeignToken => "FOREIGN_TOKEN",
            Self::BadTrace => "BAD_TRACE",
            Self::BadSpan => "BAD_SPAN",
            Self::BadReason => "BAD_REASON",
            Self::TooManyTraces => "TOO_MANY_TRACES",
            Self::NoAudit => "NO_AUDIT",
            Self::UnknownAgent => "UNKNOWN_AGENT",
            Self::UnknownTrace => "UNKNOWN_TRACE",
            Self::BadSource => "BAD_SOURCE",
            Self::UnknownBan => "UNKNOWN_BAN",
            Self::BadEdit => "BAD_EDIT",
            Self::UnknownLine => "UNKNOWN_LINE",
            Self::UnknownSound => "NO_SUCH_SOUND",
            Self::SoundTooLong => "SOUND_TOO_LONG",
            Self::NoteTooLong => "NOTE_TOO_LONG",
            Self::NoNotes => "NO_NOTES",
            Self::NoVoicemail => "NO_VOICEMAIL",
            Self::UnknownMessage => "NO_SUCH_MESSAGE",
            Self::NoCallHere => "NO_CALL_HERE",
            Self::NoPlanFolder => "NO_PLAN_FOLDER",
        }
    }
}
