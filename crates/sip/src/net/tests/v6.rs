//! IPv6 over real sockets, and several listeners beside each other: each calls itself by its own address.
//! Knows only addresses; what is said is the same as over IPv4.

use super::stage::{Stage, TCP, UDP, ask, options};
use super::*;

#[tokio::test]
async fn phones_and_trunks_are_served_over_ipv6_by_every_transport() {
    let stage = Stage::at("::1", TcpLimits::default());
    let phone = UdpSocket::bind("[::1]:0").await.expect("a socket");
    let via = format!("UDP {};rport", phone.local_addr().expect("bound"));
    phone.send_to(request("OPTIONS", &via, "").as_bytes(), stage.address(UDP)).await.expect("sent");
    let mut buffer = vec![0; 65_536];
    let (length, _) = timeout(PATIENCE, phone.recv_from(&mut buffer)).await.expect("in time").expect("an answer");
    assert_eq!(response(Bytes::copy_from_slice(&buffer[..length])).status, 200);
    let mut tcp = stage.tcp("::1", TCP).await;
    assert_eq!(response(ask(&mut tcp, &options("TCP [::1]")).await).status, 200);
    let mut tls = stage.tls("::1", &stage.phone()).await.expect("encrypted");
    assert_eq!(response(ask(&mut tls, &options("TLS [::1]:5061")).await).status, 200);
}

#[tokio::test]
async fn each_listener_calls_itself_by_the_address_that_it_is_reached_at() {
    let listen = |transport, address: &str, advertised: Option<&str>| ListenAt {
        transport,
        address: address.parse().expect("an address"),
        advertised: advertised.map(Into::into),
    };
    let listen = vec![
        listen(Transport::Udp, "127.0.0.1:0", None),
        listen(Transport::Udp, "[::1]:0", None),
        listen(Transport::Tcp, "0.0.0.0:0", Some("sip.example:5060")),
        listen(Transport::Udp, "127.0.0.9:0", None),
    ];
    let bound = Bound::bind(NetConfig {
        listen,
        trunks: Vec::new(),
        shards: 1,
        tcp: TcpLimits::default(),
        tls: None,
        name_servers: Vec::new(),
        keeping: Keeping::default(),
    })
    .expect("bound");
    let local = bound.local_addresses();
    let called: Vec<String> = bound.addresses().iter().map(|ours| ours.sent_by.to_string()).collect();
    assert_eq!(
        called,
        [
            format!("127.0.0.1:{}", local[0].port()),
            format!("[::1]:{}", local[1].port()),
            "sip.example:5060".to_owned(),
            format!("127.0.0.9:{}", local[3].port()),
        ]
    );
}

#[tokio::test]
async fn a_phone_at_an_ipv6_address_is_called_from_ours() {
    let stage = Stage::at("::1", TcpLimits::default());
    let phone = tokio::net::TcpListener::bind("[::1]:0").await.expect("a listener");
    let port = phone.local_addr().expect("bound").port();
    let target = Target { transport: Transport::Tcp, listener: TCP, host: "::1".into(), port };
    stage.net.send(&Destination::Target(target), Bytes::from_static(b"INVITE"));
    let (mut stream, from) = timeout(PATIENCE, phone.accept()).await.expect("in time").expect("accepted");
    assert_eq!(from.ip(), stage.address(TCP).ip());
    assert_eq!(read(&mut stream).await, "INVITE");
}
