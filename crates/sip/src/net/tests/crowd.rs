//! Crowds of bad connections, and what a real phone notices of them: nothing (faults 7, 19, 20, 21).
//! Over loopback, from many source addresses; counts and order, no wall-clock times.

use socket2::SockRef;

use super::stage::{Stage, TCP, TLS, UDP, ask, hear, options, until};
use super::*;

/// Connections of a crowd, in all.
const CROWD: usize = 5_000;
/// Where they come from: 127.0.66.x.
const SOURCES: usize = 100;

/// Ends a connection by a reset instead of a goodbye.
fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("set");
}

async fn udp_is_answered(stage: &Stage) {
    let phone = Peer::at("127.0.0.67", &stage.net).await;
    phone.send(&request("OPTIONS", "UDP 127.0.0.67;rport", "")).await;
    assert_eq!(phone.answer().await.expect("an answer").status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_silent_connections_keep_no_phone_out() {
    // However slow the machine, none of them is closed because its time is over.
    let message_max = Duration::from_secs(3_600);
    let limits = TcpLimits { connections_max: 2_000, message_max, ..TcpLimits::default() };
    let stage = Stage::at("127.0.0.1", limits);
    let mut settled = stage.tcp("127.0.0.2", TCP).await;
    settled.write_all(request("INVITE", "TCP 127.0.0.2", "l: 0\r\n").as_bytes()).await.expect("sent");
    let path = stage.mailbox.first().await.path;
    stage.net.send(&Destination::Path(path), Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n"));
    assert!(!hear(&mut settled).await.is_empty());
    let mut crowd = Vec::with_capacity(CROWD);
    for n in 0..CROWD {
        let from = format!("127.0.66.{}", 1 + n % SOURCES);
        let mut silent = stage.tcp(&from, if n % 2 == 0 { TCP } else { TLS }).await;
        // Half of them say one byte and no more; on TLS it is the first of a record.
        if n % 4 < 2 {
            let _ = silent.write_all(if n % 2 == 0 { b"O" } else { b"\x16" }).await;
        }
        crowd.push(silent);
    }
    let mut phone = stage.tcp("127.0.0.67", TCP).await;
    assert_eq!(response(ask(&mut phone, &options("TCP 127.0.0.67")).await).status, 200);
    let mut encrypted = stage.tls("127.0.0.67", &stage.phone()).await.expect("encrypted");
    assert_eq!(response(ask(&mut encrypted, &options("TLS 127.0.0.67")).await).status, 200);
    udp_is_answered(&stage).await;
    assert_eq!(response(ask(&mut settled, &options("TCP 127.0.0.2")).await).status, 200, "who was accepted stays");
    assert!(stage.net.open_connections() <= limits.connections_max);
    assert!(stage.net.counts().connections_displaced > 0 && stage.net.counts().connections_refused == 0);
    drop((crowd, phone, encrypted, settled));
    until(|| stage.net.open_connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_bursts_of_invites_that_end_in_a_reset_leave_nothing_behind() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let burst = request("INVITE", "TCP 127.0.0.2", "l: 0\r\n").repeat(1_000);
    for _ in 0..100 {
        let mut trunk = stage.tcp("127.0.0.2", TCP).await;
        // The last ones may meet a full socket: what was sent is enough.
        let _ = trunk.try_write(burst.as_bytes());
        let _ = trunk.flush().await;
        reset(&trunk);
    }
    until(|| stage.net.open_connections() == 0).await;
    udp_is_answered(&stage).await;
    assert_eq!((stage.net.counts().unreadable, stage.net.open_connections()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_encrypted_calls_cut_off_at_once_block_nobody() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let phone = stage.phone();
    for _ in 0..20 {
        let mut calls = Vec::new();
        for _ in 0..25 {
            let mut call = stage.tls("127.0.0.2", &phone).await.expect("encrypted");
            call.write_all(request("INVITE", "TLS 127.0.0.2", "l: 0\r\n").as_bytes()).await.expect("sent");
            calls.push(call);
        }
        for call in &calls {
            reset(call.get_ref().0);
        }
    }
    until(|| stage.net.open_connections() == 0).await;
    let mut next = stage.tls("127.0.0.66", &phone).await.expect("encrypted");
    assert_eq!(response(ask(&mut next, &options("TLS 127.0.0.66")).await).status, 200);
    udp_is_answered(&stage).await;
}

#[tokio::test]
async fn twenty_five_trunks_that_cannot_be_reached_over_tls_delay_no_datagram() {
    let limits = TcpLimits { connect_max: Duration::from_secs(3_600), ..TcpLimits::default() };
    let stage = Stage::at("127.0.0.1", limits);
    // They accept, and never say a word: each connect is on its way for an hour.
    let mut mute = Vec::new();
    for _ in 0..25 {
        let trunk = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a listener");
        let port = trunk.local_addr().expect("bound").port();
        let target = Target { transport: Transport::Tls, listener: TLS, host: "127.0.0.2".into(), port };
        stage.net.send(&Destination::Target(target.clone()), Bytes::from_static(b"OPTIONS"));
        stage.net.send(&Destination::Target(target), Bytes::from_static(b"OPTIONS"));
        mute.push(trunk);
    }
    for _ in 0..100 {
        udp_is_answered(&stage).await;
    }
    assert_eq!(stage.net.open_connections(), 25, "all are still on their way, one connection each");
    assert_eq!((stage.net.counts().unsent, stage.net.counts().connects_failed), (0, 0));
    assert_eq!(stage.address(UDP).ip(), stage.address(TLS).ip());
}

#[tokio::test]
async fn a_length_that_hides_a_request_ends_an_encrypted_connection_too() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    for length in ["Content-Length: 4294967328\r\n", "Content-Length: -1\r\n", "l: 0\r\nContent-Length: 9\r\n", ""] {
        let mut trunk = stage.tls("127.0.0.2", &stage.phone()).await.expect("encrypted");
        let hidden = request("INVITE", "TLS 127.0.0.2", "Content-Length: 0\r\n");
        let answer = ask(&mut trunk, &(request("INVITE", "TLS 127.0.0.2", length) + &hidden)).await;
        assert_eq!(response(answer).status, 400, "{length}");
        assert!(hear(&mut trunk).await.is_empty(), "closed");
    }
    assert!(stage.mailbox.dealt.lock().expect("not poisoned").is_empty());
}
