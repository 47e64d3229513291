//! Connections that we make, to trunks and to phones that can be connected to.
//!
//! Each is its own task with a bounded time: who can't be reached keeps nobody else waiting.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsConnector, TlsStream};

use super::connection::Connection;
use super::connections::{Place, Toward};
use super::gate::Gate;
use super::line::Stream;
use super::sip_net::SipNet;
use super::tcp::prepare;
use super::tls::{TlsKeys, server_name};
use crate::stack::{Path, Target, Transport};

/// A connection to be made.
pub(super) struct Dial {
    /// The address of the listener that it is made from.
    pub(super) from: SocketAddr,
    pub(super) listener: u16,
    pub(super) toward: Toward,
    pub(super) place: Place,
    pub(super) gate: Arc<Gate>,
    pub(super) keys: Option<Arc<TlsKeys>>,
    /// Where to go if it can't be reached; none: nowhere.
    pub(super) next: Option<Next>,
}

/// Other addresses of the same name.
pub(super) struct Next {
    pub(super) net: SipNet,
    pub(super) target: Target,
    pub(super) others: Box<[SocketAddr]>,
}

impl Dial {
    /// Connects, and then lives as any other connection. What waits in the outbox is told as lost if it can't be.
    pub(super) async fn run(self) {
        let within = self.gate.config.tcp.connect_max;
        let Toward { transport, peer, .. } = self.toward;
        let path = Path { transport, listener: self.listener, connection: self.place.number, peer };
        let Ok(Some(stream)) = timeout(within, self.open()).await else {
            self.gate.counts.connects_failed.one_more();
            return self.give_up();
        };
        self.gate.counts.connections.one_more();
        match stream {
            Opened::Plain(stream) => {
                Connection::new(Stream::new(stream), path, self.place, self.gate, true).run().await;
            }
            Opened::Encrypted(stream) => {
                // Its certificate was checked for this name.
                let name = self.toward.name.as_deref().unwrap_or_default();
                if let Some(trunk) = self.gate.config.trunk_named(|of_trunk| of_trunk.eq_ignore_ascii_case(name)) {
                    self.gate.certified.add(self.place.number, trunk);
                }
                Connection::new(Stream::new(*stream), path, self.place, self.gate, true).run().await;
            }
        }
    }

    /// What waits in the outbox goes to the next address, or is told as lost.
    fn give_up(mut self) {
        let waiting: Vec<_> = self.place.unwritten().collect();
        let Some(Next { net, target, others }) = self.next else {
            return waiting.into_iter().for_each(|bytes| self.gate.lost(bytes));
        };
        net.failed(self.toward.peer);
        for bytes in waiting {
            net.send_to_first(&target, &others, bytes);
        }
    }

    async fn open(&self) -> Option<Opened> {
        let stream = self.connect().await.ok()?;
        prepare(&stream);
        match self.toward.transport {
            Transport::Tcp => Some(Opened::Plain(stream)),
            Transport::Tls => {
                // Whom we reached must be whom we meant (RFC 5922 §7.3).
                let name = server_name(self.toward.name.as_deref()?)?;
                let client = self.keys.as_ref()?.client();
                let shaken = TlsConnector::from(client).connect(name, stream).await;
                if shaken.is_err() {
                    self.gate.counts.handshakes_failed.one_more();
                }
                Some(Opened::Encrypted(Box::new(TlsStream::Client(shaken.ok()?))))
            }
            // Datagrams need no connection, and a browser can't be connected to.
            Transport::Udp | Transport::Ws | Transport::Wss => None,
        }
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        let (from, to) = (self.from, self.toward.peer);
        let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if !from.ip().is_unspecified() && from.is_ipv4() == to.is_ipv4() {
            socket.bind(SocketAddr::new(from.ip(), 0))?;
        }
        socket.connect(to).await
    }
}

enum Opened {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}
