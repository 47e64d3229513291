//! Bad plan files: the manual with one slip in it, some hundreds of times. Each is refused with the line of the slip and what to
//! do about it, in Danish and English. That the file is named too is held against the program in `tests/bad_plans.rs`.
//! Knows text; the slips of meaning stand in `tests/slips.tsv`.

use super::*;

const MANUAL: &str = include_str!("../../../../config/plan-reference.toml");
const SLIPS: &str = include_str!("../../tests/slips.tsv");
/// One of these words says what to do.
const REMEDIES: [[&str; 11]; 2] = [
    ["skriv", "slet", "føj", "brug", "giv", "ret", "lad", "mente", "kald", "led", "udelad"],
    ["write", "delete", "add", "use", "give", "mend", "let", "mean", "call", "lead", "leave"],
];
/// Where a list of all that is possible is the remedy.
const POSSIBLE: [&str; 2] = ["her kan stå", "possible here"];

/// What stands in the manual, what somebody writes, and the setting that is told.
fn slips() -> Vec<[String; 3]> {
    let cells = |row: &str| row.split('\t').map(|cell| cell.replace("\\n", "\n")).collect::<Vec<_>>();
    let rows = SLIPS.lines().filter(|row| !row.starts_with('#')).map(cells);
    rows.map(|cells| cells.try_into().expect("three cells")).collect()
}

fn helps(told: &str, language: usize) -> bool {
    let mut words = told.split(|c: char| !c.is_alphabetic());
    told.contains(POSSIBLE[language]) || words.any(|word| REMEDIES[language].contains(&word))
}

/// What is told of a text, each with where, on which line, and what to do.
fn told(text: &str, slip: &str) -> Vec<Fault> {
    let Err(faults) = read_plan(text) else { panic!("nobody notices: {slip}") };
    for fault in &faults {
        assert!(fault.line.is_some(), "{slip}: without a line: {fault}");
        assert!(helps(&fault.da, 0) && helps(&fault.en, 1), "{slip}: what is to be done? {fault}");
    }
    faults
}

fn line_of(text: &str, at: usize) -> u32 {
    text[..at].matches('\n').count() as u32 + 1
}

#[test]
fn slips_of_meaning_are_told_at_their_setting_with_what_to_do() {
    let slips = slips();
    assert!(slips.len() > 50, "{}", slips.len());
    let mut elsewhere = Vec::new();
    for [good, bad, at] in slips {
        let text = MANUAL.replacen(&good, &bad, 1);
        assert!(text != MANUAL, "{good} is not in the manual");
        let (faults, wanted) = (told(&text, &bad), Fault::new(at, "", ""));
        if !faults.iter().any(|fault| fault.overlaps(&wanted)) {
            elsewhere.push((bad, faults.into_iter().map(|fault| fault.at).collect::<Vec<_>>()));
        }
    }
    assert_eq!(elsewhere, []);
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
    for (begin, end, name) in settings {
        let misspelt = format!("{}x{}", &MANUAL[..begin], &MANUAL[begin..]);
        let wrong = format!("{} = [[[1]]]{}", &MANUAL[..begin + name], &MANUAL[end..]);
        let cut = format!("{} = {}", &MANUAL[..begin + name], &MANUAL[end..]);
        for text in [misspelt, wrong, cut] {
            let line = line_of(&text, begin);
            let slip = text[begin..].lines().next().unwrap_or_default().to_owned();
            let faults = told(&text, &slip);
            assert!(faults.iter().any(|fault| fault.line == Some(line)), "line {line}: {slip}: {faults:?}");
        }
    }
}
