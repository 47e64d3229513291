//! The examples in the help of each command that coordinators have: they work as they are written.
//! Knows how help looks; what a command does is shown elsewhere.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use samkald_tests::{Net, RunningCentre, program, top};

/// Commands in an order in which each finds what it is about.
const COMMANDS: [&str; 20] = [
    "hours show",
    "hours close",
    "hours extend",
    "hours day",
    "hours week",
    "skills set",
    "skills grant",
    "skills remove",
    "lines set",
    "plan directory add",
    "prompts check",
    "prompts upload",
    "prompts listen",
    "plan versions",
    "plan diff",
    "plan walk",
    "plan show",
    "plan rollback",
    "plan reload",
    "plan take-back",
];
/// What is longer is broken by a narrow terminal, and can't be copied any more.
const COLUMNS_MAX: usize = 100;

/// The examples of a command's help, each in one line.
fn examples(command: &str) -> Vec<String> {
    let output = Command::new(program()).args(command.split(' ')).arg("--help").output().expect("it can be started");
    let help = String::from_utf8_lossy(&output.stdout).replace("\\\n", "");
    let shown = help.lines().map(str::trim).filter(|line| line.starts_with("samkald "));
    shown.map(str::to_owned).collect()
}

/// A folder with everything that examples name, and a program that plays sounds.
fn desk(settings: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let sound = top().join("crates/media-net/prompts/closed.da.opus");
    for name in ["jul.wav", "aarhus.wav"] {
        fs::copy(&sound, folder.path().join(name)).expect("copied");
    }
    let text = fs::read_to_string(settings).expect("its settings");
    let plan = text.split_once("[plan]\n").expect("a plan").1.replace("[[plan.", "[[");
    fs::write(folder.path().join("plan-old.toml"), &plan).expect("written");
    fs::write(folder.path().join("plan-new.toml"), plan.replace("08:00-16:00", "09:00-16:00")).expect("written");
    std::os::unix::fs::symlink(program(), folder.path().join("samkald")).expect("linked");
    fs::write(folder.path().join("aplay"), "#!/bin/sh\n").expect("written");
    fs::set_permissions(folder.path().join("aplay"), fs::Permissions::from_mode(0o755)).expect("it can be run");
    folder
}

/// As somebody types it, at that desk.
fn typed(centre: &RunningCentre, desk: &Path, example: &str) -> Output {
    let path = format!("{}:{}", desk.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", example]).current_dir(desk).env("PATH", path);
    shell.env("SAMKALD_SERVER", format!("http://{}", centre.http())).env("SAMKALD_TOKEN", "karins-token-karins-token");
    shell.output().expect("there is a shell")
}

#[test]
fn every_example_in_the_help_of_a_coordinators_command_works_as_it_is_written() {
    let sounds = tempfile::tempdir().expect("a folder");
    let sound = top().join("crates/media-net/prompts/closed.da.opus");
    fs::copy(sound, sounds.path().join("jul.da.opus")).expect("copied");
    let folder = sounds.path().display().to_string();
    let centre = RunningCentre::with_plan_in(Net::claim(), "examples", &[("sounds", &folder)]);
    let desk = desk(&centre.settings());
    let settings = fs::read_to_string(centre.settings()).expect("its settings");
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    // Examples are about days to come; these come nearer.
    let next_year = (1971 + seconds / 31_556_952).to_string();
    let (mut tried, mut wrong) = (0, String::new());
    for command in COMMANDS {
        let all = examples(command);
        assert!(!all.is_empty(), "samkald {command} --help shows no example");
        for (nth, example) in all.iter().enumerate() {
            if command == "plan reload" {
                // There is something new each time.
                let other = settings.replace("title = \"Pas\" }", &format!("title = \"Pas {nth}\" }}"));
                fs::write(centre.settings(), other).expect("changed by the operator");
            }
            let here = example
                .replace("/etc/samkald.toml", &centre.settings().display().to_string())
                .replace("/etc/samkald/prompts", &folder)
                .replace("2026-", &format!("{next_year}-"));
            let output = typed(&centre, desk.path(), &here);
            let differ = command == "plan diff" && output.status.code() == Some(1);
            let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            if !(output.status.success() || differ) {
                wrong.extend([example.as_str(), "\n", &*said, &*told, "\n"]);
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}{}", centre.log());
    println!("{tried} examples work as written");
}

#[test]
fn no_example_is_so_long_that_a_terminal_breaks_it() {
    for command in COMMANDS {
        let output = Command::new(program()).args(command.split(' ')).arg("--help").output().expect("it is there");
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        for line in help.lines().skip_while(|line| !line.starts_with("Example")) {
            let quotes = line.matches('"').count();
            assert!(
                line.chars().count() <= COLUMNS_MAX && quotes.is_multiple_of(2),
                "samkald {command} --help: {line}"
            );
        }
    }
}
