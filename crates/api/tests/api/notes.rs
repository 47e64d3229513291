//! What agents write freely after a call: who may write it when, and who reads it.
//! Knows the API's words; the notes lie in a test's own list.

use api::proto::administration as admin;
use api::proto::administration::administration_client::AdministrationClient;
use api::proto::desk as pb;
use model::{AgentId, CallId, MunicipalityId, Note, NoteText};
use plan::AgentNo;
use tonic::{Code, Request, Response, Status};

use crate::administration::signed;
use crate::shard::{CALL, NOW};
use crate::stage::{Desktop, Stage, reason};

const ANNA: AgentNo = AgentNo(0);

async fn wraps_up(anna: &mut Desktop, request_id: &str, note: &str) -> Result<Response<pb::WrapUpResponse>, Status> {
    let (request_id, note) = (request_id.to_owned(), note.to_owned());
    let request = pb::WrapUpRequest { request_id, note, ..pb::WrapUpRequest::default() };
    let request = anna.with_token(request);
    anna.client.wrap_up(request).await
}

async fn with_a_call() -> (Stage, Desktop) {
    let stage = Stage::set().await;
    let anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    stage.shard.offer(ANNA);
    stage.shard.talk(ANNA);
    (stage, anna)
}

fn written(call: CallId, municipality: u16, text: &str) -> Note {
    Note {
        call,
        agent: AgentId::new("agent0002"),
        municipality: Some(MunicipalityId(municipality)),
        line: "pas".into(),
        written: NOW,
        text: NoteText::new(text).expect("short").expect("something"),
    }
}

#[tokio::test]
async fn a_note_is_kept_with_its_call_and_no_cpr_number_in_it_even_if_the_request_is_repeated() {
    let (stage, mut anna) = with_a_call().await;
    stage.shard.over(ANNA);
    for _ in 0..2 {
        wraps_up(&mut anna, "w1", "Borger 010203-1234 ringer igen").await.expect("the first answer, each time");
    }
    let notes = stage.books.notes.lock().expect("no test panicked").clone();
    assert_eq!(notes.len(), 1);
    let Note { call, agent, municipality, text, .. } = &notes[0];
    assert_eq!((*call, &**agent, *municipality), (CALL, "agent0001", Some(MunicipalityId(751))));
    assert_eq!(text.reveal(), "Borger ******-**** ringer igen");
}

#[tokio::test]
async fn a_note_that_cannot_be_kept_leaves_the_wrap_up_open() {
    let (stage, mut anna) = with_a_call().await;
    stage.shard.over(ANNA);
    *stage.books.no_notes.lock().expect("no test panicked") = true;
    let refused = wraps_up(&mut anna, "w1", "Ringer igen").await.expect_err("the file is away");
    assert_eq!((refused.code(), reason(&refused)), (Code::Unavailable, "NO_NOTES"));
    let refused = wraps_up(&mut anna, "w2", &"x".repeat(2_001)).await.expect_err("too long");
    assert_eq!(reason(&refused), "NOTE_TOO_LONG");
    wraps_up(&mut anna, "w3", "").await.expect("without a note it goes");
    assert!(stage.books.notes.lock().expect("no test panicked").is_empty());
}

#[tokio::test]
async fn a_note_about_a_call_that_is_over_does_not_land_on_the_next_citizens() {
    let (stage, mut anna) = with_a_call().await;
    stage.shard.over(ANNA);
    let of = |call: CallId| pb::WrapUpRequest {
        call_id: call.to_string(),
        note: "Ringer igen".into(),
        ..Default::default()
    };
    let request = anna.with_token(of(CallId::from_bits(7)));
    let refused = anna.client.wrap_up(request).await.expect_err("another call's wrap-up is open");
    assert_eq!(reason(&refused), "NOTHING_TO_WRAP_UP");
    assert!(stage.books.notes.lock().expect("no test panicked").is_empty());
    let request = anna.with_token(of(CALL));
    anna.client.wrap_up(request).await.expect("that call's");
    assert_eq!(stage.books.notes.lock().expect("no test panicked").len(), 1);
}

#[tokio::test]
async fn without_an_open_wrap_up_nothing_is_kept() {
    let (stage, mut anna) = with_a_call().await;
    let refused = wraps_up(&mut anna, "w1", "Ringer igen").await.expect_err("still talking");
    assert_eq!(reason(&refused), "NOTHING_TO_WRAP_UP");
    assert!(stage.books.notes.lock().expect("no test panicked").is_empty());
}

#[tokio::test]
async fn an_agent_reads_what_was_written_about_the_number_at_the_desk_for_that_municipality_alone() {
    let (stage, mut anna) = with_a_call().await;
    let earlier = CallId::from_bits(7);
    *stage.books.notes.lock().expect("no test panicked") =
        vec![written(earlier, 751, "Venter på pas"), written(CallId::from_bits(8), 461, "En anden kommunes")];
    let request = anna.with_token(pb::NotesRequest::default());
    let notes = anna.client.notes(request).await.expect("a call is here").into_inner().notes;
    let read: Vec<_> = notes.iter().map(|note| (note.text.as_str(), note.call_id.as_str())).collect();
    assert_eq!(read, [("Venter på pas", earlier.to_string().as_str())]);
    let request = anna.with_token(pb::NotesRequest { call_id: earlier.to_string() });
    let refused = anna.client.notes(request).await.expect_err("that call is over");
    assert_eq!(reason(&refused), "NO_CALL_HERE");
    let mut bo = stage.desktop("agent0002", "te").await.expect("the right password");
    let request = bo.with_token(pb::NotesRequest { call_id: CALL.to_string() });
    let refused = bo.client.notes(request).await.expect_err("it is at another's desk");
    assert_eq!(reason(&refused), "NO_CALL_HERE");
}

#[tokio::test]
async fn a_coordinator_reads_and_deletes_the_own_municipalitys_notes_alone() {
    let (stage, _) = with_a_call().await;
    *stage.books.notes.lock().expect("no test panicked") =
        vec![written(CallId::from_bits(7), 730, "Vores"), written(CallId::from_bits(8), 461, "Deres")];
    let mut client = AdministrationClient::new(stage.channel().await);
    let all = client.list_notes(Request::new(admin::ListNotesRequest::default())).await.expect_err("no token");
    assert_eq!(reason(&all), "NO_TOKEN");
    let own = client.list_notes(signed(admin::ListNotesRequest::default())).await.expect("may read").into_inner();
    assert_eq!(own.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["Vores"]);
    let gone = |call: u128| admin::DeleteNotesRequest { call_id: CallId::from_bits(call).to_string() };
    let refused = client.delete_notes(signed(gone(8))).await.expect_err("another's");
    assert_eq!((refused.code(), reason(&refused)), (Code::NotFound, "UNKNOWN_CALL"));
    let deleted = client.delete_notes(signed(gone(7))).await.expect("own").into_inner().deleted;
    assert_eq!((deleted, stage.books.notes.lock().expect("no test panicked").len()), (1, 1));
}
