//! Citizens' messages, for coordinators: each sees, hears and closes its own municipality's.
//! Knows whose is whose; doesn't know where messages lie. Who has listened is logged, never what was said.

use change::Coordinator;
use model::{CallId, MailboxId, Message};
use tracing::info;

use super::notes::{call, own};
use super::rpc::AdministrationRpc;
use crate::proto::administration as pb;
use crate::refusal::Refusal;
use crate::voicemail::{MessagesAsked, shown};

impl AdministrationRpc {
    pub(super) async fn messages_of(
        &self,
        who: &Coordinator,
        wanted: pb::VoicemailsRequest,
    ) -> Result<pb::VoicemailsResponse, Refusal> {
        use pb::VoicemailState as State;
        let now = self.centre.now();
        let (open, overdue) = match State::try_from(wanted.state) {
            Ok(State::Unspecified) => (None, None),
            Ok(State::Open) => (Some(true), None),
            Ok(State::Overdue) => (Some(true), Some(now)),
            Ok(State::Closed) => (Some(false), None),
            Err(_) => return Err(Refusal::BadKey),
        };
        let mailbox = (!wanted.mailbox.is_empty()).then(|| MailboxId::new(&wanted.mailbox));
        let asked = MessagesAsked { mailbox, municipality: own(who)?, open, overdue, call: None };
        let found = self.mailroom.list(asked).await?;
        let messages: Vec<_> = found.iter().map(|message| shown(message, now)).collect();
        info!(coordinator = who.name, messages = messages.len(), "citizens' messages were listed");
        Ok(pb::VoicemailsResponse { messages })
    }

    pub(super) async fn message_is_heard(&self, who: &Coordinator, id: &str) -> Result<Vec<u8>, Refusal> {
        let message = self.message(who, id).await?;
        let sound = self.mailroom.sound(message.call).await?;
        info!(coordinator = who.name, message = id, "a citizen's message was listened to");
        Ok(sound)
    }

    pub(super) async fn message_is_set(
        &self,
        who: &Coordinator,
        (id, open): (&str, bool),
    ) -> Result<pb::Voicemail, Refusal> {
        let message = self.message(who, id).await?;
        if self.mailroom.set_open(message.call, open, who.name.clone()).await? {
            info!(coordinator = who.name, message = id, open, "a citizen's message was closed or opened again");
        }
        Ok(shown(&self.message(who, id).await?, self.centre.now()))
    }

    /// One that the coordinator may know of.
    async fn message(&self, who: &Coordinator, id: &str) -> Result<Message, Refusal> {
        let call: CallId = call(id).map_err(|_| Refusal::UnknownMessage)?;
        let asked = MessagesAsked { municipality: own(who)?, call: Some(call), ..MessagesAsked::default() };
        self.mailroom.list(asked).await?.pop().ok_or(Refusal::UnknownMessage)
    }
}
