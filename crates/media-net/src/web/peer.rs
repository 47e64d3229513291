//! One browser's sound: the ICE, DTLS and SRTP of one leg, carried out by str0m.
//!
//! Takes in datagrams and gives plain RTP; takes plain RTP and gives datagrams. Knows neither sockets nor other peers,
//! and reads no clock. str0m may panic when it is misused: then this peer is over, and no other notices.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use media::WebPeer;
use str0m::media::Pt;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, Ssrc};
use str0m::{Event, IceCreds, Input, Output, Rtc, RtcError};

use super::WebCertificate;
use super::allowance::Allowance;
use super::extended::Extended;
use super::session::{HEADER_BYTES, begin, credentials, sound, write_plain};
use super::stun::Kind;

/// Source numbers of a browser's sound that are known at once. A further one takes the place of the oldest: only who
/// has the keys is heard anyway.
const STREAMS_MAX: usize = 4;
/// STUN messages of one peer that are looked at in a second; browsers send some 20 while they connect. More: dropped.
const CHECKS_PER_SECOND: u16 = 100;
/// DTLS datagrams of one peer that are looked at in a second; a handshake has about ten. More: dropped.
const HANDSHAKES_PER_SECOND: u16 = 100;
/// What one input may bring out at most; more would be a fault of the library: the peer is ended.
const OUTPUTS_MAX: usize = 256;
/// When nothing is waited for.
const NEVER: Duration = Duration::from_secs(3600);

/// Where a peer's datagrams go.
pub(crate) type Send<'a> = &'a mut dyn FnMut(Protocol, SocketAddr, &[u8]);

/// What became of a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It isn't from this peer, or there were too many.
    Refused,
    /// It was the peer's, and no sound.
    Used,
    /// Sound: so many bytes of plain RTP stand in the buffer.
    Packet(usize),
}

/// The browser at the other end of a leg.
#[derive(Debug)]
pub(crate) struct Peer {
    /// `None`: it has said farewell, or has failed.
    rtc: Option<Box<Rtc>>,
    said: WebPeer,
    public: Vec<SocketAddr>,
    sending: Option<Ssrc>,
    sent: Extended,
    heard: [Option<u32>; STREAMS_MAX],
    oldest: usize,
    /// Whose packets have proven themselves last; its place is nobody else's.
    speaking: Option<u32>,
    connected: bool,
    checks: Allowance,
    handshakes: Allowance,
    next: Instant,
}

impl Peer {
    /// A peer that has described itself; it may begin now. `public`: where browsers reach us.
    pub(crate) fn new(
        said: WebPeer,
        certificate: &WebCertificate,
        public: &[SocketAddr],
        at: Instant,
    ) -> Result<Self, RtcError> {
        let rtc = begin(&said, certificate, public, at)?;
        Ok(Self {
            rtc: Some(Box::new(rtc)),
            said,
            public: public.to_vec(),
            sending: None,
            sent: Extended::default(),
            heard: [None; STREAMS_MAX],
            oldest: 0,
            speaking: None,
            connected: false,
            checks: Allowance::new(CHECKS_PER_SECOND, at),
            handshakes: Allowance::new(HANDSHAKES_PER_SECOND, at),
            next: at,
        })
    }

    /// The browser described itself again. `false`: it is another peer now (other keys, or this one has ended), so a
    /// new one must begin. New ICE names alone are an ICE restart (RFC 8445 §9): the keys stay.
    pub(crate) fn goes_on_as(&mut self, said: &WebPeer) -> bool {
        let same_keys = said.fingerprint == self.said.fingerprint;
        let Some(rtc) = self.rtc.as_mut().filter(|_| same_keys) else { return false };
        if said.ufrag != self.said.ufrag || said.pwd != self.said.pwd || said.local != self.said.local {
            let mut direct = rtc.direct_api();
            direct.set_local_ice_credentials(credentials(&said.local));
            direct.set_remote_ice_credentials(IceCreds { ufrag: said.ufrag.to_string(), pass: said.pwd.to_string() });
        }
        self.said = said.clone();
        true
    }

    /// How it described itself last.
    #[cfg(test)]
    pub(super) const fn said(&self) -> &WebPeer {
        &self.said
    }

    /// Whether sound can go both ways.
    pub(crate) const fn is_connected(&self) -> bool {
        self.connected && self.rtc.is_some()
    }

    /// When [`Self::time_has_come`] wants to be called.
    pub(crate) const fn next(&self) -> Instant {
        self.next
    }

    /// Whether a check from a new address is the browser's: whether it knows both passwords (RFC 8445 §7.3).
    pub(crate) fn is_named_rightly(&mut self, check: &[u8], from: SocketAddr, at: Instant) -> bool {
        let Some(local) = self.local(from).filter(|_| self.checks.allows(at)) else { return false };
        let checked = self.guarded(|_, rtc| {
            let received = Receive::new(Protocol::Udp, from, local, check);
            Ok(received.is_ok_and(|received| rtc.accepts(&Input::Receive(at, received))))
        });
        checked.unwrap_or(false)
    }

