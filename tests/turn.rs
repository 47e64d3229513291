//! The TURN server that we recommend (`config/coturn.conf`), with the real program: it relays agents' sound, and nobody
//! reaches what stands behind it. Knows what its own client says; doesn't know calls.

use std::fs::File;
use std::net::IpAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use samkald_tests::{Net, phones_are_there, top, until};

const SECRET: &str = "a secret of this test alone";
/// What coturn's client says when the server refuses a peer.
const FORBIDDEN: &str = "403 (Forbidden IP)";
/// How long a client that was not refused may try to reach somebody who isn't there.
const TRIES_MAX: Duration = Duration::from_secs(4);

struct TurnServer(Child);

impl TurnServer {
    fn start(ip: IpAddr, folder: &std::path::Path) -> Self {
        let mut command = Command::new("turnserver");
        command.arg("-c").arg(top().join("config/coturn.conf")).arg("-L").arg(ip.to_string());
        command.args(["-E", &ip.to_string(), "-E", "::1", "--no-tls", "--no-dtls", "--log-file", "stdout"]);
        command.arg("--pidfile").arg(folder.join("pid")).arg("--userdb").arg(folder.join("db"));
        command.args(["--static-auth-secret", SECRET]).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self(command.spawn().expect("coturn can be started"));
        let answers = || client(ip, "first", &ip.to_string()).contains("403").then_some(());
        until(Duration::from_secs(20), answers).expect("coturn answers");
        server
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What coturn's client says when it asks to be relayed to a peer.
fn client(server: IpAddr, user: &str, peer: &str) -> String {
    let mut command = Command::new("turnutils_uclient");
    command.args(["-W", SECRET, "-u", user, "-n", "1", "-m", "1", "-c", "-e", peer]);
    if peer.contains(':') {
        command.arg("-x");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let told = folder.path().join("told");
    let paper = File::create(&told).expect("a file");
    command.arg(server.to_string()).stdout(paper.try_clone().expect("the same file")).stderr(paper);
    let mut client = command.spawn().expect("coturn's client can be started");
    until(TRIES_MAX, || client.try_wait().ok().flatten());
    let _ = client.kill();
    let _ = client.wait();
    std::fs::read_to_string(told).expect("text")
}

/// Fault 25.
#[test]
fn the_turn_server_relays_agents_sound_and_nobody_to_what_stands_behind_it() {
    if !phones_are_there(&["turnserver", "turnutils_uclient"]) {
        return;
    }
    let (net, folder) = (Net::claim(), tempfile::tempdir().expect("a folder"));
    let server = net.centre();
    let _running = TurnServer::start(server, folder.path());
    let behind =
        ["127.0.0.1", "0.0.0.0", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "::", "::ffff:127.0.0.1"];
    for (number, peer) in behind.iter().enumerate() {
        let told = client(server, &format!("behind-{number}"), peer);
        assert!(told.contains(FORBIDDEN), "{peer}: {told}");
    }
    for (number, peer) in ["203.0.113.5", "2001:db8::5"].iter().enumerate() {
        let told = client(server, &format!("outside-{number}"), peer);
        assert!(!told.contains(FORBIDDEN), "{peer}: {told}");
        assert!(!told.contains("error"), "{peer}: {told}");
    }
}
