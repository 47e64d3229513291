//! Fuzzes the files of prompts.
//! What must hold stands in `../src/wav.rs`, which the ordinary tests replay too.
#![no_main]

#[path = "../src/wav.rs"]
mod wav;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wav::run(bytes));
