//! Calls of which one side sits at a browser: ICE, DTLS and SRTP at the other end of the port that all browsers share.
//! Knows what a browser sends; doesn't know what it costs us.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use media::{Codec, DtlsRole, IceLocal, MediaCommand, Place, Secured, Sound, WebPeer};
use media_net::{MediaNet, WebCertificate, WebConfig};
use model::LegId;
use str0m::config::Fingerprint;
use str0m::media::{MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, Ssrc};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};

use crate::phones::{FRAME, Phones, THEM, US, now};

/// The port of all browsers.
const DOOR: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(US), 9443);
const A_LAW: u8 = 8;
const SSRC: u32 = 0x5057;
const DATAGRAM_BYTES_MAX: usize = 1500;
/// Handshakes of a hundred at once are over long before; one that isn't is a fault of ours.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where browsers come to.
pub(crate) fn door(certificate: &WebCertificate) -> WebConfig {
    WebConfig { listen: DOOR, public: vec![DOOR], certificate: certificate.clone(), tcp: false }
}

/// One browser, which says the same 20 ms again and again.
pub(crate) struct Browser {
    pub(crate) heard: u64,
    pub(crate) sent: u64,
    socket: UdpSocket,
    here: SocketAddr,
    rtc: Rtc,
    connected: bool,
    frame: u64,
}

impl Browser {
    /// Its leg is opened and settled; nothing has been sent.
    pub(crate) fn new(net: &MediaNet, certificate: &WebCertificate, leg: LegId, number: u16) -> Self {
        let socket = UdpSocket::bind((THEM, 0)).expect("a free port");
        socket.set_nonblocking(true).expect("a socket");
        let here = socket.local_addr().expect("bound");
        let local = IceLocal { ufrag: format!("00{number:06}").into(), pwd: format!("{number:0>28}").into() };
        let ours = IceCreds::new();
        let mut rtc = client(here, &ours, &local, certificate);
        let fingerprint = rtc.direct_api().local_dtls_fingerprint().bytes.clone().try_into().expect("SHA-256");
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
        net.command(MediaCommand::Open { leg, place: Place::Web(Box::new(local)) });
        net.command(MediaCommand::Secure { leg, keys: Box::new(Secured::Web(said)) });
        let nowhere = "0.0.0.0:9".parse().expect("an address");
        net.command(MediaCommand::Settle { leg, sound: Sound::plain(nowhere, Codec::Pcma) });
        Self { heard: 0, sent: 0, socket, here, rtc, connected: false, frame: 0 }
    }

    /// Says its next 20 ms; the first eight bytes hold the moment, which a plain phone reads.
    pub(crate) fn say(&mut self, now: u64) {
        let mut sound = vec![0xd5; 160];
        sound[..8].copy_from_slice(&now.to_be_bytes());
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx(&Ssrc::from(SSRC)).expect("declared");
        let (number, at) = (Pt::new_with_value(A_LAW), Instant::now());
        stream.write_rtp(RtpWrite::new(number, self.frame.into(), (self.frame * 160) as u32, at, sound));
        (self.frame, self.sent) = (self.frame + 1, self.sent + 1);
        self.look();
    }

    /// Takes in what has come, sends what is due.
    pub(crate) fn look(&mut self) {
        let mut datagram = [0; DATAGRAM_BYTES_MAX];
        while let Ok((length, from)) = self.socket.recv_from(&mut datagram) {
            self.expect_sound(&datagram[..length]);
            if let Ok(received) = Receive::new(Protocol::Udp, from, self.here, &datagram[..length]) {
                self.rtc.handle_input(Input::Receive(Instant::now(), received)).expect("valid");
                self.drain();
            }
        }
        self.rtc.handle_input(Input::Timeout(Instant::now())).expect("alive");
        self.drain();
    }

    /// Our description names no source number: the first that comes is the one.
    fn expect_sound(&mut self, datagram: &[u8]) {
        if self.heard == 0
            && let [0x80..=0xbf, kind, _, _, _, _, _, _, a, b, c, d, ..] = datagram
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
                Output::Transmit(datagram) => {
                    self.socket.send_to(&datagram.contents, datagram.destination).expect("loopback");
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(_)) => self.heard += 1,
                Output::Event(_) => {}
            }
        }
    }
}

/// Until sound can go both ways with all of them.
pub(crate) fn connect(browsers: &mut [Browser]) {
    let begun = Instant::now();
    while browsers.iter().any(|browser| !browser.connected) {
        assert!(begun.elapsed() < PATIENCE, "a browser can't connect");
        browsers.iter_mut().for_each(Browser::look);
        std::thread::sleep(FRAME / 10);
    }
}

/// Each phone talks with the browser of its number: both send a packet each 20 ms, all at moments of their own.
pub(crate) fn talk(phones: &mut Phones, browsers: &mut [Browser], time: Duration) {
    let (begun, calls) = (Instant::now(), browsers.len());
    let mut next = 0;
    let due = |next: usize| FRAME.mul_f64(next as f64 / calls as f64);
    while begun.elapsed() < time {
        while due(next) <= begun.elapsed() {
            let (call, frame) = (next % calls, next / calls);
            phones.read(call, true);
            phones.send(call, frame as u32);
            browsers[(call + calls / 2) % calls].say(now());
            next += 1;
        }
        std::thread::sleep(due(next).saturating_sub(begun.elapsed()).max(FRAME / 400));
    }
    std::thread::sleep(FRAME * 5);
    for (call, browser) in browsers.iter_mut().enumerate() {
        phones.read(call, true);
        browser.look();
        phones.count.sent += browser.sent;
        phones.count.heard += browser.heard;
    }
}

fn client(here: SocketAddr, ours: &IceCreds, theirs: &IceLocal, certificate: &WebCertificate) -> Rtc {
    let config = RtcConfig::new().set_rtp_mode(true).set_local_ice_credentials(ours.clone()).clear_codecs();
    let mut rtc = config.enable_pcma(true, false).build(Instant::now());
    rtc.add_local_candidate(Candidate::host(here, "udp").expect("valid"));
    rtc.add_remote_candidate(Candidate::host(DOOR, "udp").expect("valid"));
    let mut direct = rtc.direct_api();
    direct.set_ice_controlling(true);
    direct.set_remote_ice_credentials(IceCreds { ufrag: theirs.ufrag.to_string(), pass: theirs.pwd.to_string() });
    let bytes = certificate.fingerprint().to_vec();
    direct.set_remote_fingerprint(Fingerprint { hash_func: "sha-256".to_owned(), bytes });
    direct.start_dtls(true).expect("DTLS");
    let mid = Mid::from("0");
    direct.declare_media(mid, MediaKind::Audio);
    direct.declare_stream_tx(Ssrc::from(SSRC), None, mid, None);
    rtc
}
