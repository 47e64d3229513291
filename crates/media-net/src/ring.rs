//! The buffers into which one socket's packets are received, many by one call to the kernel.
//! Knows lengths and senders; doesn't know what is in a packet.

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;

use media::PACKET_BYTES_MAX;
use mio::net::UdpSocket;
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};

/// Packets that are taken from one socket before the others have their turn.
pub(crate) const PACKETS_PER_TURN: usize = 16;

/// One for each worker, made once.
pub(crate) struct Ring {
    headers: MultiHeaders<SockaddrStorage>,
    buffers: Box<[[u8; PACKET_BYTES_MAX]; PACKETS_PER_TURN]>,
    /// Length and sender of what lies in each buffer.
    marks: [Option<(usize, SocketAddr)>; PACKETS_PER_TURN],
}

impl Ring {
    pub(crate) fn new() -> Self {
        Self {
            headers: MultiHeaders::preallocate(PACKETS_PER_TURN, None),
            buffers: vec![[0; PACKET_BYTES_MAX]; PACKETS_PER_TURN].try_into().expect("as many as were made"),
            marks: [None; PACKETS_PER_TURN],
        }
    }

    /// Receives what waits, [`PACKETS_PER_TURN`] at most; says how many came. Fewer than that: none is left.
    pub(crate) fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        let mut slices = self.buffers.each_mut().map(|buffer| [IoSliceMut::new(buffer)]);
        let flags = MsgFlags::MSG_DONTWAIT;
        let received = match recvmmsg(socket.as_raw_fd(), &mut self.headers, &mut slices, flags, None) {
            Ok(received) => received,
            Err(Errno::EAGAIN) => return Ok(0),
            Err(fault) => return Err(fault.into()),
        };
        let mut count = 0;
        for packet in received {
            self.marks[count] = packet.address.and_then(sender).map(|from| (packet.bytes, from));
            count += 1;
        }
        Ok(count)
    }

    /// The first buffer, for a packet that came in another way than by a socket of its leg.
    pub(crate) fn room(&mut self) -> &mut [u8; PACKET_BYTES_MAX] {
        &mut self.buffers[0]
    }

    /// So many bytes of a packet from there lie in the first buffer now.
    pub(crate) const fn hold(&mut self, length: usize, from: SocketAddr) {
        self.marks[0] = Some((length, from));
    }

    /// The packet in a buffer, and who sent it.
    pub(crate) fn packet(&mut self, number: usize) -> Option<(&mut [u8], SocketAddr)> {
        let (length, from) = self.marks[number]?;
        Some((&mut self.buffers[number][..length], from))
    }
}

fn sender(address: SockaddrStorage) -> Option<SocketAddr> {
    if let Some(four) = address.as_sockaddr_in() {
        return Some(SocketAddrV4::from(*four).into());
    }
    address.as_sockaddr_in6().map(|six| SocketAddrV6::from(*six).into())
}
