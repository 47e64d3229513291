//! Phones and a house with packet workers, on loopback addresses that belong to one test alone.
//! Knows tones and packets; doesn't know how a worker does its work.

use std::f32::consts::PI;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use media::{
    KeyEvents, Law, MediaCommand, MediaEvent, Place, PlayNo, Playlist, RtpHeader, SdesKeys, Secured, Sound, Srtp,
    SrtpKey, SrtpSuite, Traffic,
};
use media_net::{MediaConfig, MediaNet, PromptStore, Shelf, Wanted, WebCertificate, WebConfig};
use model::{LegId, LegSide, PromptName, ShardNo};

/// Longer than anything here takes on a busy machine; only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const TELEPHONE_EVENT: u8 = 101;

pub(crate) struct House {
    pub(crate) net: MediaNet,
    events: Receiver<MediaEvent>,
    /// Where browsers reach us, and what we show them.
    pub(crate) door: SocketAddr,
    pub(crate) certificate: WebCertificate,
    network: u8,
    legs: AtomicU64,
    _prompts: tempfile::TempDir,
}

pub(crate) struct Phone {
    pub(crate) leg: LegId,
    pub(crate) law: Law,
    rtp: UdpSocket,
    rtcp: UdpSocket,
    /// Encrypted, where keys were agreed.
    srtp: Option<Srtp>,
    to: SocketAddr,
    sequence: u16,
    samples: u32,
    events: u32,
}

impl House {
    /// With the built-in prompts and `short`, of five frames.
    pub(crate) fn new(network: u8) -> Self {
        Self::with_shelf(network, None)
    }

    /// The same, with somewhere to put recordings.
    pub(crate) fn with_shelf(network: u8, shelf: Option<Box<dyn Shelf>>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data".to_vec();
        wav.extend(800_u32.to_le_bytes());
        wav.extend([0xd5; 800]);
        std::fs::write(folder.path().join("short.wav"), wav).expect("a file");
        let prompts = PromptStore::load(&[folder.path().to_owned()], &Wanted::default()).expect("prompts");
        let (tell, events) = channel();
        let (door, certificate) = (SocketAddr::new(host(network, 1), 9443), WebCertificate::generate().expect("made"));
        let web = Some(WebConfig { listen: door, public: vec![door], certificate: certificate.clone(), tcp: true });
        let config = MediaConfig { bind: host(network, 1), workers: 2, prompts, dscp: 46, web };
        let net = MediaNet::start_with(&config, shelf, move |event| drop(tell.send(event))).expect("workers");
        Self { net, events, door, certificate, network, legs: AtomicU64::new(0), _prompts: folder }
    }

    pub(crate) fn next_leg(&self) -> LegId {
        LegId::new(ShardNo(1), LegSide::Inbound, self.legs.fetch_add(1, Ordering::Relaxed))
    }

    /// Opens the port pair of a place, without settling anything.
    pub(crate) fn open(&self, place: u8) -> LegId {
        let leg = self.next_leg();
        self.net.command(MediaCommand::Open { leg, place: Place::Pair(port(place)) });
        leg
    }

    /// A socket at a place's address.
    pub(crate) fn socket(&self, place: u8, port: u16) -> UdpSocket {
        UdpSocket::bind((host(self.network, place), port)).expect("a free port")
    }

    /// A phone at an address of its own, whose session is settled.
    pub(crate) fn phone(&self, place: u8, law: Law) -> Phone {
        self.phone_with(place, law, None)
    }

    /// The same, encrypted with keys of this suite.
    pub(crate) fn encrypted_phone(&self, place: u8, law: Law, suite: SrtpSuite) -> Phone {
        let key = |first: u8| {
            let bytes: Vec<u8> = (first..).take(suite.key_and_salt_bytes()).collect();
            SrtpKey::new(suite, &bytes).expect("its length")
        };
        self.phone_with(place, law, Some(SdesKeys { ours: key(place), theirs: key(place + 100) }))
    }

