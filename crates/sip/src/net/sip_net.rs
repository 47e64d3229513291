//! The running sockets together, and the one way by which anything is sent.
//! Knows where bytes go, not what they say; whom we listen to is decided in `gate`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::bans::Bans;
use super::connections::{Admitted, Connections, Gone, TRANSPORTS, Toward, Who, is_yes};
use super::counts::NetCounts;
use super::dealing;
use super::dial::{Dial, Next};
use super::gate::Gate;
use super::names::{Asked, Names};
use super::streams::StreamsThread;
use super::udp::UdpPort;
use crate::stack::{Destination, Path, Target, Transport};

/// The running sockets. Cheap to clone; sends from any thread.
#[derive(Clone)]
pub struct SipNet {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) listeners: Vec<Listener>,
    pub(super) gate: Arc<Gate>,
    pub(super) connections: Arc<Connections>,
    pub(super) names: Arc<Names>,
    /// Carries datagrams, plain connections and look-ups of names.
    pub(super) runtime: Handle,
    /// Carries encrypted connections.
    pub(super) streams: StreamsThread,
    pub(super) tasks: Mutex<Vec<AbortHandle>>,
}

pub(super) struct Listener {
    pub(super) transport: Transport,
    pub(super) local: SocketAddr,
    /// The others send on connections.
    pub(super) udp: Option<UdpPort>,
}

impl SipNet {
    pub(super) fn of(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Sends one whole message; never waits. What can't be sent is counted and lost, as a datagram may be at any time.
    pub fn send(&self, to: &Destination, bytes: Bytes) {
        let gate = &self.shared.gate;
        if gate.tap.is_on() {
            gate.tap.goes(&bytes, to, gate.trunk_towards(to));
        }
        match to {
            Destination::Path(path) => self.send_back(*path, bytes),
            Destination::Target(target) => self.send_to_target(target, bytes),
        }
    }

    /// Numbers for the metrics page.
    pub fn counts(&self) -> NetCounts {
        self.shared.gate.counts.read()
    }
    /// Connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.connections.count()
    }
    /// The same by transport: TCP, TLS, WS, WSS.
    pub fn open_by_transport(&self) -> impl Iterator<Item = (Transport, usize)> {
        TRANSPORTS.into_iter().zip(self.shared.connections.by_transport())
    }
    /// Who is not listened to, for operators.
    pub fn bans(&self) -> &Arc<Bans> {
        &self.shared.gate.config.keeping.bans
    }
    /// A shard has judged credentials: right ones speak for the address they came from, wrong ones against it; a trunk's say
    /// nothing either way.
    pub fn judged(&self, from: &Path, right: bool) {
        let (config, ip) = (&self.shared.gate.config, from.peer.ip());
        let at = config.keeping.clock.now();
        if self.shared.gate.trunk_of(from).is_some() {
            return;
        }
        if right {
            config.keeping.bans.proved(ip, at);
        } else {
            config.keeping.bans.failed(ip, at);
        }
    }
    /// Bans in force now.
    pub fn bans_in_force(&self) -> usize {
        self.bans().in_force(self.shared.gate.config.keeping.clock.now())
    }
    /// Sources of which buckets are kept now.
    pub fn sources(&self) -> usize {
        self.shared.gate.sources()
    }
    /// Where a listener really is.
    pub fn local_address(&self, listener: u16) -> Option<SocketAddr> {
        self.shared.listeners.get(listener as usize).map(|listener| listener.local)
    }
    pub(super) fn transport_of(&self, listener: u16) -> Option<Transport> {
        self.shared.listeners.get(usize::from(listener)).map(|listener| listener.transport)
    }
    pub(super) fn gate_and_connections(&self) -> (Arc<Gate>, Arc<Connections>) {
        (self.shared.gate.clone(), self.shared.connections.clone())
    }
    /// What carries encrypted connections and WebSockets.
    pub(super) fn streams(&self) -> &Handle {
        self.shared.streams.handle()
    }
    /// Stops reading and closes all connections. UDP can still be sent until the last clone is dropped.
    pub fn shutdown(&self) {
        for task in self.shared.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
        self.shared.connections.close_all();
    }

    fn send_back(&self, path: Path, bytes: Bytes) {
        match path.transport {
            Transport::Udp => self.send_datagram(path.listener, path.peer, bytes),
            Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => {
                if let Err(Gone(bytes)) = self.shared.connections.put(path.connection, bytes) {
                    // What was accepted may be a registration on a connection that has just closed.
                    if is_yes(&bytes) {
                        self.shared.gate.flow_gone(path.connection);
                    }
                    self.send_after_all(path, bytes);
                }
            }
        }
    }

