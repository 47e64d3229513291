//! baresip as an agent's softphone and as a citizen's: writes its folder, runs it, and reads what it recorded.
//! Says a tone from a file and records both directions; names of its recordings end in `-dec.wav` (heard).

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::g711::Law;
use crate::tone;

/// baresip ends by itself after this, whatever happens.
const LIFE_MAX_S: u32 = 90;
/// Its SIP port lies so far above its first RTP port.
const SIP_ABOVE_RTP: u16 = 1_000;
/// And takes commands so far above its SIP port.
const COMMANDS_ABOVE_SIP: u16 = 100;
/// How long it may take to write the end of its recordings after it was asked to end.
const GOODBYE_MAX: Duration = Duration::from_secs(5);

/// A softphone, ready to be started.
pub struct Baresip {
    /// What it says.
    pub hz: f64,
    /// The one codec that it offers and takes, as its `audio_codecs` has it: `PCMA/8000/1`.
    pub codec: &'static str,
    /// Where it listens for SIP.
    pub address: SocketAddr,
    account: String,
    dials: Option<String>,
    /// How it encrypts sound (`mediaenc`): not at all, where it can (`srtp`), or always (`srtp-mand`).
    encrypts: Option<&'static str>,
}

impl Baresip {
    /// An agent's phone: registers with the password and answers by itself.
    pub fn agent(ip: IpAddr, registrar: SocketAddr, id: &str, password: &str, law: Law) -> Self {
        let account = format!("<sip:{id}@{registrar}>;auth_user={id};auth_pass={password};regint=60;answermode=auto");
        Self::new(ip, tone::AGENT_HZ, law, account, None)
    }

    /// A citizen on a trunk, who rings this number at once.
    pub fn citizen(ip: IpAddr, number: &str, centre: SocketAddr, dials: &str, law: Law) -> Self {
        let account = format!("<sip:{number}@{ip}>;regint=0");
        Self::new(ip, tone::CITIZEN_HZ, law, account, Some(format!("sip:{dials}@{centre}")))
    }

    fn new(ip: IpAddr, hz: f64, law: Law, account: String, dials: Option<String>) -> Self {
        let codec = match law {
            Law::A => "PCMA/8000/1",
            Law::Mu => "PCMU/8000/1",
        };
        Self {
            hz,
            codec,
            address: SocketAddr::new(ip, crate::net::free_port(ip) + SIP_ABOVE_RTP),
            account,
            dials,
            encrypts: None,
        }
    }

    /// Encrypts its sound in this way: `srtp`, `srtp-mand`.
    pub const fn encrypted(mut self, how: &'static str) -> Self {
        self.encrypts = Some(how);
        self
    }

    /// Offers and takes this codec alone: `G722/16000/1`, `opus/48000/2`.
    pub const fn speaking(mut self, codec: &'static str) -> Self {
        self.codec = codec;
        self
    }

    /// Where it takes commands.
    const fn ear_for_commands(&self) -> SocketAddr {
        SocketAddr::new(self.address.ip(), self.address.port() + COMMANDS_ABOVE_SIP)
    }

    /// Starts it.
    pub fn start(&self) -> RunningBaresip {
        let folder = TempDir::new().expect("a folder can be made");
        tone::write_wav(&folder.path().join("tone.wav"), &tone::tone(self.hz, 60.0));
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
        let encrypts = self.encrypts.map(|how| format!(";mediaenc={how}")).unwrap_or_default();
        write("accounts", &format!("{};audio_codecs={}{encrypts}\n", self.account, self.codec));
        write("contacts", "");
        write("config", &self.config(folder.path()));
        let mut command = Command::new("baresip");
        command.current_dir(folder.path()).arg("-f").arg(folder.path()).args(["-t", &LIFE_MAX_S.to_string()]);
        if let Some(dials) = &self.dials {
            command.args(["-e", &format!("/dial {dials}")]);
        }
        let screen = std::fs::File::create(folder.path().join("screen")).expect("a file can be made there");
        let errors = screen.try_clone().expect("a file can be shared");
        let child = command.stdin(Stdio::null()).stdout(screen).stderr(errors).spawn().expect("baresip can be started");
        RunningBaresip { child, folder, commands: self.ear_for_commands() }
    }

    fn config(&self, folder: &Path) -> String {
        let (ip, folder) = (self.address.ip(), folder.display());
        let mut config = String::new();
        let rtp = self.address.port() - SIP_ABOVE_RTP;
        let _ = write!(
            config,
            "net_interface {ip}\nsip_listen {ip}:{sip}\nrtp_ports {rtp}-{rtp_last}\naudio_source aufile,{folder}/tone.wav\n\
             audio_player aufile,{folder}/played.wav\nausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\n\
             auplay_channels 1\nausrc_format s16\nauplay_format s16\nsnd_path {folder}\n\
             module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule g722.so\nmodule opus.so\nmodule aufile.so\n\
             module sndfile.so\nmodule srtp.so\nmodule_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen {commands}\n",
            commands = self.ear_for_commands(),
            sip = self.address.port(),
            rtp_last = rtp + 40,
        );
        config
    }
}

/// A baresip at work; ended when dropped.
pub struct RunningBaresip {
    child: Child,
    folder: TempDir,
    commands: SocketAddr,
}

impl RunningBaresip {
    /// Waits until its screen says this.
    pub fn says(&self, words: &str, patience: Duration) -> bool {
        crate::until(patience, || self.screen().contains(words).then_some(())).is_some()
    }

    /// Everything that it printed.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.folder.path().join("screen")).unwrap_or_default()).into_owned()
    }

    /// Presses a key and lets it go.
    pub fn press(&self, key: char) {
        let command = serde_json::json!({ "command": "sndcode", "params": key.to_string() }).to_string();
        let asked = TcpStream::connect(self.commands).and_then(|mut stream| {
            stream.write_all(format!("{}:{command},", command.len()).as_bytes())?;
            // It forgets what is asked by somebody who doesn't wait for the answer.
            stream.set_read_timeout(Some(GOODBYE_MAX))?;
            stream.read(&mut [0; 512])
        });
        asked.unwrap_or_else(|error| panic!("baresip takes no commands: {error}\n{}", self.screen()));
    }

    /// The keys that the other side pressed, each as often as it noticed.
    pub fn keys_so_far(&self) -> String {
        const NOTICED: &str = "received event: '";
        let screen = self.screen();
        let told = screen.lines().filter_map(|line| line.split_once(NOTICED)).map(|(_, told)| told);
        told.filter(|told| told.contains("end=0")).filter_map(|told| told.chars().next()).collect()
    }

    /// Asks it to end (calls are hung up), and gives what it has heard in all its calls.
    pub fn finish(mut self) -> Vec<i16> {
        crate::signal(&self.child, crate::Signal::Terminate);
        crate::until(GOODBYE_MAX, || self.child.try_wait().ok().flatten());
        self.heard_so_far()
    }

    /// What it has heard so far in all its calls.
    pub fn heard_so_far(&self) -> Vec<i16> {
        let entries = std::fs::read_dir(self.folder.path()).expect("its folder is there").flatten();
        let mut heard: Vec<_> = entries.map(|entry| entry.path()).collect();
        heard.retain(|path| path.to_string_lossy().ends_with("-dec.wav"));
        heard.sort();
        heard.iter().flat_map(|path| tone::read_wav(path)).collect()
    }

    /// Ends it at once, without another message.
    pub fn vanish(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for RunningBaresip {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
