//! What the agents' phones do with each message and each timer.
//!
//! As plain as a phone's firmware: no transactions, only what was said last, and to whom.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until};

use super::registering::Registering;
use super::{Account, Answering, Seen};
use crate::message::{Message, finish, session};
use crate::socket::{DATAGRAM_BYTES_MAX, bind};
use crate::sound::{Script, Sound};
use crate::{REPEATS_MAX, T1};

/// What the phones are told while they run.
pub(super) enum Order {
    Register { server: SocketAddr, account: Account },
}

/// The phones of one socket.
pub(super) struct Phones {
    socket: Arc<UdpSocket>,
    pub(super) address: SocketAddr,
    answering: Answering,
    seen: UnboundedSender<Seen>,
    calls: HashMap<String, Call>,
    pub(super) registering: HashMap<String, Registering>,
    pub(super) timers: BinaryHeap<Reverse<(Instant, Due)>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Answer(String),
    Repeat(String, u32),
    HangUp(String),
    Renew(String),
}

struct Call {
    invite: Message,
    peer: SocketAddr,
    last: String,
    state: State,
    media: Option<UdpSocket>,
    sound: Option<Sound>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ringing,
    Answered,
    Talking,
    Ending,
}

impl Phones {
    pub(super) fn new(
        socket: Arc<UdpSocket>,
        address: SocketAddr,
        answering: Answering,
        seen: UnboundedSender<Seen>,
    ) -> Self {
        let (calls, registering) = (HashMap::new(), HashMap::new());
        Self { socket, address, answering, seen, calls, registering, timers: BinaryHeap::new() }
    }

