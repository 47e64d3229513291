//! A browser's way through TCP: each datagram in a frame of RFC 4571.
//! Knows frames; doesn't know what is in them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub(crate) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(door: SocketAddr) -> Self {
        let stream = TcpStream::connect(door).expect("it is open");
        stream.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn here(&self) -> SocketAddr {
        self.stream.local_addr().expect("connected")
    }

    pub(crate) fn send(&mut self, datagram: &[u8]) {
        let frame = [&(datagram.len() as u16).to_be_bytes()[..], datagram].concat();
        self.stream.write_all(&frame).expect("connected");
    }

    /// Sends bytes as they are, as far as the other end takes them.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let _cut_off = self.stream.write_all(bytes);
    }

    /// The next datagram, if a whole one has come.
    pub(crate) fn receive(&mut self, datagram: &mut [u8]) -> Option<(usize, SocketAddr)> {
        let mut bytes = [0; 2048];
        if let Ok(length) = self.stream.read(&mut bytes) {
            self.read.extend_from_slice(&bytes[..length]);
        }
        let length = usize::from(u16::from_be_bytes(*self.read.first_chunk()?));
        datagram[..length].copy_from_slice(self.read.get(2..2 + length)?);
        self.read.drain(..2 + length);
        Some((length, self.stream.peer_addr().ok()?))
    }

    /// Whether the other end has ended the connection, in good order or not; waits for it.
    pub(crate) fn is_cut_off(&mut self) -> bool {
        self.stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        match self.stream.read(&mut [0; 2048]) {
            Ok(length) => length == 0,
            Err(fault) => fault.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}