    /// The connection that brought the request is no more: the response goes to where the Via says that its sender listens
    /// (RFC 3261 §18.2.2), but only to a trunk; a stranger can't make us call anybody.
    fn send_after_all(&self, path: Path, bytes: Bytes) {
        let of_trunk = self.shared.gate.trunk_of(&path).is_some();
        match dealing::sent_by(&bytes).filter(|_| of_trunk) {
            Some((host, port)) => {
                let peer = SocketAddr::new(path.peer.ip(), port);
                self.send_on_connection(path.listener, toward(path.transport, peer, &host), bytes, None);
            }
            None => self.shared.gate.lost(bytes),
        }
    }

    fn send_to_target(&self, target: &Target, bytes: Bytes) {
        let v6 = self.local_address(target.listener).is_some_and(|local| local.is_ipv6());
        let (asked, seed) = (Asked::of(target, v6), dealing::seed_of(&bytes));
        if let Some(addresses) = self.shared.names.known(&asked, seed) {
            return self.send_to_first(target, &addresses, bytes);
        }
        let (net, target) = (self.clone(), target.clone());
        self.shared.streams.handle().spawn(async move {
            let addresses = net.shared.names.ask(asked, seed).await;
            net.send_to_first(&target, &addresses, bytes);
        });
    }

    /// To the first of these addresses; to the next where that can't be reached.
    pub(super) fn send_to_first(&self, target: &Target, addresses: &[SocketAddr], bytes: Bytes) {
        let Some((peer, others)) = addresses.split_first() else { return self.shared.gate.lost(bytes) };
        match target.transport {
            Transport::Udp => {
                if !others.is_empty() {
                    self.shared.names.sent(*peer);
                }
                self.send_datagram(target.listener, *peer, bytes);
            }
            Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => {
                let next = (!others.is_empty()).then(|| Next {
                    net: self.clone(),
                    target: target.clone(),
                    others: others.into(),
                });
                let toward = toward(target.transport, *peer, &target.host);
                self.send_on_connection(target.listener, toward, bytes, next);
            }
        }
    }

    /// An address could not be reached; what was for it goes to the next.
    pub(super) fn failed(&self, address: SocketAddr) {
        self.shared.names.failed(address);
    }

    fn send_datagram(&self, listener: u16, peer: SocketAddr, bytes: Bytes) {
        match self.shared.listeners.get(listener as usize).and_then(|listener| listener.udp.as_ref()) {
            Some(udp) => self.or_lost(udp.send(peer, bytes)),
            None => self.shared.gate.lost(bytes),
        }
    }

    /// On the connection that leads there, else on a new one, whose outbox takes the message meanwhile. Only from a listener of
    /// that transport: our Via must name one that we listen by.
    fn send_on_connection(&self, listener: u16, toward: Toward, bytes: Bytes, next: Option<Next>) {
        let Shared { connections, gate, listeners, .. } = &*self.shared;
        let bytes = match connections.with(&toward) {
            None => bytes,
            Some(number) => match connections.put(number, bytes) {
                Ok(()) => return,
                Err(Gone(bytes)) => bytes,
            },
        };
        let from = listeners.get(usize::from(listener)).filter(|from| from.transport == toward.transport);
        let Some(from) = from.map(|from| from.local) else { return gate.lost(bytes) };
        let Some(Admitted { place, .. }) = connections.admit(toward.clone(), Who::Known) else {
            return gate.lost(bytes);
        };
        if let Err(Gone(bytes)) = connections.put(place.number, bytes) {
            gate.lost(bytes);
        }
        let runtime =
            if toward.transport == Transport::Tcp { &self.shared.runtime } else { self.shared.streams.handle() };
        let (gate, keys) = (gate.clone(), gate.config.tls.clone());
        runtime.spawn(Dial { from, listener, toward, place, gate, keys, next }.run());
    }

    fn or_lost(&self, sent: Result<(), Bytes>) {
        if let Err(bytes) = sent {
            self.shared.gate.lost(bytes);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for task in self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
        self.connections.close_all();
    }
}

/// Whom a connection must lead to; what is encrypted is for that name only.
fn toward(transport: Transport, peer: SocketAddr, host: &str) -> Toward {
    let name = match transport {
        Transport::Tls => Some(host.into()),
        Transport::Udp | Transport::Tcp | Transport::Ws | Transport::Wss => None,
    };
    Toward { transport, peer, name }
}
