//! Messages that citizens leave for a municipality when no line can serve them: what facts tell of one, and what it is born with.
//! Knows words; what was said, by whom, and where it lies, is known to the mailbox alone.

use std::sync::Arc;
use std::time::Duration;

use crate::{CallId, Caller, LineId, MailboxId, Moment, MunicipalityId};

/// Something about a citizen's message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoicemailFact {
    /// Which mailbox.
    pub mailbox: MailboxId,
    /// What happened.
    pub what: VoicemailWhat,
}

/// What happened at a mailbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoicemailWhat {
    /// The citizen is asked to leave a message.
    Asked,
    /// A message was left.
    Left {
        /// How long it is.
        length: Duration,
    },
    /// Nothing was said, or too little to be a message.
    NothingSaid,
    /// The mailbox takes none: it is full, or its disk is. The citizen was told before a word was spoken.
    Refused,
    /// What was said could not be kept. The citizen was told, if there still.
    Lost,
}

/// What a message is born with. None of it changes later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageTape {
    /// Whose call it is. A call leaves one message at most, so this names the message, too.
    pub call: CallId,
    /// For which mailbox.
    pub mailbox: MailboxId,
    /// As officials see the mailbox.
    pub title: Arc<str>,
    /// The line that could not serve.
    pub line: LineId,
    /// Whose citizen, or whose mailbox; none: unknown, of a shared mailbox.
    pub municipality: Option<MunicipalityId>,
    /// Who rings.
    pub caller: Caller,
    /// When the citizen came to the mailbox.
    pub began: Moment,
    /// Until when it is to be answered.
    pub due: Moment,
    /// Days after its closing on which it is deleted, from 1.
    pub keep_days: u16,
    /// Open messages that the mailbox holds at most.
    pub messages_max: u32,
    /// Who is told by mail that there is one; none: nobody.
    pub mail: Option<MailTo>,
}

/// Who is told of a message by mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailTo {
    /// The address.
    pub address: Arc<str>,
    /// Whether the sound goes with it; else only that there is one.
    pub attach: bool,
}

/// How far a message is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MessageState {
    /// It is being spoken.
    Taking,
    /// Nobody has answered it.
    Open,
    /// Somebody has.
    Closed,
}

/// A message of a citizen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Which: the call's id.
    pub call: CallId,
    /// In which mailbox.
    pub mailbox: MailboxId,
    /// The mailbox's name.
    pub title: Arc<str>,
    /// The line that was rung.
    pub line: LineId,
    /// Whose it is.
    pub municipality: Option<MunicipalityId>,
    /// Who rang.
    pub caller: Caller,
    /// When.
    pub received: Moment,
    /// Until when it is to be answered.
    pub due: Moment,
    /// Days after its closing on which it is deleted.
    pub keep_days: u16,
    /// How far it is.
    pub state: MessageState,
    /// How long it is.
    pub length: Duration,
    /// Who closed it, or opened it again, and when.
    pub changed: Option<(Arc<str>, Moment)>,
    /// Who is told by mail.
    pub mail: Option<MailTo>,
    /// When they were.
    pub mailed: Option<Moment>,
    /// How often that was tried in vain.
    pub mail_tries: u32,
}
