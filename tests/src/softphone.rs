//! Phones of other people's making, moved by a person's commands: register, answer, hold, hand over. Each is a program in
//! `tests/phones` that speaks one JSON object a line; what the phones heard lies in files. Knows no SIP.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tone;

/// Longest wait for the end of what a phone was asked to do: longer than the phones' own patience of 12 s.
const DOING_MAX: Duration = Duration::from_secs(20);

/// Whose phone it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Make {
    /// baresip, by its Python package.
    Baresip,
    /// pjsua, by its Python package.
    Pjsua,
    /// linphonec.
    Linphone,
    /// JsSIP in Chromium.
    JsSip,
    /// SIP.js in Chromium.
    SipJs,
    /// The desk's own page in Chromium.
    DeskPage,
    /// aiortc in the desk page's place.
    Aiortc,
}

impl Make {
    /// What must be there for it.
    pub const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Baresip | Self::Pjsua => &["sipp", "python phones"],
            Self::Linphone => &["sipp", "python phones", "linphonec"],
            Self::Aiortc => &["sipp", "aiortc"],
            Self::JsSip | Self::SipJs | Self::DeskPage => &["sipp", "node", "chromium", "browser phones"],
        }
    }

    /// Whether it only finds its own address when that is 127.0.0.1.
    const fn lives_at_localhost(self) -> bool {
        match self {
            Self::Baresip | Self::Linphone => true,
            Self::Pjsua | Self::JsSip | Self::SipJs | Self::DeskPage | Self::Aiortc => false,
        }
    }

    const fn script(self) -> &'static str {
        match self {
            Self::Baresip => "baresip_phone.py",
            Self::Pjsua => "pjsua_phone.py",
            Self::Linphone => "linphone_phone.py",
            Self::Aiortc => "aiortc_phone.py",
            Self::JsSip | Self::SipJs | Self::DeskPage => "browser_phone.mjs",
        }
    }
}

/// A phone, ready to be switched on.
#[derive(Clone, Debug)]
pub struct Softphone {
    /// Whose make.
    pub make: Make,
    /// `udp`, `tcp`, `tls`, `ws`.
    pub transport: &'static str,
    /// Whose phone.
    pub user: &'static str,
    /// The password that it knows.
    pub password: &'static str,
    /// The server: of SIP, or of HTTP for browsers.
    pub server: SocketAddr,
    /// What it says.
    pub hz: f64,
    /// Where the phone is.
    pub ip: IpAddr,
    /// The certificate's authority that it trusts, for TLS.
    pub authority: Option<PathBuf>,
}

