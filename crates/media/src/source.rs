//! From whom a leg's packets may come, and to whom ours go: symmetric RTP with a lock.
//!
//! Against RTP bleed and injection: the address in the session description counts at once; another only while we are
//! still learning (a phone behind NAT), only after several packets in a row, and never once the right one has spoken.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use model::Moment;

use crate::rtp::RtpHeader;

/// How long after a session description another address than the described one may be learnt.
pub const LEARN_TIME: Duration = Duration::from_secs(10);
/// How long the locked source must be silent before another may be learnt.
pub const RELEARN_SILENCE: Duration = Duration::from_secs(3);
/// Packets in a row that an address needs that wasn't described.
pub const LEARN_PACKETS: u8 = 4;

/// The source of one leg.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Where the session description said that it listens.
    signalled: Option<SocketAddr>,
    receive: bool,
    learn_until: Moment,
    locked: Option<SocketAddr>,
    heard_at: Moment,
    candidate: Option<Candidate>,
}

#[derive(Clone, Debug)]
struct Candidate {
    from: SocketAddr,
    ssrc: u32,
    next: u16,
    run: u8,
}

impl Source {
    /// Nobody has described anything: every packet is refused.
    pub(crate) const fn new() -> Self {
        Self {
            signalled: None,
            receive: false,
            learn_until: Moment::EPOCH,
            locked: None,
            heard_at: Moment::EPOCH,
            candidate: None,
        }
    }

    /// A session description says where the other side listens. The same address again keeps the lock (hold, resume).
    pub(crate) fn settle(&mut self, remote: SocketAddr, receive: bool, at: Moment) {
        let moved = self.signalled != Some(remote) && !remote.ip().is_unspecified();
        if moved {
            self.signalled = Some(remote);
            self.locked = None;
        }
        if moved || (receive && !self.receive) {
            self.learn_until = at + LEARN_TIME;
            self.heard_at = at;
            self.candidate = None;
        }
        self.receive = receive;
    }

    /// Whether a packet may come in. May lock its address.
    pub(crate) fn accepts(&mut self, from: SocketAddr, header: &RtpHeader, at: Moment) -> bool {
        if self.locked == Some(from) {
            self.heard_at = at;
            return true;
        }
        let Some(signalled) = self.signalled else { return false };
        let window = at <= self.learn_until;
        let lost = self.receive && at.since(self.heard_at) >= RELEARN_SILENCE;
        let fits = match self.locked {
            None if from == signalled => true,
            None => window && may_be_elsewhere(signalled, from) && self.has_run(from, header),
            Some(_) if from == signalled => window || lost,
            Some(_) => lost && may_be_elsewhere(signalled, from) && self.has_run(from, header),
        };
        if fits {
            self.locked = Some(from);
            self.heard_at = at;
            self.candidate = None;
        }
        fits
    }

    /// Where our packets go: to the locked source, else where the description said.
    pub(crate) fn destination(&self) -> Option<SocketAddr> {
        self.locked.or(self.signalled)
    }

    /// Whether an RTCP packet may come from there: the same host as the RTP.
    pub(crate) fn is_same_host(&self, from: SocketAddr) -> bool {
        self.destination().is_some_and(|known| known.ip() == from.ip())
    }

    /// Counts packets in a row from one address and stream.
    fn has_run(&mut self, from: SocketAddr, header: &RtpHeader) -> bool {
        let next = header.sequence.wrapping_add(1);
        match &mut self.candidate {
            Some(candidate)
                if candidate.from == from && candidate.ssrc == header.ssrc && candidate.next == header.sequence =>
            {
                candidate.next = next;
                candidate.run += 1;
                candidate.run >= LEARN_PACKETS
            }
            other => {
                *other = Some(Candidate { from, ssrc: header.ssrc, next, run: 1 });
                false
            }
        }
    }
}

/// Another port of the same host (a NAT that maps ports), or any host for a phone that described a private address.
fn may_be_elsewhere(signalled: SocketAddr, from: SocketAddr) -> bool {
    signalled.ip() == from.ip() || is_behind_nat(signalled.ip()) || is_this_machine(signalled, from)
}

/// A softphone on this machine whose socket is bound to no address: the machine sends from 127.0.0.1, whatever loopback
/// address was described, but from the port that was described.
fn is_this_machine(signalled: SocketAddr, from: SocketAddr) -> bool {
    signalled.ip().is_loopback() && from.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST) && signalled.port() == from.port()
}

