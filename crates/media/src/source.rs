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
/// How long it must be silent when another goes on with the very same stream: a NAT that has forgotten its port.
const FOLLOW_SILENCE: Duration = Duration::from_millis(200);
/// How far that stream's numbers may have gone on meanwhile.
const FOLLOW_AHEAD: u16 = 500;
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
    /// The locked source's stream and last number.
    stream: Option<(u32, u16)>,
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
            stream: None,
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
            self.stream = Some((header.ssrc, header.sequence));
            return true;
        }
        let Some(signalled) = self.signalled else { return false };
        let window = at <= self.learn_until;
        let lost = self.receive && at.since(self.heard_at) >= RELEARN_SILENCE;
        let fits = match self.locked {
            None if from == signalled => true,
            None => window && may_be_elsewhere(signalled, from) && self.has_run(from, header),
            Some(_) if from == signalled => window || lost,
            Some(_) => {
                (lost || self.goes_on(header, at)) && may_be_elsewhere(signalled, from) && self.has_run(from, header)
            }
        };
        if fits {
            self.locked = Some(from);
            self.heard_at = at;
            self.stream = Some((header.ssrc, header.sequence));
            self.candidate = None;
        }
        fits
    }

    /// The stream of the locked source.
    pub(crate) fn stream(&self) -> Option<u32> {
        self.stream.map(|(ssrc, _)| ssrc)
    }

    /// The locked source has said goodbye (RTCP): another may be learnt at once.
    pub(crate) fn let_go(&mut self) {
        self.heard_at = self.heard_at - RELEARN_SILENCE;
    }

    /// Whether a packet goes on with the locked source's stream, which has fallen silent there. Who isn't on its way can't know
    /// its 48 bits of numbers.
    fn goes_on(&self, header: &RtpHeader, at: Moment) -> bool {
        let follows = |(ssrc, last): (u32, u16)| {
            header.ssrc == ssrc && (1..=FOLLOW_AHEAD).contains(&header.sequence.wrapping_sub(last))
        };
        self.receive && at.since(self.heard_at) >= FOLLOW_SILENCE && self.stream.is_some_and(follows)
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
mod tests;
