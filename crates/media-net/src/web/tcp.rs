//! Browsers that can't send UDP: a TCP port of the same number (RFC 6544, passive), with datagrams framed by RFC 4571.
//!
//! One thread of its own. Each connection has a UDP socket here, by which what it brings comes to the browsers' port like
//! anybody else's, and back: nobody else knows that there is TCP. Knows bounds; doesn't know whose a datagram is.

mod wire;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};
use slab::Slab;

use wire::{Over, Wire};

/// Connections at once, at two open files and some 4 kB each. One more is closed at once: that browser has UDP, or TURN.
const WIRES_MAX: usize = 512;
/// Of these, so many from one address, or one IPv6 network of 64 bits: an office behind one NAT.
const WIRES_PER_ADDRESS: usize = 64;
/// Connections that are taken in before the others have their turn.
const ACCEPTED_PER_ROUND: usize = 32;
const EVENTS_PER_ROUND: usize = 256;
/// Between two looks at who has been silent for too long.
const LOOK: Duration = Duration::from_secs(1);
const LISTENER: Token = Token(usize::MAX);
const BELL: Token = Token(usize::MAX - 1);

/// The running thread. Dropped: it ends, and its connections are closed.
#[derive(Debug)]
pub(crate) struct TcpDoor {
    bell: Waker,
    thread: Option<JoinHandle<()>>,
}

impl TcpDoor {
    /// Opens the TCP port beside the browsers' UDP port at `door`.
    pub(crate) fn open(door: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let bell = Waker::new(poll.registry(), BELL)?;
        let mut listener = TcpListener::bind(door)?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let mut hall = Hall {
            poll,
            listener,
            inside: from_here(door),
            wires: Slab::new(),
            unfinished: Vec::new(),
            is_stuck: false,
        };
        let thread = std::thread::Builder::new().name("media-tcp".into()).spawn(move || hall.run())?;
        Ok(Self { bell, thread: Some(thread) })
    }
}

impl Drop for TcpDoor {
    fn drop(&mut self) {
        if let (Ok(()), Some(thread)) = (self.bell.wake(), self.thread.take())
            && thread.join().is_err()
        {
            tracing::error!("the browsers' TCP thread had panicked");
        }
    }
}

/// How the browsers' port is reached from this machine.
fn from_here(door: SocketAddr) -> SocketAddr {
    let ip = match door.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, door.port())
}

struct Hall {
    poll: Poll,
    listener: TcpListener,
    inside: SocketAddr,
    wires: Slab<Wire>,
    /// Who had more to say than its turn allowed.
    unfinished: Vec<Token>,
    /// The listener could not be served; the kernel tells of those who wait only once.
    is_stuck: bool,
}

impl Hall {
    fn run(&mut self) {
        let mut events = Events::with_capacity(EVENTS_PER_ROUND);
        let mut look_at = Instant::now() + LOOK;
        loop {
            let patience = if self.unfinished.is_empty() { LOOK } else { Duration::ZERO };
            if let Err(fault) = self.poll.poll(&mut events, Some(patience))
                && fault.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%fault, "browsers can't be heard by TCP any more");
                return;
            }
            let at = Instant::now();
            for token in std::mem::take(&mut self.unfinished) {
                self.serve(token, at);
            }
            for event in &events {
                if event.token() == BELL {
                    return;
                }
                self.serve(event.token(), at);
            }
            if at >= look_at {
                look_at = at + LOOK;
                self.wires.retain(|_, wire| !wire.is_idle(at));
                if std::mem::take(&mut self.is_stuck) {
                    self.accept(at);
                }
                metrics::gauge!("samkald_web_tcp_connections").set(self.wires.len() as f64);
            }
        }
    }

    fn serve(&mut self, token: Token, at: Instant) {
        if token == LISTENER {
            return self.accept(at);
        }
        let place = token.0 / 2;
        let Some(wire) = self.wires.get_mut(place) else { return };
        match if token.0.is_multiple_of(2) { wire.take_in(at) } else { wire.hand_out(at) } {
            Ok(false) => {}
            Ok(true) => self.unfinished.push(token),
            Err(Over) => {
                self.wires.remove(place);
            }
        }
    }

    fn accept(&mut self, at: Instant) {
        for _ in 0..ACCEPTED_PER_ROUND {
            let (stream, from) = match self.listener.accept() {
                Ok(accepted) => accepted,
                Err(fault) if fault.kind() == io::ErrorKind::WouldBlock => return,
                // Who has gone again before we could look.
                Err(fault) if matches!(fault.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) => {
                    continue;
                }
                // No file or memory is left; whoever waits is asked for at the next look.
                Err(fault) => {
                    tracing::warn!(%fault, "a browser's TCP connection can't be taken in");
                    self.is_stuck = true;
                    return;
                }
            };
            let from_there = self.wires.iter().filter(|(_, wire)| wire.is_from(from.ip())).count();
            if self.wires.len() >= WIRES_MAX || from_there >= WIRES_PER_ADDRESS {
                metrics::counter!("samkald_web_tcp_refused_total").increment(1);
                continue;
            }
            let entry = self.wires.vacant_entry();
            let place = entry.key();
            match Wire::new(stream, (from, self.inside), (self.poll.registry(), place), at) {
                Ok(wire) => {
                    entry.insert(wire);
                }
                Err(fault) => tracing::warn!(%fault, "a browser's TCP connection can't be served"),
            }
        }
        // There may be more, of which the kernel tells nothing again.
        self.unfinished.push(LISTENER);
    }
}