impl Softphone {
    /// Switches it on. It doesn't register yet.
    pub fn switch_on(&self) -> RunningSoftphone {
        let ip = if self.make.lives_at_localhost() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { self.ip };
        let folder = TempDir::new().expect("a folder can be made");
        let settings = json!({
            "make": format!("{:?}", self.make),
            "transport": self.transport,
            "user": self.user,
            "password": self.password,
            "server": self.server.to_string(),
            "ip": ip.to_string(),
            "port": free_ports(ip),
            "hz": self.hz,
            "folder": folder.path(),
            "authority": self.authority,
            "modules": crate::phones::browser_modules(),
        });
        let program = match self.make {
            Make::Baresip | Make::Pjsua | Make::Linphone => {
                crate::phones::python_phones().expect("it was there a moment ago")
            }
            Make::Aiortc => crate::phones::python_aiortc().expect("it was there a moment ago"),
            Make::JsSip | Make::SipJs | Make::DeskPage => "node".into(),
        };
        let errors = std::fs::File::create(folder.path().join("screen")).expect("a file can be made there");
        let mut command = Command::new(program);
        command.arg(crate::top().join("tests/phones").join(self.make.script())).arg(settings.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command.spawn().expect("the phone's program can be started");
        let lines = lines_of(&mut child);
        let hands = child.stdin.take();
        let mut phone = RunningSoftphone { child, hands, lines, noticed: Vec::new(), folder };
        phone.notices("on").unwrap_or_else(|why| panic!("{why}"));
        phone
    }
}

/// A port for SIP; the next is free too, and those from 100 above it on are its for sound. No phone of this process shares them.
fn free_ports(ip: IpAddr) -> u16 {
    const PORTS: std::ops::Range<u16> = 16_000..24_000;
    const EACH: u16 = 200;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let places = PORTS.len() as u16 / EACH;
    let free = |port| UdpSocket::bind((ip, port)).is_ok() && TcpListener::bind((ip, port)).is_ok();
    let mut candidates = (0..places).map(|_| {
        let place = (NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(std::process::id() as u16)) % places;
        PORTS.start + EACH * place
    });
    candidates.find(|port| free(*port) && free(port + 1)).expect("some of forty places is free")
}

fn lines_of(child: &mut Child) -> Receiver<Value> {
    let output = BufReader::new(child.stdout.take().expect("its output is ours"));
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // What else a phone's library prints is not for us.
            let Ok(line) = serde_json::from_str(&line) else { continue };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// A phone at work; ended when dropped.
pub struct RunningSoftphone {
    child: Child,
    hands: Option<ChildStdin>,
    lines: Receiver<Value>,
    /// What it noticed and nobody has asked about yet.
    noticed: Vec<String>,
    folder: TempDir,
}

impl RunningSoftphone {
    /// Does this, and waits until it is done; or why it can't be.
    pub fn does(&mut self, what: &str) -> Result<(), String> {
        self.does_to(what, None)
    }

    /// Does this to somebody: `dial`, `transfer`.
    pub fn does_to(&mut self, what: &str, to: Option<&str>) -> Result<(), String> {
        let hands = self.hands.as_mut().expect("the phone is on");
        let asked = writeln!(hands, "{}", json!({ "do": what, "to": to })).and_then(|()| hands.flush());
        asked.map_err(|error| format!("the phone is gone ({error}):\n{}", self.screen()))?;
        let answer = self.next(DOING_MAX, |line| line["done"] == what)?;
        match answer["why"].as_str() {
            None => Ok(()),
            Some(why) => Err(format!("{what}: {why}")),
        }
    }

    /// Waits until it has noticed this: `ringing`, `established`, `ended`. Each is told once.
    pub fn notices(&mut self, what: &str) -> Result<(), String> {
        if let Some(at) = self.noticed.iter().position(|one| one == what) {
            self.noticed.remove(at);
            return Ok(());
        }
        self.next(DOING_MAX, |line| line["happened"] == what).map(|_| ())
    }

    /// Whether it has noticed this by now, and nobody has asked about it yet.
    pub fn has_noticed(&mut self, what: &str) -> bool {
        let news = self.lines.try_iter().filter_map(|line| line["happened"].as_str().map(str::to_owned));
        self.noticed.extend(news);
        self.noticed.iter().any(|one| one == what)
    }

    /// Forgets what it noticed so far.
    pub fn forget(&mut self) {
        self.noticed.clear();
        while self.lines.try_recv().is_ok() {}
    }

    fn next(&mut self, patience: Duration, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        let begun = Instant::now();
        loop {
            let left = patience.saturating_sub(begun.elapsed());
            let line = self.lines.recv_timeout(left).map_err(|_| self.nothing_came())?;
            if wanted(&line) {
                return Ok(line);
            }
            self.noticed.extend(line["happened"].as_str().map(str::to_owned));
        }
    }

    fn nothing_came(&self) -> String {
        format!("the phone says nothing more; it noticed {:?}; its screen:\n{}", self.noticed, self.screen())
    }

    /// The end of what it printed and logged.
    pub fn screen(&self) -> String {
        ["log", "screen"].map(|name| self.end_of(name)).join("\n---\n")
    }

    fn end_of(&self, name: &str) -> String {
        const LINES: usize = 400;
        let text = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    /// Everything that it has heard so far in all its calls.
    pub fn heard_so_far(&self) -> Vec<i16> {
        let entries = std::fs::read_dir(self.folder.path()).expect("its folder is there").flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("heard")));
        files.sort();
        files.iter().flat_map(|path| samples_of(path)).collect()
    }

    /// The keys that it was told so far; none: it is told none.
    pub fn keys_so_far(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join("keys")).ok()
    }
}

fn samples_of(path: &Path) -> Vec<i16> {
    if path.extension().is_some_and(|extension| extension == "wav") {
        return tone::read_wav(path);
    }
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

impl Drop for RunningSoftphone {
    fn drop(&mut self) {
        const GOODBYE_MAX: Duration = Duration::from_secs(2);
        // Its own children (linphonec, Chromium) end with it when its input ends.
        self.hands = None;
        crate::until(GOODBYE_MAX, || self.child.try_wait().ok().flatten());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
