//! Compiles `proto/` with protox, so that a build needs no protoc, and keeps the descriptors for reflection.
//! Knows the list of files; the messages themselves are documented there.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use protox::prost::Message as _;

const FILES: [&str; 7] = [
    "samkald/administration/v1/administration.proto",
    "samkald/desk/v1/state.proto",
    "samkald/desk/v1/desk.proto",
    "samkald/desk/v1/sound.proto",
    "samkald/supervision/v1/supervision.proto",
    "samkald/statistics/v1/statistics.proto",
    "samkald/operation/v1/operation.proto",
];

/// Messages with a secret or a person in them: their `Debug` is written by hand, and masks.
const MASKED: [&str; 9] = [
    "samkald.desk.v1.LogInRequest",
    "samkald.desk.v1.LogInResponse",
    "samkald.desk.v1.IceServer",
    "samkald.desk.v1.Offer",
    "samkald.desk.v1.Note",
    "samkald.desk.v1.WrapUpRequest",
    "samkald.administration.v1.Note",
    "samkald.operation.v1.StartTraceRequest",
    "samkald.operation.v1.TraceMessage",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let descriptors = protox::compile(FILES, [&root])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .extern_path(".samkald.facts.v1", "::wire::v1")
        .skip_debug(MASKED)
        .compile_fds(descriptors)?;
    Ok(())
}
