//! Fuzzes credentials and challenges of digest authentication.
//! What must hold stands in `../src/digest.rs`, which the ordinary tests replay too.
#![no_main]

#[path = "../src/digest.rs"]
mod digest;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| digest::run(bytes));
