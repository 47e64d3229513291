//! The yardsticks: a relay and a sender on the same sockets that know nothing of RTP, and do nothing but their work.
//!
//! A port pair for each leg, edge-triggered, `recvmmsg` of a batch, `sendmmsg` of the same batch from the partner's socket.

use std::io::{IoSlice, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg};

use crate::phones::{FIRST_PORT, FRAME, PACKET_BYTES, US};

const BATCH: usize = 32;
const BUFFER_BYTES: usize = 1500;

/// Sends what comes to each socket to the partner's phone, until told to stop.
pub(crate) fn relay(remotes: &[SocketAddr], stop: &AtomicBool) {
    let mut poll = Poll::new().expect("a poll");
    let mut events = Events::with_capacity(1024);
    let open = |(n, _): (usize, _)| {
        let rtp = SocketAddr::from((US, FIRST_PORT + 2 * n as u16));
        let rtcp = SocketAddr::from((US, FIRST_PORT + 2 * n as u16 + 1));
        let mut pair = [rtp, rtcp].map(|address| mio::net::UdpSocket::bind(address).expect("a free port"));
        for (socket, reports) in pair.iter_mut().zip(0..) {
            poll.registry().register(socket, Token(2 * n + reports), Interest::READABLE).expect("a poll");
        }
        pair
    };
    let pairs: Vec<_> = remotes.iter().enumerate().map(open).collect();
    let to: Vec<_> = remotes.iter().map(|remote| [Some(SockaddrStorage::from(*remote)); BATCH]).collect();
    let mut batch = Batch::new();
    while !stop.load(Ordering::Relaxed) {
        poll.poll(&mut events, Some(Duration::from_millis(100))).expect("a poll");
        for event in &events {
            let (from, socket) = (event.token().0 / 2, event.token().0 % 2);
            while batch.pass(&pairs[from][socket], &pairs[from ^ 1][socket], &to[from ^ 1]) == BATCH {}
        }
    }
}

struct Batch {
    buffers: Box<[[u8; BUFFER_BYTES]; BATCH]>,
    received: MultiHeaders<SockaddrStorage>,
    sent: MultiHeaders<SockaddrStorage>,
}

impl Batch {
    fn new() -> Self {
        Self {
            buffers: vec![[0; BUFFER_BYTES]; BATCH].try_into().expect("as many as were made"),
            received: MultiHeaders::preallocate(BATCH, None),
            sent: MultiHeaders::preallocate(BATCH, None),
        }
    }

    /// Says how many packets came.
    fn pass(
        &mut self,
        from: &mio::net::UdpSocket,
        out: &mio::net::UdpSocket,
        to: &[Option<SockaddrStorage>; BATCH],
    ) -> usize {
        let mut lengths = [0; BATCH];
        let mut slices = self.buffers.each_mut().map(|buffer| [IoSliceMut::new(buffer)]);
        let (socket, flags) = (from.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let Ok(results) = recvmmsg(socket, &mut self.received, &mut slices, flags, None) else { return 0 };
        let mut count = 0;
        for result in results {
            lengths[count] = result.bytes;
            count += 1;
        }
        let slice = |n: usize| [IoSlice::new(&self.buffers[n][..lengths[n]])];
        let slices: [_; BATCH] = std::array::from_fn(slice);
        let _lost = sendmmsg(out.as_raw_fd(), &mut self.sent, &slices[..count], &to[..count], [], flags);
        count
    }
}

/// Sends each listener a packet every 20 ms, in so many groups one after the other.
pub(crate) fn play(remotes: &[SocketAddr], groups: usize, stop: &AtomicBool) {
    let bind = |n: usize| UdpSocket::bind((US, FIRST_PORT + 2 * n as u16)).expect("a free port");
    let sockets: Vec<_> = (0..remotes.len()).map(bind).collect();
    let (began, mut turn) = (Instant::now(), 0);
    while !stop.load(Ordering::Relaxed) {
        for (socket, remote) in sockets.iter().zip(remotes).skip(turn % groups).step_by(groups) {
            let _lost = socket.send_to(&[0; PACKET_BYTES], remote);
        }
        turn += 1;
        std::thread::sleep((FRAME / groups as u32 * turn as u32).saturating_sub(began.elapsed()));
    }
}