fn is_behind_nat(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            ip.is_private() || ip.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::from_secs(43_200);

    fn at(ms: u64) -> Moment {
        NOON + Duration::from_millis(ms)
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn packet(sequence: u16) -> RtpHeader {
        RtpHeader { payload_type: 8, marker: false, sequence, timestamp: 0, ssrc: 1, payload: 12..172 }
    }

    fn settled(remote: &str) -> Source {
        let mut source = Source::new();
        source.settle(address(remote), true, NOON);
        source
    }

    /// How many of so many packets in a row get in.
    fn send(source: &mut Source, from: &str, packets: u16, from_ms: u64) -> usize {
        (0..packets).filter(|n| source.accepts(address(from), &packet(*n), at(from_ms + 20 * u64::from(*n)))).count()
    }

    #[test]
    fn the_described_address_is_heard_at_once_and_strangers_never() {
        let mut source = settled("198.51.100.1:4000");
        assert_eq!(send(&mut source, "198.51.100.1:4000", 50, 0), 50);
        for stranger in ["203.0.113.9:4000", "198.51.100.1:4002"] {
            assert_eq!(send(&mut source, stranger, 40, 1000), 0, "{stranger}");
        }
        assert_eq!(source.destination(), Some(address("198.51.100.1:4000")));
    }

    #[test]
    fn a_stranger_who_speaks_first_is_not_heard_and_gets_nothing() {
        let mut source = settled("198.51.100.1:4000");
        assert_eq!(send(&mut source, "203.0.113.9:4000", 400, 0), 0);
        assert_eq!(source.destination(), Some(address("198.51.100.1:4000")));
    }

    #[test]
    fn a_phone_behind_nat_is_learnt_after_a_few_packets_in_a_row() {
        let mut source = settled("192.168.1.20:4000");
        assert_eq!(send(&mut source, "203.0.113.9:61000", 50, 0), 50 - 3);
        assert_eq!(source.destination(), Some(address("203.0.113.9:61000")));
        assert_eq!(send(&mut source, "203.0.113.10:61000", 50, 1000), 0, "then it is locked");
    }

    #[test]
    fn a_softphone_on_this_machine_may_send_from_another_loopback_address() {
        let mut source = settled("127.0.0.3:4000");
        assert_eq!(send(&mut source, "127.0.0.1:4002", 50, 0), 0, "another port is a stranger's");
        assert_eq!(send(&mut source, "127.0.0.66:4000", 50, 500), 0, "and so is another address");
        assert_eq!(send(&mut source, "127.0.0.1:4000", 50, 1000), 50 - 3);
        assert_eq!(send(&mut source, "127.0.0.66:4000", 50, 2000), 0, "then it is locked");
    }

    #[test]
    fn scattered_packets_teach_nothing() {
        let mut source = settled("192.168.1.20:4000");
        for n in 0..100 {
            assert!(!source.accepts(address("203.0.113.9:61000"), &packet(n * 7), at(u64::from(n))));
        }
    }

    #[test]
    fn the_described_address_wins_over_one_that_was_learnt_before() {
        let mut source = settled("198.51.100.1:4000");
        assert_eq!(send(&mut source, "198.51.100.1:9999", 10, 0), 7);
        assert_eq!(send(&mut source, "198.51.100.1:4000", 10, 300), 10);
        assert_eq!(send(&mut source, "198.51.100.1:9999", 10, 600), 0);
    }

    #[test]
    fn after_the_learning_time_only_the_described_address_is_heard() {
        let mut source = settled("192.168.1.20:4000");
        assert_eq!(send(&mut source, "203.0.113.9:61000", 50, 10_001), 0);
        assert_eq!(send(&mut source, "192.168.1.20:4000", 1, 12_000), 1);
    }

    #[test]
    fn a_source_that_fell_silent_may_come_back_from_another_port() {
        let mut source = settled("198.51.100.1:4000");
        send(&mut source, "198.51.100.1:4000", 1, 0);
        assert_eq!(send(&mut source, "198.51.100.1:5000", 50, 20_000), 47);
        assert_eq!(source.destination(), Some(address("198.51.100.1:5000")));
    }

    #[test]
    fn a_new_description_moves_the_source_and_the_same_one_keeps_it() {
        let mut source = settled("192.168.1.20:4000");
        send(&mut source, "203.0.113.9:61000", 10, 0);
        source.settle(address("192.168.1.20:4000"), false, at(1000));
        source.settle(address("0.0.0.0:4000"), false, at(1500));
        assert_eq!(source.destination(), Some(address("203.0.113.9:61000")));
        source.settle(address("198.51.100.1:4000"), true, at(2000));
        assert_eq!(source.destination(), Some(address("198.51.100.1:4000")));
        assert_eq!(send(&mut source, "203.0.113.9:61000", 10, 2000), 0);
    }
}
