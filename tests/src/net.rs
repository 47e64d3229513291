//! A loopback network of one's own for each test: 127.x.y.0/24, so that tests run beside each other, and trunk,
//! phones and strangers have addresses that can be told apart. Nothing in it can leave the machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU8, Ordering};

/// Networks tried before giving up: as many as there are for one process.
const TRIES_MAX: u32 = 250;
/// Ports that neither the machine nor the centre (its RTP ports lie below) hands out, so that a free one stays free.
const PORTS: std::ops::Range<u16> = 28_000..32_000;

static NEXT: AtomicU8 = AtomicU8::new(1);

/// One test's network, ours until dropped.
pub struct Net {
    prefix: [u8; 3],
    _claim: UdpSocket,
}

impl Net {
    /// Takes a network that no other test on this machine has.
    pub fn claim() -> Self {
        for attempt in 0..TRIES_MAX {
            let x = 64 + ((std::process::id() + attempt / 50) % 128) as u8;
            let y = NEXT.fetch_add(1, Ordering::Relaxed);
            let prefix = [127, x, y];
            if let Ok(claim) = UdpSocket::bind((address(prefix, 250), 9)) {
                return Self { prefix, _claim: claim };
            }
        }
        panic!("no free loopback network after {TRIES_MAX} tries");
    }

    /// Where the centre listens.
    pub fn centre(&self) -> IpAddr {
        address(self.prefix, 1)
    }

    /// Where citizens' calls come from: a known trunk.
    pub fn trunk(&self) -> IpAddr {
        address(self.prefix, 2)
    }

    /// Where the agents' phones are.
    pub fn phones(&self) -> IpAddr {
        address(self.prefix, 3)
    }

    /// Where a phone of its own is, up to 16.
    pub fn phone(&self, place: u8) -> IpAddr {
        address(self.prefix, 16 + place % 16)
    }

    /// Where a citizen of [`Net::citizens`] rings from, up to 32.
    pub fn citizen(&self, place: u8) -> IpAddr {
        address(self.prefix, 32 + place % 32)
    }

    /// The network from which citizens with places of their own ring, as a trunk's addresses are written.
    pub fn citizens(&self) -> String {
        format!("{}/27", address(self.prefix, 32))
    }

    /// An address that nobody knows.
    pub fn stranger(&self) -> IpAddr {
        address(self.prefix, 66)
    }
}

const fn address(prefix: [u8; 3], last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(prefix[0], prefix[1], prefix[2], last))
}

/// An even port that is free there for UDP and TCP, and whose next two are, too.
pub fn free_port(ip: IpAddr) -> u16 {
    let free = |port| UdpSocket::bind((ip, port)).is_ok() && TcpListener::bind((ip, port)).is_ok();
    let mut candidates = PORTS.step_by(4).filter(|port| (0..3).all(|next| free(port + next)));
    candidates.next().expect("some of four thousand ports is free")
}

/// A socket address in one word.
pub fn at(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip, port)
}
