//! Citizens' messages for coordinators: who sees, hears and closes which.
//! Knows the API's words; the messages lie in a test's own list.

use std::time::Duration;

use api::proto::administration as pb;
use api::proto::administration::administration_client::AdministrationClient;
use api::{Mailroom, MailroomFault, MessagesAsked};
use futures::future::BoxFuture;
use model::{CallId, Caller, Message, MessageState, MunicipalityId, PhoneNumber};
use tonic::{Code, Request};

use crate::administration::{KARIN, signed};
use crate::shard::NOW;
use crate::stage::{Books, Stage, reason};

impl Mailroom for Books {
    fn list(&self, asked: MessagesAsked) -> BoxFuture<'_, Result<Vec<Message>, MailroomFault>> {
        let mut messages = self.messages.lock().expect("no test panicked").clone();
        messages.retain(|message| {
            asked.municipality.is_none_or(|own| message.municipality == Some(own))
                && asked.call.is_none_or(|call| message.call == call)
                && asked.open.is_none_or(|open| (message.state == MessageState::Open) == open)
                && asked.overdue.is_none_or(|now| message.due < now)
        });
        Box::pin(async { Ok(messages) })
    }

    fn sound(&self, call: CallId) -> BoxFuture<'_, Result<Vec<u8>, MailroomFault>> {
        Box::pin(async move { Ok(call.to_string().repeat(2_000).into_bytes()) })
    }

    fn set_open(&self, call: CallId, open: bool, who: String) -> BoxFuture<'_, Result<bool, MailroomFault>> {
        let mut messages = self.messages.lock().expect("no test panicked");
        let message = messages.iter_mut().find(|message| message.call == call).ok_or(MailroomFault);
        let set = message.map(|message| {
            message.state = if open { MessageState::Open } else { MessageState::Closed };
            message.changed = Some((who.into(), NOW));
            true
        });
        Box::pin(async move { set })
    }
}

fn message(call: u128, municipality: u16, due: Duration) -> Message {
    Message {
        call: CallId::from_bits(call),
        mailbox: "post".into(),
        title: "Beskeder".into(),
        line: "pas".into(),
        municipality: Some(MunicipalityId(municipality)),
        caller: Caller::Number(PhoneNumber::parse("20304050").expect("a number")),
        received: NOW - Duration::from_secs(7_200),
        due: NOW - Duration::from_secs(3_600) + due,
        keep_days: 30,
        state: MessageState::Open,
        length: Duration::from_millis(12_340),
        changed: None,
        mail: None,
        mailed: None,
        mail_tries: 0,
    }
}

async fn with_two() -> (Stage, AdministrationClient<tonic::transport::Channel>) {
    let stage = Stage::set().await;
    let two = [message(1, 751, Duration::ZERO), message(2, 730, Duration::from_secs(7_200))];
    stage.books.messages.lock().expect("no test panicked").extend(two);
    let client = AdministrationClient::new(stage.channel().await);
    (stage, client)
}

/// Of the joint centre; `signed` is Rune's, of 0730.
fn as_karin<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {KARIN}").parse().expect("plain"));
    request
}

fn state(state: pb::VoicemailState) -> pb::VoicemailsRequest {
    pb::VoicemailsRequest { state: state as i32, ..pb::VoicemailsRequest::default() }
}

#[tokio::test]
async fn a_municipality_sees_its_own_citizens_messages_alone_and_the_centre_sees_which_are_overdue() {
    let (_stage, mut client) = with_two().await;
    let all = client.voicemails(as_karin(pb::VoicemailsRequest::default())).await.expect("allowed").into_inner();
    assert_eq!(all.messages.iter().map(|one| one.overdue).collect::<Vec<_>>(), [true, false]);
    assert_eq!((&*all.messages[0].number, all.messages[0].length_ms), ("20304050", 12_340));
    let late = client.voicemails(as_karin(state(pb::VoicemailState::Overdue))).await.expect("allowed").into_inner();
    assert_eq!(late.messages.len(), 1);
    let own = client.voicemails(signed(pb::VoicemailsRequest::default())).await.expect("allowed").into_inner();
    assert_eq!(own.messages.iter().map(|one| &*one.municipality_code).collect::<Vec<_>>(), ["0730"]);
}

#[tokio::test]
async fn anothers_message_can_neither_be_heard_nor_closed() {
    let (stage, mut client) = with_two().await;
    let id = CallId::from_bits(1).to_string();
    let heard = client.listen_voicemail(signed(pb::ListenVoicemailRequest { id: id.clone() })).await;
    let closed = client.close_voicemail(signed(pb::CloseVoicemailRequest { id })).await;
    for refused in [heard.expect_err("not Rune's"), closed.expect_err("not Rune's")] {
        assert_eq!((refused.code(), reason(&refused)), (Code::NotFound, "NO_SUCH_MESSAGE"));
    }
    let messages = stage.books.messages.lock().expect("no test panicked").clone();
    assert!(messages.iter().all(|message| message.state == MessageState::Open));
}

#[tokio::test]
async fn a_message_is_heard_whole_closed_by_name_and_opened_again() {
    let (_stage, mut client) = with_two().await;
    let id = CallId::from_bits(2).to_string();
    let heard = client.listen_voicemail(signed(pb::ListenVoicemailRequest { id: id.clone() })).await;
    let (mut heard, mut bytes) = (heard.expect("Rune's").into_inner(), Vec::new());
    while let Some(piece) = heard.message().await.expect("pieces") {
        assert!(piece.piece.len() <= 32 << 10);
        bytes.extend(piece.piece);
    }
    assert_eq!(bytes, id.repeat(2_000).into_bytes());
    let closed = client.close_voicemail(signed(pb::CloseVoicemailRequest { id: id.clone() })).await;
    let closed = closed.expect("Rune's").into_inner();
    assert_eq!((closed.open, &*closed.changed_by), (false, "Rune"));
    let open = client.reopen_voicemail(signed(pb::ReopenVoicemailRequest { id })).await.expect("Rune's");
    assert!(open.into_inner().open);
}
