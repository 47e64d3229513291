//! coturn on loopback, relaying to loopback, which none that stands on the internet may (`config/coturn.conf`): only to show
//! that a page gets through by nothing else. Knows its own secret; doesn't know who comes.

use std::net::{IpAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::until;

const SECRET: &str = "a-secret-of-this-test-alone";
const PORT: u16 = 3478;
/// A binding request without attributes (RFC 8489 §5).
const BINDING: [u8; 20] = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// A running one; ended when dropped.
pub struct TurnServer {
    child: Child,
    ip: IpAddr,
    _folder: TempDir,
}

impl TurnServer {
    /// One that relays to anybody on loopback.
    pub fn open_to_all(ip: IpAddr) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let at = ip.to_string();
        let mut command = Command::new("turnserver");
        command.args(["-n", "-L", &at, "-E", &at, "-r", "samkald", "--no-tls", "--no-dtls", "--no-cli"]);
        command.args(["--allow-loopback-peers", "--use-auth-secret", "--static-auth-secret", SECRET]);
        command.arg("--pidfile").arg(folder.path().join("pid")).arg("--userdb").arg(folder.path().join("db"));
        command.args(["--log-file", "stdout"]).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("coturn can be started");
        let server = Self { child, ip, _folder: folder };
        until(Duration::from_secs(20), || server.answers().then_some(())).expect("coturn answers");
        server
    }

    /// As an entry of `[media] ice_servers`.
    pub fn as_setting(&self) -> String {
        format!("{{ urls = [\"turn:{}:{PORT}\"], secret = \"{SECRET}\" }}", self.ip)
    }

    fn answers(&self) -> bool {
        let socket = UdpSocket::bind((self.ip, 0)).expect("a free port");
        let patience = Some(Duration::from_millis(200));
        socket.set_read_timeout(patience).expect("a socket can wait");
        let asked = socket.send_to(&BINDING, (self.ip, PORT));
        asked.is_ok() && socket.recv(&mut [0; 256]).is_ok()
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
