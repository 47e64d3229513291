//! One end of an RTP conversation: says a tone, and remembers everything that it hears and every packet that it misses.
//! Its ears and G.711 are its own, not the server's. Knows RTP version 2 without extensions; doesn't know SIP.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::g711::Law;
use crate::tone;

/// One packet's time, and its samples.
const PACKET: Duration = Duration::from_millis(20);
const SAMPLES: usize = 160;
const HEADER_BYTES: usize = 12;
/// Payload type of key presses (RFC 4733), where a scenario offers them.
const KEYS: u8 = 101;
/// Packets that tell of one press.
const KEY_PACKETS: u16 = 7;

/// A speaking and listening end. Silent until it knows to whom it talks.
pub struct Voice {
    /// Where it listens.
    pub address: SocketAddr,
    partner: Arc<Mutex<Option<SocketAddr>>>,
    over: Arc<AtomicBool>,
    ear: Arc<Mutex<Vec<i16>>>,
    keys: Arc<Mutex<Vec<(u32, u8)>>>,
    presses: Sender<u8>,
    thread: JoinHandle<Heard>,
}

/// What an end has heard.
#[derive(Default)]
pub struct Heard {
    /// Voice packets that came.
    pub packets: u32,
    /// Voice packets that never came, by the gaps in their numbers.
    pub lost: u32,
    /// How many streams (SSRC) there were.
    pub streams: usize,
    /// Packets by payload type.
    pub by_payload_type: BTreeMap<u8, u32>,
    /// Everything, in the order in which it came.
    pub samples: Vec<i16>,
}

impl Voice {
    /// Opens an end at a free even port there.
    pub fn open(ip: IpAddr, hz: f64, law: Law) -> Self {
        let socket = UdpSocket::bind((ip, crate::net::free_port(ip))).expect("a free port can be bound");
        let address = socket.local_addr().expect("a bound socket has an address");
        let (partner, over) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
        let ear = Arc::new(Mutex::new(Vec::new()));
        let keys = Arc::new(Mutex::new(Vec::new()));
        let (presses, pressed) = channel();
        let mut end = End {
            socket,
            partner: partner.clone(),
            over: over.clone(),
            ear: ear.clone(),
            keys: keys.clone(),
            pressed,
            law,
            heard: Heard::default(),
            counted: BTreeMap::new(),
        };
        let thread = std::thread::spawn(move || {
            end.talk(hz);
            end.count()
        });
        Self { address, partner, over, ear, keys, presses, thread }
    }

    /// Talks to this address from now on.
    pub fn talk_to(&self, partner: SocketAddr) {
        *self.partner.lock().unwrap_or_else(PoisonError::into_inner) = Some(partner);
    }

    /// Everything that it has heard so far.
    pub fn heard_so_far(&self) -> Vec<i16> {
        self.ear.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys that were pressed so far: each press has a time of its own, however many packets tell of it.
    pub fn keys_so_far(&self) -> Vec<u8> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(_, key)| *key).collect()
    }

    /// Presses a key (its code, RFC 4733 §3.2) for 100 ms, in place of the tone.
    pub fn press(&self, key: u8) {
        // An end that has finished presses nothing.
        let _ = self.presses.send(key);
    }

    /// Ends the conversation.
    pub fn finish(self) -> Heard {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("an end doesn't panic")
    }
}

/// The thread's half.
struct End {
    socket: UdpSocket,
    partner: Arc<Mutex<Option<SocketAddr>>>,
    over: Arc<AtomicBool>,
    ear: Arc<Mutex<Vec<i16>>>,
    /// Time and code of each press.
    keys: Arc<Mutex<Vec<(u32, u8)>>>,
    pressed: Receiver<u8>,
    law: Law,
    heard: Heard,
    /// Stream → (first number, numbers since then, packets).
    counted: BTreeMap<u32, (u16, u32, u32)>,
}

