//! A browser as far as sound goes: full ICE, DTLS client, SRTP. It says and hears A-law.
//! Knows what its description says; doesn't know how ours is served.

mod wire;

use std::f32::consts::PI;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use media::{Codec, DtlsRole, IceLocal, MediaCommand, Place, Secured, Sound, WebPeer};
use model::LegId;
use str0m::config::Fingerprint;
use str0m::media::{MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, Ssrc};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};

use crate::phone::House;
pub(crate) use wire::Wire;

/// Longer than anything here takes on a busy machine; only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(20);
const A_LAW: u8 = 8;
const SSRC: u32 = 0x5057;

pub(crate) struct Browser {
    pub(crate) leg: LegId,
    pub(crate) socket: UdpSocket,
    /// What was heard: payloads in the order in which they came.
    pub(crate) heard: Vec<Vec<u8>>,
    pub(crate) connected: bool,
    rtc: Rtc,
    /// It sends and hears by TCP alone.
    wire: Option<Wire>,
    /// Where it believes to be.
    here: SocketAddr,
    said: WebPeer,
    sequence: u64,
    samples: u32,
}

impl Browser {
    /// At an address of its own; its session is settled, and nothing has been sent.
    pub(crate) fn new(house: &House, place: u8) -> Self {
        Self::by(house, place, None)
    }

    /// The same where no UDP gets out.
    pub(crate) fn by_tcp(house: &House, place: u8) -> Self {
        Self::by(house, place, Some(Wire::new(house.door)))
    }

