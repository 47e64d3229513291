//! A WebSocket on the port, in clear text and encrypted, as a browser's phone opens it.
//! What is spoken by it is an echo here.

use std::net::SocketAddr;
use std::sync::Arc;

use api::{Encryption, SocketDoor, SocketRoute, Upgraded};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::stage::in_time;

const REQUEST: &str = "GET /sip HTTP/1.1\r\nHost: phone.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Says back what it hears.
struct Echo;

impl SocketDoor for Echo {
    fn take(&self, peer: SocketAddr, mut stream: Box<dyn Upgraded>) {
        assert!(peer.ip().is_loopback());
        tokio::spawn(async move {
            let mut heard = [0; 5];
            stream.read_exact(&mut heard).await.expect("heard");
            stream.write_all(&heard).await.expect("said");
            stream.flush().await.expect("said");
        });
    }
}

async fn serve(encryption: Option<Encryption>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let route = SocketRoute { path: "/sip", protocol: "sip", origins: Arc::default(), door: Arc::new(Echo) };
    tokio::spawn(api::serve(listener, api::sockets(route), encryption, std::future::pending()));
    address
}

/// The head of the answer to a request.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, more: &str) -> String {
    stream.write_all(format!("{REQUEST}{more}\r\n").as_bytes()).await.expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(in_time(stream.read_u8()).await.expect("an answer"));
    }
    String::from_utf8(head).expect("text")
}

async fn is_echoed<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    stream.write_all(b"hello").await.expect("sent");
    let mut echo = [0; 5];
    in_time(stream.read_exact(&mut echo)).await.expect("an echo");
    assert_eq!(&echo, b"hello");
}

#[tokio::test]
async fn a_browser_gets_its_socket_if_it_asks_for_the_right_protocol_from_the_right_page() {
    let address = serve(None).await;
    let mut stream = TcpStream::connect(address).await.expect("listened");
    let head = ask(&mut stream, "Sec-WebSocket-Protocol: sip\r\nOrigin: http://phone.example\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    let head = head.to_ascii_lowercase();
    // The key's answer is that of RFC 6455 §1.3.
    assert!(head.contains("sec-websocket-protocol: sip") && head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    is_echoed(&mut stream).await;
    for (more, status) in [
        ("", "400"),
        ("Sec-WebSocket-Protocol: chat\r\n", "400"),
        ("Sec-WebSocket-Protocol: sip\r\nOrigin: https://evil.example\r\n", "403"),
    ] {
        let mut stream = TcpStream::connect(address).await.expect("listened");
        let head = ask(&mut stream, more).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
    }
}

#[tokio::test]
async fn on_an_encrypted_port_sockets_are_encrypted_and_clear_text_is_not_served() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["phone.example".to_owned()]).expect("signed");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let server = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert.der().clone()], key);
    let server = Arc::new(server.expect("a good pair"));
    let address = serve(Some(Arc::new(move || Some(server.clone())))).await;
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).expect("a root");
    let client = Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth());
    let name = ServerName::try_from("phone.example").expect("a name");
    let stream = TcpStream::connect(address).await.expect("listened");
    let mut stream = TlsConnector::from(client).connect(name, stream).await.expect("encrypted");
    let head = ask(&mut stream, "Sec-WebSocket-Protocol: sip\r\nOrigin: https://phone.example\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    is_echoed(&mut stream).await;
    let mut clear = TcpStream::connect(address).await.expect("listened");
    clear.write_all(b"GET /sip HTTP/1.1\r\nHost: phone.example\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    // Cut off, perhaps by a reset.
    let _ = in_time(clear.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"), "an alert at most");
}
