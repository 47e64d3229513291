//! The way to a program: a connection, TLS where the address says so, and the WebSocket's handshake.
//! Knows addresses that a plan names; follows no redirection.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, tungstenite};

/// Longest message of a program, in bytes: two seconds of sound. A longer one ends the stream.
pub(super) const MESSAGE_BYTES_MAX: usize = 65_536;

/// Whatever bytes go over.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Why a program can't be talked with.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoWay {
    #[error("the address is none of ws:// and wss://")]
    Address,
    #[error("no connection: {0}")]
    Connection(#[from] io::Error),
    #[error("no WebSocket: {0}")]
    WebSocket(#[from] Box<tungstenite::Error>),
    #[error("TLS can't be used here: {0}")]
    Tls(#[from] rustls::Error),
}

pub(super) async fn dial(url: &str) -> Result<WebSocketStream<Box<dyn Wire>>, NoWay> {
    let request = url.into_client_request().map_err(Box::new)?;
    let (uri, limits) = (request.uri(), WebSocketConfig::default());
    let host = uri.host().ok_or(NoWay::Address)?.trim_matches(['[', ']']).to_owned();
    let is_secure = match uri.scheme_str() {
        Some("wss") => true,
        Some("ws") => false,
        Some(_) | None => return Err(NoWay::Address),
    };
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    stream.set_nodelay(true)?;
    let wire: Box<dyn Wire> = if is_secure {
        let name = ServerName::try_from(host).map_err(|_| NoWay::Address)?;
        Box::new(TlsConnector::from(trust()?).connect(name, stream).await?)
    } else {
        Box::new(stream)
    };
    let limits = limits.max_message_size(Some(MESSAGE_BYTES_MAX)).max_frame_size(Some(MESSAGE_BYTES_MAX));
    let (socket, _) =
        tokio_tungstenite::client_async_with_config(request, wire, Some(limits)).await.map_err(Box::new)?;
    Ok(socket)
}

/// Whom this machine trusts; read once.
fn trust() -> Result<Arc<ClientConfig>, rustls::Error> {
    static TRUST: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(known) = TRUST.get() {
        return Ok(Arc::clone(known));
    }
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if taken == 0 {
        tracing::warn!("this machine trusts no authority: bots behind wss:// can't be reached");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::clone(TRUST.get_or_init(|| Arc::new(config))))
}
