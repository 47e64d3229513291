//! A phone's UDP socket, with buffers large enough for a burst.
//! Knows datagrams; doesn't know what they say.

use std::net::SocketAddr;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

/// Asked of the kernel for each direction, in bytes; it may give less.
const BUFFER_BYTES: usize = 4 << 20;
/// Longest datagram that a phone reads, in bytes.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 16 << 10;

/// Binds `at`; port 0 picks a free one.
pub(crate) fn bind(at: SocketAddr) -> anyhow::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    // The kernel's limit may be lower; what it gives is enough for a gentle rate.
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(BUFFER_BYTES);
    socket.set_nonblocking(true)?;
    socket.bind(&at.into()).with_context(|| format!("a phone can't listen on {at}"))?;
    Ok(UdpSocket::from_std(socket.into())?)
}
