//! What coordinators ask of citizens' messages, brought to where they lie.
//! Knows the API's questions and the store's doors; who may ask what the API knows.

use api::{MailroomFault, MessagesAsked};
use futures::future::BoxFuture;
use model::{CallId, Message};
use store::{MessagesWanted, Voicemail};

use super::Mailroom;

impl Mailroom {
    /// As the office has them.
    async fn in_the_office(&self) -> Result<Voicemail, MailroomFault> {
        self.voicemail().await.map_err(|fault| away(&fault))
    }
}

impl api::Mailroom for Mailroom {
    fn list(&self, asked: MessagesAsked) -> BoxFuture<'_, Result<Vec<Message>, MailroomFault>> {
        let MessagesAsked { mailbox, municipality, open, overdue, call } = asked;
        let wanted = MessagesWanted { mailbox, municipality, open, overdue, call };
        Box::pin(async move {
            let voicemail = self.in_the_office().await?;
            voicemail.list(&wanted).await.map_err(|fault| away(&fault))
        })
    }

    fn sound(&self, call: CallId) -> BoxFuture<'_, Result<Vec<u8>, MailroomFault>> {
        Box::pin(async move {
            let path = self.in_the_office().await?.sound(call);
            tokio::fs::read(path).await.map_err(|fault| away(&fault))
        })
    }

    fn set_open(&self, call: CallId, open: bool, who: String) -> BoxFuture<'_, Result<bool, MailroomFault>> {
        let now = self.clock.now();
        Box::pin(async move {
            let voicemail = self.in_the_office().await?;
            voicemail.set_open(call, open, &who, now).await.map_err(|fault| away(&fault))
        })
    }
}

fn away(fault: &dyn std::error::Error) -> MailroomFault {
    tracing::warn!(%fault, "citizens' messages can't be reached");
    MailroomFault
}
