//! Fuzzes calls: what peers say, what the centre asks, what is lost, how long it takes.
//! What must hold stands in `../src/dialog.rs`, which the ordinary tests play with stories drawn by a seed.
#![no_main]

#[path = "../src/dialog.rs"]
mod dialog;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dialog::run(bytes));
