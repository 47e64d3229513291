//! Phones in numbers: each sends a packet every 20 ms at a moment of its own, and the kernel notes when one arrives.
//! Knows loopback and time stamps; doesn't know who relays.

use std::io::{ErrorKind, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime};

use hdrhistogram::Histogram;
use media::RtpHeader;
use nix::cmsg_space;
use nix::sys::socket::sockopt::ReceiveTimestampns;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, MultiHeaders, recvmmsg, setsockopt};
use nix::sys::time::TimeSpec;

use crate::voices::{Meeting, Voice};

/// Who relays or plays.
pub(crate) const US: Ipv4Addr = Ipv4Addr::new(127, 78, 0, 1);
/// The first RTP port of ours; each leg has the next even one.
pub(crate) const FIRST_PORT: u16 = 10_000;
/// Between two packets of a phone.
pub(crate) const FRAME: Duration = Duration::from_millis(20);
/// A packet with 20 ms of G.711.
pub(crate) const PACKET_BYTES: usize = 172;

pub(crate) const THEM: Ipv4Addr = Ipv4Addr::new(127, 78, 0, 2);
/// Packets that are read from one phone at once.
const BATCH: usize = 16;
/// A phone's mail is looked after before each so-many-th packet of its own.
const FRAMES_PER_READING: u32 = 5;
/// Shorter waits cost more than they bring.
const SHORTEST_WAIT: Duration = Duration::from_micros(50);

/// Sockets of phones, and what arrived at them.
pub(crate) struct Phones {
    pub(crate) meeting: Meeting,
    voices: Vec<Voice>,
    sockets: Vec<UdpSocket>,
    /// When each phone's last packet came, in nanoseconds.
    last: Vec<u64>,
    headers: MultiHeaders<()>,
    buffers: Box<[[u8; PACKET_BYTES]; BATCH]>,
    pub(crate) count: Count,
}

/// What was sent, and what arrived when.
pub(crate) struct Count {
    pub(crate) sent: u64,
    pub(crate) heard: u64,
    /// From a phone's sending to the other's socket, in nanoseconds.
    pub(crate) delays: Histogram<u64>,
    /// How far two packets of one phone came nearer or farther apart than 20 ms, in nanoseconds.
    pub(crate) jitter: Histogram<u64>,
}

impl Count {
    fn new() -> Self {
        let histogram = || Histogram::new_with_bounds(1, 10_000_000_000, 3).expect("bounds");
        Self { sent: 0, heard: 0, delays: histogram(), jitter: histogram() }
    }
}

impl Phones {
    pub(crate) fn new(count: u16, meeting: Meeting) -> Self {
        let bind = |n: u16| {
            let phone = UdpSocket::bind((THEM, FIRST_PORT + 2 * n)).expect("a free port");
            phone.set_nonblocking(true).expect("a socket");
            setsockopt(&phone, ReceiveTimestampns, &true).expect("a socket");
            phone
        };
        let sockets: Vec<_> = (0..count).map(bind).collect();
        let voice = |(phone, socket): (usize, &UdpSocket)| {
            let remote = socket.local_addr().expect("bound");
            Voice::new(meeting.sound(phone, remote), meeting.keys(phone))
        };
        Self {
            meeting,
            voices: sockets.iter().enumerate().map(voice).collect(),
            sockets,
            last: vec![0; usize::from(count)],
            headers: MultiHeaders::preallocate(BATCH, Some(cmsg_space!(TimeSpec))),
            buffers: Box::new([[0; PACKET_BYTES]; BATCH]),
            count: Count::new(),
        }
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().map(|phone| phone.local_addr().expect("bound")).collect()
    }

