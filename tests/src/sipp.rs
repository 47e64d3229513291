//! sipp as citizens on a trunk and as agents' phones: fills in a scenario of `tests/sipp`, runs it, and reads what it
//! wrote down. Knows sipp's command line and its exit codes (0: every call went by the script).

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A scenario, ready to be filled in and run. Fields may be changed before `start`.
pub struct Sipp {
    /// Its name in `tests/sipp`, without `.xml`.
    pub scenario: &'static str,
    /// Where sipp is: its address and port.
    pub local: SocketAddr,
    /// Calls in all.
    pub calls: u32,
    /// Calls begun each second.
    pub rate: u32,
    /// Calls at once; more wait in sipp.
    pub at_once_max: u32,
    /// The pause of the scenario: mostly the talk.
    pub pause: Duration,
    /// After this it gives up, and the test fails.
    pub patience: Duration,
    /// Which number is rung (citizens).
    pub dials: String,
    /// What stands for `{name}` in the scenario.
    pub filled_in: Vec<(&'static str, String)>,
    /// Over TCP instead of UDP.
    pub tcp: bool,
    /// What its password's digest is for, without `sip:`: what it calls. Empty: the server, as when it registers.
    pub proves_for: String,
}

impl Sipp {
    /// One call of a scenario, at this address.
    pub fn new(scenario: &'static str, ip: IpAddr) -> Self {
        Self {
            scenario,
            local: SocketAddr::new(ip, crate::net::free_port(ip)),
            calls: 1,
            rate: 10,
            at_once_max: 10_000,
            pause: Duration::from_millis(500),
            patience: Duration::from_secs(40),
            dials: String::new(),
            filled_in: vec![
                ("caller", "+4530112233".into()),
                ("headers", String::new()),
                ("codecs", "8".into()),
                ("rtp_port", "40000".into()),
                ("ring_ms", "200".into()),
                ("status", "486".into()),
                ("reason", "Busy Here".into()),
            ],
            tcp: false,
            proves_for: String::new(),
        }
    }

    /// A citizen who rings this number.
    pub fn citizen(scenario: &'static str, ip: IpAddr, dials: &str) -> Self {
        Self { dials: dials.to_owned(), ..Self::new(scenario, ip) }
    }

    /// Fills in `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.filled_in.insert(0, (name, value.to_string()));
        self
    }

    /// Runs against a server (citizens).
    pub fn ring(&self, server: SocketAddr) -> RunningSipp {
        self.start(Some(server))
    }

    /// Waits for calls (agents). Returns when the port is open.
    pub fn wait_for_calls(&self) -> RunningSipp {
        let running = self.start(None);
        std::thread::sleep(Duration::from_millis(300));
        running
    }

    fn start(&self, server: Option<SocketAddr>) -> RunningSipp {
        let folder = TempDir::new().expect("a folder can be made");
        let script = folder.path().join("scenario.xml");
        std::fs::write(&script, self.script()).expect("the scenario can be written");
        let mut command = Command::new("sipp");
        command.current_dir(folder.path()).arg("-sf").arg(script).args(self.arguments());
        if let Some(server) = server {
            command.arg(server.to_string()).args(["-s", &self.dials]);
        }
        let screen = std::fs::File::create(folder.path().join("screen")).expect("a file can be made there");
        command.stdin(Stdio::null()).stdout(screen).stderr(Stdio::null());
        let child = command.spawn().expect("sipp can be started");
        RunningSipp { name: self.scenario, child, folder }
    }

    fn arguments(&self) -> Vec<String> {
        let said = format!(
            "-i {ip} -mi {ip} -p {port} -m {calls} -r {rate} -l {most} -d {pause} -nostdin -timeout {patience}s -timeout_error \
             -t {transport} -trace_err -error_file errors -trace_logs -log_file log -buff_size 1048576",
            ip = self.local.ip(),
            port = self.local.port(),
            calls = self.calls,
            rate = self.rate,
            most = self.at_once_max,
            pause = self.pause.as_millis(),
            patience = self.patience.as_secs(),
            transport = if self.tcp { "t1" } else { "u1" },
        );
        let mut said: Vec<String> = said.split_whitespace().map(str::to_owned).collect();
        if !self.proves_for.is_empty() {
            said.extend(["-auth_uri".to_owned(), self.proves_for.clone()]);
        }
        said
    }

    fn script(&self) -> String {
        let path = crate::top().join("tests/sipp").join(self.scenario).with_extension("xml");
        let mut script = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (name, value) in &self.filled_in {
            script = script.replace(&format!("{{{name}}}"), value);
        }
        script
    }
}

/// A sipp at work; ended when dropped.
pub struct RunningSipp {
    name: &'static str,
    child: Child,
    folder: TempDir,
}

impl RunningSipp {
    /// What the scenario wrote down so far, line by line.
    pub fn log(&self) -> Vec<String> {
        self.file("log").lines().map(str::to_owned).collect()
    }

    /// Where the other side wants our voice, as soon as it has described itself; none within `patience`: none.
    pub fn other_sides_media(&self, patience: Duration) -> Option<SocketAddr> {
        crate::until(patience, || {
            let line = self.log().into_iter().find(|line| line.starts_with("media "))?;
            line.trim_start_matches("media ").parse().ok()
        })
    }

    /// Waits for the end; panics with sipp's own words unless every call went by the script.
    pub fn succeed(mut self) {
        let status = self.child.wait().expect("sipp can be waited for");
        assert!(status.success(), "sipp {} ended with {status}:\n{}{}", self.name, self.file("errors"), self.counts());
    }

    /// Whether it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("sipp can be asked")
    }

    /// Ends it at once, without another message: a phone whose battery is empty.
    pub fn vanish(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The end of the screen: the counters.
    fn counts(&self) -> String {
        let screen = self.file("screen");
        let lines: Vec<&str> = screen.lines().filter(|line| line.contains("call") || line.contains("Call")).collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    fn file(&self, name: &str) -> String {
        let path: PathBuf = Path::new(self.folder.path()).join(name);
        String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
    }
}

impl Drop for RunningSipp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
