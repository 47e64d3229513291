//! What an agent notices at the desk: logging in, being offered a call, talking, writing it down, being refused.
//! Knows the API's own messages; the shard behind it is scripted.

use api::proto::desk as pb;
use api::proto::desk::agent_desktop_client::AgentDesktopClient;
use api::proto::desk::offer::Caller;
use api::proto::desk::watch_response::Event;
use centre::DeskCommand;
use plan::AgentNo;
use tonic::Code;

use crate::shard::CALL;
use crate::stage::{Desktop, Stage, reason};

const ANNA: AgentNo = AgentNo(0);

#[tokio::test]
async fn an_agent_logs_in_is_offered_a_call_talks_and_wraps_up() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut watched = anna.watch("").await.expect("may watch");
    let Event::Snapshot(snapshot) = watched.next().await else { panic!("a snapshot comes first") };
    assert_eq!(snapshot.state.expect("has one").agent_state(), pb::AgentState::Paused);
    assert!(snapshot.phone_reachable && snapshot.call.is_none());

    anna.ready().await;
    let Event::State(state) = watched.next().await else { panic!("the state is shown") };
    assert_eq!(state.agent_state(), pb::AgentState::Ready);

    stage.shard.offer(ANNA);
    let Event::Offered(offer) = watched.next().await else { panic!("the offer is shown") };
    assert_eq!(offer.caller, Some(Caller::Number("20123456".to_owned())));
    assert_eq!((offer.municipality_code.as_str(), offer.municipality_name.as_str()), ("0751", "Aarhus"));
    assert_eq!((offer.queue_title.as_str(), offer.language.as_str()), ("Pas og kørekort", "da"));
    assert_eq!((offer.waited_ms, offer.decision, offer.why()), (12_500, 42, pb::OfferedWhy::BestWaitingCall));
    assert_eq!(offer.call_id, CALL.to_string());
    watched.next().await;

    stage.shard.talk(ANNA);
    assert!(matches!(watched.next().await, Event::Talking(_)));
    watched.next().await;
    let request = anna.with_token(pb::HangUpRequest::default());
    anna.client.hang_up(request).await.expect("may hang up");
    let Event::WrapUp(wrap_up) = watched.next().await else { panic!("the wrap-up is shown") };
    assert_eq!(wrap_up.until_unix_ms, 1_795_000_030_000);
    watched.next().await;

    let wrap_up = pb::WrapUpRequest { code: "løst".to_owned(), solved: Some(true), ..Default::default() };
    let request = anna.with_token(wrap_up);
    anna.client.wrap_up(request).await.expect("a wrap-up is open");
    let Event::State(state) = watched.next().await else { panic!("the state is shown") };
    assert_eq!(state.agent_state(), pb::AgentState::Ready);
    let Some(DeskCommand::WrapUp(written)) = stage.shard.asked().pop() else { panic!("it reached the centre") };
    assert_eq!((written.code.as_deref(), written.solved), (Some("løst"), Some(true)));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_agent_get_the_same_answer() {
    let stage = Stage::set().await;
    let wrong = stage.desktop("agent0001", "te").await.err().expect("refused");
    let unknown = stage.desktop("agent9999", "te").await.err().expect("refused");
    assert_eq!((wrong.code(), reason(&wrong)), (Code::Unauthenticated, "WRONG_PASSWORD"));
    assert_eq!((unknown.code(), unknown.message()), (wrong.code(), wrong.message()));
    assert!(wrong.message().starts_with("Forkert agent eller adgangskode."), "{}", wrong.message());
    let fixed = stage.desktop("agent0003", "").await.err().expect("refused");
    assert_eq!((fixed.code(), reason(&fixed)), (Code::FailedPrecondition, "NO_PASSWORD"));
    assert!(stage.shard.asked().is_empty(), "nothing reached the centre");
}

