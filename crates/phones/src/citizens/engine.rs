//! What the citizens' trunk does with each message and each timer.
//!
//! As plain as a phone's firmware: no transactions, only what was said last.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until};

use super::{End, Happened, Ring};
use crate::agents::sound_of;
use crate::message::{Message, finish, session};
use crate::socket::{DATAGRAM_BYTES_MAX, bind};
use crate::sound::{Script, Sound};
use crate::{REPEATS_MAX, T1};

/// The trunk of one socket.
pub(super) struct Trunk {
    socket: Arc<UdpSocket>,
    address: SocketAddr,
    server: SocketAddr,
    happened: UnboundedSender<Happened>,
    calls: HashMap<String, Call>,
    timers: BinaryHeap<Reverse<(Instant, Due)>>,
    run: u32,
    begun: u64,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Repeat(String, u32),
    PatienceOver(String),
    HangUp(String),
}

struct Call {
    ring: Ring,
    state: State,
    branch: u64,
    /// The last request, to be sent again.
    last: String,
    /// To with the other side's tag, and where requests inside the dialog go.
    to: String,
    target: String,
    media: Option<UdpSocket>,
    sound: Option<Sound>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Inviting,
    Waiting,
    Talking,
    Cancelling,
    Ending,
}

impl Trunk {
    pub(super) fn new(
        socket: Arc<UdpSocket>,
        address: SocketAddr,
        server: SocketAddr,
        happened: UnboundedSender<Happened>,
    ) -> Self {
        let (calls, timers) = (HashMap::new(), BinaryHeap::new());
        Self { socket, address, server, happened, calls, timers, run: rand::random(), begun: 0 }
    }

