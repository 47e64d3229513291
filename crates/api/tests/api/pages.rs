//! What an operator, and a client that only has reflection, find on the same port.
//! Knows HTTP and the reflection service; no message of ours is compiled in for the latter.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::{v1, v1alpha};

use crate::stage::{Stage, in_time};

const SERVICES: [&str; 3] =
    ["samkald.desk.v1.AgentDesktop", "samkald.supervision.v1.Supervision", "samkald.statistics.v1.Statistics"];

async fn get(stage: &Stage, path: &str) -> String {
    let mut stream = TcpStream::connect(stage.address).await.expect("the server listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    in_time(stream.read_to_string(&mut answer)).await.expect("an answer");
    answer
}

#[tokio::test]
async fn operators_pages_are_on_the_same_port() {
    let stage = Stage::set().await;
    assert!(get(&stage, "/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(get(&stage, "/metrics").await.contains("samkald_calls_total 0"));
    assert!(get(&stage, "/debug/leaks").await.ends_with(r#"{"calls":1,"dialogs":2,"claimed_seats":1,"rtp_ports":4}"#));
    assert!(get(&stage, "/readyz").await.starts_with("HTTP/1.1 200"));
    *stage.books.unready.lock().expect("no test panicked") = true;
    let unready = get(&stage, "/readyz").await;
    assert!(unready.starts_with("HTTP/1.1 503") && unready.contains(r#""name":"spool","holds":false"#), "{unready}");
    assert!(get(&stage, "/nothing-here").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn reflection_lists_the_services_and_gives_their_files() {
    let stage = Stage::set().await;
    let mut client = ServerReflectionClient::new(stage.channel().await);
    let ask =
        |message_request| v1::ServerReflectionRequest { host: String::new(), message_request: Some(message_request) };
    let requests = [
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol(SERVICES[0].to_owned())),
        ask(MessageRequest::FileByFilename("samkald/facts/v1/facts.proto".to_owned())),
    ];
    let answers = client.server_reflection_info(tokio_stream::iter(requests)).await.expect("open");
    let mut answers = answers.into_inner();
    let mut next = async || in_time(answers.message()).await.expect("no fault").expect("more").message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = next().await else { panic!("a list") };
    let names: BTreeSet<_> = list.service.into_iter().map(|service| service.name).collect();
    assert!(SERVICES.iter().all(|service| names.contains(*service)), "{names:?}");
    assert!(names.contains("grpc.health.v1.Health"));
    for _ in 0..2 {
        assert!(matches!(next().await, Some(MessageResponse::FileDescriptorResponse(_))));
    }
}

#[tokio::test]
async fn older_clients_find_reflection_under_its_older_name() {
    let stage = Stage::set().await;
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(stage.channel().await);
    let list = v1alpha::server_reflection_request::MessageRequest::ListServices(String::new());
    let request = v1alpha::ServerReflectionRequest { host: String::new(), message_request: Some(list) };
    let answers = client.server_reflection_info(tokio_stream::iter([request])).await.expect("open");
    let answer = in_time(answers.into_inner().message()).await.expect("no fault").expect("one");
    assert!(format!("{answer:?}").contains(SERVICES[0]));
}

#[tokio::test]
async fn health_follows_readiness() {
    let stage = Stage::set().await;
    let mut client = HealthClient::new(stage.channel().await);
    let request = HealthCheckRequest { service: SERVICES[0].to_owned() };
    let mut stream = client.watch(request).await.expect("open").into_inner();
    let mut wait_for = async |wanted: &str| {
        while in_time(stream.message()).await.expect("no fault").expect("more").status().as_str_name() != wanted {}
    };
    wait_for("SERVING").await;
    *stage.books.unready.lock().expect("no test panicked") = true;
    wait_for("NOT_SERVING").await;
}
