//! A leg's two sockets: RTP on an even port, RTCP on the odd one above it (RFC 3550 §11).
//! Knows binding, buffers and DSCP; doesn't know what is in a packet.

use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::net::UdpSocket;
use rustix::process::{Resource, getrlimit, setrlimit};
use socket2::{Domain, Protocol, Socket, Type};

/// Packets that may wait in the kernel for one socket, in bytes: 300 ms of G.711. Older sound is worth nothing.
const RECEIVE_BUFFER_BYTES: usize = 64 * 1024;

/// Asks the OS for as many open files as this process may have: each leg has two sockets, and the usual start is 1024.
pub(crate) fn allow_many_sockets() {
    let limit = getrlimit(Resource::Nofile);
    let most = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(fault) = setrlimit(Resource::Nofile, most) {
        tracing::warn!(%fault, "the number of open files can't be raised; many calls at once may find no port");
    }
}

/// Binds both ports, or neither.
pub(crate) fn bind_pair(ip: IpAddr, port: u16, dscp: u8) -> io::Result<(UdpSocket, UdpSocket)> {
    let above = port.checked_add(1).ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((bind(SocketAddr::new(ip, port), dscp)?, bind(SocketAddr::new(ip, above), dscp)?))
}

fn bind(address: SocketAddr, dscp: u8) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    // Where the OS forbids the mark, sound goes without it.
    let class = u32::from(dscp.min(63)) << 2;
    let _marked = if address.is_ipv4() { socket.set_tos_v4(class) } else { socket.set_tclass_v6(class) };
    socket.bind(&address.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}
