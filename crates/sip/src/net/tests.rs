//! The sockets as a trunk, a phone and a stranger meet them, over loopback.
//! Real sockets on addresses of their own, so that trust can be told apart; no stack and no clock of calls.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use model::{ShardNo, TrunkId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::time::timeout;

mod browser;
mod crowd;
mod naming;
mod plain;
mod secure;
mod stage;
mod v6;

use super::*;
use crate::message::{Message, Response, parse};
use crate::stack::{Destination, Incoming, Path, Target, Transport};

/// Long enough on a busy machine; only what never comes waits for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// For what must not come.
const QUIET: Duration = Duration::from_millis(150);

#[derive(Default)]
struct Mailbox {
    dealt: Mutex<Vec<(ShardNo, Incoming)>>,
    undelivered: Mutex<Vec<Bytes>>,
    gone: Mutex<Vec<u64>>,
    full: bool,
}

impl Deal for Mailbox {
    fn deal(&self, shard: ShardNo, incoming: Incoming, _: Kind) -> Result<(), Full> {
        if self.full {
            return Err(Full(Box::new(incoming)));
        }
        self.dealt.lock().expect("not poisoned").push((shard, incoming));
        Ok(())
    }
    fn undelivered(&self, _: ShardNo, bytes: Bytes) {
        self.undelivered.lock().expect("not poisoned").push(bytes);
    }
    fn flow_gone(&self, connection: u64) {
        self.gone.lock().expect("not poisoned").push(connection);
    }
}

impl Mailbox {
    async fn first(&self) -> Incoming {
        for _ in 0..1_000 {
            if let Some((_, incoming)) = self.dealt.lock().expect("not poisoned").pop() {
                return incoming;
            }
            tokio::time::sleep(PATIENCE / 1_000).await;
        }
        panic!("nothing was dealt");
    }
}

fn start(full: bool, tcp: TcpLimits) -> (SipNet, Arc<Mailbox>) {
    let listen =
        |transport| ListenAt { transport, address: "127.0.0.1:0".parse().expect("an address"), advertised: None };
    let block = "127.0.0.2".parse().expect("an address");
    let trunk = Trunk {
        id: TrunkId::new("operator"),
        addresses: vec![TrunkAddress { block, port: None }],
        tls_names: Vec::new(),
    };
    let listen = vec![listen(Transport::Udp), listen(Transport::Tcp)];
    let mailbox = Arc::new(Mailbox { full, ..Mailbox::default() });
    let net = SipNet::start(
        NetConfig {
            listen,
            trunks: vec![trunk],
            shards: 1,
            tcp,
            tls: None,
            name_servers: Vec::new(),
            keeping: Keeping::default(),
        },
        mailbox.clone(),
    )
    .expect("sockets");
    (net, mailbox)
}

struct Peer {
    socket: UdpSocket,
    us: SocketAddr,
}

impl Peer {
    async fn at(address: &str, net: &SipNet) -> Self {
        let socket = UdpSocket::bind((address, 0)).await.expect("a socket");
        Self { socket, us: net.local_address(0).expect("a listener") }
    }
    async fn send(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.us).await.expect("sent");
    }
    async fn answer(&self) -> Option<Response> {
        let mut buffer = vec![0; 65_536];
        let (length, _) = timeout(PATIENCE, self.socket.recv_from(&mut buffer)).await.ok()?.ok()?;
        Some(response(Bytes::copy_from_slice(&buffer[..length])))
    }
    async fn hears_nothing(&self) -> bool {
        timeout(QUIET, self.socket.recv_from(&mut [0; 2_048])).await.is_err()
    }
}

fn response(bytes: Bytes) -> Response {
    match parse(bytes).expect("a message") {
        Message::Response(response) => response,
        Message::Request(_) => panic!("a response was expected"),
    }
}

fn request(method: &str, via: &str, more: &str) -> String {
    format!(
        "{method} sip:7000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{via};branch=z9hG4bKabc\r\nMax-Forwards: 70\r\n\
         From: <sip:20123456@x>;tag=1\r\nTo: <sip:7000@x>\r\nCall-ID: call\r\nCSeq: 1 {method}\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a_trunks_call_is_dealt_and_answered_where_it_came_from() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let trunk = Peer::at("127.0.0.2", &net).await;
    trunk.send(&request("INVITE", "UDP 127.0.0.2:5999;rport", "Content-Length: 0\r\n")).await;
    let incoming = mailbox.first().await;
    assert_eq!(incoming.trunk, Some(TrunkId::new("operator")));
    assert_eq!(incoming.path.peer, trunk.socket.local_addr().expect("bound"));
    let echo = crate::message::Echo::of(incoming.message.headers(), incoming.path.peer, None);
    let bytes = crate::message::Writer::default().response(100, &echo).finish();
    net.send(&Destination::Path(incoming.path), bytes);
    let trying = trunk.answer().await.expect("an answer");
    let port = trunk.socket.local_addr().expect("bound").port();
    assert_eq!(
        (trying.status, trying.headers.via().map(|via| via.rport())),
        (100, Some(crate::message::RPort::Given(port)))
    );
}

#[tokio::test]
async fn a_trunk_that_does_not_ask_for_rport_is_answered_at_the_port_of_its_via() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let trunk = Peer::at("127.0.0.2", &net).await;
    trunk.send(&request("INVITE", "UDP 127.0.0.2:5999", "")).await;
    assert_eq!(mailbox.first().await.path.peer, "127.0.0.2:5999".parse().expect("an address"));
}

