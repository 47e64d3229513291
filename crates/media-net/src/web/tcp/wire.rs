//! One browser's TCP connection: frames of RFC 4571 in, datagrams out, and the other way round.
//!
//! Nothing is sent on before a frame looks like a check of ICE, and nobody stays whom the browsers' port does not answer: it
//! answers only who knows a leg's password. What comes back while the browser does not read is dropped, as
//! a network drops; sound that is late is of no use. Knows frames; doesn't know what is in them.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::{TcpStream, UdpSocket};
use mio::{Interest, Registry, Token};

use crate::web::allowance::Allowance;
use crate::web::stun::Kind;

/// Bytes before each datagram: its length (RFC 4571 §2).
const LENGTH_BYTES: usize = 2;
/// Longest datagram in a frame. Who sends a longer one is cut off.
const DATAGRAM_BYTES_MAX: usize = 1500;
/// What is read at once.
const READ_BYTES: usize = 2 * (LENGTH_BYTES + DATAGRAM_BYTES_MAX);
/// What may wait for a browser that does not read: half a second of sound.
const WAITING_BYTES_MAX: usize = 8 * 1024;
/// Frames of one connection in a second; sound has 50, a connection's beginning some tens more. More: cut off.
const FRAMES_PER_SECOND: u16 = 500;
/// Readings, or datagrams, before the others have their turn.
const TURNS: usize = 16;
/// Whom we have not answered by then is cut off.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// Whom we have not answered for so long is cut off: a browser proves every few seconds that it is there (RFC 7675 §5.1).
const IDLE: Duration = Duration::from_secs(30);

/// The connection has ended, or has to.
#[derive(Debug)]
pub(super) struct Over;

pub(super) struct Wire {
    stream: TcpStream,
    /// Connected with the browsers' port.
    inside: UdpSocket,
    from: IpAddr,
    /// Bytes that have come and are no whole frame yet.
    read: Vec<u8>,
    /// Frames that the browser has not taken yet.
    waiting: Vec<u8>,
    frames: Allowance,
    /// A check has come, and what follows is sent on.
    has_checked: bool,
    /// Something has come back for it: it knows a leg's password.
    is_proven: bool,
    answered_at: Instant,
}

impl Wire {
    pub(super) fn new(
        mut stream: TcpStream,
        (from, door): (SocketAddr, SocketAddr),
        (registry, place): (&Registry, usize),
        at: Instant,
    ) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        let mut inside = UdpSocket::bind(SocketAddr::new(door.ip(), 0))?;
        inside.connect(door)?;
        registry.register(&mut stream, Token(2 * place), Interest::READABLE | Interest::WRITABLE)?;
        registry.register(&mut inside, Token(2 * place + 1), Interest::READABLE)?;
        let (read, waiting) = (Vec::with_capacity(READ_BYTES), Vec::new());
        let frames = Allowance::new(FRAMES_PER_SECOND, at);
        let (from, has_checked, is_proven) = (network_of(from.ip()), false, false);
        Ok(Self { stream, inside, from, read, waiting, frames, has_checked, is_proven, answered_at: at })
    }

    pub(super) fn is_from(&self, ip: IpAddr) -> bool {
        self.from == network_of(ip)
    }

    pub(super) fn is_idle(&self, at: Instant) -> bool {
        let patience = if self.is_proven { IDLE } else { FIRST_ANSWER };
        at.saturating_duration_since(self.answered_at) >= patience
    }

    /// The browser can be read from or written to. Says whether there may be more.
    pub(super) fn take_in(&mut self, at: Instant) -> Result<bool, Over> {
        self.write_on()?;
        for _ in 0..TURNS {
            let before = self.read.len();
            self.read.resize(READ_BYTES, 0);
            let result = self.stream.read(&mut self.read[before..]);
            self.read.truncate(before + *result.as_ref().unwrap_or(&0));
            match result {
                Ok(0) => return Err(Over),
                Ok(_) => self.pass_frames(at)?,
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Over),
            }
        }
        Ok(true)
    }

    /// Sends on what is whole.
    fn pass_frames(&mut self, at: Instant) -> Result<(), Over> {
        let mut done = 0;
        while let Some(length) = self.read[done..].first_chunk::<LENGTH_BYTES>() {
            let length = usize::from(u16::from_be_bytes(*length));
            if length == 0 || length > DATAGRAM_BYTES_MAX {
                return Err(Over);
            }
            let Some(frame) = self.read.get(done + LENGTH_BYTES..done + LENGTH_BYTES + length) else { break };
            self.has_checked |= matches!(Kind::of(frame), Kind::Check(_));
            if !self.has_checked || !self.frames.allows(at) {
                return Err(Over);
            }
            let _lost = self.inside.send(frame);
            done += LENGTH_BYTES + length;
        }
        self.read.drain(..done);
        Ok(())
    }

    /// Something is there for the browser. Says whether there may be more.
    pub(super) fn hand_out(&mut self, at: Instant) -> Result<bool, Over> {
        let mut frame = [0; LENGTH_BYTES + DATAGRAM_BYTES_MAX];
        for _ in 0..TURNS {
            let length = match self.inside.recv(&mut frame[LENGTH_BYTES..]) {
                Ok(length) => length,
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => return Ok(false),
                // The browsers' port is closed just now, told by ICMP.
                Err(_) => continue,
            };
            (self.is_proven, self.answered_at) = (true, at);
            frame[..LENGTH_BYTES].copy_from_slice(&(length as u16).to_be_bytes());
            if self.waiting.len() + LENGTH_BYTES + length <= WAITING_BYTES_MAX {
                self.waiting.extend_from_slice(&frame[..LENGTH_BYTES + length]);
            }
            self.write_on()?;
        }
        Ok(true)
    }

    /// Writes as much of what waits as the browser takes.
    fn write_on(&mut self) -> Result<(), Over> {
        while !self.waiting.is_empty() {
            match self.stream.write(&self.waiting) {
                Ok(0) => return Err(Over),
                Ok(written) => drop(self.waiting.drain(..written)),
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Over),
            }
        }
        Ok(())
    }
}

/// Whose an address is: of IPv6 a whole network of 64 bits is one customer's.
fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_is_one_address_and_a_mapped_one_is_its_ipv4() {
        let of = |text: &str| network_of(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
