//! The floors of the house: which crate may lean on which, and that the heart stays pure.
//! Reads what cargo says of the workspace; the reasons stand in `crates/ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use samkald_tests::{Crate, Workspace, top};

/// Floor, crate, and the crates that it may lean on besides `model`. Arrows only point downward.
const ARROWS: [(u8, &str, &[&str]); 20] = [
    (1, "model", &[]),
    (2, "wire", &[]),
    (2, "media", &[]),
    (2, "speech", &[]),
    (2, "plan", &[]),
    (2, "tally", &[]),
    (2, "forecast", &[]),
    (2, "sip", &[]),
    (2, "page", &[]),
    (3, "change", &["plan"]),
    (3, "journey", &["plan", "forecast", "speech"]),
    (3, "routing", &["plan", "forecast"]),
    (3, "store", &["plan", "tally", "wire"]),
    (3, "media-net", &["media", "speech"]),
    (3, "phones", &["media"]),
    (4, "centre", &["media", "speech", "plan", "journey", "routing", "tally"]),
    (5, "api", &["centre", "change", "page", "tally", "plan", "store", "wire"]),
    (4, "whatif", &["plan", "forecast", "routing"]),
    (5, "sim", &["centre", "media", "speech", "plan", "routing", "forecast", "tally"]),
    (6, "loadtest", &["phones"]),
];
/// May lean on everyone: the one that wires the house, and the one that tests it from outside.
const EVERYONE: [&str; 2] = ["node", "samkald-tests"];
/// What any crate's tests may use besides what lies on lower floors.
const FOR_TESTS: [&str; 3] = ["phones", "sim", "samkald-tests"];
/// The heart: no clock, no randomness, no threads, no files, no sockets.
const PURE: [&str; 12] =
    ["model", "wire", "plan", "change", "routing", "journey", "tally", "media", "speech", "page", "forecast", "centre"];
/// Crates of others that a pure crate may use: each only computes. (`loom` and `shuttle` stand in for the
/// atomics in proofs; of `aws-lc-rs` only ciphers and codes over given keys, never its randomness.)
const PURE_MAY_USE: [&str; 23] = [
    "arc-swap",
    "audio-codec-algorithms",
    "aws-lc-rs",
    "base64",
    "bytes",
    "crossbeam-utils",
    "ebur128",
    "fluent-bundle",
    "fluent-syntax",
    "hound",
    "jiff",
    "loom",
    "ogg",
    "prost",
    "ropus",
    "sdp-types",
    "serde",
    "serde_path_to_error",
    "shuttle",
    "smallvec",
    "thiserror",
    "toml",
    "unic-langid",
];

#[test]
fn arrows_between_crates_only_point_downward() {
    let workspace = Workspace::read();
    let ours: BTreeSet<&str> = workspace.ours.iter().map(|one| one.name.as_str()).collect();
    let mut wrong = Vec::new();
    for one in workspace.ours.iter().filter(|one| !EVERYONE.contains(&one.name.as_str())) {
        let Some((floor, _, may)) = ARROWS.iter().find(|(_, name, _)| *name == one.name) else {
            wrong.push(format!("{} has no floor: say in tests/architecture.rs what it may lean on", one.name));
            continue;
        };
        for needed in one.needs.iter().filter(|needed| ours.contains(needed.as_str())) {
            if needed != "model" && !may.contains(&needed.as_str()) {
                wrong.push(format!("{} leans on {needed}, which its floor does not allow", one.name));
            }
        }
        wrong.extend(tests_reach_up(one, *floor, &ours));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn tests_reach_up(one: &Crate, floor: u8, ours: &BTreeSet<&str>) -> Vec<String> {
    let floors: BTreeMap<&str, u8> = ARROWS.iter().map(|(floor, name, _)| (*name, *floor)).collect();
    let reaches = one.tests_need.iter().filter(|needed| ours.contains(needed.as_str()));
    let below = |needed: &str| floors.get(needed).is_some_and(|its| *its < floor);
    reaches
        .filter(|needed| **needed != one.name && !FOR_TESTS.contains(&needed.as_str()) && !below(needed))
        .map(|needed| format!("the tests of {} lean on {needed}, which lies no lower", one.name))
        .collect()
}

#[test]
fn the_table_of_arrows_itself_points_downward() {
    let floors: BTreeMap<&str, u8> = ARROWS.iter().map(|(floor, name, _)| (*name, *floor)).collect();
    for (floor, name, may) in ARROWS {
        for lower in may {
            let its = floors.get(lower).unwrap_or_else(|| panic!("{name} may lean on {lower}, which has no floor"));
            assert!(*its < floor, "{name} (floor {floor}) may not lean on {lower} (floor {its})");
        }
    }
}

#[test]
fn the_heart_leans_only_on_crates_that_compute() {
    let workspace = Workspace::read();
    let ours: BTreeSet<&str> = workspace.ours.iter().map(|one| one.name.as_str()).collect();
    let mut wrong = Vec::new();
    for one in workspace.ours.iter().filter(|one| PURE.contains(&one.name.as_str())) {
        let foreign = one.needs.iter().filter(|needed| !ours.contains(needed.as_str()));
        for needed in foreign.filter(|needed| !PURE_MAY_USE.contains(&needed.as_str())) {
            wrong.push(format!("{} uses {needed}: does it read no clock, open nothing, start nothing?", one.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_pure_crate_carries_the_lints_of_the_heart() {
    let heart = fs::read_to_string(top().join("crates/heart.clippy.toml")).expect("the lints of the heart exist");
    for name in PURE {
        let folder = top().join("crates").join(name);
        let lints = fs::read_to_string(folder.join("clippy.toml")).unwrap_or_default();
        assert_eq!(lints, heart, "crates/{name}/clippy.toml must be a link to ../heart.clippy.toml");
        let root = fs::read_to_string(folder.join("src/lib.rs")).expect("every crate has a root");
        let walks = "#![deny(clippy::iter_over_hash_type)]";
        assert!(root.contains(walks), "crates/{name}/src/lib.rs must say {walks}: a hash map's order is random");
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for one in Workspace::read().ours {
        let folder = match one.name.as_str() {
            "loadtest" => top().join("loadtest"),
            "samkald-tests" => top().join("tests"),
            name => top().join("crates").join(name),
        };
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("every crate has a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}: [lints] workspace = true is missing", one.name);
    }
}
