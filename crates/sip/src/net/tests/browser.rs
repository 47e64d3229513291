//! SIP by WebSocket as a browser meets it, after the handshake of HTTP.
//! Sockets on loopback, frames by the same library at the other end.

use futures::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::stage::{Stage, WEB, options, until};
use super::*;

type Browser = WebSocketStream<TcpStream>;

/// A browser whose handshake is done; the address that it comes from is the one that is trusted, or not.
async fn browser(stage: &Stage, from: &str) -> Browser {
    let (ours, theirs) = pair(from).await;
    stage.net.take_socket(WEB, theirs.local_addr().expect("bound"), ours);
    WebSocketStream::from_raw_socket(theirs, Role::Client, None).await
}

async fn pair(from: &str) -> (TcpStream, TcpStream) {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("bound");
    let theirs = socket.connect(port.local_addr().expect("bound")).await.expect("connected");
    (port.accept().await.expect("accepted").0, theirs)
}

async fn next(browser: &mut Browser) -> Frame {
    timeout(PATIENCE, browser.next()).await.expect("in time").expect("a frame").expect("a good frame")
}

#[tokio::test]
async fn a_browser_speaks_in_text_or_binary_frames_and_keeps_its_flow_alive() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let mut browser = browser(&stage, "127.0.0.2").await;
    let via = "WS df7jal23ls0d.invalid";
    for frame in [Frame::text(options(via)), Frame::binary(options(via))] {
        browser.send(frame).await.expect("sent");
        let Frame::Text(answer) = next(&mut browser).await else { panic!("a text") };
        assert_eq!(response(Bytes::from(answer)).status, 200);
    }
    browser.send(Frame::text("\r\n\r\n")).await.expect("sent");
    assert_eq!(next(&mut browser).await, Frame::text("\r\n"));
    browser.send(Frame::Ping(Bytes::from_static(b"x"))).await.expect("sent");
    assert_eq!(next(&mut browser).await, Frame::Pong(Bytes::from_static(b"x")));
    browser.send(Frame::text(request("INVITE", via, ""))).await.expect("sent");
    let path = stage.mailbox.first().await.path;
    assert_eq!((path.transport, path.listener), (Transport::Ws, WEB));
    stage
        .net
        .send(&Destination::Path(path), Bytes::from_static(b"INVITE sip:x@abc.invalid;transport=ws SIP/2.0\r\n\r\n"));
    assert_eq!(next(&mut browser).await, Frame::text("INVITE sip:x@abc.invalid;transport=ws SIP/2.0\r\n\r\n"));
}

#[tokio::test]
async fn two_messages_in_one_frame_are_one_and_what_is_no_sip_ends_the_connection() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let mut trunk = browser(&stage, "127.0.0.2").await;
    let hidden = request("INVITE", "WS a.invalid", "l: 0\r\n");
    trunk.send(Frame::text(request("OPTIONS", "WS a.invalid", "l: 0\r\n") + &hidden)).await.expect("sent");
    assert!(matches!(next(&mut trunk).await, Frame::Text(_)));
    let long = format!("OPTIONS sip:h SIP/2.0\r\nX: {}\r\n\r\n", "x".repeat(17 * 1024));
    for bad in
        [Frame::text("hello"), Frame::binary(vec![0xff; 100]), Frame::text(long), Frame::text("x".repeat(66_000))]
    {
        let mut browser = browser(&stage, "127.0.0.66").await;
        browser.send(bad).await.expect("sent");
        let Frame::Close(Some(why)) = next(&mut browser).await else { panic!("a goodbye") };
        assert_eq!(why.code, CloseCode::Protocol);
    }
    until(|| stage.net.open_connections() == 1).await;
    assert!(stage.mailbox.dealt.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn a_browser_that_says_nothing_is_let_go_and_one_that_vanishes_is_missed() {
    let limits = TcpLimits {
        message_max: Duration::from_millis(100),
        idle_max: Duration::from_millis(200),
        ..TcpLimits::default()
    };
    let stage = Stage::at("127.0.0.1", limits);
    let mut silent = browser(&stage, "127.0.0.66").await;
    assert!(matches!(next(&mut silent).await, Frame::Close(_)));
    assert_eq!(stage.net.counts().connections_slow, 1);
    // One that answers pings may stay, one that is as if switched off may not.
    let mut alive = browser(&stage, "127.0.0.66").await;
    alive.send(Frame::text(options("WS a.invalid"))).await.expect("sent");
    assert!(matches!(next(&mut alive).await, Frame::Text(_)));
    for _ in 0..3 {
        assert!(matches!(next(&mut alive).await, Frame::Ping(_)));
    }
    assert_eq!((stage.net.counts().connections_idle, stage.net.open_connections()), (0, 1));
    // Nobody reads any more, so nobody answers.
    until(|| stage.net.counts().connections_idle == 1 && stage.net.open_connections() == 0).await;
}

#[tokio::test]
async fn a_registered_browser_that_goes_is_told_of() {
    let stage = Stage::at("127.0.0.1", TcpLimits::default());
    let mut phone = browser(&stage, "127.0.0.2").await;
    phone.send(Frame::text(request("INVITE", "WS a.invalid", ""))).await.expect("sent");
    let path = stage.mailbox.first().await.path;
    stage.net.send(&Destination::Path(path), Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n"));
    assert!(matches!(next(&mut phone).await, Frame::Text(_)));
    drop(phone);
    until(|| *stage.mailbox.gone.lock().expect("not poisoned") == [path.connection]).await;
}