    fn phone_with(&self, place: u8, law: Law, keys: Option<SdesKeys>) -> Phone {
        let leg = self.open(place);
        let mut phone =
            Phone::new(leg, law, host(self.network, place), SocketAddr::new(host(self.network, 1), port(place)));
        if let Some(keys) = keys {
            phone.srtp = Some(Srtp::new(&SdesKeys { ours: keys.theirs.clone(), theirs: keys.ours.clone() }));
            self.net.command(MediaCommand::Secure { leg, keys: Box::new(Secured::Sdes(keys)) });
        }
        self.settle(&phone, true);
        phone
    }

    /// Settles a phone's session anew, with telephone events or without.
    pub(crate) fn settle(&self, phone: &Phone, telephone_events: bool) {
        let remote = phone.rtp.local_addr().expect("bound");
        let telephone_event = telephone_events.then_some(KeyEvents::narrow(TELEPHONE_EVENT));
        let sound = Sound { telephone_event, ..Sound::plain(remote, phone.law.codec()) };
        self.net.command(MediaCommand::Settle { leg: phone.leg, sound });
    }

    /// Someone elsewhere who sends to a phone's port of ours.
    pub(crate) fn stranger(&self, place: u8, victim: &Phone) -> Phone {
        Phone::new(victim.leg, victim.law, host(self.network, place), victim.to)
    }

    /// Another program that has a port of a place's pair.
    pub(crate) fn occupy(&self, place: u8, offset: u16) -> UdpSocket {
        UdpSocket::bind((host(self.network, 1), port(place) + offset)).expect("a free port")
    }

    /// Until every command so far is carried out.
    pub(crate) fn wait_until_done(&self) {
        let leg = LegId::new(ShardNo(1), LegSide::Outbound, 1);
        self.net.command(MediaCommand::Open { leg, place: Place::Pair(port(200)) });
        let (play, list) = (PlayNo(u32::MAX), Playlist::once(PromptName::new("none")));
        self.net.command(MediaCommand::Play { leg, play, list });
        let done = MediaEvent::Played { leg, play };
        assert_eq!(self.next_event(), done);
    }

    pub(crate) fn next_event(&self) -> MediaEvent {
        self.events.recv_timeout(PATIENCE).expect("an event")
    }

    pub(crate) fn events_so_far(&self) -> Vec<MediaEvent> {
        self.events.try_iter().collect()
    }

    pub(crate) fn wait_for<T>(&self, wanted: impl Fn(&MediaEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(&self.next_event()) {
                return found;
            }
        }
    }

    /// The key that is told next.
    pub(crate) fn digit(&self) -> char {
        self.wait_for(|event| {
            let MediaEvent::Digit { digit, .. } = event else { return None };
            Some(*digit)
        })
    }

    /// Closes a leg; gives what went through it.
    pub(crate) fn close(&self, leg: LegId) -> Traffic {
        self.net.command(MediaCommand::Close { leg });
        self.wait_for(|event| {
            let MediaEvent::Closed { leg: closed, traffic } = event else { return None };
            (*closed == leg).then_some(*traffic)
        })
    }
}

impl Phone {
    fn new(leg: LegId, law: Law, ip: IpAddr, to: SocketAddr) -> Self {
        let rtp = UdpSocket::bind((ip, 4000)).expect("a free port");
        let rtcp = UdpSocket::bind((ip, 4001)).expect("a free port");
        Self { leg, law, rtp, rtcp, srtp: None, to, sequence: 65_500, samples: 0, events: 0 }
    }

    /// Says 20 ms of a tone.
    pub(crate) fn say_tone(&mut self, hertz: f32) {
        self.say(&[hertz]);
    }

    /// Says 20 ms of these tones together; of none, silence.
    pub(crate) fn say(&mut self, tones: &[f32]) {
        let turn = |n: u32| 2.0 * PI * (self.samples + n) as f32 / 8000.0;
        let sound: Vec<u8> = (0..160)
            .map(|n| tones.iter().map(|hertz| (turn(n) * hertz).sin() * 8000.0).sum::<f32>())
            .map(|sample| self.law.encode(sample as i16))
            .collect();
        self.send(self.law.payload_type(), self.samples, &sound);
        self.samples += 160;
    }

