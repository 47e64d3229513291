//! Fuzzes session descriptions, offered to us and answering ours.
//! What must hold stands in `../src/session.rs`, which the ordinary tests replay too.
#![no_main]

#[path = "../src/session.rs"]
mod session;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| session::run(bytes));
