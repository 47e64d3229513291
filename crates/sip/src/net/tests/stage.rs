//! What the tests of encrypted and other connections share: listeners of every kind, clients from addresses of their own.
//! Real sockets on loopback; an authority of the test's own.

use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::super::tls::server_name;
use super::super::tls::testing::Authority;
use super::*;

/// Listeners by their place in [`Stage::listen`].
pub(super) const UDP: u16 = 0;
pub(super) const TCP: u16 = 1;
pub(super) const TLS: u16 = 2;
pub(super) const WEB: u16 = 3;

pub(super) struct Stage {
    pub(super) net: SipNet,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) authority: Authority,
    /// Our certificate and whom we trust.
    pub(super) keys: Arc<TlsKeys>,
}

impl Stage {
    /// Listens by UDP, TCP, TLS and for WebSockets at one address; 127.0.0.2 and ::2 are a trunk.
    pub(super) fn at(ip: &str, tcp: TcpLimits) -> Self {
        Self::asking(ip, tcp, Vec::new())
    }

    /// The same, with name servers of the test's own.
    pub(super) fn asking(ip: &str, tcp: TcpLimits, name_servers: Vec<SocketAddr>) -> Self {
        let ip: IpAddr = ip.parse().expect("an address");
        let authority = Authority::new();
        let keys = authority.keys("us", &["127.0.0.1", "::1", "sip.example"]);
        let listen = |transport| ListenAt { transport, address: SocketAddr::new(ip, 0), advertised: None };
        let listen = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws].map(listen).to_vec();
        let block = |text: &str| TrunkAddress { block: text.parse().expect("an address"), port: None };
        let addresses = vec![block("127.0.0.2"), block("::2")];
        let trunk = Trunk { id: TrunkId::new("operator"), addresses, tls_names: vec!["sbc.operator.example".into()] };
        let mailbox = Arc::new(Mailbox::default());
        let tls = Some(keys.clone());
        let config =
            NetConfig { listen, trunks: vec![trunk], shards: 1, tcp, tls, name_servers, keeping: Keeping::default() };
        let net = SipNet::start(config, mailbox.clone()).expect("sockets");
        Self { net, mailbox, authority, keys }
    }

    pub(super) fn address(&self, listener: u16) -> SocketAddr {
        self.net.local_address(listener).expect("a listener")
    }

    /// A connection from an address of the client's own.
    pub(super) async fn tcp(&self, from: &str, listener: u16) -> TcpStream {
        let to = self.address(listener);
        let socket = if to.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.expect("a socket");
        socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("bound");
        socket.connect(to).await.expect("connected")
    }

    /// The same, encrypted, by a client that has these keys.
    pub(super) async fn tls(&self, from: &str, client: &TlsKeys) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = self.tcp(from, TLS).await;
        let us = server_name(&self.address(TLS).ip().to_string()).expect("a name");
        TlsConnector::from(client.client()).connect(us, stream).await
    }

    /// Keys of a client without a certificate, which trusts us.
    pub(super) fn phone(&self) -> TlsKeys {
        let files = TlsFiles { server_ca: Some(self.authority.file("ca.pem")), ..TlsFiles::default() };
        TlsKeys::load(files, &[]).expect("good files")
    }
}

/// Sends a request and reads what comes back at once.
pub(super) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, request: &str) -> Bytes {
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream.flush().await.expect("sent");
    hear(stream).await
}

/// What comes next; nothing once the peer has closed, or is gone.
pub(super) async fn hear<S: AsyncRead + Unpin>(stream: &mut S) -> Bytes {
    let mut buffer = vec![0; 65_536];
    let length = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("in time").unwrap_or(0);
    Bytes::copy_from_slice(&buffer[..length])
}

pub(super) fn options(via: &str) -> String {
    request("OPTIONS", via, "Content-Length: 0\r\n")
}

/// Until it is so.
pub(super) async fn until(what: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if what() {
            return;
        }
        tokio::time::sleep(PATIENCE / 1_000).await;
    }
    panic!("it never came about");
}