impl End {
    fn talk(&mut self, hz: f64) {
        let speech = self.law.encode(&tone::tone(hz, 1.0));
        let (mut due, mut number, mut press) = (Instant::now(), 0_u16, None);
        while !self.over.load(Ordering::Relaxed) {
            let partner = *self.partner.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(partner) = partner {
                let at = usize::from(number) * SAMPLES % speech.len();
                press = press.filter(|press: &Press| press.packets < KEY_PACKETS).or_else(|| self.next_press(number));
                let next = match &mut press {
                    Some(press) => press.packet(number),
                    None => packet(self.law, number, &speech[at..at + SAMPLES]),
                };
                // A send may fail once where nobody listens yet; the next one finds out again.
                let _ = self.socket.send_to(&next, partner);
                number = number.wrapping_add(1);
            }
            due += PACKET;
            self.listen_until(due);
        }
    }

    fn next_press(&self, number: u16) -> Option<Press> {
        let code = self.pressed.try_recv().ok()?;
        Some(Press { code, begun: u32::from(number) * SAMPLES as u32, packets: 0 })
    }

    fn listen_until(&mut self, due: Instant) {
        let mut buffer = [0; 2048];
        loop {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.socket.set_read_timeout(Some(left)).expect("a time-out above zero can be set");
            if let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
                self.hear(&buffer[..length]);
            }
        }
    }

    fn hear(&mut self, packet: &[u8]) {
        if packet.len() < HEADER_BYTES || packet[0] >> 6 != 2 {
            return;
        }
        let payload_type = packet[1] & 0x7f;
        *self.heard.by_payload_type.entry(payload_type).or_default() += 1;
        let number = u16::from_be_bytes([packet[2], packet[3]]);
        let stream = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
        let (first, span, packets) = self.counted.entry(stream).or_insert((number, 0, 0));
        *span = (*span).max(u32::from(number.wrapping_sub(*first)));
        *packets += 1;
        if payload_type == KEYS && packet.len() > HEADER_BYTES {
            let press = (u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]), packet[HEADER_BYTES]);
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            if !keys.contains(&press) {
                keys.push(press);
            }
        }
        if let Some(law) = Law::of(payload_type) {
            let mut ear = self.ear.lock().unwrap_or_else(PoisonError::into_inner);
            ear.extend(packet[HEADER_BYTES..].iter().map(|byte| law.decode(*byte)));
        }
    }

    fn count(&mut self) -> Heard {
        let mut heard = std::mem::take(&mut self.heard);
        heard.samples = std::mem::take(&mut *self.ear.lock().unwrap_or_else(PoisonError::into_inner));
        heard.streams = self.counted.len();
        for (_, span, packets) in self.counted.values() {
            heard.packets += packets;
            heard.lost += (span + 1).saturating_sub(*packets);
        }
        heard
    }
}

/// A key that is down: 100 ms of packets with one timestamp, the last of them three times.
struct Press {
    code: u8,
    begun: u32,
    packets: u16,
}

impl Press {
    fn packet(&mut self, number: u16) -> Vec<u8> {
        self.packets += 1;
        let (down, end) = (self.packets.min(KEY_PACKETS - 2), self.packets + 2 >= KEY_PACKETS);
        let [high, low] = (down * SAMPLES as u16).to_be_bytes();
        written(KEYS, number, self.begun, &[self.code, if end { 0x8a } else { 0x0a }, high, low])
    }
}

fn packet(law: Law, number: u16, speech: &[u8]) -> Vec<u8> {
    written(law.payload_type(), number, u32::from(number) * SAMPLES as u32, speech)
}

fn written(payload_type: u8, number: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend(number.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(0x5a4d_0001_u32.to_be_bytes());
    packet.extend(payload);
    packet
}

#[test]
fn two_ends_hear_each_other() {
    let net = crate::Net::claim();
    let citizen = Voice::open(net.trunk(), tone::CITIZEN_HZ, Law::A);
    let agent = Voice::open(net.phones(), tone::AGENT_HZ, Law::Mu);
    citizen.talk_to(agent.address);
    agent.talk_to(citizen.address);
    std::thread::sleep(Duration::from_secs(1));
    let (citizen, agent) = (citizen.finish(), agent.finish());
    assert!(tone::seconds_of(&citizen.samples, tone::AGENT_HZ) > 0.4);
    assert!(tone::seconds_of(&agent.samples, tone::CITIZEN_HZ) > 0.4);
    assert_eq!((citizen.lost, agent.lost), (0, 0));
}
