//! Which pages may ask by gRPC-web: browsers ask us before they let a page of another origin (CORS).
//! Knows origins and headers; who may do what is proved by the token.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::refusal::{DANISH_KEY, ENGLISH_KEY, REASON_KEY};

/// How long a browser may remember our answer.
const REMEMBER: Duration = Duration::from_secs(3_600);

/// The layer that answers browsers. A page of this very host needs none of it.
pub(crate) fn may_ask_from(origins: &[String]) -> CorsLayer {
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    let names = |names: &[&'static str]| names.iter().map(|name| HeaderName::from_static(name)).collect::<Vec<_>>();
    let asked = [header::AUTHORIZATION, header::CONTENT_TYPE].into_iter();
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(asked.chain(names(&["x-grpc-web", "x-user-agent", "grpc-timeout"])).collect::<Vec<_>>())
        .expose_headers(names(&["grpc-status", "grpc-message", REASON_KEY, DANISH_KEY, ENGLISH_KEY]))
        .max_age(REMEMBER)
}
