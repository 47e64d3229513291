//! Plain connections as trunks and phones meet them: whole messages in, answers back, and who is let go.
//! Real sockets on loopback.

use super::*;

#[tokio::test]
async fn on_a_connection_calls_come_in_pings_are_answered_and_answers_go_back() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let mut trunk = connect("127.0.0.2", &net).await;
    let invite = request("INVITE", "TCP 127.0.0.2", "Content-Length: 0\r\n");
    let (first, second) = invite.split_at(100);
    trunk.write_all(first.as_bytes()).await.expect("sent");
    tokio::time::sleep(Duration::from_millis(20)).await;
    trunk.write_all(second.as_bytes()).await.expect("sent");
    let incoming = mailbox.first().await;
    assert_eq!((incoming.path.transport, net.open_connections()), (Transport::Tcp, 1));
    net.send(&Destination::Path(incoming.path), Bytes::from_static(b"SIP/2.0 100 Trying\r\n\r\n"));
    assert_eq!(read(&mut trunk).await, "SIP/2.0 100 Trying\r\n\r\n");
    trunk.write_all(b"\r\n\r\n").await.expect("sent");
    assert_eq!(read(&mut trunk).await, "\r\n");
}

#[tokio::test]
async fn a_request_hidden_in_a_body_is_never_run_and_the_connection_ends() {
    let (net, mailbox) = start(false, TcpLimits::default());
    for length in
        ["", "Content-Length: 4294967328\r\n", "Content-Length: -1\r\n", "Content-Length: 0\r\nContent-Length: 9\r\n"]
    {
        let mut trunk = connect("127.0.0.2", &net).await;
        let hidden = request("INVITE", "TCP 127.0.0.2", "Content-Length: 0\r\n");
        trunk.write_all((request("INVITE", "TCP 127.0.0.2", length) + &hidden).as_bytes()).await.expect("sent");
        assert_eq!(response(read(&mut trunk).await).status, 400, "{length}");
        assert!(read(&mut trunk).await.is_empty(), "closed");
    }
    assert!(mailbox.dealt.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn who_says_nothing_or_one_byte_at_a_time_is_let_go() {
    let limits = TcpLimits { message_max: Duration::from_millis(100), ..TcpLimits::default() };
    let (net, _mailbox) = start(false, limits);
    let mut silent = connect("127.0.0.66", &net).await;
    let mut slow = connect("127.0.0.66", &net).await;
    slow.write_all(b"I").await.expect("sent");
    assert!(read(&mut silent).await.is_empty());
    assert!(read(&mut slow).await.is_empty());
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let limits = TcpLimits { per_address_max: 2, ..TcpLimits::default() };
    let (net, mailbox) = start(false, limits);
    let mut strangers = Vec::new();
    for _ in 0..3 {
        strangers.push(connect("127.0.0.66", &net).await);
    }
    assert!(read(&mut strangers[0]).await.is_empty(), "the oldest makes room");
    strangers[2].write_all(request("OPTIONS", "TCP 127.0.0.66", "l: 0\r\n").as_bytes()).await.expect("sent");
    assert_eq!(response(read(&mut strangers[2]).await).status, 200);
    assert_eq!((net.open_connections(), net.counts().connections_displaced), (2, 1));
    let mut trunk = connect("127.0.0.2", &net).await;
    trunk.write_all(request("INVITE", "TCP 127.0.0.2", "l: 0\r\n").as_bytes()).await.expect("sent");
    mailbox.first().await;
}

#[tokio::test]
async fn a_phone_is_called_over_tcp_on_one_connection_and_its_answer_comes_back() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let phone = tokio::net::TcpListener::bind("127.0.0.3:0").await.expect("a listener");
    let port = phone.local_addr().expect("bound").port();
    let target = Target { transport: Transport::Tcp, listener: 1, host: "127.0.0.3".into(), port };
    for _ in 0..2 {
        net.send(&Destination::Target(target.clone()), Bytes::from_static(b"INVITE"));
    }
    let (mut stream, from) = timeout(PATIENCE, phone.accept()).await.expect("in time").expect("accepted");
    assert_eq!(from.ip(), net.local_address(1).expect("a listener").ip());
    let mut both = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut both)).await.expect("in time").expect("read");
    let ringing = "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK000123456789abcdef\r\n\
                   From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(ringing.as_bytes()).await.expect("sent");
    assert!(matches!(mailbox.first().await.message, Message::Response(ringing) if ringing.status == 180));
}

#[tokio::test]
async fn a_call_to_a_phone_that_is_not_there_comes_back_as_undelivered() {
    let (net, mailbox) = start(false, TcpLimits::default());
    let gone = tokio::net::TcpListener::bind("127.0.0.3:0").await.expect("a listener").local_addr().expect("bound");
    let target = Target { transport: Transport::Tcp, listener: 1, host: "127.0.0.3".into(), port: gone.port() };
    let invite =
        "INVITE sip:a@127.0.0.3 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK000123456789abcdef\r\n\r\n";
    net.send(&Destination::Target(target), Bytes::from_static(invite.as_bytes()));
    let path = Path { transport: Transport::Tcp, listener: 1, connection: 999, peer: gone };
    net.send(&Destination::Path(path), Bytes::from_static(invite.as_bytes()));
    for _ in 0..1_000 {
        if mailbox.undelivered.lock().expect("not poisoned").len() == 2 {
            return;
        }
        tokio::time::sleep(PATIENCE / 1_000).await;
    }
    panic!("nobody was told");
}
