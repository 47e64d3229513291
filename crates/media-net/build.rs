//! Lists the built-in sounds, so that a new file in `prompts/` is built in without being named anywhere else.
//! Knows names of files; doesn't read them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=prompts");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says where it builds")).join("prompts");
    let entries = fs::read_dir(&folder).expect("the built-in sounds are there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wav" || extension == "opus"));
    files.sort();
    let mut list = String::from("[\n");
    for file in &files {
        let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a plain name");
        writeln!(list, "    ({name:?}, include_bytes!(r#\"{}\"#).as_slice()),", file.display()).expect("memory");
    }
    list.push_str("]\n");
    let to = Path::new(&env::var("OUT_DIR").expect("cargo says where to write")).join("built_in.rs");
    fs::write(to, format!("const BUILT_IN: [(&str, &[u8]); {}] = {list};", files.len())).expect("a writable folder");
}