    /// Takes in a datagram that names us, or comes from where one of this peer came from before.
    pub(crate) fn take_in(
        &mut self,
        datagram: &[u8],
        (protocol, from): (Protocol, SocketAddr),
        packet: &mut [u8],
        at: Instant,
        send: Send<'_>,
    ) -> Fate {
        let kind = Kind::of(datagram);
        let allowed = match kind {
            Kind::Check(_) | Kind::Stun => self.checks.allows(at),
            Kind::Dtls => self.handshakes.allows(at),
            Kind::Rtp(_) | Kind::Rtcp => self.connected,
            Kind::Garbage => false,
        };
        let Some(local) = self.local(from).filter(|_| allowed) else { return Fate::Refused };
        if let Kind::Rtp(ssrc) = kind {
            self.expect(ssrc);
        }
        let taken = self.guarded(|peer, rtc| {
            let Ok(received) = Receive::new(protocol, from, local, datagram) else { return Ok(Fate::Refused) };
            let input = Input::Receive(at, received);
            if !rtc.accepts(&input) {
                return Ok(Fate::Refused);
            }
            // A datagram that can't be used is dropped; it ends nothing.
            if let Err(fault) = rtc.handle_input(input) {
                tracing::debug!(%fault, "a browser's datagram is of no use");
            }
            peer.drain(rtc, packet, send)
        });
        taken.unwrap_or(Fate::Refused)
    }

    /// Sends one plain RTP packet of ours. Before the browser is connected it is lost, as on any network.
    pub(crate) fn send_rtp(&mut self, packet: &[u8], at: Instant, send: Send<'_>) {
        if !self.connected || packet.len() <= HEADER_BYTES || packet[0] != 0x80 {
            return;
        }
        let word =
            |place: usize| u32::from_be_bytes([packet[place], packet[place + 1], packet[place + 2], packet[place + 3]]);
        let Some(number) = self.sent.extend(u16::from_be_bytes([packet[2], packet[3]])) else { return };
        let (ssrc, payload_type, marker) =
            (Ssrc::from(word(8)), Pt::new_with_value(packet[1] & 0x7f), packet[1] > 0x7f);
        self.guarded(|peer, rtc| {
            let mut direct = rtc.direct_api();
            if peer.sending != Some(ssrc) {
                if let Some(before) = peer.sending.replace(ssrc) {
                    direct.remove_stream_tx(before);
                }
                direct.declare_stream_tx(ssrc, None, sound(), None);
            }
            if let Some(stream) = direct.stream_tx(&ssrc) {
                let write = RtpWrite::new(payload_type, number.into(), word(4), at, &packet[HEADER_BYTES..]);
                stream.write_rtp(write.marker(marker));
            }
            rtc.handle_input(Input::Timeout(at))?;
            peer.drain(rtc, &mut [], send).map(|_| ())
        });
    }

    /// The time of [`Self::next`] has come.
    pub(crate) fn time_has_come(&mut self, at: Instant, send: Send<'_>) {
        self.next = at + NEVER;
        self.guarded(|peer, rtc| {
            rtc.handle_input(Input::Timeout(at))?;
            peer.drain(rtc, &mut [], send).map(|_| ())
        });
    }

    /// Says farewell to the browser.
    pub(crate) fn close(&mut self, at: Instant, send: Send<'_>) {
        self.guarded(|peer, rtc| {
            rtc.close()?;
            rtc.handle_input(Input::Timeout(at))?;
            peer.drain(rtc, &mut [], send).map(|_| ())
        });
        self.rtc = None;
    }

    /// The address of ours to which they send from there.
    fn local(&self, from: SocketAddr) -> Option<SocketAddr> {
        self.public.iter().find(|ours| ours.is_ipv4() == from.is_ipv4()).copied()
    }

    /// Sound with a new source number is expected from now on.
    fn expect(&mut self, ssrc: u32) {
        if self.heard.contains(&Some(ssrc)) {
            return;
        }
        if self.speaking.is_some() && self.heard[self.oldest] == self.speaking {
            self.oldest = (self.oldest + 1) % STREAMS_MAX;
        }
        let before = self.heard[self.oldest].replace(ssrc);
        self.oldest = (self.oldest + 1) % STREAMS_MAX;
        self.guarded(|_, rtc| {
            let mut direct = rtc.direct_api();
            if let Some(before) = before {
                direct.remove_stream_rx(before.into());
            }
            direct.expect_stream_rx(ssrc.into(), None, sound(), None).suppress_nack(true);
            Ok(())
        });
    }

    /// Carries out all that str0m wants until it waits again, as it must be after every input.
    fn drain(&mut self, rtc: &mut Rtc, packet: &mut [u8], send: Send<'_>) -> Result<Fate, RtcError> {
        let mut taken = Fate::Used;
        for _ in 0..OUTPUTS_MAX {
            match rtc.poll_output()? {
                Output::Timeout(next) => {
                    self.next = next;
                    return Ok(taken);
                }
                Output::Transmit(datagram) => send(datagram.proto, datagram.destination, &datagram.contents),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(heard)) => {
                    self.speaking = Some(*heard.header.ssrc);
                    if let Some(length) = write_plain(&heard, packet) {
                        taken = Fate::Packet(length);
                    }
                }
                Output::Event(_) => {}
            }
        }
        tracing::error!("a browser's session doesn't come to rest");
        self.connected = false;
        Ok(taken)
    }

    /// Does something with str0m. A failure or a panic in it ends this peer, and is counted.
    pub(super) fn guarded<T>(&mut self, act: impl FnOnce(&mut Self, &mut Rtc) -> Result<T, RtcError>) -> Option<T> {
        let mut rtc = self.rtc.take()?;
        match catch_unwind(AssertUnwindSafe(|| act(self, &mut rtc))) {
            Ok(Ok(done)) => {
                self.rtc = rtc.is_alive().then_some(rtc);
                return Some(done);
            }
            Ok(Err(fault)) => tracing::warn!(%fault, "a browser's sound has failed"),
            Err(_panic) => tracing::error!("a browser's sound has failed by a panic; its leg falls silent"),
        }
        metrics::counter!("samkald_web_failures_total").increment(1);
        None
    }
}
