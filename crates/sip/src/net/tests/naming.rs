//! Trunks that are named: their servers are found by SRV, and the next one is called when one can't be reached.
//! A name server of the test's own on loopback, which knows a few records and counts questions.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::stage::{Stage, TCP, UDP, hear, until};
use super::*;

const A: u16 = 1;
const SRV: u16 = 33;

/// A record: name, kind, content as DNS writes it.
type Record = (&'static str, u16, Vec<u8>);

fn a(name: &'static str, last: u8) -> Record {
    (name, A, vec![127, 0, 0, last])
}

fn srv(name: &'static str, priority: u16, port: u16, target: &str) -> Record {
    let mut content = Vec::new();
    for number in [priority, 10, port] {
        content.extend(number.to_be_bytes());
    }
    content.extend(written(target));
    (name, SRV, content)
}

/// A name as labels (RFC 1035 §3.1).
fn written(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|label| !label.is_empty());
    labels.flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).chain([0]).collect()
}

/// Answers from these records until the test ends; counts what it was asked.
async fn name_server(records: Vec<Record>, ttl_s: u32) -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.53:0").await.expect("a socket");
    let address = socket.local_addr().expect("bound");
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            counted.fetch_add(1, Ordering::Relaxed);
            let answer = answer(&buffer[..length], &records, ttl_s);
            socket.send_to(&answer, peer).await.expect("sent");
        }
    });
    (address, asked)
}

fn answer(question: &[u8], records: &[Record], ttl_s: u32) -> Vec<u8> {
    let name_end = 12 + question[12..].iter().position(|byte| *byte == 0).expect("a name") + 1;
    let (name, kind) = (question[12..name_end].to_ascii_lowercase(), &question[name_end..name_end + 2]);
    let fitting: Vec<&Record> =
        records.iter().filter(|(owner, k, _)| written(owner) == name && k.to_be_bytes() == kind).collect();
    let known = records.iter().any(|(owner, ..)| written(owner) == name);
    let mut answer = question[..2].to_vec();
    // An answer, asked for recursion and given; 3: no such name.
    answer.extend([0x81, if known { 0x80 } else { 0x83 }, 0, 1, 0, fitting.len() as u8, 0, 0, 0, 0]);
    answer.extend(&question[12..name_end + 4]);
    for (owner, kind, content) in fitting {
        answer.extend(written(owner));
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1]);
        answer.extend(ttl_s.to_be_bytes());
        answer.extend((content.len() as u16).to_be_bytes());
        answer.extend(content);
    }
    answer
}

fn invite(branch: u8) -> Bytes {
    let text = format!(
        "INVITE sip:a@trunk.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK00{branch:02x}3456789abcdef0\r\n\r\n"
    );
    Bytes::from(text)
}

fn named(transport: Transport, listener: u16, host: &str, port: u16) -> Destination {
    Destination::Target(Target { transport, listener, host: host.into(), port })
}

#[tokio::test]
async fn a_named_trunk_is_called_at_its_servers_port_and_asked_for_once() {
    let trunk = UdpSocket::bind("127.0.0.2:0").await.expect("a socket");
    let port = trunk.local_addr().expect("bound").port();
    let records = vec![srv("_sip._udp.trunk.example", 10, port, "sbc.trunk.example"), a("sbc.trunk.example", 2)];
    let (server, asked) = name_server(records, 300).await;
    let stage = Stage::asking("127.0.0.1", TcpLimits::default(), vec![server]);
    let mut buffer = [0; 2_048];
    for branch in 0..3 {
        stage.net.send(&named(Transport::Udp, UDP, "trunk.example", 0), invite(branch));
        let (length, _) = timeout(PATIENCE, trunk.recv_from(&mut buffer)).await.expect("in time").expect("read");
        assert_eq!(buffer[..length], invite(branch));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2, "the servers once, their address once");
    // With a port the servers are not asked for (RFC 3263 §4.2).
    stage.net.send(&named(Transport::Udp, UDP, "sbc.trunk.example", port), invite(9));
    timeout(PATIENCE, trunk.recv_from(&mut buffer)).await.expect("in time").expect("read");
}

#[tokio::test]
async fn the_next_server_is_called_when_the_first_cannot_be_reached_and_then_first_for_a_while() {
    let gone = tokio::net::TcpListener::bind("127.0.0.4:0").await.expect("a listener").local_addr().expect("bound");
    let second = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a listener");
    let port = second.local_addr().expect("bound").port();
    let records = vec![
        srv("_sip._tcp.trunk.example", 10, gone.port(), "first.trunk.example"),
        srv("_sip._tcp.trunk.example", 20, port, "second.trunk.example"),
        a("first.trunk.example", 4),
        a("second.trunk.example", 2),
    ];
    let (server, _) = name_server(records, 300).await;
    let stage = Stage::asking("127.0.0.1", TcpLimits::default(), vec![server]);
    let target = named(Transport::Tcp, TCP, "trunk.example", 0);
    stage.net.send(&target, invite(1));
    let (mut stream, _) = timeout(PATIENCE, second.accept()).await.expect("in time").expect("accepted");
    assert_eq!(hear(&mut stream).await, invite(1));
    stage.net.send(&target, invite(2));
    assert_eq!(hear(&mut stream).await, invite(2), "on the same connection");
    assert_eq!((stage.net.counts().connects_failed, stage.net.counts().unsent), (1, 0));
}

#[tokio::test]
async fn a_name_that_nobody_knows_comes_back_as_undelivered() {
    let (server, asked) = name_server(vec![srv("_sip._udp.closed.example", 0, 0, ".")], 300).await;
    let stage = Stage::asking("127.0.0.1", TcpLimits::default(), vec![server]);
    for (lost, host) in ["nobody.example", "closed.example"].into_iter().enumerate() {
        stage.net.send(&named(Transport::Udp, UDP, host, 0), invite(1));
        until(|| stage.mailbox.undelivered.lock().expect("not poisoned").len() == lost + 1).await;
    }
    let before = asked.load(Ordering::Relaxed);
    stage.net.send(&named(Transport::Udp, UDP, "nobody.example", 0), invite(2));
    assert_eq!(stage.mailbox.undelivered.lock().expect("not poisoned").len(), 3, "at once, without asking again");
    assert_eq!(asked.load(Ordering::Relaxed), before);
}
