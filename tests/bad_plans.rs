//! Bad plan files as an operator meets them: `samkald check` names the file, the line and what to do, and says nothing else.
//! The slips are those of `crates/plan/tests/slips.tsv`, and a misspelt name of every setting beside them.
//! Knows the program from outside; what each fault says is held against the plan's own tests.

use std::path::Path;
use std::process::Command;

use samkald_tests::{program, top};

/// Every so many settings of the manual one is misspelt: the others are in the plan's tests.
const EVERY: usize = 4;

/// What `samkald check` says of a plan in a file of this name, which is faulty.
fn told(folder: &Path, name: &str, plan: &str) -> String {
    std::fs::write(folder.join(name), plan).expect("the plan is written");
    let settings = folder.join("samkald.toml");
    std::fs::write(&settings, format!("plan = \"{name}\"\n")).expect("the settings are written");
    let checked = Command::new(program()).arg("check").arg("--config").arg(&settings).output().expect("it starts");
    assert!(!checked.status.success(), "{name}: nobody notices");
    String::from_utf8_lossy(&checked.stderr).into_owned()
}

/// Where both texts part: the line, counted from 1, and the last on which they differ.
fn lines_changed(before: &str, after: &str) -> std::ops::RangeInclusive<usize> {
    let same = before.lines().zip(after.lines()).take_while(|(a, b)| a == b).count();
    let same_after = before.lines().rev().zip(after.lines().rev()).take_while(|(a, b)| a == b).count();
    let last = after.lines().count().saturating_sub(same_after);
    same + 1..=last.max(same + 1)
}

/// What stands in the manual, and what somebody writes in its place.
fn slips() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(top().join("crates/plan/tests/slips.tsv")).expect("the slips are there");
    let cell = |text: &str| text.replace("\\n", "\n");
    let rows = text.lines().filter(|row| !row.starts_with('#')).map(|row| row.splitn(3, '\t').map(cell));
    rows.map(|mut cells| (cells.next().expect("what stands"), cells.next().expect("what is written"))).collect()
}

#[test]
fn a_hundred_bad_plan_files_are_each_refused_by_file_line_and_remedy() {
    let manual = std::fs::read_to_string(top().join("config/plan-reference.toml")).expect("the manual is there");
    let meant = slips().into_iter().map(|(good, bad)| manual.replacen(&good, &bad, 1));
    let is_setting = |line: &str| {
        line.split_once(" = ").is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let misspelt = manual
        .match_indices('\n')
        .map(|(at, _)| at + 1)
        .filter(|at| is_setting(manual[*at..].lines().next().unwrap_or("")));
    let misspelt = misspelt.step_by(EVERY).map(|at| format!("{}x{}", &manual[..at], &manual[at..]));
    let folder = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for (n, plan) in meant.chain(misspelt).enumerate() {
        let name = format!("plan{n}.toml");
        let said = told(folder.path(), &name, &plan);
        let faults: Vec<&str> = said.lines().filter(|line| line.contains(&format!("{name}, linje "))).collect();
        assert!(!faults.is_empty(), "{name}: {said}");
        let told_at = |line: usize| faults.iter().any(|fault| fault.contains(&format!("{name}, linje {line}, ")));
        count += usize::from(lines_changed(&manual, &plan).any(told_at));
    }
    // What a slip breaks is told where it is used, now and then: a name that is gone, on each line that says it.
    assert!(count > 100, "{count} told on the very line of the slip");
}

#[test]
fn all_slips_of_one_file_are_told_at_once_in_the_order_of_their_lines() {
    let manual = std::fs::read_to_string(top().join("config/plan-reference.toml")).expect("the manual is there");
    let three = [("waiting_max = 200", "waiting_max = 0"), ("times = 2", "times = 9"), ("keep_h = 24", "keep_h = 0")];
    let plan = three.iter().fold(manual, |text, (good, bad)| text.replacen(good, bad, 1));
    let folder = tempfile::tempdir().expect("a folder");
    let said = told(folder.path(), "plan.toml", &plan);
    let lines: Vec<usize> =
        three.map(|(_, bad)| plan.lines().position(|line| line.starts_with(bad)).expect("it is there") + 1).to_vec();
    let places: Vec<Option<usize>> =
        lines.iter().map(|line| said.find(&format!("plan.toml, linje {line}, "))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{said}");
    assert!(said.contains("Der er 3 fejl"), "{said}");
}