    /// Presses a key: three packets while it is down, three when it is let go.
    pub(crate) fn press(&mut self, code: u8) {
        self.events += 1;
        for (flags, duration) in [(10, 160), (10, 320), (10, 480), (0x8a, 640), (0x8a, 640), (0x8a, 640)] {
            let [high, low] = u16::to_be_bytes(duration);
            self.send(TELEPHONE_EVENT, 1_000_000 + 10_000 * self.events, &[code, flags, high, low]);
        }
    }

    /// An empty receiver report.
    pub(crate) fn report(&mut self) {
        let to = SocketAddr::new(self.to.ip(), self.to.port() + 1);
        let (report, mut room) = ([0x80, 201, 0, 1, 0, 0, 0, 9], [0; 64]);
        let sent = match &mut self.srtp {
            Some(srtp) => srtp.protect_report(&report, &mut room).expect("sealed"),
            None => &report[..],
        };
        self.rtcp.send_to(sent, to).expect("loopback");
    }

    /// So many packets, in the order in which they come; fewer when no more come.
    pub(crate) fn hear(&mut self, packets: usize) -> Vec<Vec<u8>> {
        self.rtp.set_read_timeout(Some(PATIENCE)).expect("a socket");
        (0..packets).map_while(|_| self.receive()).collect()
    }

    pub(crate) fn hear_what_is_there(&mut self) -> Vec<Vec<u8>> {
        self.rtp.set_read_timeout(Some(Duration::from_millis(1))).expect("a socket");
        std::iter::from_fn(|| self.receive()).collect()
    }

    pub(crate) fn hear_report(&mut self) -> Vec<u8> {
        self.rtcp.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut report = receive(&self.rtcp).expect("a report");
        if let Some(srtp) = &mut self.srtp {
            let length = srtp.unprotect_report(&mut report).expect("an authentic report");
            report.truncate(length);
        }
        report
    }

    /// The samples of packets that were heard.
    pub(crate) fn sound(&self, packets: &[Vec<u8>]) -> Vec<f32> {
        packets.iter().flat_map(|packet| &packet[12..]).map(|byte| f32::from(self.law.decode(*byte))).collect()
    }

    fn send(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        let mut packet = [&[0; 12], payload].concat();
        let (sequence, payload) = (self.sequence, 12..packet.len());
        let header = RtpHeader { payload_type, marker: false, sequence, timestamp, ssrc: 7, payload };
        let (packet, mut room) = (header.write(&mut packet), [0; 1500]);
        let sent = match &mut self.srtp {
            Some(srtp) => srtp.protect(packet, &mut room).expect("sealed"),
            None => packet,
        };
        self.rtp.send_to(sent, self.to).expect("loopback");
    }

    /// Sends bytes as they are.
    pub(crate) fn send_raw(&self, bytes: &[u8]) {
        self.rtp.send_to(bytes, self.to).expect("loopback");
    }

    /// A packet that came, opened; panics when it is not authentic, or not encrypted where it should be.
    fn receive(&mut self) -> Option<Vec<u8>> {
        let mut packet = receive(&self.rtp)?;
        if let Some(srtp) = &mut self.srtp {
            let length = srtp.unprotect(&mut packet).expect("an authentic packet");
            packet.truncate(length);
        }
        Some(packet)
    }
}

/// How strong a tone is in a sound (Goertzel's algorithm).
pub(crate) fn strength(sound: &[f32], hertz: f32) -> f32 {
    let turn = 2.0 * (2.0 * PI * hertz / 8000.0).cos();
    let (last, before) = sound.iter().fold((0.0, 0.0), |(last, before), sample| (sample + turn * last - before, last));
    last * last + before * before - turn * last * before
}

/// Sequence number, timestamp and stream of a packet.
pub(crate) fn numbers(packet: &[u8]) -> (u16, u32, u32) {
    let header = RtpHeader::read(packet).expect("valid");
    (header.sequence, header.timestamp, header.ssrc)
}

fn receive(socket: &UdpSocket) -> Option<Vec<u8>> {
    let mut packet = vec![0; 1500];
    let (length, _) = socket.recv_from(&mut packet).ok()?;
    packet.truncate(length);
    Some(packet)
}

fn host(network: u8, place: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 77, network, place))
}

fn port(place: u8) -> u16 {
    20_000 + 2 * u16::from(place)
}