    fn by(house: &House, place: u8, wire: Option<Wire>) -> Self {
        let leg = house.next_leg();
        let socket = house.socket(place, 5000);
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
        let here = wire.as_ref().map_or_else(|| socket.local_addr().expect("bound"), Wire::here);
        let ours = IceCreds::new();
        let local = ice_local(place);
        let config = RtcConfig::new().set_rtp_mode(true).set_local_ice_credentials(ours.clone()).clear_codecs();
        let mut rtc = config.enable_pcma(true, false).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(here, "udp").expect("valid"));
        rtc.add_remote_candidate(Candidate::host(house.door, "udp").expect("valid"));
        let mut direct = rtc.direct_api();
        direct.set_ice_controlling(true);
        direct.set_remote_ice_credentials(IceCreds { ufrag: local.ufrag.to_string(), pass: local.pwd.to_string() });
        let bytes = house.certificate.fingerprint().to_vec();
        direct.set_remote_fingerprint(Fingerprint { hash_func: "sha-256".to_owned(), bytes });
        let fingerprint = direct.local_dtls_fingerprint().bytes.clone().try_into().expect("SHA-256");
        direct.start_dtls(true).expect("DTLS");
        let mid = Mid::from("0");
        direct.declare_media(mid, MediaKind::Audio);
        direct.declare_stream_tx(Ssrc::from(SSRC), None, mid, None);
        let said = WebPeer {
            ufrag: ours.ufrag.into(),
            pwd: ours.pass.into(),
            fingerprint,
            role: DtlsRole::Server,
            local: local.clone(),
            payload_types: Box::new([(A_LAW, 8000)]),
            mid: "0".into(),
            ssrc: None,
        };
        house.net.command(MediaCommand::Open { leg, place: Place::Web(Box::new(local)) });
        house.net.command(MediaCommand::Secure { leg, keys: Box::new(Secured::Web(said.clone())) });
        let nowhere = "0.0.0.0:9".parse().expect("an address");
        house.net.command(MediaCommand::Settle { leg, sound: Sound::plain(nowhere, Codec::Pcma) });
        let browser = Self {
            leg,
            socket,
            heard: Vec::new(),
            connected: false,
            rtc,
            wire,
            here,
            said,
            sequence: 65_500,
            samples: 0,
        };
        house.wait_until_done();
        browser
    }

    /// Until sound can go both ways.
    pub(crate) fn connect(&mut self) {
        self.step_until(|browser| browser.connected);
    }

    /// Until so many packets have been heard.
    pub(crate) fn hear(&mut self, packets: usize) {
        self.step_until(|browser| browser.heard.len() >= packets);
    }

    /// Goes on until it is so.
    pub(crate) fn step_until(&mut self, so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !so(self) {
            assert!(begun.elapsed() < PATIENCE, "heard {}, connected: {}", self.heard.len(), self.connected);
            self.step();
        }
    }

    /// Takes in what has come, sends what is due.
    pub(crate) fn step(&mut self) {
        let mut datagram = [0; 1500];
        let received = match &mut self.wire {
            Some(wire) => wire.receive(&mut datagram),
            None => self.socket.recv_from(&mut datagram).ok(),
        };
        if let Some((length, from)) = received {
            let destination = self.here;
            self.expect_sound(&datagram[..length]);
            if let Ok(received) = Receive::new(Protocol::Udp, from, destination, &datagram[..length]) {
                self.rtc.handle_input(Input::Receive(Instant::now(), received)).expect("valid");
            }
        }
        self.rtc.handle_input(Input::Timeout(Instant::now())).expect("alive");
        self.drain();
    }

    /// Says 20 ms of a tone.
    pub(crate) fn say_tone(&mut self, hertz: f32) {
        let law = Codec::Pcma.law().expect("G.711");
        let sound: Vec<u8> = (0..160)
            .map(|n| (2.0 * PI * hertz * (self.samples + n) as f32 / 8000.0).sin() * 8000.0)
            .map(|sample| law.encode(sample as i16))
            .collect();
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx(&Ssrc::from(SSRC)).expect("declared");
        let number = Pt::new_with_value(A_LAW);
        stream.write_rtp(RtpWrite::new(number, self.sequence.into(), self.samples, Instant::now(), sound));
        (self.sequence, self.samples) = (self.sequence + 1, self.samples + 160);
        self.step();
    }

    /// The samples of what was heard.
    pub(crate) fn sound(&self) -> Vec<f32> {
        let law = Codec::Pcma.law().expect("G.711");
        self.heard.iter().flatten().map(|byte| f32::from(law.decode(*byte))).collect()
    }

    /// Its network has changed: what it sends comes from another address, without its noticing.
    pub(crate) fn move_to(&mut self, house: &House, place: u8) {
        self.socket = house.socket(place, 5000);
        self.socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
    }

    /// It restarts ICE, as a browser does when it has noticed: new names on both sides, the same keys.
    pub(crate) fn restart_ice(&mut self, house: &House, place: u8) {
        let (ours, local) = (IceCreds::new(), ice_local(place));
        let mut direct = self.rtc.direct_api();
        direct.set_local_ice_credentials(ours.clone());
        direct.set_remote_ice_credentials(IceCreds { ufrag: local.ufrag.to_string(), pass: local.pwd.to_string() });
        let said = WebPeer { ufrag: ours.ufrag.into(), pwd: ours.pass.into(), local, ..self.said.clone() };
        house.net.command(MediaCommand::Secure { leg: self.leg, keys: Box::new(Secured::Web(said.clone())) });
        self.said = said;
        house.wait_until_done();
    }

    /// Our description names no source number: the first that comes is the one.
    fn expect_sound(&mut self, datagram: &[u8]) {
        if let [0x80..=0xbf, kind, _, _, _, _, _, _, a, b, c, d, ..] = datagram
            && kind & 0x7f == A_LAW
        {
            let ssrc = Ssrc::from(u32::from_be_bytes([*a, *b, *c, *d]));
            self.rtc.direct_api().expect_stream_rx(ssrc, None, Mid::from("0"), None);
        }
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().expect("alive") {
                Output::Timeout(_) => return,
                Output::Transmit(datagram) if self.wire.is_some() => {
                    self.wire.iter_mut().for_each(|wire| wire.send(&datagram.contents));
                }
                Output::Transmit(datagram) => {
                    self.socket.send_to(&datagram.contents, datagram.destination).expect("loopback");
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => self.heard.push(packet.payload.to_vec()),
                Output::Event(_) => {}
            }
        }
    }
}

/// Our side's name begins with the shard of the leg, as the centre makes them.
fn ice_local(place: u8) -> IceLocal {
    IceLocal { ufrag: format!("01{place:06}").into(), pwd: format!("{place:0>28}").into() }
}
