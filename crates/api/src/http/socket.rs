//! WebSockets: a request that becomes a stream of frames, and is handed to whoever wants it (RFC 6455 §4.2).
//!
//! Checks what HTTP must: version, key, subprotocol, and which pages may ask. What the frames say is not known here.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The version of RFC 6455.
const VERSION: &str = "13";
/// A key is 16 bytes in base64.
const KEY_CHARS: usize = 24;

/// A stream that was an HTTP connection.
pub trait Upgraded: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Upgraded for S {}

/// Whoever speaks by WebSocket.
pub trait SocketDoor: Send + Sync + 'static {
    /// Takes a connection over, server's side, after the answer was written. Must not wait.
    fn take(&self, peer: SocketAddr, stream: Box<dyn Upgraded>);
}

/// One path at which WebSockets are taken.
#[derive(Clone)]
pub struct SocketRoute {
    /// The path.
    pub path: &'static str,
    /// The subprotocol that a client must offer.
    pub protocol: &'static str,
    /// Pages that may ask, as their browsers name them (`https://desk.example`); `*`: any. A page of this very host always may,
    /// and so may who is no browser and names no page.
    pub origins: Arc<[String]>,
    /// Who takes them.
    pub door: Arc<dyn SocketDoor>,
}

/// The peer of a connection, put beside each of its requests by the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The route, to be merged into the port's router.
pub fn sockets(route: SocketRoute) -> Router {
    Router::new().route(route.path, get(upgrade)).with_state(route)
}

async fn upgrade(State(route): State<SocketRoute>, mut request: Request) -> Response {
    let accept = match check(&route, request.headers()) {
        Ok(key) => derive_accept_key(key.as_bytes()),
        Err(refusal) => return refusal.into_response(),
    };
    let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the peer is not known\n").into_response();
    };
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        // A peer that has gone meanwhile is nobody's loss.
        if let Ok(upgraded) = upgraded.await {
            route.door.take(peer, Box::new(TokioIo::new(upgraded)));
        }
    });
    let headers = [
        (header::UPGRADE, "websocket"),
        (header::CONNECTION, "Upgrade"),
        (header::SEC_WEBSOCKET_ACCEPT, accept.as_str()),
        (header::SEC_WEBSOCKET_PROTOCOL, route.protocol),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// Why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refusal {
    NoSocket,
    Version,
    Protocol,
    Origin,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let version = [(header::SEC_WEBSOCKET_VERSION, VERSION)];
        match self {
            Self::NoSocket => (StatusCode::BAD_REQUEST, "only WebSockets are taken here\n").into_response(),
            Self::Version => (StatusCode::UPGRADE_REQUIRED, version, "WebSocket version 13 only\n").into_response(),
            Self::Protocol => (StatusCode::BAD_REQUEST, "the subprotocol is not spoken here\n").into_response(),
            Self::Origin => (StatusCode::FORBIDDEN, "pages of that origin may not ask here\n").into_response(),
        }
    }
}

/// The client's key, if everything is right.
fn check<'h>(route: &SocketRoute, headers: &'h HeaderMap) -> Result<&'h str, Refusal> {
    let lists = |name, wanted: &str| list(headers, name).any(|token| token.eq_ignore_ascii_case(wanted));
    if !lists(header::UPGRADE, "websocket") || !lists(header::CONNECTION, "upgrade") {
        return Err(Refusal::NoSocket);
    }
    if text(headers, header::SEC_WEBSOCKET_VERSION) != Some(VERSION) {
        return Err(Refusal::Version);
    }
    let key = text(headers, header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == KEY_CHARS);
    let key = key.ok_or(Refusal::NoSocket)?;
    if !list(headers, header::SEC_WEBSOCKET_PROTOCOL).any(|protocol| protocol == route.protocol) {
        return Err(Refusal::Protocol);
    }
    if may_ask(&route.origins, headers) { Ok(key) } else { Err(Refusal::Origin) }
}

/// Browsers say whose page asks (RFC 6455 §10.2); others say nothing, and have to prove themselves in any case.
fn may_ask(origins: &[String], headers: &HeaderMap) -> bool {
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let Some(origin) = text(headers, header::ORIGIN) else { return false };
    let own = origin.split_once("://").is_some_and(|(_, host)| text(headers, header::HOST) == Some(host));
    own || origins.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;
    impl SocketDoor for Nobody {
        fn take(&self, _: SocketAddr, _: Box<dyn Upgraded>) {}
    }

    fn asked(changed: &[(&'static str, &'static str)], origins: &[&str]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        let usual = [
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", "chat, sip"),
            ("host", "samkald.example:15080"),
        ];
        for (name, value) in usual.iter().chain(changed) {
            headers.insert(*name, value.parse().expect("a value"));
        }
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let route = SocketRoute { path: "/sip", protocol: "sip", origins, door: Arc::new(Nobody) };
        check(&route, &headers).map(drop)
    }

    #[test]
    fn what_is_no_websocket_for_sip_is_refused_with_a_reason() {
        assert_eq!(asked(&[], &[]), Ok(()));
        assert_eq!(asked(&[("upgrade", "h2c")], &[]), Err(Refusal::NoSocket));
        assert_eq!(asked(&[("connection", "close")], &[]), Err(Refusal::NoSocket));
        assert_eq!(asked(&[("sec-websocket-version", "8")], &[]), Err(Refusal::Version));
        assert_eq!(asked(&[("sec-websocket-key", "short")], &[]), Err(Refusal::NoSocket));
        assert_eq!(asked(&[("sec-websocket-protocol", "chat, sips")], &[]), Err(Refusal::Protocol));
    }

    #[test]
    fn a_foreign_page_may_ask_only_if_the_settings_name_it() {
        let from = |origin, allowed: &[&str]| asked(&[("origin", origin)], allowed);
        assert_eq!(from("https://evil.example", &[]), Err(Refusal::Origin));
        assert_eq!(from("https://evil.example", &["https://desk.example"]), Err(Refusal::Origin));
        assert_eq!(from("null", &["https://desk.example"]), Err(Refusal::Origin));
        assert_eq!(from("https://desk.example", &["https://desk.example"]), Ok(()));
        assert_eq!(from("http://samkald.example:15080", &[]), Ok(()));
        assert_eq!(from("https://evil.example", &["*"]), Ok(()));
    }
}
