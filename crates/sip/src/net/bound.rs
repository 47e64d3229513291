//! Sockets that are bound and not yet read, so that the addresses are known before the stacks are made.
//! Knows what the settings ask for, and the system's word on it; reads nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::config::{ListenAt, NetConfig, NetError};
use super::connections::Connections;
use super::dealing::Deal;
use super::gate::Gate;
use super::names::Names;
use super::sip_net::{Listener, Shared, SipNet};
use super::streams::StreamsThread;
use super::tcp::Accepting;
use super::{tcp, udp};
use crate::stack::{OurAddress, Transport};
use crate::trace::Tap;

/// Most listeners.
const LISTENERS_MAX: usize = 64;

/// Bound sockets.
pub struct Bound {
    config: NetConfig,
    sockets: Vec<Socket>,
    tap: Arc<Tap>,
}

enum Socket {
    Udp(std::net::UdpSocket),
    Tcp(std::net::TcpListener),
    /// The HTTP port's: whoever serves that hands us the connections.
    Web,
}

impl Bound {
    /// Binds every listener, or says which one can't be.
    pub fn bind(config: NetConfig) -> Result<Self, NetError> {
        if config.listen.is_empty() || config.listen.len() > LISTENERS_MAX || config.shards == 0 {
            return Err(NetError::Empty);
        }
        let certified = config.tls.as_ref().is_some_and(|keys| keys.server().is_some());
        let bind = |at: &ListenAt| {
            if at.address.ip().is_unspecified() && at.advertised.is_none() {
                return Err(NetError::NeedsAdvertised(at.address));
            }
            match at.transport {
                Transport::Udp => udp::bind(at.address).map(Socket::Udp),
                Transport::Tls if !certified => return Err(NetError::NeedsCertificate(at.address)),
                Transport::Tcp | Transport::Tls => tcp::bind(at.address).map(Socket::Tcp),
                Transport::Ws | Transport::Wss => Ok(Socket::Web),
            }
            .map_err(|why| NetError::Bind { address: at.address, why })
        };
        let sockets = config.listen.iter().map(bind).collect::<Result<_, _>>()?;
        Ok(Self { config, sockets, tap: Arc::default() })
    }

    /// Shows what passes to this tap.
    pub fn tapped(self, tap: Arc<Tap>) -> Self {
        Self { tap, ..self }
    }

    /// Where each listener really is; a port 0 of the settings is known now.
    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        let local = |(socket, at): (&Socket, &ListenAt)| {
            match socket {
                Socket::Udp(socket) => socket.local_addr(),
                Socket::Tcp(listener) => listener.local_addr(),
                Socket::Web => Ok(at.address),
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

    /// Begins to read. Must be called inside a tokio runtime, which then carries the sockets; encrypted ones have a thread of
    /// their own.
    pub fn run(self, deal: Arc<dyn Deal>) -> Result<SipNet, NetError> {
        let local = self.local_addresses();
        let apart = self.config.tls.is_some() || self.sockets.iter().any(|socket| matches!(socket, Socket::Web));
        let streams = if apart {
            StreamsThread::start().map_err(|why| NetError::Bind { address: local[0], why })?
        } else {
            StreamsThread::none()
        };
        let connections = Arc::new(Connections::new(self.config.tcp));
        self.tap.listens(local.clone());
        let gate = Arc::new(Gate::new(self.config, deal, self.tap));
        let names = Arc::new(Names::new(&gate.config.name_servers));
        let (mut listeners, mut tasks) = (Vec::new(), Vec::new());
        for (place, (socket, local)) in self.sockets.into_iter().zip(local).enumerate() {
            let failed = |why| NetError::Bind { address: local, why };
            let transport = gate.config.listen[place].transport;
            let keys = gate.config.tls.clone().filter(|_| transport == Transport::Tls);
            let listener = place as u16;
            let udp = match socket {
                Socket::Udp(socket) => {
                    let (port, running) = udp::run(socket, listener, gate.clone(), names.clone()).map_err(failed)?;
                    tasks.extend(running);
                    Some(port)
                }
                Socket::Tcp(socket) => {
                    let handle = if keys.is_some() { streams.handle().clone() } else { Handle::current() };
                    let accepting = Accepting { listener, gate: gate.clone(), connections: connections.clone(), keys };
                    tasks.push(accept(accepting, socket, &handle).map_err(failed)?);
                    None
                }
                Socket::Web => None,
            };
            listeners.push(Listener { transport, local, udp });
        }
        let (runtime, tasks) = (Handle::current(), Mutex::new(tasks));
        Ok(SipNet::of(Shared { listeners, gate, connections, names, runtime, streams, tasks }))
    }
}

impl SipNet {
    /// Binds and runs in one go.
    pub fn start(config: NetConfig, deal: Arc<dyn Deal>) -> Result<Self, NetError> {
        Bound::bind(config)?.run(deal)
    }
}

fn accept(accepting: Accepting, socket: std::net::TcpListener, on: &Handle) -> std::io::Result<AbortHandle> {
    let _inside = on.enter();
    let listener = tokio::net::TcpListener::from_std(socket)?;
    Ok(on.spawn(accepting.run(listener)).abort_handle())
}
