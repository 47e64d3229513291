//! What operators ask of the SIP edge, and what they are told.
//! The edge is scripted; texts, bounds and refusals are real.

use api::proto::operation as pb;
use api::proto::operation::operation_client::OperationClient;
use api::proto::operation::start_trace_request::About;
use api::proto::operation::watch_trace_response::Told;
use api::{REASON_KEY, TraceAbout};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::stage::Stage;

fn wish(about: About) -> pb::StartTraceRequest {
    pb::StartTraceRequest { about: Some(about), for_s: 60, ..pb::StartTraceRequest::default() }
}

fn refused<T>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.err().expect("a refusal");
    let reason = status.metadata().get(REASON_KEY).and_then(|reason| reason.to_str().ok()).unwrap_or("").to_owned();
    (status.code(), reason)
}

async fn operator(stage: &Stage) -> OperationClient<Channel> {
    OperationClient::new(stage.channel().await)
}

#[tokio::test]
async fn an_operator_traces_a_number_and_is_told_each_message_and_the_end() {
    let stage = Stage::set().await;
    let mut client = operator(&stage).await;
    let begun =
        client.start_trace(wish(About::Number("+45 20 12 34 56".to_owned()))).await.expect("begun").into_inner();
    assert_eq!((begun.trace_id, begun.until_unix_ms), (1, 60_000));
    let request = pb::WatchTraceRequest { trace_id: 1 };
    let mut stream = client.watch_trace(request).await.expect("a stream").into_inner();
    let mut told = Vec::new();
    while let Some(one) = stream.message().await.expect("no fault") {
        told.push(match one.told.expect("something") {
            Told::Message(message) => format!("{} {} {}", message.leg, message.trunk, message.from),
            Told::End(end) => format!("{} {}", end.why, end.beyond),
        });
    }
    assert_eq!(told, ["1 operator 192.0.2.7:5060", "2 operator 192.0.2.7:5060", "time_over 3"]);
    let listed = client.list_traces(pb::ListTracesRequest {}).await.expect("a list").into_inner().traces;
    assert_eq!((listed[0].about.as_str(), listed[0].unmasked), ("number", false), "the list names no number");
    let asked = stage.edge.asked.lock().expect("whole")[0].clone();
    assert!(matches!(asked.about, TraceAbout::Number(number) if number.as_str() == "20123456"));
}

#[tokio::test]
async fn nothing_is_shown_unmasked_without_a_reason_that_says_something() {
    let stage = Stage::set().await;
    let mut client = operator(&stage).await;
    let call = About::CallId("0001a1ee565e00020000000000000029".to_owned());
    for reason in ["kort", &"x".repeat(201), "with a\nline break"] {
        let wish = pb::StartTraceRequest { unmasked_reason: reason.to_owned(), ..wish(call.clone()) };
        assert_eq!(
            refused(client.start_trace(wish).await),
            (Code::InvalidArgument, "BAD_REASON".to_owned()),
            "{reason}"
        );
    }
    let why = "case 4711: wrong caller id".to_owned();
    let wish = pb::StartTraceRequest { unmasked_reason: why.clone(), operator: "bo\n".to_owned(), ..wish(call) };
    client.start_trace(wish).await.expect("begun");
    let unmasked = stage.edge.asked.lock().expect("whole")[0].unmasked.clone().expect("unmasked");
    assert_eq!((unmasked.reason, unmasked.operator), (why, "bo".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_traced_is_refused_with_a_name_for_programs() {
    let stage = Stage::set().await;
    let mut client = operator(&stage).await;
    let nothing = pb::StartTraceRequest { for_s: 60, ..pb::StartTraceRequest::default() };
    assert_eq!(refused(client.start_trace(nothing).await), (Code::InvalidArgument, "BAD_TRACE".to_owned()));
    let letters = wish(About::Number("anna".to_owned()));
    assert_eq!(refused(client.start_trace(letters).await), (Code::InvalidArgument, "BAD_TRACE".to_owned()));
    let short = wish(About::CallId("42".to_owned()));
    assert_eq!(refused(client.start_trace(short).await), (Code::NotFound, "UNKNOWN_CALL".to_owned()));
    for _ in 0..2 {
        client.start_trace(wish(About::AgentId("agent0001".to_owned()))).await.expect("begun");
    }
    let third = client.start_trace(wish(About::AgentId("agent0001".to_owned()))).await;
    assert_eq!(refused(third), (Code::ResourceExhausted, "TOO_MANY_TRACES".to_owned()));
    let unknown = client.watch_trace(pb::WatchTraceRequest { trace_id: 9 }).await;
    assert_eq!(refused(unknown), (Code::NotFound, "UNKNOWN_TRACE".to_owned()));
    let unknown = client.stop_trace(pb::StopTraceRequest { trace_id: 9 }).await;
    assert_eq!(refused(unknown), (Code::NotFound, "UNKNOWN_TRACE".to_owned()));
    client.stop_trace(pb::StopTraceRequest { trace_id: 1 }).await.expect("stopped");
}

#[tokio::test]
async fn a_reader_that_was_too_slow_is_told_so() {
    let stage = Stage::set().await;
    *stage.edge.cut_off.lock().expect("whole") = true;
    let mut client = operator(&stage).await;
    let mut stream = client.watch_trace(pb::WatchTraceRequest { trace_id: 1 }).await.expect("a stream").into_inner();
    for _ in 0..2 {
        assert!(stream.message().await.expect("a message").is_some());
    }
    assert_eq!(refused(stream.message().await), (Code::ResourceExhausted, "TOO_SLOW".to_owned()));
}

#[tokio::test]
async fn bans_phones_trunks_and_connections_are_shown_and_a_ban_is_released_once() {
    let stage = Stage::set().await;
    let mut client = operator(&stage).await;
    let bans = client.list_bans(pb::ListBansRequest {}).await.expect("a list").into_inner().bans;
    assert_eq!((bans[0].source.as_str(), bans[0].reason.as_str(), bans[0].times), ("192.0.2.9", "failed_proofs", 2));
    let release = |source: &str| pb::ReleaseBanRequest { source: source.to_owned() };
    client.release_ban(release(" 192.0.2.9 ")).await.expect("released");
    assert_eq!(refused(client.release_ban(release("192.0.2.1")).await).1, "UNKNOWN_BAN");
    assert_eq!(refused(client.release_ban(release("anna")).await).1, "BAD_SOURCE");
    let phones = client.list_registrations(pb::ListRegistrationsRequest {}).await.expect("a list").into_inner();
    assert_eq!(phones.registrations[0].agent_id, "agent0001");
    let trunks = client.list_trunks(pb::ListTrunksRequest {}).await.expect("a list").into_inner().trunks;
    let states: Vec<&str> = trunks.iter().map(|trunk| trunk.state.as_str()).collect();
    assert_eq!((states.as_slice(), trunks[0].channels_in_max), (&["up", "down", "not_probed"][..], 0));
    let open = client.list_connections(pb::ListConnectionsRequest {}).await.expect("a list").into_inner();
    assert_eq!(open.connections[0].open, 4);
}
