//! The door to citizens' messages in the municipalities' mailboxes.
//! Knows messages and questions; whose are whose is administration's, where they lie is the node's.

use futures::future::BoxFuture;
use model::{CallId, Caller, MailboxId, Message, MessageState, Moment, MunicipalityId};

use crate::mirror;
use crate::proto::administration as pb;
use crate::refusal::Refusal;

/// Where messages are.
pub trait Mailroom: Send + Sync + 'static {
    /// A list, the newest first; overdue ones oldest first, so that none is missed where there are too many.
    fn list(&self, asked: MessagesAsked) -> BoxFuture<'_, Result<Vec<Message>, MailroomFault>>;
    /// A message's sound, as a WAV file.
    fn sound(&self, call: CallId) -> BoxFuture<'_, Result<Vec<u8>, MailroomFault>>;
    /// Closes a message, or opens it again; who did. Whether anything changed.
    fn set_open(&self, call: CallId, open: bool, who: String) -> BoxFuture<'_, Result<bool, MailroomFault>>;
}

/// Which messages are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MessagesAsked {
    /// Of this mailbox.
    pub mailbox: Option<MailboxId>,
    /// Of this municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those that are open, or those that are closed.
    pub open: Option<bool>,
    /// Open ones that should have been answered before this moment.
    pub overdue: Option<Moment>,
    /// This one.
    pub call: Option<CallId>,
}

/// Messages can't be reached just now; nothing was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the messages cannot be reached")]
pub struct MailroomFault;

impl From<MailroomFault> for Refusal {
    fn from(_: MailroomFault) -> Self {
        Self::NoVoicemail
    }
}

/// As a coordinator is shown it.
pub(crate) fn shown(message: &Message, now: Moment) -> pb::Voicemail {
    let number = match &message.caller {
        Caller::Withheld => String::new(),
        Caller::Number(number) => number.reveal().to_owned(),
        Caller::Text(text) => text.reveal().to_owned(),
    };
    let open = message.state == MessageState::Open;
    let (changed_by, changed) = message.changed.clone().unzip();
    pb::Voicemail {
        id: message.call.to_string(),
        mailbox: message.mailbox.to_string(),
        mailbox_title: message.title.to_string(),
        line_id: message.line.to_string(),
        municipality_code: mirror::municipality(message.municipality),
        number,
        received_unix_ms: message.received.as_millis(),
        length_ms: message.length.as_millis() as u64,
        due_unix_ms: message.due.as_millis(),
        open,
        overdue: open && message.due < now,
        changed_by: changed_by.map(|who| who.to_string()).unwrap_or_default(),
        changed_unix_ms: changed.map(Moment::as_millis).unwrap_or_default(),
        mailed_unix_ms: message.mailed.map(Moment::as_millis).unwrap_or_default(),
    }
}
