//! Pages for operators and their tools: `/metrics`, `/healthz`, `/readyz`, `/debug/leaks`.
//!
//! Only what the node says of itself; no citizen is in it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use tokio::time::timeout;

use crate::doors::{Condition, House};

/// How long a request may take until its answer begins.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(20);

/// The pages.
pub(crate) fn pages(house: Arc<dyn House>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/debug/leaks", get(leaks))
        .with_state(house)
}

/// Whatever nobody serves: UNIMPLEMENTED for gRPC, 404 for anyone else.
pub(crate) async fn nothing_here(request: Request) -> Response {
    if is_grpc(&request) {
        return tonic::Status::unimplemented("there is no such service here").into_http();
    }
    (StatusCode::NOT_FOUND, "nothing here\n").into_response()
}

/// Gives up a request whose answer has not begun in time: a client that sends half a message holds nothing for ever.
/// Streams are not bounded by it: theirs begin at once.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let grpc = is_grpc(&request);
    match timeout(REQUEST_TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) if grpc => tonic::Status::deadline_exceeded("the request took too long").into_http(),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response(),
    }
}

fn is_grpc(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/grpc"))
}

#[derive(serde::Serialize)]
struct Readiness {
    ready: bool,
    conditions: Vec<Condition>,
}

async fn metrics(State(house): State<Arc<dyn House>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], house.metrics()).into_response()
}

async fn readyz(State(house): State<Arc<dyn House>>) -> Response {
    let conditions = house.conditions();
    let ready = conditions.iter().all(|condition| condition.holds);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, conditions })).into_response()
}

async fn leaks(State(house): State<Arc<dyn House>>) -> Response {
    Json(house.leaks()).into_response()
}
