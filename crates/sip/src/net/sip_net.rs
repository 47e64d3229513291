//! All sockets together: bound, then run; and the one way by which anything is sent.
//! Knows where bytes go, not what they say; whom we listen to is decided in `gate`.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::config::{ListenAt, NetConfig, NetError};
use super::connections::Connections;
use super::counts::{Counters, NetCounts};
use super::dealing::{self, Deal};
use super::gate::Gate;
use super::names::Names;
use super::{tcp, udp};
use crate::stack::{Destination, OurAddress, Path, Target, Transport};

/// Most listeners.
const LISTENERS_MAX: usize = 64;

/// Sockets that are bound and not yet read, so that the addresses are known before the stacks are made.
pub struct Bound {
    config: NetConfig,
    sockets: Vec<Socket>,
}

enum Socket {
    Udp(std::net::UdpSocket),
    Tcp(std::net::TcpListener),
}

/// The running sockets. Cheap to clone; sends from any thread.
#[derive(Clone)]
pub struct SipNet {
    shared: Arc<Shared>,
}

struct Shared {
    listeners: Vec<Listener>,
    gate: Arc<Gate>,
    connections: Arc<Connections>,
    names: Names,
    runtime: Handle,
    tasks: Mutex<Vec<AbortHandle>>,
}

struct Listener {
    local: SocketAddr,
    /// TCP listeners send on connections.
    udp: Option<udp::UdpPort>,
}

impl Bound {
    /// Binds every listener, or says which one can't be.
    pub fn bind(config: NetConfig) -> Result<Self, NetError> {
        if config.listen.is_empty() || config.listen.len() > LISTENERS_MAX || config.shards == 0 {
            return Err(NetError::Empty);
        }
        let bind = |at: &ListenAt| {
            if at.address.ip().is_unspecified() && at.advertised.is_none() {
                return Err(NetError::NeedsAdvertised(at.address));
            }
            match at.transport {
                Transport::Udp => udp::bind(at.address).map(Socket::Udp),
                Transport::Tcp => tcp::bind(at.address).map(Socket::Tcp),
                Transport::Tls | Transport::Ws | Transport::Wss => Err(std::io::ErrorKind::Unsupported.into()),
            }
            .map_err(|why| NetError::Bind { address: at.address, why })
        };
        let sockets = config.listen.iter().map(bind).collect::<Result<_, _>>()?;
        Ok(Self { config, sockets })
    }

    /// Where each listener really is; a port 0 of the settings is known now.
    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        let local = |(socket, at): (&Socket, &ListenAt)| {
            match socket {
                Socket::Udp(socket) => socket.local_addr(),
                Socket::Tcp(listener) => listener.local_addr(),
            }
            .unwrap_or(at.address)
        };
        self.sockets.iter().zip(&self.config.listen).map(local).collect()
    }

    /// What Via and Contact call each listener, for [`crate::stack::StackSettings`].
    pub fn addresses(&self) -> Vec<OurAddress> {
        let ours = |(at, local): (&ListenAt, SocketAddr)| OurAddress {
            transport: at.transport,
            sent_by: at.advertised.clone().unwrap_or_else(|| local.to_string().into()),
        };
        self.config.listen.iter().zip(self.local_addresses()).map(ours).collect()
    }

    /// Begins to read. Must be called inside a tokio runtime, which then carries the sockets.
    pub fn run(self, deal: Arc<dyn Deal>) -> Result<SipNet, NetError> {
        let local = self.local_addresses();
        let connections = Arc::new(Connections::new(self.config.tcp));
        let gate = Arc::new(Gate { config: Arc::new(self.config), deal, counts: Arc::new(Counters::default()) });
        let (mut listeners, mut tasks) = (Vec::new(), Vec::new());
        for (place, (socket, local)) in self.sockets.into_iter().zip(local).enumerate() {
            let failed = |why| NetError::Bind { address: local, why };
            let udp = match socket {
                Socket::Udp(socket) => {
                    let (port, running) = udp::run(socket, place as u16, gate.clone()).map_err(failed)?;
                    tasks.extend(running);
                    Some(port)
                }
                Socket::Tcp(listener) => {
                    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
                    let accepting = tcp::accept(listener, place as u16, gate.clone(), connections.clone());
                    tasks.push(tokio::spawn(accepting).abort_handle());
                    None
                }
            };
            listeners.push(Listener { local, udp });
        }
        let (names, runtime, tasks) = (Names::new(), Handle::current(), Mutex::new(tasks));
        Ok(SipNet { shared: Arc::new(Shared { listeners, gate, connections, names, runtime, tasks }) })
    }
}

