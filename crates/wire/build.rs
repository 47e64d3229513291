//! Makes the Rust types of facts and persons from `proto/`, without protoc.
//! Knows two files; the crate's root includes what is made of them.

use std::path::PathBuf;

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let files = [root.join("samkald/facts/v1/facts.proto"), root.join("samkald/facts/v1/persons.proto")];
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    let set = protox::compile(&files, [&root]).expect("the protos of facts compile");
    prost_build::Config::new()
        .skip_debug([".samkald.facts.v1.Person"])
        .compile_fds(set)
        .expect("the types of facts can be written");
}
