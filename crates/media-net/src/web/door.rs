//! The browsers' port as all workers share it: whoever has a peer may send; worker 0 alone reads.
//! Knows bytes and addresses; doesn't know legs.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use socket2::{Domain, Protocol as Transport, Socket, Type};
use str0m::net::Protocol;

use super::crossing::Told;
use super::{WebCertificate, WebConfig};
use crate::mailbox::Mailbox;

/// The browsers' port; no leg's socket has this token.
pub(crate) const WEB: Token = Token(usize::MAX - 2);
/// Datagrams that may wait in the kernel for the one port, in bytes: 100 ms of 500 browsers. The kernel may give less.
const RECEIVE_BUFFER_BYTES: usize = 4 * 1024 * 1024;
const SEND_BUFFER_BYTES: usize = 1024 * 1024;

pub(crate) struct Door {
    socket: UdpSocket,
    public: Vec<SocketAddr>,
    certificate: WebCertificate,
    workers: Vec<Arc<Mailbox>>,
}

impl Door {
    /// Opens the port.
    pub(crate) fn open(config: &WebConfig, workers: Vec<Arc<Mailbox>>, dscp: u8) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(config.listen), Type::DGRAM, Some(Transport::UDP))?;
        socket.set_nonblocking(true)?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        // Where the OS forbids the mark, sound goes without it.
        let class = u32::from(dscp.min(63)) << 2;
        let _marked = if config.listen.is_ipv4() { socket.set_tos_v4(class) } else { socket.set_tclass_v6(class) };
        socket.bind(&config.listen.into())?;
        let (public, certificate) = (config.public.clone(), config.certificate.clone());
        Ok(Self { socket: socket.into(), public, certificate, workers })
    }

    /// Lets a worker be woken by what comes.
    pub(crate) fn listen(&self, registry: &Registry) -> io::Result<()> {
        registry.register(&mut SourceFd(&self.socket.as_raw_fd()), WEB, Interest::READABLE)
    }

    pub(crate) fn receive(&self, datagram: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.recv_from(datagram)
    }

    /// One that the kernel has no room for is lost, as on any network.
    pub(crate) fn send(&self, protocol: Protocol, to: SocketAddr, datagram: &[u8]) {
        if protocol == Protocol::Udp {
            let _lost = self.socket.send_to(datagram, to);
        }
    }

    /// Where browsers reach us.
    pub(crate) fn public(&self) -> &[SocketAddr] {
        &self.public
    }

    pub(crate) const fn certificate(&self) -> &WebCertificate {
        &self.certificate
    }

    /// The worker whose leg an ICE name of ours would be: the name begins with its shard's two hex digits.
    pub(crate) fn worker_of(&self, name: &str) -> usize {
        let shard = name.get(..2).and_then(|mark| usize::from_str_radix(mark, 16).ok()).unwrap_or(0);
        shard % self.workers.len()
    }

    /// Hands a datagram to another worker. One that it has no room for is lost.
    pub(crate) fn hand_over(&self, worker: usize, datagram: &[u8], from: SocketAddr) {
        let mailbox = &self.workers[worker];
        if mailbox.crossing.put(datagram, from) {
            mailbox.knock();
        }
    }

    /// Tells worker 0 that an address belongs to this worker's legs, or no longer does. False: it has no room to hear.
    pub(crate) fn tell_reader(&self, worker: usize, source: SocketAddr, known: bool) -> bool {
        worker == 0 || self.workers[0].crossing.tell(Told { worker, source, known })
    }

    /// What worker 0 was told.
    pub(crate) fn told(&self) -> Option<Told> {
        self.workers[0].crossing.told()
    }
}
