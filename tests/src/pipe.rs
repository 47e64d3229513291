//! One way to speak SIP in raw bytes, whatever carries them: datagrams or a connection. Written without any SIP stack, so
//! that nothing is polite by accident.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

use crate::Authority;

/// Longest message that is read.
const READ_BYTES_MAX: usize = 65_536;

/// A line to the centre, from an address of the test's choice.
pub enum Pipe {
    /// Datagrams.
    Udp(UdpSocket),
    /// A connection: plain, or below it whatever encrypts.
    Stream(Box<dyn Both>),
    /// A WebSocket, one message a frame (RFC 7118).
    Web(Box<WebSocket<TcpStream>>),
}

/// Something that can be read from, written to, and waited for.
pub trait Both: Read + Write {
    /// How long a read may wait.
    fn wait_at_most(&self, patience: Duration);
}

impl Both for TcpStream {
    fn wait_at_most(&self, patience: Duration) {
        self.set_read_timeout(Some(patience)).expect("a time-out above zero can be set");
    }
}

impl Both for StreamOwned<ClientConnection, TcpStream> {
    fn wait_at_most(&self, patience: Duration) {
        self.sock.wait_at_most(patience);
    }
}

impl Pipe {
    /// Datagrams between an address of ours and the centre.
    pub fn udp(from: IpAddr, to: SocketAddr) -> Self {
        Self::udp_from(SocketAddr::new(from, 0), to)
    }

    /// The same from a port of the test's choice.
    pub fn udp_from(from: SocketAddr, to: SocketAddr) -> Self {
        let socket = UdpSocket::bind(from).expect("the test's own port is free");
        socket.connect(to).expect("a datagram's way is always open");
        Self::Udp(socket)
    }

    /// A connection from an address of ours to the centre.
    pub fn tcp(from: IpAddr, to: SocketAddr) -> Self {
        Self::Stream(Box::new(connect(from, to)))
    }

    /// The same, encrypted, to a centre whose certificate this authority has issued.
    pub fn tls(from: IpAddr, to: SocketAddr, authority: &Authority) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority.file()).expect("a certificate")).expect("it can be trusted");
        // A second call finds a provider: the same.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let session = ClientConnection::new(Arc::new(config), to.ip().into()).expect("an address is a name");
        Self::Stream(Box::new(StreamOwned::new(session, connect(from, to))))
    }

    /// A WebSocket from an address of ours to the centre's web port.
    pub fn web(from: IpAddr, to: SocketAddr) -> Self {
        let mut request = format!("ws://{to}/sip").into_client_request().expect("an address of the web");
        request.headers_mut().insert("Sec-WebSocket-Protocol", "sip".parse().expect("a word"));
        let (socket, _) = tungstenite::client(request, connect(from, to)).expect("the centre takes browsers");
        Self::Web(Box::new(socket))
    }

    /// Says something; a connection that the centre has closed meanwhile takes nothing, which is no fault of the test.
    pub fn say(&mut self, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => drop(socket.send(bytes)),
            Self::Stream(stream) => drop(stream.write_all(bytes).and_then(|()| stream.flush())),
            Self::Web(socket) => drop(socket.send(Message::binary(bytes.to_vec()))),
        }
    }

    /// What comes within that time: the next read, none when nothing comes or the centre has hung up.
    pub fn hear(&mut self, patience: Duration) -> Option<String> {
        let (begun, mut buffer) = (Instant::now(), vec![0; READ_BYTES_MAX]);
        while let Some(left) = patience.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
            let heard = match self {
                Self::Udp(socket) => {
                    socket.set_read_timeout(Some(left)).expect("a time-out above zero can be set");
                    socket.recv(&mut buffer)
                }
                Self::Stream(stream) => {
                    stream.wait_at_most(left);
                    stream.read(&mut buffer)
                }
                Self::Web(socket) => {
                    socket.get_ref().wait_at_most(left);
                    match socket.read() {
                        Ok(Message::Text(text)) => return Some(text.to_string()),
                        Ok(Message::Binary(bytes)) => return Some(String::from_utf8_lossy(&bytes).into_owned()),
                        Ok(_) => continue,
                        Err(tungstenite::Error::Io(error)) => Err(error),
                        Err(_) => return None,
                    }
                }
            };
            match heard {
                Ok(0) => return None,
                Ok(length) => return Some(String::from_utf8_lossy(&buffer[..length]).into_owned()),
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// All that comes within that time, each read for itself.
    pub fn hear_all(&mut self, patience: Duration) -> Vec<String> {
        let begun = Instant::now();
        let next = || patience.checked_sub(begun.elapsed()).filter(|left| !left.is_zero());
        std::iter::from_fn(|| self.hear(next()?)).collect()
    }
}

/// A TCP connection from that address.
pub fn connect(from: IpAddr, to: SocketAddr) -> TcpStream {
    let domain = socket2::Domain::for_address(to);
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None).expect("a socket can be had");
    socket.bind(&SocketAddr::new(from, 0).into()).expect("the address is ours");
    socket.connect(&to.into()).expect("the centre takes connections");
    socket.into()
}
