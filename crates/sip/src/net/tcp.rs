//! Connections: one task each, which reads, writes, and closes when the peer is silent, slow or not to be trusted.
//! Knows bytes and their peer; where a message ends is known by `framing`, what becomes of it by `gate`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep_until, timeout};

use super::connections::{Connections, Place};
use super::framing::{Frame, Framing};
use super::gate::Gate;
use crate::message::{Writer, parse_framed};
use crate::stack::{Path, Transport};

/// Connections that the kernel keeps for us while we are busy.
const BACKLOG: i32 = 1_024;
/// Bytes asked of the kernel at once.
const READ_BYTES: usize = 4 * 1024;
/// Wait when no more sockets can be had, so that accepting does not spin.
const NO_SOCKETS_PAUSE: Duration = Duration::from_millis(100);
/// The answer to a ping (RFC 5626 §4.4.1).
const PONG: &[u8] = b"\r\n";

/// Binds a listener.
pub(super) fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Accepts until aborted.
pub(super) async fn accept(listener: TcpListener, place: u16, gate: Arc<Gate>, connections: Arc<Connections>) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(NO_SOCKETS_PAUSE).await;
            continue;
        };
        let stranger = gate.config.trunk_of(peer).is_none();
        let Some(admitted) = connections.admit(peer, stranger) else {
            gate.counts.connections_refused.one_more();
            continue;
        };
        gate.counts.connections.one_more();
        tokio::spawn(Connection::new(stream, place, peer, admitted, gate.clone(), false).run());
    }
}

/// Connects to somebody, from the listener's address, and then lives as any other connection.
pub(super) async fn connect(
    from: SocketAddr,
    listener: u16,
    to: SocketAddr,
    mut admitted: Place,
    gate: Arc<Gate>,
    within: Duration,
) {
    let Ok(Ok(stream)) = timeout(within, open(from, to)).await else {
        admitted.unwritten().for_each(|bytes| gate.lost(bytes));
        return;
    };
    gate.counts.connections.one_more();
    Connection::new(stream, listener, to, admitted, gate, true).run().await;
}

async fn open(from: SocketAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if !from.ip().is_unspecified() && from.is_ipv4() == to.is_ipv4() {
        socket.bind(SocketAddr::new(from.ip(), 0))?;
    }
    socket.connect(to).await
}

struct Connection {
    stream: TcpStream,
    path: Path,
    admitted: Place,
    gate: Arc<Gate>,
    framing: Framing,
    writer: Writer,
    /// Whether a whole message has come; we trust whom we called.
    known: bool,
    /// When the last whole message or the first byte of an unfinished one came.
    since: Instant,
}

impl Connection {
    fn new(stream: TcpStream, listener: u16, peer: SocketAddr, admitted: Place, gate: Arc<Gate>, known: bool) -> Self {
        // Answers are small and must not wait for more.
        let _ = stream.set_nodelay(true);
        let path = Path { transport: Transport::Tcp, listener, connection: admitted.number, peer };
        let (framing, writer) = (Framing::default(), Writer::default());
        Self { stream, path, admitted, gate, framing, writer, known, since: Instant::now() }
    }

    async fn run(mut self) {
        self.live().await;
        self.admitted.unwritten().for_each(|bytes| self.gate.lost(bytes));
    }

    /// Until the peer closes, is silent or slow, or can't be trusted.
    async fn live(&mut self) {
        let limits = self.gate.config.tcp;
        loop {
            let patience = if self.known && !self.framing.is_midway() { limits.idle_max } else { limits.message_max };
            let goes_on = tokio::select! {
                readable = self.stream.readable() => readable.is_ok() && self.read().await,
                bytes = self.admitted.inbox.recv() => match bytes {
                    Some(bytes) => self.write(&bytes).await || self.lose(bytes),
                    None => false,
                },
                () = sleep_until(self.since + patience) => false,
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Reads what is there and takes all whole messages; `false` when the connection is to be closed.
    async fn read(&mut self) -> bool {
        let begun = self.framing.is_midway();
        let buffer = self.framing.buffer();
        buffer.reserve(READ_BYTES);
        match self.stream.try_read_buf(buffer) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
        if !begun && self.known {
            self.since = Instant::now();
        }
        loop {
            let goes_on = match self.framing.next() {
                Frame::Message(message) => self.take(message).await,
                Frame::Ping => self.write(PONG).await,
                Frame::More => return true,
                Frame::Broken(head) => {
                    if let Some(head) = head
                        && let Some(answer) = self.gate.refuse_broken(parse_framed(head), self.path, &mut self.writer)
                    {
                        self.write(&answer.bytes).await;
                    }
                    false
                }
            };
            if !goes_on {
                return false;
            }
        }
    }

    async fn take(&mut self, message: Bytes) -> bool {
        self.known = true;
        self.since = Instant::now();
        let read = parse_framed(message);
        let trusted = !read.as_ref().is_err_and(|error| error.fault.is_of_the_frame());
        let answer = self.gate.take(read, self.path, &mut self.writer);
        let written = match answer {
            Some(answer) => self.write(&answer.bytes).await,
            None => true,
        };
        trusted && written
    }

    /// A peer that does not take our bytes within the time of a message is let go.
    async fn write(&mut self, bytes: &[u8]) -> bool {
        let written = timeout(self.gate.config.tcp.message_max, self.stream.write_all(bytes)).await;
        let written = matches!(written, Ok(Ok(())));
        if written {
            self.gate.counts.sent.one_more();
        }
        written
    }

    /// Always false: the connection is over.
    fn lose(&self, bytes: Bytes) -> bool {
        self.gate.lost(bytes);
        false
    }
}
