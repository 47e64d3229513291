//! `samkald`: a joint contact centre in one process.
//!
//! Reads the command line and hands over to the command; each says by its exit code how it went (`docs/formats.md`).

mod certificates;
mod cli;
mod clock;
mod command;
mod demo;
mod edge;
mod facts;
mod hours;
mod keeping;
mod kept;
mod learning;
mod node;
mod ours;
mod planning;
mod plans;
mod prompts;
mod reception;
mod recordings;
mod secrets;
mod settings;
mod shard;
mod start;
mod versions;
mod voicemail;
mod walking;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run()
}
