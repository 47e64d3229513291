//! The tidiness of the house: short files with a sign at the door, a map that is true, nothing left lying about.
//! Every message names the file, and the line where there is one. Reads the tree as it stands on disk.

use std::collections::BTreeMap;
use std::fs;

use samkald_tests::{Source, rust_sources, text_files, top};

/// Lines of a file above which it must stand in the list, from which numbers only go down.
const FREE_LINES_MAX: usize = 300;
/// No file is longer than this.
const LINES_MAX: usize = 600;
/// A listed file that has shrunk by more than this asks for its number to be lowered.
const SLACK_LINES: usize = 20;
/// The list of long files: lines, then path.
const LIST: &str = "tests/tidy/long-files.txt";
/// Lines of the sign at the top of a file.
const SIGN_LINES: std::ops::RangeInclusive<usize> = 2..=6;

#[test]
fn files_are_short_and_the_long_ones_only_shrink() {
    let list = long_files();
    let mut wrong = Vec::new();
    for source in rust_sources() {
        let lines = source.text.lines().count();
        let path = &source.path;
        match list.get(path) {
            _ if lines > LINES_MAX => wrong.push(format!("{path}:{LINES_MAX}: {lines} lines: split it by meaning")),
            Some(listed) if lines > *listed => {
                wrong.push(format!("{path}:{listed}: grew from {listed} to {lines} lines: split it by meaning"));
            }
            Some(_) if lines <= FREE_LINES_MAX => {
                wrong.push(format!("{path}: only {lines} lines now: take it out of {LIST}"));
            }
            Some(listed) if lines + SLACK_LINES < *listed => {
                wrong.push(format!("{path}: {lines} lines now, well done: lower its {listed} in {LIST}"));
            }
            None if lines > FREE_LINES_MAX => {
                wrong.push(format!("{path}:{FREE_LINES_MAX}: {lines} lines: split it by meaning"));
            }
            Some(_) | None => {}
        }
    }
    let gone = list.keys().filter(|path| !top().join(path).exists());
    wrong.extend(gone.map(|path| format!("{path} is gone: take it out of {LIST}")));
    report(&wrong);
}

fn long_files() -> BTreeMap<String, usize> {
    let list = fs::read_to_string(top().join(LIST)).expect("the list of long files exists");
    let entries = list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    entries.map(entry).collect()
}

fn entry(line: &str) -> (String, usize) {
    let (lines, path) = line.trim().split_once(' ').unwrap_or_else(|| panic!("{LIST}: `{line}`: lines, then path"));
    (path.trim().to_owned(), lines.parse().unwrap_or_else(|_| panic!("{LIST}: `{line}` has no number of lines")))
}

#[test]
fn every_file_has_a_sign_at_its_door() {
    let mut wrong = Vec::new();
    for source in rust_sources() {
        let sign = source.text.lines().take_while(|line| line.starts_with("//!")).count();
        if !SIGN_LINES.contains(&sign) {
            let want = "says in 2 to 6 lines of `//!` what it is, what it knows and what not";
            wrong.push(format!(
                "{}:{}: a file opens with a sign that {want}; this has {sign}",
                source.path,
                sign.max(1)
            ));
        }
    }
    report(&wrong);
}

#[test]
fn nothing_is_left_open_or_skipped_in_the_code() {
    // Put together here, so that this file does not find itself.
    let open = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[ign", "ore"),
    ];
    report(&lines_with(&rust_sources(), &open));
}

#[test]
fn no_file_names_a_path_of_the_machine_that_it_was_written_on() {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/fa", "rm/"), concat!("/tmp/", "t-")];
    report(&lines_with(&text_files(), &paths));
}

fn lines_with(sources: &[Source], needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (at, line) in source.text.lines().enumerate() {
            let here = needles.iter().filter(|needle| line.contains(**needle));
            found.extend(here.map(|needle| format!("{}:{}: `{needle}`", source.path, at + 1)));
        }
    }
    found
}

#[test]
fn the_walk_of_a_call_names_files_that_exist() {
    let map = fs::read_to_string(top().join("crates/ARCHITECTURE.md")).expect("there is a map of the house");
    let walk = map.lines().enumerate().skip_while(|(_, line)| !line.starts_with("## The walk")).skip(1);
    let rows: Vec<_> = walk.take_while(|(_, line)| !line.starts_with("## ")).collect();
    let mut named = 0;
    let mut wrong = Vec::new();
    for (at, line) in rows.iter().filter(|(_, line)| line.starts_with('|')) {
        for path in line.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains(".rs")) {
            named += 1;
            if !top().join("crates").join(path).is_file() {
                wrong.push(format!("crates/ARCHITECTURE.md:{}: crates/{path} does not exist", at + 1));
            }
        }
    }
    assert!(named >= 10, "the walk's table names only {named} files: has it moved?");
    report(&wrong);
}

fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
