//! A clock on the wall of its own for a program that a test starts, by libfaketime: the date and time are the test's, what passes
//! passes as ever. Knows the library; not who reads the clock.

use std::path::PathBuf;

/// The environment of a program whose clock follows these words of libfaketime's.
pub fn clock_of_its_own<const N: usize>(words: [(&str, String); N]) -> Vec<(String, String)> {
    let always = [("LD_PRELOAD", library().display().to_string()), ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned())];
    always.into_iter().chain(words).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("there are libraries").flatten();
    let candidates = folders.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    candidates.into_iter().find(|path| path.exists()).expect("faketime has its library")
}