    pub(super) async fn run(mut self, mut rings: UnboundedReceiver<Ring>) {
        let mut datagram = vec![0_u8; DATAGRAM_BYTES_MAX];
        // Until the system has said so, nothing can be sent, and what is tried would be lost.
        let _ = self.socket.writable().await;
        loop {
            let next = self.timers.peek().map(|Reverse((at, _))| *at);
            let nap = sleep_until(next.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600)));
            tokio::select! {
                Ok((length, _)) = self.socket.recv_from(&mut datagram) => self.receive(&datagram[..length]),
                ring = rings.recv() => match ring {
                    Some(ring) => self.ring(ring),
                    None => return,
                },
                () = nap => {}
            }
            while let Ok((length, _)) = self.socket.try_recv_from(&mut datagram) {
                self.receive(&datagram[..length]);
            }
            self.wake();
        }
    }

    fn ring(&mut self, ring: Ring) {
        self.begun += 1;
        let id = format!("c{:08x}-{}", self.run, self.begun);
        let media = ring.sound.and_then(|_| bind(SocketAddr::new(self.address.ip(), 0)).ok());
        let sound_at = media.as_ref().and_then(|socket| socket.local_addr().ok()).unwrap_or(self.address);
        let branch: u64 = rand::random();
        let (address, server, number, caller) = (self.address, self.server, &ring.number, &ring.caller);
        let forwarded = ring.forwarded_from.as_ref();
        let diversion = forwarded
            .map(|from| format!("Diversion: <sip:{from}@{address}>;reason=unconditional\r\n"))
            .unwrap_or_default();
        let head = format!(
            "INVITE sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{branch:x};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{caller}@{address}>;tag=c\r\nTo: <sip:{number}@{server}>\r\nCall-ID: {id}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:trunk@{address}>\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n{diversion}"
        );
        let last = finish(head, &session(sound_at, true));
        self.send(&last);
        self.set(T1, Due::Repeat(id.clone(), 1));
        self.set(ring.patience, Due::PatienceOver(id.clone()));
        let (to, target) = (format!("<sip:{number}@{server}>"), format!("sip:{number}@{server}"));
        let call = Call { ring, state: State::Inviting, branch, last, to, target, media, sound: None };
        self.calls.insert(id, call);
    }

    fn receive(&mut self, datagram: &[u8]) {
        let Some(message) = Message::read(datagram) else { return };
        let Some(id) = message.header("Call-ID").map(str::to_owned) else { return };
        match (message.status(), message.method()) {
            (Some(status), "INVITE") => self.answered(&id, status, &message),
            (Some(200..), "BYE") => self.over(&id, End::Good),
            (Some(_), _) | (None, "ACK") => {}
            (None, "BYE") => {
                self.send(&message.answer("200 OK", None, "", ""));
                self.over(&id, End::Good);
            }
            (None, _) => self.send(&message.answer("200 OK", None, "", "")),
        }
    }

    fn answered(&mut self, id: &str, status: u16, message: &Message) {
        let Some(call) = self.calls.get_mut(id) else {
            if status >= 200 {
                let ack = self.late_ack(id, message, status);
                self.send(&ack);
            }
            return;
        };
        match status {
            100..200 if call.state == State::Inviting => call.state = State::Waiting,
            100..200 => {}
            200..300 => self.talk(id, message),
            _ => {
                let ack = self.late_ack(id, message, status);
                self.send(&ack);
                let end = self.calls.get(id).map(|call| call.state);
                let gave_up = end == Some(State::Cancelling);
                self.over(id, if gave_up { End::GaveUp } else { End::Refused(status) });
            }
        }
    }

    fn talk(&mut self, id: &str, ok: &Message) {
        let Some(call) = self.calls.get_mut(id) else { return };
        ok.header("To").unwrap_or_default().clone_into(&mut call.to);
        call.target = ok.contact().unwrap_or(&call.target).to_owned();
        let first = matches!(call.state, State::Inviting | State::Waiting | State::Cancelling);
        let (cancelled, talk) = (call.state == State::Cancelling, call.ring.talk);
        if first {
            call.state = State::Talking;
            let _ = self.happened.send(Happened::Answered { caller: call.ring.caller.clone(), at: Instant::now() });
            if let (Some(socket), Some((says, hears)), Some(to)) =
                (call.media.take(), call.ring.sound, sound_of(ok.body()))
            {
                let script = Script { says, hears, record: call.ring.record.take() };
                call.sound = Some(Sound::start(socket, to, !ok.body().contains("RTP/AVP 0"), script));
            }
        }
        let ack = self.request("ACK", id, 1);
        self.send(&ack);
        if first && cancelled {
            self.hang_up(id);
        } else if let (true, Some(talk)) = (first, talk) {
            self.set(talk, Due::HangUp(id.to_owned()));
        }
    }

    fn hang_up(&mut self, id: &str) {
        let bye = self.request("BYE", id, 2);
        let Some(call) = self.calls.get_mut(id).filter(|call| call.state == State::Talking) else { return };
        call.state = State::Ending;
        call.last.clone_from(&bye);
        self.send(&bye);
        self.set(T1, Due::Repeat(id.to_owned(), 1));
    }

    fn patience_over(&mut self, id: &str) {
        let Some(call) = self.calls.get_mut(id) else { return };
        if !matches!(call.state, State::Inviting | State::Waiting) {
            return;
        }
        call.state = State::Cancelling;
        let branch = call.branch;
        let (address, server) = (self.address, self.server);
        let (number, caller) = (&call.ring.number, &call.ring.caller);
        let cancel = finish(
            format!(
                "CANCEL sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{branch:x};rport\r\n\
                 Max-Forwards: 70\r\nFrom: <sip:{caller}@{address}>;tag=c\r\nTo: <sip:{number}@{server}>\r\n\
                 Call-ID: {id}\r\nCSeq: 1 CANCEL\r\n"
            ),
            "",
        );
        call.last.clone_from(&cancel);
        self.send(&cancel);
        self.set(T1, Due::Repeat(id.to_owned(), 1));
    }

    /// The citizen hangs up: BYE after an answer.
    fn request(&self, method: &str, id: &str, cseq: u32) -> String {
        let Some(call) = self.calls.get(id) else { return String::new() };
        let (address, branch): (_, u64) = (self.address, rand::random());
        let (target, caller, to) = (&call.target, &call.ring.caller, &call.to);
        finish(
            format!(
                "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{branch:x};rport\r\n\
                 Max-Forwards: 70\r\nFrom: <sip:{caller}@{address}>;tag=c\r\nTo: {to}\r\nCall-ID: {id}\r\n\
                 CSeq: {cseq} {method}\r\n"
            ),
            "",
        )
    }

    /// The ACK of a final answer, built from the answer itself.
    fn late_ack(&self, id: &str, answer: &Message, status: u16) -> String {
        let (from, to) = (answer.header("From").unwrap_or_default(), answer.header("To").unwrap_or_default());
        let target = match (status, answer.contact()) {
            (200..300, Some(contact)) => contact.to_owned(),
            (_, _) => format!("sip:{}", self.server),
        };
        let via = match answer.header("Via") {
            Some(via) if status >= 300 => via.to_owned(),
            Some(_) | None => format!("SIP/2.0/UDP {};branch=z9hG4bK{:x}", self.address, rand::random::<u64>()),
        };
        finish(
            format!(
                "ACK {target} SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {id}\r\n\
                 CSeq: 1 ACK\r\n"
            ),
            "",
        )
    }

    fn over(&mut self, id: &str, end: End) {
        if let Some(call) = self.calls.remove(id) {
            let heard = call.sound.as_ref().map(Sound::heard).unwrap_or_default();
            let _ = self.happened.send(Happened::Over { caller: call.ring.caller, end, heard });
        }
    }

    fn wake(&mut self) {
        let now = Instant::now();
        while self.timers.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, due))) = self.timers.pop() else { return };
            match due {
                Due::Repeat(id, times) => self.repeat(&id, times),
                Due::PatienceOver(id) => self.patience_over(&id),
                Due::HangUp(id) => self.hang_up(&id),
            }
        }
    }

    fn repeat(&mut self, id: &str, times: u32) {
        let unheard = |state| matches!(state, State::Inviting | State::Cancelling | State::Ending);
        let Some(call) = self.calls.get(id).filter(|call| unheard(call.state)) else { return };
        if times > REPEATS_MAX {
            self.over(id, End::NoAnswer);
            return;
        }
        let last = call.last.clone();
        self.send(&last);
        let _ = self.happened.send(Happened::Repeated);
        self.set(T1 * (1 << times.min(3)), Due::Repeat(id.to_owned(), times + 1));
    }

    fn set(&mut self, after: Duration, due: Due) {
        self.timers.push(Reverse((Instant::now() + after, due)));
    }

    fn send(&self, text: &str) {
        let _ = self.socket.try_send_to(text.as_bytes(), self.server);
    }
}
