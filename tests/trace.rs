//! An operator looks at one call while it happens: by number, by agent and by call, with both sides of it in one ladder and a
//! capture file that tshark reads. The program is used as an operator uses it; sipp is trunk and phone.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use samkald_tests::{RunningCentre, Sipp, phones_are_there, program, until};
use tempfile::TempDir;

/// The shared line that rings until an agent answers.
const PASSPORTS: &str = "70201000";
/// The citizen's number, as every scenario of a citizen has it.
const CITIZEN: &str = "30112233";

#[test]
fn a_call_is_traced_by_number_and_by_agent_with_both_sides_in_one_ladder() {
    if !phones_are_there(&["sipp", "tshark"]) {
        return;
    }
    let (centre, folder) = (RunningCentre::with_plan("calls"), TempDir::new().expect("a folder"));
    let (by_number, by_agent) = (folder.path().join("number.pcap"), folder.path().join("agent.pcap"));
    let number = Trace::start(&centre, &["--number", "+45 30 11 22 33", "--for", "12"], &by_number);
    let agent = Trace::start(&centre, &["--agent", "anna", "--for", "12", "--headers"], &by_agent);
    a_talk(&centre, Duration::from_millis(500));
    for (told, capture) in [(number.ended(), &by_number), (agent.ended(), &by_agent)] {
        let columns = |line: &&str| line.contains("INVITE 1");
        let invites: Vec<&str> = told.lines().filter(columns).collect();
        assert!(
            invites.iter().any(|line| line.contains("|-- INVITE 1 +body ----------->|     ")),
            "the trunk's\n{told}"
        );
        assert!(
            invites.iter().any(|line| line.contains("     |-- INVITE 1 +body ----------->|")),
            "the phone's\n{told}"
        );
        for rung in ["180 INVITE 1", "200 INVITE 1 +body", "-- ACK 1", "-- BYE 2", "leg 1", "leg 2"] {
            assert!(told.contains(rung), "{rung} is not in\n{told}");
        }
        assert!(!told.contains(CITIZEN) && told.contains("p1.e164"), "the number is masked\n{told}");
        let methods = tshark(capture, "sip.Method");
        for method in ["INVITE", "ACK", "BYE"] {
            assert!(methods.iter().filter(|found| *found == method).count() >= 2, "{method} on both legs: {methods:?}");
        }
        let messages = told.lines().filter(|line| line.contains("|  leg ")).count();
        assert_eq!(tshark(capture, "frame.number").len(), messages, "every message is a packet");
        assert_eq!(tshark_with(capture, "_ws.malformed || !sip", "frame.number"), Vec::<String>::new());
        assert!(!contains(&std::fs::read(capture).expect("a capture"), CITIZEN), "the capture holds the number");
    }
    let again = samkald(&centre, &["trace", "--number", CITIZEN, "--for", "1"]);
    assert!(stderr(&again).starts_with("0 messages"), "nothing is kept of an earlier trace: {}", stderr(&again));
    assert!(!centre.log().contains(CITIZEN), "the log holds the number");
    centre.nothing_is_left();
}

#[test]
fn a_call_in_progress_is_found_by_its_id() {
    if !phones_are_there(&["sipp", "tshark"]) {
        return;
    }
    let (centre, folder) = (RunningCentre::with_plan("calls"), TempDir::new().expect("a folder"));
    let phone = phone(&centre).wait_for_calls();
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), PASSPORTS);
    citizen.pause = Duration::from_secs(12);
    let citizen = citizen.ring(centre.sip());
    let call = until(Duration::from_secs(20), || {
        let why = samkald(&centre, &["why", "--json"]);
        let told: serde_json::Value = serde_json::from_slice(&why.stdout).ok()?;
        told["call_id"].as_str().filter(|call| call.len() == 32).map(str::to_owned)
    });
    let capture = folder.path().join("call.pcap");
    let trace =
        Trace::start(&centre, &["--call", &call.expect("the call is offered"), "--for", "20", "--json"], &capture);
    citizen.succeed();
    phone.succeed();
    let told = trace.ended();
    let messages: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    let byes = |inward: bool| {
        let is = |message: &&serde_json::Value| message["text"].as_str().is_some_and(|text| text.starts_with("BYE "));
        messages.iter().filter(is).filter(|message| message["inward"] == inward).count()
    };
    assert!(byes(true) >= 1 && byes(false) >= 1, "both goodbyes are there\n{told}");
    assert!(tshark(&capture, "sip.Method").contains(&"BYE".to_owned()));
}