#[tokio::test]
async fn without_a_good_token_nothing_is_done() {
    let stage = Stage::set().await;
    let mut client = AgentDesktopClient::new(stage.channel().await);
    let none = client.decline(pb::DeclineRequest::default()).await.expect_err("refused");
    assert_eq!((none.code(), reason(&none)), (Code::Unauthenticated, "NO_TOKEN"));
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let forged = Desktop { token: "0".repeat(64), client: anna.client.clone() };
    let request = forged.with_token(pb::DeclineRequest::default());
    let void = anna.client.decline(request).await.expect_err("refused");
    assert_eq!(reason(&void), "TOKEN_VOID");
}

#[tokio::test]
async fn a_log_out_ends_the_token_and_its_streams_and_can_be_repeated() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut watched = anna.watch("").await.expect("may watch");
    watched.next().await;
    for _ in 0..2 {
        let request = anna.with_token(pb::LogOutRequest { request_id: "out".to_owned() });
        anna.client.log_out(request).await.expect("logged out");
    }
    assert_eq!(stage.shard.asked().iter().filter(|asked| **asked == DeskCommand::LogOut).count(), 1);
    let request = anna.with_token(pb::DeclineRequest::default());
    let void = anna.client.decline(request).await.expect_err("refused");
    assert_eq!(reason(&void), "TOKEN_VOID");
    assert_eq!(reason(&watched.end().await), "TOKEN_VOID");
}

#[tokio::test]
async fn a_refusal_of_the_desk_is_told_in_danish_with_its_name() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let request = anna.with_token(pb::DeclineRequest::default());
    let refused = anna.client.decline(request).await.expect_err("nothing rings");
    assert_eq!((refused.code(), reason(&refused)), (Code::FailedPrecondition, "NOTHING_OFFERED"));
    assert!(refused.message().starts_with("Der er ikke noget opkald at afvise."));
    let request = anna.with_token(pb::SetStateRequest::default());
    let refused = anna.client.set_state(request).await.expect_err("no choice");
    assert_eq!((refused.code(), reason(&refused)), (Code::InvalidArgument, "NO_CHOICE"));
    let paused =
        pb::SetStateRequest { choice: pb::Choice::Paused.into(), pause_code: "a b".into(), ..Default::default() };
    let request = anna.with_token(paused);
    let refused = anna.client.set_state(request).await.expect_err("a space in the code");
    assert_eq!(reason(&refused), "BAD_CODE");
}

#[tokio::test]
async fn a_command_sent_twice_is_carried_out_once() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    stage.shard.offer(ANNA);
    for _ in 0..3 {
        let request = anna.with_token(pb::DeclineRequest { request_id: "d1".to_owned() });
        anna.client.decline(request).await.expect("the first answer, each time");
    }
    assert_eq!(stage.shard.asked().iter().filter(|asked| **asked == DeskCommand::Decline).count(), 1);
    let request = anna.with_token(pb::HangUpRequest { request_id: "d1".to_owned() });
    let reused = anna.client.hang_up(request).await.expect_err("another command");
    assert_eq!((reused.code(), reason(&reused)), (Code::InvalidArgument, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn a_log_in_sent_twice_gives_the_same_token() {
    let stage = Stage::set().await;
    let mut client = AgentDesktopClient::new(stage.channel().await);
    let request = pb::LogInRequest {
        request_id: "in-1".to_owned(),
        agent_id: "agent0001".to_owned(),
        password: "kaffe".to_owned(),
    };
    let first = client.log_in(request.clone()).await.expect("the right password").into_inner();
    let second = client.log_in(request.clone()).await.expect("the right password").into_inner();
    assert_eq!((first.token.len(), &first.token), (64, &second.token));
    assert_eq!(first.agent_name, "Anna Agersø");
    assert_eq!(stage.shard.asked(), [DeskCommand::LogIn]);
    let guess = pb::LogInRequest { password: "te".to_owned(), ..request };
    assert_eq!(client.log_in(guess).await.expect_err("refused").code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_message_above_64_kib_is_refused_before_it_is_read() {
    let stage = Stage::set().await;
    let mut client = AgentDesktopClient::new(stage.channel().await);
    let request = pb::LogInRequest { agent_id: "x".repeat(65 * 1024), ..Default::default() };
    let refused = client.log_in(request).await.expect_err("too long");
    assert_eq!(refused.code(), Code::OutOfRange);
}