#[tokio::test]
async fn a_stranger_gets_one_answer_and_nobody_hears_of_it() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let stranger = Peer::at("127.0.0.66", &net).await;
    let invite = request("INVITE", "UDP 127.0.0.66:5060;rport", "");
    stranger.send(&invite).await;
    let refused = stranger.answer().await.expect("an answer");
    let tag = refused.headers.to_tag().map(str::to_owned);
    assert_eq!(refused.status, 403);
    stranger.send(&invite).await;
    let again = stranger.answer().await.expect("an answer");
    assert_eq!(again.headers.to_tag().map(str::to_owned), tag, "the same question has the same answer");
    assert!(stranger.hears_nothing().await);
    stranger.send(&request("ACK", "UDP 127.0.0.66:5060;rport", "")).await;
    stranger.send("garbage").await;
    stranger.send("SIP/2.0 200 OK\r\n\r\n").await;
    assert!(stranger.hears_nothing().await);
    assert!(mailbox.dealt.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn what_we_can_do_is_said_to_anybody() {
    let (net, _mailbox) = start(false, TcpLimits::default());
    let stranger = Peer::at("127.0.0.66", &net).await;
    stranger.send(&request("OPTIONS", "UDP 127.0.0.66;rport", "")).await;
    let able = stranger.answer().await.expect("an answer");
    assert_eq!(able.status, 200);
    assert!(able.headers.lists(crate::message::HeaderName::Allow, "INVITE"));
}

#[tokio::test]
async fn a_phone_that_keeps_its_way_through_a_translation_alive_gets_an_answer_or_is_left_in_peace() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let phone = Peer::at("127.0.0.66", &net).await;
    let stun = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
    phone.socket.send_to(&stun, phone.us).await.expect("sent");
    let mut buffer = [0; 64];
    let (length, _) = timeout(PATIENCE, phone.socket.recv_from(&mut buffer)).await.expect("in time").expect("read");
    assert_eq!((length, buffer[..2] == [1, 1], buffer[8..20] == [7; 12]), (32, true, true));
    phone.send("\r\n\r\n").await;
    assert!(phone.hears_nothing().await);
    assert_eq!((net.counts().keep_alives, net.counts().unreadable), (1, 0));
    assert!(mailbox.dealt.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn a_broken_request_is_told_so_and_a_huge_one_too() {
    let (net, _mailbox) = start(false, TcpLimits::default());
    let trunk = Peer::at("127.0.0.2", &net).await;
    trunk.send(&request("INVITE", "UDP 127.0.0.2;rport", "Content-Length: 9\r\n")).await;
    assert_eq!(trunk.answer().await.expect("an answer").status, 400);
    trunk.send(&format!("{}{}", request("INVITE", "UDP 127.0.0.2;rport", ""), "x".repeat(17 * 1024))).await;
    assert_eq!(trunk.answer().await.expect("an answer").status, 513);
}

#[tokio::test]
async fn a_full_house_says_when_to_come_again_but_only_to_new_calls() {
    let (net, _mailbox) = start(true, TcpLimits::default());
    let trunk = Peer::at("127.0.0.2", &net).await;
    trunk.send(&request("INVITE", "UDP 127.0.0.2;rport", "")).await;
    let full = trunk.answer().await.expect("an answer");
    assert_eq!(full.status, 503);
    assert!((1..=10).contains(&full.headers.retry_after().expect("a time")));
    trunk.send(&request("BYE", "UDP 127.0.0.2;rport", "")).await;
    assert!(trunk.hears_nothing().await);
    assert_eq!((net.counts().refused_full, net.counts().lost_full), (1, 1));
}

async fn connect(from: &str, net: &SipNet) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("bound");
    socket.connect(net.local_address(1).expect("a listener")).await.expect("connected")
}

async fn read(stream: &mut TcpStream) -> Bytes {
    let mut buffer = vec![0; 65_536];
    let length = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("in time").unwrap_or(0);
    Bytes::copy_from_slice(&buffer[..length])
}

#[tokio::test]
async fn after_the_shutdown_nothing_is_taken_any_more() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let mut trunk = connect("127.0.0.2", &net).await;
    trunk.write_all(request("OPTIONS", "TCP 127.0.0.2", "l: 0\r\n").as_bytes()).await.expect("sent");
    assert_eq!(response(read(&mut trunk).await).status, 200);
    net.shutdown();
    assert!(read(&mut trunk).await.is_empty());
    let stranger = Peer::at("127.0.0.66", &net).await;
    stranger.send(&request("OPTIONS", "UDP 127.0.0.66;rport", "")).await;
    assert!(stranger.hears_nothing().await);
    assert!(mailbox.dealt.lock().expect("not poisoned").is_empty());
}
