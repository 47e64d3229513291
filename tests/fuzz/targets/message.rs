//! Fuzzes SIP messages, as datagrams and as frames of a stream.
//! What must hold stands in `../src/message.rs`, which the ordinary tests replay too.
#![no_main]

#[path = "../src/message.rs"]
mod message;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| message::run(bytes));
