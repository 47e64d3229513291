//! SIP in the frames of a WebSocket (RFC 7118): one message a frame, text or binary.
//!
//! The handshake was made by whoever serves the HTTP port. Knows frames; what a message says is read elsewhere.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message as Frame, Utf8Bytes};

use super::connection::Connection;
use super::connections::Toward;
use super::line::{Bye, Heard, Line};
use super::sip_net::SipNet;
use super::tcp::admit;
use crate::message::limits::{DATAGRAM_BYTES_MAX, MESSAGE_BYTES_MAX};
use crate::stack::{Path, Transport};

/// A silent peer is pinged after so long (RFC 7118 §6): below the minute after which translations of addresses forget.
const PING_AFTER: Duration = Duration::from_secs(30);
/// Bytes read at once.
const READ_BYTES: usize = 4 * 1024;
/// Bytes that may wait for the socket, the frame being written included.
const WRITE_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;
/// A keep-alive of SIP inside a frame, as some libraries send it, and its answer (RFC 5626 §4.4.1).
const PING: &[u8] = b"\r\n\r\n";
const PONG: &str = "\r\n";

impl SipNet {
    /// A WebSocket on the HTTP port, whose handshake is done. Lives as any other connection, by the same limits; `listener` is
    /// the place of the HTTP port's entry in [`super::NetConfig::listen`]. Closed at once where there is no room.
    pub fn take_socket<S>(&self, listener: u16, peer: SocketAddr, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Some(transport) = self.socket_transport(listener) else { return };
        let (gate, connections) = self.gate_and_connections();
        let Some(place) = admit(Toward { transport, peer, name: None }, &gate, &connections) else { return };
        let path = Path { transport, listener, connection: place.number, peer };
        self.streams().spawn(async move {
            Connection::new(Web::new(stream).await, path, place, gate, false).run().await;
        });
    }

    /// How a listener of WebSockets is spoken to; none for any other.
    fn socket_transport(&self, listener: u16) -> Option<Transport> {
        let transport = self.transport_of(listener)?;
        matches!(transport, Transport::Ws | Transport::Wss).then_some(transport)
    }
}

/// A WebSocket, server's side.
pub(super) struct Web<S> {
    socket: WebSocketStream<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Web<S> {
    pub(super) async fn new(stream: S) -> Self {
        let bounds = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BYTES_MAX)
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        Self { socket: WebSocketStream::from_raw_socket(stream, Role::Server, Some(bounds)).await }
    }

    async fn write(&mut self, frame: Frame) -> io::Result<()> {
        self.socket.send(frame).await.map_err(io::Error::other)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Line for Web<S> {
    const ASKED_AFTER: Option<Duration> = Some(PING_AFTER);

    async fn hear(&mut self) -> Heard {
        match self.socket.next().await {
            Some(Ok(Frame::Text(text))) => content(&Bytes::from(text)),
            Some(Ok(Frame::Binary(bytes))) => content(&bytes),
            // Pings are answered by the library, when it reads on.
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => Heard::Sign,
            Some(Err(Error::Capacity(_) | Error::Protocol(_) | Error::Utf8(_))) => Heard::Broken(None),
            Some(Ok(Frame::Close(_)) | Err(_)) | None => Heard::Gone,
        }
    }

    /// Whoever is in the middle of a frame can't answer a ping: the pings find who is slow.
    fn is_midway(&self) -> bool {
        false
    }

    async fn say(&mut self, bytes: &Bytes) -> io::Result<()> {
        let frame = match Utf8Bytes::try_from(bytes.clone()) {
            Ok(text) => Frame::Text(text),
            Err(_) => Frame::Binary(bytes.clone()),
        };
        self.write(frame).await
    }

    async fn pong(&mut self) -> io::Result<()> {
        self.write(Frame::text(PONG)).await
    }

    async fn ping(&mut self) -> io::Result<()> {
        self.write(Frame::Ping(Bytes::new())).await
    }

    async fn close(&mut self, why: Bye) {
        let code = match why {
            Bye::Away => CloseCode::Away,
            Bye::Protocol => CloseCode::Protocol,
        };
        let goodbye = CloseFrame { code, reason: Utf8Bytes::default() };
        // Whether the peer hears it is the peer's concern: the socket is closed in any case.
        let _ = self.socket.close(Some(goodbye)).await;
    }
}

/// A frame's content: one message, or a keep-alive. The bounds of streams hold here too.
fn content(bytes: &Bytes) -> Heard {
    if bytes.as_ref() == PING {
        return Heard::Ping;
    }
    if !bytes.is_empty() && bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        return Heard::Sign;
    }
    match memchr::memmem::find(bytes, PING) {
        // Copied, so that a message that is kept does not keep the whole buffer.
        Some(head) if head <= DATAGRAM_BYTES_MAX => Heard::Message(Bytes::copy_from_slice(bytes)),
        Some(_) | None => Heard::Broken(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_message_a_keep_alive_or_the_end() {
        let heard = |text: &str| content(&Bytes::copy_from_slice(text.as_bytes()));
        assert!(matches!(heard("\r\n\r\n"), Heard::Ping));
        assert!(matches!(heard("\r\n"), Heard::Sign));
        assert!(matches!(heard("OPTIONS sip:h SIP/2.0\r\n\r\n"), Heard::Message(_)));
        let long = format!("OPTIONS sip:h SIP/2.0\r\nX: {}\r\n\r\n", "x".repeat(DATAGRAM_BYTES_MAX));
        for broken in ["", "hello", "OPTIONS sip:h SIP/2.0\r\n", &long] {
            assert!(matches!(heard(broken), Heard::Broken(None)));
        }
    }
}
