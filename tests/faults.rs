//! The table of faults that others had (`docs/faults.md`) and the tests that keep them from us: each number has its row,
//! and each test that a row names is there. Knows names only; what a test shows is read in it.

use std::collections::BTreeMap;
use std::fs;

use samkald_tests::top;

/// Where the table stands.
const PAGE: &str = "docs/faults.md";

/// Faults of a SIP edge: those that this part of the house has to bear.
fn wanted() -> impl Iterator<Item = u32> {
    (1..=22).chain(24..=32).chain([34, 42, 43, 44, 46, 47, 49])
}

#[test]
fn every_fault_has_its_tests_and_every_test_is_there() {
    let rows = rows();
    let mut wrong: Vec<String> = wanted()
        .filter(|number| !rows.contains_key(number))
        .map(|number| format!("fault {number} has no row"))
        .collect();
    for (number, tests) in &rows {
        if tests.is_empty() {
            wrong.push(format!("fault {number} names no test"));
        }
        wrong.extend(
            tests.iter().filter(|test| !is_there(test)).map(|test| format!("fault {number}: there is no {test}")),
        );
    }
    assert!(wrong.is_empty(), "{PAGE}:\n{}\n", wrong.join("\n"));
}

/// Each fault's tests, written as `path/of/file.rs::name_of_the_test`.
fn rows() -> BTreeMap<u32, Vec<String>> {
    let page = fs::read_to_string(top().join(PAGE)).expect("the page of faults");
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|');
        let number = cells.next()?.trim().parse().ok()?;
        let tests = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
        Some((number, tests.filter(|text| text.contains(".rs::")).map(str::to_owned).collect()))
    };
    page.lines().filter_map(row).collect()
}

fn is_there(test: &str) -> bool {
    let Some((path, name)) = test.split_once("::") else { return false };
    let text = fs::read_to_string(top().join(path)).unwrap_or_default();
    let before = text.find(&format!("fn {name}(")).map(|begin| text[..begin].trim_end());
    before.is_some_and(|before| {
        before.trim_end_matches("async").trim_end().ends_with(']') || before.contains("proptest!")
    })
}