impl SipNet {
    /// Binds and runs in one go.
    pub fn start(config: NetConfig, deal: Arc<dyn Deal>) -> Result<Self, NetError> {
        Bound::bind(config)?.run(deal)
    }

    /// Sends one whole message; never waits. What can't be sent is counted and lost, as a datagram may be at any time.
    pub fn send(&self, to: &Destination, bytes: Bytes) {
        match to {
            Destination::Path(path) => self.send_back(*path, bytes),
            Destination::Target(target) => self.send_to_target(target, bytes),
        }
    }

    /// Numbers for the metrics page.
    pub fn counts(&self) -> NetCounts {
        self.shared.gate.counts.read()
    }
    /// TCP connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.connections.count()
    }
    /// Where a listener really is.
    pub fn local_address(&self, listener: u16) -> Option<SocketAddr> {
        self.shared.listeners.get(listener as usize).map(|listener| listener.local)
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
                if let Err(bytes) = self.shared.connections.put(path.connection, bytes) {
                    self.send_after_all(path, bytes);
                }
            }
        }
    }

    /// The connection that brought the request is no more: the response goes to where the Via says that its sender listens
    /// (RFC 3261 §18.2.2), but only to a trunk; a stranger can't make us call anybody.
    fn send_after_all(&self, path: Path, bytes: Bytes) {
        let listens = dealing::sent_by_port(&bytes).filter(|_| self.shared.gate.config.trunk_of(path.peer).is_some());
        match listens {
            Some(port) => self.send_on_connection(path.listener, SocketAddr::new(path.peer.ip(), port), bytes),
            None => self.shared.gate.lost(bytes),
        }
    }

    fn send_to_target(&self, target: &Target, bytes: Bytes) {
        let v6 = self.local_address(target.listener).is_some_and(|local| local.is_ipv6());
        if let Some(ip) = self.shared.names.known(&target.host, v6) {
            return self.send_to_address(target, ip, bytes);
        }
        let (net, target) = (self.clone(), target.clone());
        self.shared.runtime.spawn(async move {
            match net.shared.names.ask(&target.host, v6).await {
                Some(ip) => net.send_to_address(&target, ip, bytes),
                None => net.shared.gate.lost(bytes),
            }
        });
    }

    fn send_to_address(&self, target: &Target, ip: IpAddr, bytes: Bytes) {
        let peer = SocketAddr::new(ip, target.port);
        match target.transport {
            Transport::Udp => self.send_datagram(target.listener, peer, bytes),
            Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => {
                self.send_on_connection(target.listener, peer, bytes);
            }
        }
    }

    fn send_datagram(&self, listener: u16, peer: SocketAddr, bytes: Bytes) {
        match self.shared.listeners.get(listener as usize).and_then(|listener| listener.udp.as_ref()) {
            Some(udp) => self.or_lost(udp.send(peer, bytes)),
            None => self.shared.gate.lost(bytes),
        }
    }

    /// On the connection that there is with that peer, else on a new one, whose outbox takes the message meanwhile.
    fn send_on_connection(&self, listener: u16, peer: SocketAddr, bytes: Bytes) {
        let Shared { connections, gate, .. } = &*self.shared;
        let bytes = match connections.with(peer) {
            None => bytes,
            Some(number) => match connections.put(number, bytes) {
                Ok(()) => return,
                Err(bytes) => bytes,
            },
        };
        let (Some(local), Some(place)) = (self.local_address(listener), connections.admit(peer, false)) else {
            return gate.lost(bytes);
        };
        self.or_lost(connections.put(place.number, bytes));
        let within = connections.limits().connect_max;
        self.shared.runtime.spawn(tcp::connect(local, listener, peer, place, gate.clone(), within));
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
