//! The proof of an agent's sound through the real program: a softphone that is heard passes the test, and one from which
//! nothing comes is told so, gets no citizens, and is called for a test when it wants to be ready.
//! Reads what the agent reads in the terminal; knows no message.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use samkald_tests::{Baresip, Law, RunningCentre, Sipp, Voice, phones_are_there, program, told, tone};

/// Longest wait for the next line on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn an_agent_whose_softphone_is_heard_passes_the_test() {
    if !phones_are_there(&["baresip"]) {
        return;
    }
    let centre = RunningCentre::with_plan("calls");
    let phone = Baresip::agent(centre.net.phones(), centre.sip(), "carla", "carla-secret", Law::A).start();
    assert!(phone.says("200 OK", Duration::from_secs(10)), "the phone registers:\n{}", phone.screen());
    let mut desk = Desk::open(&centre, "carla", "carla-secret");
    desk.asks("lydprøve");
    desk.reads("Lydprøven er bestået");
    desk.reads("Du er klar");
    desk.leaves();
    drop(phone.finish());
    centre.nothing_is_left();
}

#[test]
fn an_agent_from_whom_nothing_was_heard_gets_no_citizens_and_is_told_why() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::with_plan("desk");
    let mut desk = Desk::open(&centre, "dorte", "dorte-secret");
    desk.asks("klar");
    desk.reads("Du er klar");
    let phone = mute_phone(&centre);
    let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), "89402000");
    citizen.pause = Duration::from_secs(6);
    let call = citizen.with("rtp_port", &voice.address.port().to_string()).ring(centre.sip());
    desk.reads("DET RINGER");
    desk.reads("I samtale");
    voice.talk_to(call.other_sides_media(PATIENCE).expect("the agent answers"));
    call.succeed();
    drop(voice.finish());
    phone.succeed();
    desk.reads("Der kommer ingen lyd fra din telefon");
    desk.asks("efterbehandling");
    desk.reads("lyden er ikke afprøvet");
    let phone = mute_phone(&centre);
    desk.asks("klar");
    desk.reads("på pause (lydprøve)");
    desk.reads("Der kommer ingen lyd fra din telefon");
    desk.reads("lyden er ikke afprøvet");
    phone.succeed();
    desk.leaves();
    let told = centre.facts_until(|told| told::states(told, "dorte").iter().any(|state| state == "became Off"));
    let states = told::states(&told, "dorte");
    let ready = states.iter().filter(|state| *state == "became Ready").count();
    assert_eq!(ready, 1, "only before the conversation: {states:#?}");
    centre.nothing_is_left();
}

/// A phone at dorte's contact that answers, and sends no sound.
fn mute_phone(centre: &RunningCentre) -> samkald_tests::RunningSipp {
    let mut phone = Sipp::new("agent", centre.net.phones());
    phone.local.set_port(26_000);
    phone.wait_for_calls()
}

/// An agent's desk in the terminal.
struct Desk {
    child: Child,
    keys: Option<ChildStdin>,
    lines: Receiver<String>,
    read: Vec<String>,
}

impl Desk {
    fn open(centre: &RunningCentre, agent: &str, password: &str) -> Self {
        let mut command = Command::new(program());
        command.args(["desk", "--agent", agent, "--server", &format!("http://{}", centre.http())]);
        command.env("SAMKALD_PASSWORD", password).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        let output = BufReader::new(child.stdout.take().expect("its output is ours"));
        let (tell, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let keys = child.stdin.take();
        Self { child, keys, lines, read: Vec::new() }
    }

    fn asks(&mut self, line: &str) {
        writeln!(self.keys.as_mut().expect("it is open"), "{line}").expect("the desk listens");
    }

    /// Until a line with these words comes.
    fn reads(&mut self, words: &str) {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("`{words}` never came; the desk said:\n{}", self.read.join("\n"));
            };
            let found = line.contains(words);
            self.read.push(line);
            if found {
                return;
            }
        }
    }

    fn leaves(&mut self) {
        self.asks("log ud");
        drop(self.keys.take());
        assert!(self.child.wait().expect("it ends").success(), "{}", self.read.join("\n"));
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
