//! SIP over TLS as phones and trunks meet it: who is let in, whom we trust, and what a renewed certificate changes.
//! Certificates are made for each test; nothing leaves loopback.

use tokio_rustls::TlsAcceptor;

use super::super::tls::testing::Authority;
use super::stage::{Stage, TLS, ask, hear, options, until};
use super::*;

#[tokio::test]
async fn a_phone_speaks_over_tls_and_its_answers_come_back_on_its_connection() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let mut phone = stage.tls("127.0.0.66", &stage.phone()).await.expect("encrypted");
    assert_eq!(response(ask(&mut phone, &options("TLS 127.0.0.66")).await).status, 200);
    assert_eq!(ask(&mut phone, "\r\n\r\n").await, "\r\n");
    let mut trunk = stage.tls("127.0.0.2", &stage.phone()).await.expect("encrypted");
    trunk.write_all(request("INVITE", "TLS 127.0.0.2", "l: 0\r\n").as_bytes()).await.expect("sent");
    let incoming = stage.mailbox.first().await;
    assert_eq!((incoming.path.transport, incoming.path.listener), (Transport::Tls, TLS));
    stage.net.send(&Destination::Path(incoming.path), Bytes::from_static(b"SIP/2.0 100 Trying\r\n\r\n"));
    assert_eq!(hear(&mut trunk).await, "SIP/2.0 100 Trying\r\n\r\n");
    let open: Vec<usize> = stage.net.open_by_transport().map(|(_, open)| open).collect();
    assert_eq!(open, [0, 2, 0, 0]);
}

#[tokio::test]
async fn a_trunk_is_called_over_tls_only_if_it_is_the_one_that_was_meant() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let trunk = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a listener");
    let port = trunk.local_addr().expect("bound").port();
    let target = Target { transport: Transport::Tls, listener: TLS, host: "127.0.0.2".into(), port };
    let invite =
        "INVITE sip:a@127.0.0.2 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK000123456789abcdef\r\n\r\n";
    let somebody_else = stage.authority.keys("other", &["127.0.0.9"]);
    let nobody_we_trust = Authority::new();
    let unknown = nobody_we_trust.keys("unknown", &["127.0.0.2"]);
    for (lost, wrong) in [somebody_else, unknown].into_iter().enumerate() {
        stage.net.send(&Destination::Target(target.clone()), Bytes::from_static(invite.as_bytes()));
        let (stream, _) = timeout(PATIENCE, trunk.accept()).await.expect("in time").expect("accepted");
        assert!(TlsAcceptor::from(wrong.server().expect("a server")).accept(stream).await.is_err());
        until(|| stage.mailbox.undelivered.lock().expect("not poisoned").len() == lost + 1).await;
    }
    assert_eq!(stage.net.counts().handshakes_failed, 2);
    let right = stage.authority.keys("trunk", &["127.0.0.2"]);
    stage.net.send(&Destination::Target(target), Bytes::from_static(invite.as_bytes()));
    let (stream, from) = timeout(PATIENCE, trunk.accept()).await.expect("in time").expect("accepted");
    assert_eq!(from.ip(), stage.address(TLS).ip());
    let mut stream = TlsAcceptor::from(right.server().expect("a server")).accept(stream).await.expect("encrypted");
    assert_eq!(hear(&mut stream).await, invite);
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_the_next_phone_and_the_last_one_talks_on() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let shown = |stream: &tokio_rustls::client::TlsStream<TcpStream>| {
        stream.get_ref().1.peer_certificates().expect("a certificate")[0].to_vec()
    };
    let mut first = stage.tls("127.0.0.66", &stage.phone()).await.expect("encrypted");
    stage.authority.issue("us", &["127.0.0.1", "renewed.example"]);
    assert_eq!(stage.keys.refresh(), Refreshed::Taken);
    let second = stage.tls("127.0.0.66", &stage.phone()).await.expect("encrypted");
    assert_ne!(shown(&first), shown(&second));
    assert_eq!(response(ask(&mut first, &options("TLS 127.0.0.66")).await).status, 200);
}

