//! What fuzzers found interesting is tried again with every change: each input of `fuzz/corpus` is read by the same
//! function that the fuzzer drove. A finding becomes a file there, so that it stays found.

#[path = "fuzz/src/dialog.rs"]
mod dialog;
#[path = "fuzz/src/digest.rs"]
mod digest;
#[path = "fuzz/src/message.rs"]
mod message;
#[path = "fuzz/src/rtcp.rs"]
mod rtcp;
#[path = "fuzz/src/rtp.rs"]
mod rtp;
#[path = "fuzz/src/session.rs"]
mod session;
#[path = "fuzz/src/wav.rs"]
mod wav;

use std::fs;

use samkald_tests::top;

/// All corpora together stay below this, so that the tree stays light.
const CORPORA_BYTES_MAX: u64 = 5_000_000;

#[test]
fn messages_that_fuzzers_found_are_borne() {
    replay("message", message::run);
}

#[test]
fn session_descriptions_that_fuzzers_found_are_borne() {
    replay("session", session::run);
}

#[test]
fn credentials_that_fuzzers_found_are_borne() {
    replay("digest", digest::run);
}

#[test]
fn calls_that_fuzzers_found_end_and_leave_nothing() {
    replay("dialog", dialog::run);
}

#[test]
fn sound_that_fuzzers_found_is_borne() {
    replay("rtp", rtp::run);
}

#[test]
fn reports_on_sound_that_fuzzers_found_are_borne() {
    replay("rtcp", rtcp::run);
}

#[test]
fn files_of_prompts_that_fuzzers_found_are_borne() {
    replay("wav", wav::run);
}

#[test]
fn the_corpora_are_small() {
    let folders = fs::read_dir(top().join("tests/fuzz/corpus")).expect("the corpora").flatten();
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).expect("a corpus").flatten());
    let bytes: u64 = files.map(|file| file.metadata().expect("a file").len()).sum();
    assert!(bytes < CORPORA_BYTES_MAX, "{bytes} bytes: minimise them with `cargo fuzz cmin`");
}

fn replay(name: &str, run: fn(&[u8])) {
    let folder = top().join("tests/fuzz/corpus").join(name);
    let inputs: Vec<_> = fs::read_dir(&folder).expect("a corpus").flatten().map(|entry| entry.path()).collect();
    assert!(inputs.len() > 10, "the corpus of {name} is empty");
    for input in inputs {
        let bytes = fs::read(&input).expect("an input can be read");
        let borne = std::panic::catch_unwind(|| run(&bytes));
        assert!(borne.is_ok(), "{} brings it down", input.display());
    }
}
