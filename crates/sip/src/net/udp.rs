//! Datagrams: one socket a listener, drained in gulps, written from any thread.
//! Repeats nothing and remembers nobody; what becomes of a message is known by `gate`.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tracing::warn;

use super::counts::Counters;
use super::gate::Gate;
use super::names::Names;
use super::stun;
use crate::message::limits::MESSAGE_BYTES_MAX;
use crate::message::{Writer, parse};
use crate::stack::{Path, Transport};

/// Datagrams that are read before others get their turn: many, because what is not read in time is lost, whatever it is, and
/// what is read can still be refused.
const GULP_MAX: usize = 512;
/// Wanted buffers of the kernel, in bytes each way: some 4,000 datagrams that wait while we think.
const KERNEL_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Datagrams that wait for a full socket. Beyond they are dropped: SIP repeats what matters.
const UNSENT_MAX: usize = 1_024;

/// A listener's socket, for sending.
#[derive(Clone)]
pub(super) struct UdpPort {
    socket: Arc<UdpSocket>,
    waiting: mpsc::Sender<(SocketAddr, Bytes)>,
    counts: Arc<Counters>,
    names: Arc<Names>,
}

/// Binds a socket with large buffers; says so if the kernel gives less.
pub(super) fn bind(address: SocketAddr) -> std::io::Result<std::net::UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    // Less than we want is no reason not to listen.
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(KERNEL_BUFFER_BYTES);
    let got = socket.recv_buffer_size()?;
    if got < KERNEL_BUFFER_BYTES {
        warn!(
            wanted = KERNEL_BUFFER_BYTES,
            got, "small UDP receive buffer: raise net.core.rmem_max for bursts of calls"
        );
    }
    socket.bind(&address.into())?;
    Ok(socket.into())
}

/// Begins to receive; the tasks end when they are aborted.
pub(super) fn run(
    socket: std::net::UdpSocket,
    listener: u16,
    gate: Arc<Gate>,
    names: Arc<Names>,
) -> std::io::Result<(UdpPort, [tokio::task::AbortHandle; 2])> {
    let socket = Arc::new(UdpSocket::from_std(socket)?);
    let (waiting, queue) = mpsc::channel(UNSENT_MAX);
    let port = UdpPort { socket: socket.clone(), waiting, counts: gate.counts.clone(), names };
    let receiving = tokio::spawn(receive(port.clone(), listener, gate)).abort_handle();
    let sending = tokio::spawn(send_waiting(socket, queue)).abort_handle();
    Ok((port, [receiving, sending]))
}

impl UdpPort {
    /// Sends at once, or when the socket has room; drops what does not find room in the queue either. Gives back what the
    /// system refuses to send (no route to that host).
    pub(super) fn send(&self, peer: SocketAddr, bytes: Bytes) -> Result<(), Bytes> {
        let sent = match self.socket.try_send_to(&bytes, peer) {
            Ok(_) => true,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                self.waiting.try_send((peer, bytes)).is_ok()
            }
            Err(_) => return Err(bytes),
        };
        let count = if sent { &self.counts.sent } else { &self.counts.unsent };
        count.one_more();
        Ok(())
    }
}

async fn receive(port: UdpPort, listener: u16, gate: Arc<Gate>) {
    let mut buffer = vec![0; MESSAGE_BYTES_MAX + 1];
    let mut writer = Writer::default();
    loop {
        if port.socket.readable().await.is_err() {
            tokio::task::yield_now().await;
        }
        let mut drained = false;
        for _ in 0..GULP_MAX {
            match port.socket.try_recv_from(&mut buffer) {
                Ok((length, peer)) => take(&port, listener, &gate, &buffer[..length], peer, &mut writer),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    drained = true;
                    break;
                }
                // What an earlier datagram of ours met on its way is told here; it says nothing of this socket.
                Err(_) => {}
            }
        }
        gate.intake.was_read(listener, drained, || gate.config.keeping.clock.now());
        tokio::task::yield_now().await;
    }
}

fn take(port: &UdpPort, listener: u16, gate: &Gate, datagram: &[u8], peer: SocketAddr, writer: &mut Writer) {
    if !gate.hears(peer) {
        return;
    }
    let path = Path { transport: Transport::Udp, listener, connection: 0, peer };
    port.names.heard(peer);
    if let Some(answer) = stun::answer(datagram, peer) {
        gate.counts.keep_alives.one_more();
        // Lost is lost: the phone asks again.
        let _ = port.send(peer, answer);
        return;
    }
    // Copied, so that a message that is kept does not keep the whole buffer.
    if let Some(answer) = gate.take(parse(Bytes::copy_from_slice(datagram)), path, writer) {
        // An answer that can't be sent is lost, as a datagram may be.
        let _ = port.send(answer.path.peer, answer.bytes);
    }
}

async fn send_waiting(socket: Arc<UdpSocket>, mut queue: mpsc::Receiver<(SocketAddr, Bytes)>) {
    while let Some((peer, bytes)) = queue.recv().await {
        // Lost is lost: SIP repeats what matters.
        let _ = socket.send_to(&bytes, peer).await;
    }
}