#[tokio::test]
async fn who_shows_a_bad_certificate_is_turned_away() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let foreign = Authority::new();
    let identity = Some(foreign.issue("trunk", &["trunk.example"]));
    let ca = Some(stage.authority.file("ca.pem"));
    let stranger = TlsKeys::load(TlsFiles { identity, server_ca: ca, client_ca: None }, &[]).expect("good files");
    // With TLS 1.3 the client learns it when it reads.
    if let Ok(mut stream) = stage.tls("127.0.0.66", &stranger).await {
        assert!(hear(&mut stream).await.is_empty());
    }
    until(|| stage.net.counts().handshakes_failed == 1).await;
    assert_eq!(stage.net.open_connections(), 0);
}

#[tokio::test]
async fn who_does_not_end_its_handshake_in_time_is_let_go() {
    let limits = TcpLimits { message_max: Duration::from_millis(100), ..TcpLimits::default() };
    let stage = Stage::at("127.0.0.1", limits);
    let mut silent = stage.tcp("127.0.0.66", TLS).await;
    let mut babbler = stage.tcp("127.0.0.66", TLS).await;
    babbler.write_all(options("TLS 127.0.0.66").as_bytes()).await.expect("sent");
    assert!(hear(&mut silent).await.is_empty());
    // An alert may come first.
    while !hear(&mut babbler).await.is_empty() {}
    until(|| stage.net.counts().handshakes_failed == 2 && stage.net.open_connections() == 0).await;
}

#[tokio::test]
async fn a_registered_phone_that_loses_its_connection_is_told_of_and_a_stranger_is_not() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let mut stranger = stage.tls("127.0.0.66", &stage.phone()).await.expect("encrypted");
    assert_eq!(response(ask(&mut stranger, &options("TLS 127.0.0.66")).await).status, 200);
    let mut trunk = stage.tls("127.0.0.2", &stage.phone()).await.expect("encrypted");
    trunk.write_all(request("INVITE", "TLS 127.0.0.2", "l: 0\r\n").as_bytes()).await.expect("sent");
    let path = stage.mailbox.first().await.path;
    stage.net.send(&Destination::Path(path), Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n"));
    assert!(!hear(&mut trunk).await.is_empty());
    drop((stranger, trunk));
    until(|| stage.net.open_connections() == 0).await;
    until(|| *stage.mailbox.gone.lock().expect("not poisoned") == [path.connection]).await;
    stage.net.send(&Destination::Path(path), Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n"));
    assert_eq!(stage.mailbox.gone.lock().expect("not poisoned").len(), 2, "accepted too late");
}

#[tokio::test]
async fn a_trunk_is_known_by_its_certificate_wherever_it_comes_from() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let invite = request("INVITE", "TLS 127.0.0.66", "l: 0\r\n");
    let somebody = stage.authority.keys("somebody", &["sbc.another.example"]);
    let mut stranger = stage.tls("127.0.0.66", &somebody).await.expect("encrypted");
    let refused = response(ask(&mut stranger, &invite).await).status;
    assert!((400..500).contains(&refused), "{refused}");
    assert!(stage.mailbox.dealt.lock().expect("not poisoned").is_empty());
    let operator = stage.authority.keys("operator", &["sbc.operator.example"]);
    let mut trunk = stage.tls("127.0.0.66", &operator).await.expect("encrypted");
    trunk.write_all(invite.as_bytes()).await.expect("sent");
    let incoming = stage.mailbox.first().await;
    assert_eq!(incoming.trunk, Some(TrunkId::new("operator")));
    drop((trunk, stranger));
    until(|| stage.net.open_connections() == 0).await;
    let mut next = stage.tls("127.0.0.66", &somebody).await.expect("encrypted");
    assert_eq!(response(ask(&mut next, &invite).await).status, refused, "what was proved ends with its connection");
}