#[test]
fn personal_data_is_shown_only_for_a_reason_that_is_written_down() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let (centre, folder) = (RunningCentre::with_plan("calls"), TempDir::new().expect("a folder"));
    let refused = samkald(&centre, &["trace", "--number", CITIZEN, "--unmasked"]);
    assert_eq!(refused.status.code(), Some(2), "a reason is asked for");
    let short = samkald(&centre, &["trace", "--number", CITIZEN, "--unmasked", "--reason", "fejl"]);
    assert_eq!((short.status.code(), stderr(&short).trim()), (Some(1), "a reason has 10 to 200 characters"));
    let words =
        ["--number", CITIZEN, "--for", "12", "--json", "--unmasked", "--reason", "sag 4711: forkert nummer vist"];
    let trace = Trace::start(&centre, &words, &folder.path().join("number.pcap"));
    a_talk(&centre, Duration::from_millis(500));
    let told = trace.ended();
    assert!(told.contains(&format!("+45{CITIZEN}")), "{told}");
    let audit = std::fs::read_to_string(centre.data().join("audit.log")).expect("there is an audit file");
    let line: serde_json::Value = serde_json::from_str(audit.trim()).expect("one line");
    assert_eq!((line["about"].as_str(), line["for_s"].as_u64()), (Some("number ending in 33"), Some(12)), "{audit}");
    assert!(audit.contains("sag 4711") && centre.log().contains("sag 4711"), "{audit}{}", centre.log());
    assert!(!audit.contains(CITIZEN) && !centre.log().contains(CITIZEN), "the number itself is written nowhere");
    centre.nothing_is_left();
}

#[test]
fn an_operator_sees_trunks_phones_and_bans_from_the_terminal() {
    let centre = RunningCentre::with_plan("calls");
    for (command, heading) in [("trunks", "trunk"), ("phones", "agent"), ("bans", "source")] {
        let shown = samkald(&centre, &[command]);
        let text = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.status.success() && text.starts_with(heading), "{command}: {text}{}", stderr(&shown));
    }
    let unknown = samkald(&centre, &["bans", "release", "192.0.2.7"]);
    assert_eq!((unknown.status.code(), stderr(&unknown).trim()), (Some(1), "that source is not banned"));
}

/// One citizen, answered by Anna, hung up by the citizen.
fn a_talk(centre: &RunningCentre, lasts: Duration) {
    let phone = phone(centre).wait_for_calls();
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), PASSPORTS);
    citizen.pause = lasts;
    citizen.ring(centre.sip()).succeed();
    phone.succeed();
}

/// Anna's phone, at her fixed contact.
fn phone(centre: &RunningCentre) -> Sipp {
    let mut phone = Sipp::new("agent", centre.net.phones());
    phone.local.set_port(26_000);
    phone
}

/// `samkald trace` at work.
struct Trace {
    child: Child,
    out: BufReader<ChildStdout>,
    told: String,
}

impl Trace {
    /// Returns when the centre traces: a ladder's heading is written then; of JSON nothing is, so the log is asked.
    fn start(centre: &RunningCentre, words: &[&str], capture: &Path) -> Self {
        let before = centre.log().matches("a trace begins").count();
        let mut command = Command::new(program());
        command.arg("trace").args(words).arg("--pcap").arg(capture).args(["--server", &url(centre)]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program can be started");
        let mut out = BufReader::new(child.stdout.take().expect("its output is ours"));
        let mut told = String::new();
        if words.contains(&"--json") {
            let begun = || (centre.log().matches("a trace begins").count() > before).then_some(());
            until(Duration::from_secs(10), begun).expect("the trace begins");
        } else {
            out.read_line(&mut told).expect("the heading");
        }
        Self { child, out, told }
    }

    /// What it wrote, when it has ended by itself.
    fn ended(mut self) -> String {
        self.out.read_to_string(&mut self.told).expect("text");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}\n{}", self.told);
        self.told
    }
}

fn samkald(centre: &RunningCentre, words: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(words).args(["--server", &url(centre)]).output().expect("the program can be started")
}

fn url(centre: &RunningCentre) -> String {
    format!("http://{}", centre.http())
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A field of every SIP packet of a capture, as tshark reads it.
fn tshark(capture: &Path, field: &str) -> Vec<String> {
    tshark_with(capture, "sip", field)
}

fn tshark_with(capture: &Path, filter: &str, field: &str) -> Vec<String> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(capture).args(["-Y", filter, "-T", "fields", "-e", field]);
    let read = command.output().expect("tshark can be started");
    assert!(read.status.success(), "{}", stderr(&read));
    String::from_utf8_lossy(&read.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
