//! Listening for connections, plain and encrypted: who is let in, and how long a handshake may take.
//!
//! A handshake counts as a connection from its first byte on. What an accepted one does is known by `connection`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsStream};

use super::connection::Connection;
use super::connections::{Admitted, Connections, Place, Toward, Who};
use super::gate::Gate;
use super::line::Stream;
use super::tls::{TlsKeys, is_issued_to};
use crate::stack::{Path, Transport};

/// Connections that the kernel keeps for us while we are busy.
const BACKLOG: i32 = 1_024;
/// Wait when no more sockets can be had, so that accepting does not spin.
const NO_SOCKETS_PAUSE: Duration = Duration::from_millis(100);
/// A peer that is silent for so long is asked by the kernel whether it is still there, and then each quarter of it.
const ALIVE_ASKED_AFTER: Duration = Duration::from_secs(60);
/// So often in vain, then the connection is over, and a phone behind it is known to be gone.
const ALIVE_ASKED_TIMES: u32 = 4;

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

/// Answers are small and must not wait for more; a peer that vanished must be missed.
pub(super) fn prepare(stream: &TcpStream) {
    let alive = TcpKeepalive::new().with_time(ALIVE_ASKED_AFTER).with_interval(ALIVE_ASKED_AFTER / 4);
    // A connection serves without these too.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_keepalive(&alive.with_retries(ALIVE_ASKED_TIMES));
}

/// What a listener hands to each connection.
#[derive(Clone)]
pub(super) struct Accepting {
    /// The listener's place in the settings.
    pub(super) listener: u16,
    pub(super) gate: Arc<Gate>,
    pub(super) connections: Arc<Connections>,
    /// Our certificate; none: not encrypted.
    pub(super) keys: Option<Arc<TlsKeys>>,
}

impl Accepting {
    /// Accepts until aborted.
    pub(super) async fn run(self, listener: TcpListener) {
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                tokio::time::sleep(NO_SOCKETS_PAUSE).await;
                continue;
            };
            let transport = if self.keys.is_some() { Transport::Tls } else { Transport::Tcp };
            if let Some(place) = admit(Toward { transport, peer, name: None }, &self.gate, &self.connections) {
                prepare(&stream);
                tokio::spawn(self.clone().greet(stream, peer, place));
            }
        }
    }

    async fn greet(self, stream: TcpStream, peer: SocketAddr, mut place: Place) {
        let path = |transport| Path { transport, listener: self.listener, connection: place.number, peer };
        let Some(keys) = &self.keys else {
            let path = path(Transport::Tcp);
            return Connection::new(Stream::new(stream), path, place, self.gate, false).run().await;
        };
        let path = path(Transport::Tls);
        match self.handshake(stream, keys, &mut place).await {
            Some(stream) => {
                let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
                let trunk = shown.and_then(|shown| self.gate.config.trunk_named(|name| is_issued_to(shown, name)));
                if let Some(trunk) = trunk {
                    self.gate.certified.add(place.number, trunk);
                    self.connections.settle(place.number);
                }
                let line = Stream::new(TlsStream::Server(stream));
                Connection::new(line, path, place, self.gate, trunk.is_some()).run().await;
            }
            None => self.gate.counts.handshakes_failed.one_more(),
        }
    }

    /// Done within the time of a message, or not at all: nor when somebody else needs the place.
    async fn handshake(
        &self,
        stream: TcpStream,
        keys: &TlsKeys,
        place: &mut Place,
    ) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
        let server = keys.server()?;
        self.connections.begin_handshake(place.number);
        let shaken = timeout(self.gate.config.tcp.message_max, TlsAcceptor::from(server).accept(stream));
        let stream = tokio::select! {
            shaken = shaken => shaken.ok()?.ok()?,
            // Nobody knows this connection yet, so nothing is put into its outbox: it can only be closed.
            _ = place.inbox.recv() => return None,
        };
        self.connections.end_handshake(place.number);
        Some(stream)
    }
}

/// A place for who came to us; none for who is banned, or for whom there is no room.
pub(super) fn admit(toward: Toward, gate: &Gate, connections: &Arc<Connections>) -> Option<Place> {
    if gate.bans(toward.peer) {
        return None;
    }
    let who = if gate.config.trunk_of(toward.peer).is_none() { Who::Stranger } else { Who::Known };
    let Some(Admitted { place, displaced }) = connections.admit(toward, who) else {
        gate.counts.connections_refused.one_more();
        return None;
    };
    gate.counts.connections.one_more();
    if displaced {
        gate.counts.connections_displaced.one_more();
    }
    Some(place)
}
