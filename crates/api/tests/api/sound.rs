//! An agent's page as a phone, over the real port: by gRPC, and by gRPC-web as a browser asks.
//! The shards behind it are a list of what the page said.

use api::PageDoor;
use api::proto::desk as pb;
use api::proto::desk::agent_sound_client::AgentSoundClient;
use api::proto::desk::open_response::Told as Heard;
use bytes::Bytes;
use model::{AgentId, Caller, LegId, LegSide, Presentation, ShardNo};
use page::{Calls, Said, Says, Tells, Told};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::Code;

use crate::stage::{Books, Stage, in_time, reason};

const LEG: LegId = LegId::new(ShardNo(1), LegSide::Outbound, 9);

impl PageDoor for Books {
    fn opened(&self, _agent: &AgentId) {}
    fn closed(&self, _agent: &AgentId) {}
    fn calls(&self, _calls: Calls) {}
    fn says(&self, says: Says) {
        self.said.lock().expect("no test panicked").push(says);
    }
}

#[tokio::test]
async fn what_rings_at_an_agents_page_is_answered_there() {
    let stage = Stage::set().await;
    let anna = stage.desktop("agent0001", "kaffe").await.expect("may log in");
    let mut sound = AgentSoundClient::new(stage.channel().await);
    let mut ear = in_time(sound.open(anna.with_token(pb::OpenRequest {}))).await.expect("may open").into_inner();
    let mut next = async || in_time(ear.message()).await.expect("no fault").expect("goes on").told.expect("a word");
    let Heard::Opened(opened) = next().await else { panic!("opened comes first") };

    let shown = Presentation { caller: Caller::Withheld, title: "Aarhus: Pas".into(), goes_on: false };
    let told = Told::Rings { offer: Bytes::from_static(b"v=0 ours"), shown };
    stage.api.on_page_told(Tells { agent: AgentId::new("agent0001"), leg: LEG, told });
    let Heard::Rings(rings) = next().await else { panic!("it rings") };
    assert_eq!((rings.sdp.as_str(), rings.title.as_str()), ("v=0 ours", "Aarhus: Pas"));

    let answer = |page, sdp: &str| pb::AnswerRequest { page, leg: rings.leg.clone(), sdp: sdp.to_owned() };
    let refused = sound.answer(anna.with_token(answer(opened.page, "nonsense"))).await.expect_err("no session");
    assert_eq!((refused.code(), reason(&refused)), (Code::InvalidArgument, "BAD_SESSION"));
    let refused = sound.answer(anna.with_token(answer(opened.page + 1, "v=0"))).await.expect_err("another page");
    assert_eq!((refused.code(), reason(&refused)), (Code::FailedPrecondition, "PAGE_REPLACED"));
    sound.answer(anna.with_token(answer(opened.page, "v=0 theirs"))).await.expect("passed on");
    let said = stage.books.said.lock().expect("no test panicked").clone();
    let answered = Said::Answer(Bytes::from_static(b"v=0 theirs"));
    assert_eq!(said, [Says { agent: AgentId::new("agent0001"), leg: LEG, said: answered }]);
}

#[tokio::test]
async fn without_a_token_no_page_is_opened() {
    let stage = Stage::set().await;
    let mut sound = AgentSoundClient::new(stage.channel().await);
    let refused = sound.open(pb::OpenRequest {}).await.expect_err("nobody knows who asks");
    assert_eq!((refused.code(), reason(&refused)), (Code::Unauthenticated, "NO_TOKEN"));
}

/// The whole answer to a request by HTTP/1.1, as a browser sends it.
async fn ask(stage: &Stage, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(stage.address).await.expect("the server listens");
    let length = body.len();
    let head = format!("{head}\r\nHost: samkald.example\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(body).await.expect("sent");
    let mut answer = Vec::new();
    in_time(stream.read_to_end(&mut answer)).await.expect("an answer");
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[tokio::test]
async fn a_browsers_page_asks_by_grpc_web_if_the_settings_name_its_origin() {
    let stage = Stage::set().await;
    let may = |origin: &str| {
        format!(
            "OPTIONS /samkald.desk.v1.AgentSound/Open HTTP/1.1\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,content-type,x-grpc-web"
        )
    };
    let answer = ask(&stage, &may("https://desk.example"), b"").await;
    assert!(answer.contains("access-control-allow-origin: https://desk.example"), "{answer}");
    assert!(answer.contains("authorization") && answer.contains("x-grpc-web"), "{answer}");
    let answer = ask(&stage, &may("https://evil.example"), b"").await;
    assert!(!answer.contains("access-control-allow-origin"), "{answer}");

    // What needs no token is nothing for pages of another origin, whoever is named.
    let preflight = may("https://desk.example");
    for other in
        ["operation.v1.Operation/StartTrace", "supervision.v1.Supervision/Supervise", "statistics.v1.Statistics/Watch"]
    {
        let answer = ask(&stage, &preflight.replace("desk.v1.AgentSound/Open", other), b"").await;
        assert!(!answer.contains("access-control-allow-origin"), "{other}: {answer}");
    }

    // Flag, length, and field 2 of LogInRequest.
    let wrong_password = b"\0\0\0\0\x0b\x12\x09agent0001";
    let head = "POST /samkald.desk.v1.AgentDesktop/LogIn HTTP/1.1\r\nOrigin: https://desk.example\r\n\
                X-Grpc-Web: 1\r\nContent-Type: application/grpc-web+proto";
    let answer = ask(&stage, head, wrong_password).await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("samkald-reason: wrong_password") && answer.contains("grpc-status: 16"), "{answer}");
    assert!(answer.contains("access-control-expose-headers"), "a page may read why: {answer}");
}