    /// Every phone sends a packet each 20 ms, all at moments of their own.
    pub(crate) fn talk(&mut self, time: Duration) {
        let (began, count) = (Instant::now(), self.sockets.len());
        let mut next = 0;
        let due = |next: usize| FRAME.mul_f64(next as f64 / count as f64);
        while began.elapsed() < time {
            while due(next) <= began.elapsed() {
                // A stride spreads the two phones of a call over the 20 ms.
                let (phone, frame) = (next % count * 37 % count, (next / count) as u32);
                if (frame + phone as u32).is_multiple_of(FRAMES_PER_READING) {
                    self.read(phone, self.meeting.is_stamped(phone));
                }
                self.send(phone, frame);
                next += 1;
            }
            std::thread::sleep(due(next).saturating_sub(began.elapsed()).max(SHORTEST_WAIT));
        }
        std::thread::sleep(FRAME * 5);
        (0..count).for_each(|phone| self.read(phone, self.meeting.is_stamped(phone)));
    }

    /// Every phone only listens.
    pub(crate) fn listen(&mut self, time: Duration) {
        let began = Instant::now();
        while began.elapsed() < time {
            std::thread::sleep(FRAME * 5);
            (0..self.sockets.len()).for_each(|phone| self.read(phone, false));
        }
    }

    /// What lies there already counts for nothing.
    pub(crate) fn forget(&mut self) {
        (0..self.sockets.len()).for_each(|phone| self.read(phone, false));
        self.count = Count::new();
    }

    pub(crate) fn send(&mut self, phone: usize, frame: u32) {
        let voice = &mut self.voices[phone];
        let mut packet = [&[0; 12], &voice.sound[..]].concat();
        if self.meeting == Meeting::Plain || voice.srtp.is_some() {
            packet[12..20].copy_from_slice(&now().to_be_bytes());
        }
        let (sequence, timestamp, ssrc, payload) = (frame as u16, frame * voice.ticks, phone as u32, 12..packet.len());
        RtpHeader { payload_type: voice.payload_type, marker: false, sequence, timestamp, ssrc, payload }
            .write(&mut packet);
        let to = (US, FIRST_PORT + 2 * phone as u16);
        let mut room = [0; 1500];
        let packet = match &mut voice.srtp {
            Some(srtp) => srtp.protect(&packet, &mut room).expect("sealed"),
            None => &mut packet[..],
        };
        match self.sockets[phone].send_to(packet, to) {
            Ok(_) => self.count.sent += 1,
            // Nobody is there any more, or not yet: told by the kernel of an earlier packet.
            Err(fault) if fault.kind() == ErrorKind::ConnectionRefused => {}
            Err(fault) => panic!("loopback: {fault}"),
        }
    }

    pub(crate) fn read(&mut self, phone: usize, stamped: bool) {
        loop {
            let arrived = self.batch(phone);
            let count = arrived.iter().flatten().count();
            for (n, at) in arrived.into_iter().flatten().enumerate() {
                self.count.heard += 1;
                if stamped {
                    let bytes = self.buffers[n].get(12..20).and_then(|bytes| bytes.try_into().ok());
                    let sent_at = u64::from_be_bytes(bytes.expect("a whole packet"));
                    self.count.delays.saturating_record(at.saturating_sub(sent_at));
                }
                let before = std::mem::replace(&mut self.last[phone], at);
                if before != 0 {
                    self.count.jitter.saturating_record(at.saturating_sub(before).abs_diff(FRAME.as_nanos() as u64));
                }
            }
            if count < BATCH {
                return;
            }
        }
    }

    /// When each of a batch arrived, in nanoseconds since 1970.
    fn batch(&mut self, phone: usize) -> [Option<u64>; BATCH] {
        let mut arrived = [None; BATCH];
        let mut slices = self.buffers.each_mut().map(|buffer| [IoSliceMut::new(buffer)]);
        let socket = self.sockets[phone].as_raw_fd();
        let Ok(results) = recvmmsg(socket, &mut self.headers, &mut slices, MsgFlags::MSG_DONTWAIT, None) else {
            return arrived;
        };
        for (place, result) in arrived.iter_mut().zip(results) {
            *place = result.cmsgs().expect("room for a time stamp").find_map(|message| {
                let ControlMessageOwned::ScmTimestampns(at) = message else { return None };
                Some(Duration::from(at).as_nanos() as u64)
            });
        }
        arrived
    }
}

/// Nanoseconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_nanos() as u64
}
