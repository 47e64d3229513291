//! The program in the terminal: an agent's desktop, the live board, faults told together, two nodes on one data folder.
//! Each is started as a person starts it; what is read is what a person reads.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use samkald_tests::{RunningCentre, Sipp, phones_are_there, program, top};

#[test]
fn the_live_board_shows_queues_and_agents() {
    let centre = RunningCentre::with_plan("calls");
    let board = samkald(&["watch", "--once", "--server", &url(&centre)]);
    let text = String::from_utf8_lossy(&board.stdout).into_owned();
    assert!(board.status.success(), "{text}{}", String::from_utf8_lossy(&board.stderr));
    assert!(text.contains("Pas og kørekort") && text.contains("Flytning"), "{text}");
    let json = samkald(&["watch", "--once", "--json", "--server", &url(&centre)]);
    let told: serde_json::Value = serde_json::from_slice(&json.stdout).expect("one JSON object");
    assert!(told.to_string().contains("Anna Andersen"), "{told}");
}

#[test]
fn an_agent_takes_a_call_at_the_desk_in_the_terminal() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let centre = RunningCentre::with_plan("desk");
    let mut desk = Command::new(program());
    desk.args(["desk", "--agent", "dorte", "--server", &url(&centre)]).env("SAMKALD_PASSWORD", "dorte-secret");
    let mut desk = desk.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program can be started");
    let mut keys = desk.stdin.take().expect("its input is ours");
    writeln!(keys, "klar").expect("the desk listens");
    let mut phone = Sipp::new("agent", centre.net.phones());
    phone.local.set_port(26_000);
    let phone = phone.wait_for_calls();
    let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), "89402000");
    citizen.pause = Duration::from_secs(1);
    citizen.ring(centre.sip()).succeed();
    phone.succeed();
    centre.facts_until(|told| samkald_tests::told::states(told, "dorte").iter().any(|state| state == "became WrapUp"));
    let why = samkald(&["why", "--server", &url(&centre)]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("Opkaldet valgte Dorte Dam (dorte) blandt 1 ledig agent"), "{why}");
    let call = why.split_once("opkald ").and_then(|(_, rest)| rest.get(..32)).expect("the call is named");
    let all = samkald(&["why", call, "--json", "--server", &url(&centre)]);
    let told: serde_json::Value = serde_json::from_slice(&all.stdout).expect("one JSON object");
    assert_eq!((told["agent_id"].as_str(), told["because"]["candidates"].as_u64()), (Some("dorte"), Some(1)), "{told}");
    writeln!(keys, "efterbehandling\nlog ud").expect("the desk listens");
    drop(keys);
    let said = String::from_utf8_lossy(&desk.wait_with_output().expect("it ends").stdout).into_owned();
    for words in ["Dorte Dam er logget ind", "DET RINGER: 30 11 22 33 · Aarhus · Pas og kørekort", "I samtale."] {
        assert!(said.contains(words), "`{words}` was never said:\n{said}");
    }
    centre.nothing_is_left();
}

#[test]
fn a_wrong_password_is_refused_in_words() {
    let centre = RunningCentre::with_plan("desk");
    let refused = samkald(&["desk", "--agent", "dorte", "--password", "wrong", "--server", &url(&centre)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!refused.stderr.is_empty(), "it says why");
}

#[test]
fn faults_of_settings_and_plan_are_told_together() {
    let folder = tempfile::TempDir::new().expect("a folder can be made");
    let wrong = folder.path().join("wrong.toml");
    let text = "[sip]\nlisten = [\"udp:nowhere\"]\nlisen = 1\n\n[plan]\ntopics = []\n\n[[plan.lines]]\nid = \"a\"\nqueue = \"b\"\n";
    std::fs::write(&wrong, text).expect("it can be written");
    let told = samkald(&["check", "--config", &wrong.to_string_lossy()]);
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(2), "{words}");
    for part in ["udp:nowhere", "lisen", "plan.lines"] {
        assert!(words.contains(part), "`{part}` is not among the faults:\n{words}");
    }
}

#[test]
fn the_settings_that_ship_are_right() {
    for path in ["config/bench.toml", "config/demo/samkald.toml"] {
        let told = samkald(&["check", "--config", &top().join(path).to_string_lossy()]);
        assert!(told.status.success(), "{path}:\n{}", String::from_utf8_lossy(&told.stderr));
    }
}

#[test]
fn two_nodes_never_share_a_data_folder() {
    let centre = RunningCentre::with_plan("desk");
    let settings = std::fs::read_to_string(centre.settings()).expect("the settings are there");
    let second = centre.settings().with_file_name("second.toml");
    let elsewhere = settings.replace(":25060", ":25061").replace(":25080", ":25081");
    std::fs::write(&second, elsewhere).expect("they can be written");
    let mut command = Command::new(program());
    command.args(["serve", "--config", &second.to_string_lossy()]).env("SAMKALD_DATA_DIR", centre.data());
    let refused = command.output().expect("the program can be started");
    assert_eq!(refused.status.code(), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
    assert_eq!(centre.page("/readyz").status, 200, "the first is not disturbed");
}

fn samkald(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().expect("the program can be started")
}

fn url(centre: &RunningCentre) -> String {
    format!("http://{}", centre.http())
}
