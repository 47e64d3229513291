//! The real program, started as an operator starts it: a settings file, a data folder, loopback addresses of its own.
//! Knows it only from outside: its pages, its exit code, its memory as the machine counts it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::{self, Page};
use crate::{Net, Workspace};

/// Ready within this (the issue of the operator: 30 s), also on a busy machine.
const READY_MAX: Duration = Duration::from_secs(30);
/// Everything that calls took is given back within this after the last one: a dead peer is waited for 32 s (64·T1).
const REST_MAX: Duration = Duration::from_secs(45);
/// Port of HTTP and gRPC; each test has addresses of its own.
const HTTP_PORT: u16 = 25_080;
/// Port of SIP.
const SIP_PORT: u16 = 25_060;

/// A running centre; killed when dropped.
pub struct RunningCentre {
    /// Its network.
    pub net: Net,
    child: Child,
    home: TempDir,
    environment: Vec<(String, String)>,
}

/// What `/debug/leaks` counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Leaks {
    /// Calls alive.
    pub calls: u64,
    /// SIP dialogs alive.
    pub dialogs: u64,
    /// Seats claimed or busy.
    pub claimed_seats: u64,
    /// RTP ports open.
    pub rtp_ports: u64,
}

impl RunningCentre {
    /// Starts it with these settings.
    pub(crate) fn start(net: Net, settings: &str, environment: Vec<(String, String)>) -> Self {
        let home = TempDir::new().expect("a folder can be made");
        std::fs::write(home.path().join("samkald.toml"), settings).expect("the settings can be written");
        let child = launch(home.path(), &environment);
        let mut centre = Self { net, child, home, environment };
        centre.wait_until_ready();
        centre
    }

    /// Where SIP is.
    pub fn sip(&self) -> SocketAddr {
        SocketAddr::new(self.net.centre(), SIP_PORT)
    }

    /// Where HTTP and gRPC are.
    pub fn http(&self) -> SocketAddr {
        SocketAddr::new(self.net.centre(), HTTP_PORT)
    }

    /// Its settings file.
    pub fn settings(&self) -> PathBuf {
        self.home.path().join("samkald.toml")
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Fetches a page; panics when nobody answers.
    pub fn page(&self, path: &str) -> Page {
        http::get(self.http(), path).unwrap_or_else(|error| panic!("{path}: {error}\n{}", self.log()))
    }

    /// What is alive now.
    pub fn leaks(&self) -> Leaks {
        let page = self.page("/debug/leaks");
        let told: serde_json::Value =
            serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body));
        let count = |name: &str| told[name].as_u64().unwrap_or_else(|| panic!("/debug/leaks has no {name}: {told}"));
        Leaks {
            calls: count("calls"),
            dialogs: count("dialogs"),
            claimed_seats: count("claimed_seats"),
            rtp_ports: count("rtp_ports"),
        }
    }

    /// The check after every test: nothing is left that a call had taken.
    pub fn nothing_is_left(&self) {
        let at_rest = crate::until(REST_MAX, || (self.leaks() == Leaks::default()).then_some(()));
        assert!(at_rest.is_some(), "left over: {:?}\n{}", self.leaks(), self.log());
    }

    /// The sum of a metric's series whose labels hold all these words; zero when there is none.
    pub fn metric(&self, name: &str, labels: &[&str]) -> f64 {
        let page = self.page("/metrics");
        let lines = page.body.lines().filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(['{', ' '])) && labels.iter().all(|label| line.contains(label))
        });
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Its memory in KiB (resident).
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it is alive");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the machine counts memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
    }

    /// Processor time that it has used since its start, in hundredths of a second.
    pub fn cpu_centiseconds(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it is alive");
        // After the name in brackets: fields 14 and 15, of which two were before it (proc(5)).
        let after_name = stat.rsplit_once(')').map_or("", |(_, after)| after);
        after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
    }

    /// `kill -9`.
    pub fn kill_hard(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again with the same settings and data.
    pub fn start_again(&mut self) {
        self.child = launch(self.home.path(), &self.environment);
        self.wait_until_ready();
    }

    /// SIGHUP: it reads its plan again.
    pub fn ask_to_read_again(&self) {
        crate::signal(&self.child, crate::Signal::ReadAgain);
    }

    /// SIGTERM: it drains.
    pub fn ask_to_stop(&self) {
        crate::signal(&self.child, crate::Signal::Terminate);
    }

    /// Waits until it has ended by itself.
    pub fn ended_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        crate::until(patience, || self.child.try_wait().expect("it can be asked"))
    }

    /// The files of the data folder in which these bytes stand.
    pub fn files_with(&self, needle: &str) -> Vec<String> {
        let (mut folders, mut found) = (vec![self.data()], Vec::new());
        while let Some(folder) = folders.pop() {
            for path in
                std::fs::read_dir(folder).expect("the data folder can be read").flatten().map(|entry| entry.path())
            {
                if path.is_dir() {
                    folders.push(path);
                } else if memory_of(&path).windows(needle.len()).any(|here| here == needle.as_bytes()) {
                    found.push(path.display().to_string());
                }
            }
        }
        found
    }

    /// The end of what it logged.
    pub fn log(&self) -> String {
        const LINES: usize = 60;
        let log = std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        while begun.elapsed() < READY_MAX {
            if http::get(self.http(), "/readyz").is_ok_and(|page| page.status == 200) {
                return;
            }
            let ended = self.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "it ended at once ({ended:?}):\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("not ready within {READY_MAX:?}:\n{}", self.log());
    }
}

impl Drop for RunningCentre {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the end of the centre's log ---\n{}", self.log());
        }
        self.kill_hard();
    }
}

fn memory_of(path: &Path) -> Vec<u8> {
    // A file that goes away meanwhile (a spool segment that is in the database now) holds nothing any longer.
    std::fs::read(path).unwrap_or_default()
}

fn launch(home: &Path, environment: &[(String, String)]) -> Child {
    let log = File::options().create(true).append(true).open(home.join("log")).expect("a file can be made there");
    let errors = log.try_clone().expect("a file can be shared");
    let mut command = Command::new(program());
    command.arg("serve").arg("--config").arg(home.join("samkald.toml")).env("SAMKALD_DATA_DIR", home.join("data"));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("the program can be started")
}

/// The program: `SAMKALD_BIN`, or the release build of this tree, which is brought up to date first.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(given) = std::env::var_os("SAMKALD_BIN") {
            return given.into();
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.current_dir(crate::top()).args(["build", "--release", "--quiet", "-p", "node", "--bin", "samkald"]);
        assert!(build.status().expect("cargo can be started").success(), "the program does not build");
        Workspace::read().target.join("release/samkald")
    })
}
