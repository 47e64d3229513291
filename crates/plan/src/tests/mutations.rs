//! Bad plan files: the manual with one slip in it, some hundreds of times. Each is refused with the line of the slip and what to
//! do about it, in Danish and English.
//! Knows text; the file's name is put before by whoever read it.

use super::*;

const MANUAL: &str = include_str!("../../../../config/plan-reference.toml");
/// One of these says what to do.
const REMEDIES: [&str; 17] = [
    "skriv",
    "slet",
    "føj",
    "brug",
    "giv",
    "ret ",
    "lad ",
    "mente du",
    "kald",
    "led til",
    "luk",
    "udelad",
    "her kan stå",
    "højst",
    "skal",
    "går ikke",
    "kan kun",
];

/// What is told of a text, each with where, on which line, and what to do.
fn told(text: &str, slip: &str) -> Vec<Fault> {
    let Err(faults) = read_plan(text) else { panic!("nobody notices: {slip}") };
    for fault in &faults {
        assert!(fault.line.is_some(), "{slip}: without a line: {fault}");
        assert!(!fault.en.is_empty(), "{slip}");
    }
    let helps = |fault: &&Fault| REMEDIES.iter().any(|remedy| fault.da.contains(remedy));
    assert!(faults.iter().any(|fault| helps(&fault)), "{slip}: what is to be done? {faults:?}");
    faults
}

fn line_of(text: &str, at: usize) -> u32 {
    text[..at].matches('\n').count() as u32 + 1
}

/// Every line `setting = value` of the manual: where it begins and ends, and the setting's length.
fn settings() -> Vec<(usize, usize, usize)> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in MANUAL.split_inclusive('\n') {
        let name = line.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').count();
        if name > 0 && line[name..].starts_with(" = ") {
            found.push((at, at + line.len() - 1, name));
        }
        at += line.len();
    }
    found
}

#[test]
fn misspelt_settings_and_values_of_the_wrong_kind_are_told_on_their_line() {
    let settings = settings();
    assert!(settings.len() > 100, "{}", settings.len());
    for (n, (begin, end, name)) in settings.into_iter().enumerate() {
        let misspelt = || format!("{}x{}", &MANUAL[..begin], &MANUAL[begin..]);
        let wrong = || format!("{} = [[[1]]]{}", &MANUAL[..begin + name], &MANUAL[end..]);
        // One of both for each: that is enough of them.
        let text = if n % 2 == 0 { misspelt() } else { wrong() };
        let line = line_of(&text, begin);
        let slip = text[begin..].lines().next().unwrap_or_default().to_owned();
        let faults = told(&text, &slip);
        assert!(faults.iter().any(|fault| fault.line == Some(line)), "line {line}: {slip}: {faults:?}");
    }
}
