//! Fuzzes reports on a call's sound.
//! What must hold stands in `../src/rtcp.rs`, which the ordinary tests replay too.
#![no_main]

#[path = "../src/rtcp.rs"]
mod rtcp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rtcp::run(bytes));
