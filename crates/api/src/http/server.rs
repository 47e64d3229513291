//! Serves one port: HTTP/1.1 for pages and WebSockets, HTTP/2 for gRPC, told apart by the first bytes, or by ALPN where it
//! is encrypted.
//!
//! Knows connections and their limits, not what is asked for.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower::ServiceExt as _;

use super::places::{Place, Places};
use super::socket::Peer;

/// Streams of one HTTP/2 connection at once; one more waits at the client (SETTINGS_MAX_CONCURRENT_STREAMS).
const STREAMS_MAX: u32 = 256;
/// Bytes of a request's head; a longer one is refused (431).
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Headers of an HTTP/1.1 request; more are refused (431).
const HEADERS_MAX: usize = 64;
/// How long a client may take for the first bytes of a connection, and for the head of a request.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// An HTTP/2 connection is pinged this often, and closed when it doesn't answer for as long.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long open requests may take when the node stops.
const FAREWELL_MAX: Duration = Duration::from_secs(5);
/// HTTP/2, as ALPN names it (RFC 9113 §3.2).
const HTTP2: &[u8] = b"h2";
/// What an HTTP/2 connection begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The port can't be served any longer.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP port takes no connections: {0}")]
pub struct ServeFault(#[from] io::Error);

/// Where the keys of https are: asked for each connection, so that renewed certificates are used at once.
pub type Encryption = Arc<dyn Fn() -> Option<Arc<ServerConfig>> + Send + Sync>;

/// Serves until `until` is done; then lets open requests finish for at most five seconds. With an encryption, nothing is
/// served in clear text.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    encryption: Option<Encryption>,
    until: impl Future<Output = ()>,
) -> Result<(), ServeFault> {
    let places = Places::new();
    let (ends, ended) = watch::channel(());
    tokio::pin!(until);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut until => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(fault) if is_passing(&fault) => {
                sleep(Duration::from_millis(50)).await;
                continue;
            }
            Err(fault) => return Err(fault.into()),
        };
        let Some((place, leave)) = places.take(peer.ip()) else {
            metrics::counter!("samkald_http_connections_refused_total").increment(1);
            continue;
        };
        let served = Served { router: router.clone(), peer, place: Arc::new(place), ended: ended.clone() };
        let encryption = encryption.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = served.begin(stream, encryption) => {}
                _ = leave => {}
            }
        });
    }
    drop((listener, ended));
    ends.send_replace(());
    // Who is still not done after that is cut off.
    drop(timeout(FAREWELL_MAX, ends.closed()).await);
    Ok(())
}

/// What one connection is served with.
struct Served {
    router: Router,
    peer: SocketAddr,
    place: Arc<Place>,
    /// Changes when the server ends, and waits until it is dropped.
    ended: watch::Receiver<()>,
}

impl Served {
    async fn begin(self, stream: TcpStream, encryption: Option<Encryption>) {
        // Nagle's delay would hold back small messages of streams.
        drop(stream.set_nodelay(true));
        // A peer that has gone without a word: HTTP/1.1 has no ping of its own.
        drop(SockRef::from(&stream).set_tcp_user_timeout(Some(PING_EVERY)));
        let Some(encryption) = encryption else {
            if let Some(http2) = speaks_http2(&stream).await {
                self.go_on(stream, http2).await;
            }
            return;
        };
        let Some(keys) = encryption() else { return };
        if let Ok(Ok(stream)) = timeout(HEAD_TIME_MAX, TlsAcceptor::from(keys).accept(stream)).await {
            let http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP2);
            self.go_on(stream, http2).await;
        }
    }

    async fn go_on<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(self, stream: S, http2: bool) {
        let Self { router, peer, place, mut ended } = self;
        let service = router.map_request(move |request: hyper::Request<Incoming>| {
            place.asked();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let builder = builder(http2);
        let mut connection =
            pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service)));
        tokio::select! {
            // A connection that breaks is its client's concern; the next one is served all the same.
            _ = connection.as_mut() => return,
            _ = ended.changed() => {}
        }
        connection.as_mut().graceful_shutdown();
        drop(connection.await);
    }
}

/// Looks at the first bytes without taking them: `true` for HTTP/2, none for a client that is silent for too long.
async fn speaks_http2(stream: &TcpStream) -> Option<bool> {
    let (mut seen, until) = ([0; PREFACE.len()], Instant::now() + HEAD_TIME_MAX);
    loop {
        let length = tokio::time::timeout_at(until, stream.peek(&mut seen)).await.ok()?.ok()?;
        if length == 0 {
            return None;
        }
        if seen[..length] != PREFACE[..length] {
            return Some(false);
        }
        if length == PREFACE.len() {
            return Some(true);
        }
        if Instant::now() >= until {
            return None;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

fn builder(http2: bool) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME_MAX).max_headers(HEADERS_MAX);
    builder.http1().max_buf_size(HEAD_BYTES_MAX).half_close(false);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX);
    builder.http2().max_header_list_size(HEAD_BYTES_MAX as u32);
    builder.http2().keep_alive_interval(PING_EVERY).keep_alive_timeout(PING_EVERY);
    if http2 { builder.http2_only() } else { builder.http1_only() }
}

/// Faults of one connection or of a moment, after which the next accept may succeed.
fn is_passing(fault: &io::Error) -> bool {
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    let of_one = matches!(
        fault.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    );
    of_one || matches!(fault.raw_os_error(), Some(EMFILE | ENFILE))
}
