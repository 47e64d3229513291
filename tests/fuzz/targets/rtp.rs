//! Fuzzes the packets of a call's sound, in every pair of codecs.
//! What must hold stands in `../src/rtp.rs`, which the ordinary tests replay too.
#![no_main]

#[path = "../src/rtp.rs"]
mod rtp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rtp::run(bytes));