    pub(super) async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        let mut datagram = vec![0_u8; DATAGRAM_BYTES_MAX];
        // Until the system has said so, nothing can be sent, and what is tried would be lost.
        let _ = self.socket.writable().await;
        loop {
            let next = self.timers.peek().map(|Reverse((at, _))| *at);
            let nap = sleep_until(next.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600)));
            tokio::select! {
                Ok((length, peer)) = self.socket.recv_from(&mut datagram) => self.receive(&datagram[..length], peer),
                order = orders.recv() => match order {
                    Some(Order::Register { server, account }) => self.register(server, account),
                    None => return,
                },
                () = nap => {}
            }
            while let Ok((length, peer)) = self.socket.try_recv_from(&mut datagram) {
                self.receive(&datagram[..length], peer);
            }
            self.wake();
        }
    }

    fn receive(&mut self, datagram: &[u8], peer: SocketAddr) {
        let Some(message) = Message::read(datagram) else { return };
        let Some(id) = message.header("Call-ID").map(str::to_owned) else { return };
        match (message.status(), message.method()) {
            (None, "INVITE") => self.invited(id, message, peer),
            (None, "ACK") => self.acknowledged(&id),
            (None, "BYE") => {
                self.send(&message.answer("200 OK", None, "", ""), peer);
                self.end(&id);
            }
            (None, "CANCEL") => self.cancelled(&id, &message, peer),
            (None, _) => self.send(&message.answer("200 OK", Some("phone"), "", ""), peer),
            (Some(status), "REGISTER") if status >= 200 => self.registered(&id, status, &message),
            (Some(200..), "BYE") => self.end(&id),
            (Some(_), _) => {}
        }
    }

    fn invited(&mut self, id: String, invite: Message, peer: SocketAddr) {
        let repeated = self.calls.get(&id).map(|call| call.last.clone());
        if let Some(last) = repeated {
            self.send(&last, peer);
            return;
        }
        let caller = invite.user("From").unwrap_or_default().to_owned();
        let agent = user(invite.uri()).to_owned();
        let _ = self.seen.send(Seen::Offer { agent, caller, at: Instant::now() });
        let lot = rand::random_range(0..1_000);
        let Answering { after, declined_in_1000, unanswered_in_1000, .. } = self.answering;
        let declined = lot < declined_in_1000;
        let status = if declined { "603 Decline" } else { "180 Ringing" };
        let last = invite.answer(status, Some(&tag(&id)), &self.contact(&invite), "");
        self.send(&last, peer);
        let state = if declined { State::Ending } else { State::Ringing };
        self.calls.insert(id.clone(), Call { invite, peer, last, state, media: None, sound: None });
        if !declined && lot >= declined_in_1000 + unanswered_in_1000 {
            if after.is_zero() {
                self.answer(&id);
            } else {
                self.set(after, Due::Answer(id));
            }
        }
    }

    fn answer(&mut self, id: &str) {
        let media = self.answering.sound.and_then(|_| bind(SocketAddr::new(self.address.ip(), 0)).ok());
        let Some(call) = self.calls.get_mut(id).filter(|call| call.state == State::Ringing) else { return };
        let sound_at = media.as_ref().and_then(|socket| socket.local_addr().ok()).unwrap_or(self.address);
        let a_law = !call.invite.body().contains("RTP/AVP 0");
        let contact = contact(call.invite.uri(), self.address);
        let ok = call.invite.answer("200 OK", Some(&tag(id)), &contact, &session(sound_at, a_law));
        (call.state, call.media, call.last) = (State::Answered, media, ok.clone());
        let peer = call.peer;
        self.send(&ok, peer);
        self.set(T1, Due::Repeat(id.to_owned(), 1));
    }

    fn acknowledged(&mut self, id: &str) {
        let Some(call) = self.calls.get_mut(id) else { return };
        match call.state {
            State::Ending => {
                self.calls.remove(id);
            }
            State::Answered => {
                call.state = State::Talking;
                let to = sound_of(call.invite.body());
                if let (Some(socket), Some((says, hears)), Some(to)) = (call.media.take(), self.answering.sound, to) {
                    let a_law = !call.invite.body().contains("RTP/AVP 0");
                    call.sound = Some(Sound::start(socket, to, a_law, Script { says, hears, record: None }));
                }
                if let Some(after) = self.answering.hangs_up_after {
                    self.set(after, Due::HangUp(id.to_owned()));
                }
            }
            State::Ringing | State::Talking => {}
        }
    }

    fn cancelled(&mut self, id: &str, cancel: &Message, peer: SocketAddr) {
        self.send(&cancel.answer("200 OK", Some(&tag(id)), "", ""), peer);
        let Some(call) = self.calls.get_mut(id).filter(|call| call.state == State::Ringing) else { return };
        call.state = State::Ending;
        call.last = call.invite.answer("487 Request Terminated", Some(&tag(id)), "", "");
        let (last, peer) = (call.last.clone(), call.peer);
        self.send(&last, peer);
        self.set(T1, Due::Repeat(id.to_owned(), 1));
    }

    fn hang_up(&mut self, id: &str) {
        let address = self.address;
        let Some(call) = self.calls.get_mut(id).filter(|call| call.state == State::Talking) else { return };
        call.state = State::Ending;
        call.last = bye(&call.invite, id, address);
        let (last, peer) = (call.last.clone(), call.peer);
        self.send(&last, peer);
        self.set(T1, Due::Repeat(id.to_owned(), 1));
    }

    fn end(&mut self, id: &str) {
        if let Some(call) = self.calls.remove(id) {
            let heard = call.sound.as_ref().map(Sound::heard).unwrap_or_default();
            let agent = user(call.invite.uri()).to_owned();
            let _ = self.seen.send(Seen::Ended { agent, at: Instant::now(), heard });
        }
    }

    fn wake(&mut self) {
        let now = Instant::now();
        while self.timers.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, due))) = self.timers.pop() else { return };
            match due {
                Due::Answer(id) => self.answer(&id),
                Due::Repeat(id, times) => self.repeat(&id, times),
                Due::HangUp(id) => self.hang_up(&id),
                Due::Renew(id) => self.renew_if_due(id),
            }
        }
    }

    fn repeat(&mut self, id: &str, times: u32) {
        let waits = |state| matches!(state, State::Answered | State::Ending);
        let Some(call) = self.calls.get(id).filter(|call| waits(call.state)) else { return };
        let (last, peer) = (call.last.clone(), call.peer);
        if times > REPEATS_MAX {
            self.calls.remove(id);
            return;
        }
        self.send(&last, peer);
        self.set(T1 * (1 << times.min(3)), Due::Repeat(id.to_owned(), times + 1));
    }

    fn contact(&self, invite: &Message) -> String {
        contact(invite.uri(), self.address)
    }

    fn set(&mut self, after: Duration, due: Due) {
        self.timers.push(Reverse((Instant::now() + after, due)));
    }

    pub(super) fn send(&self, text: &str, to: SocketAddr) {
        // What the kernel does not take is lost, as on any network, and repeated.
        let _ = self.socket.try_send_to(text.as_bytes(), to);
    }
}

fn contact(uri: &str, address: SocketAddr) -> String {
    let user = user(uri);
    format!("Contact: <sip:{user}@{address}>\r\n")
}

fn user(uri: &str) -> &str {
    uri.trim_start_matches("sip:").split('@').next().unwrap_or("phone")
}

fn tag(id: &str) -> String {
    let sum = id.bytes().fold(5_381_u32, |sum, byte| sum.wrapping_mul(33) ^ u32::from(byte));
    format!("p{sum:08x}")
}

fn bye(invite: &Message, id: &str, address: SocketAddr) -> String {
    let target = invite.contact().unwrap_or_default();
    let (from, to) = (invite.header("To").unwrap_or_default(), invite.header("From").unwrap_or_default());
    let (branch, tag): (u64, String) = (rand::random(), tag(id));
    finish(
        format!(
            "BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{branch:x};rport\r\nMax-Forwards: 70\r\n\
             From: {from};tag={tag}\r\nTo: {to}\r\nCall-ID: {id}\r\nCSeq: 1 BYE\r\n"
        ),
        "",
    )
}

/// Where a session wants its sound.
pub(crate) fn sound_of(session: &str) -> Option<SocketAddr> {
    let line = |start: &str| session.lines().find_map(|line| line.strip_prefix(start));
    let ip = line("c=IN IP4 ").or_else(|| line("c=IN IP6 "))?.trim().parse().ok()?;
    let port = line("m=audio ")?.split(' ').next()?.parse().ok()?;
    Some(SocketAddr::new(ip, port))
}
