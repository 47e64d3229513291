//! The source tree as it stands on disk, for the tests that read it.
//! Knows which folders are ours; doesn't know what is wrong with a file.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders of the tree that hold what we wrote.
const OURS: [&str; 8] = ["crates", "loadtest", "tests", "config", "docs", "migrations", "proto", ".ci"];
/// Endings of the files that are text.
const TEXT: [&str; 11] = ["rs", "toml", "md", "proto", "sql", "xml", "sh", "py", "yml", "journey", "txt"];
/// Folders below this depth are not looked into: nothing of ours lies so deep.
const DEPTH_MAX: usize = 12;

/// One file of the tree.
pub struct Source {
    /// Where, from the top of the tree: `crates/model/src/leg.rs`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// The top folder of the tree.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie one folder below the top").to_path_buf()
}

/// Every Rust file of ours, in the order of their paths.
pub fn rust_sources() -> Vec<Source> {
    let mut all = text_files();
    all.retain(|source| ending(Path::new(&source.path)) == Some("rs"));
    all
}

/// Every text file of ours, in the order of their paths.
pub fn text_files() -> Vec<Source> {
    let top = top();
    let mut paths = Vec::new();
    for folder in OURS {
        collect(&top.join(folder), 0, &mut paths);
    }
    let here = fs::read_dir(&top).expect("the top folder can be read").flatten().map(|entry| entry.path());
    paths.extend(here.filter(|path| path.is_file() && is_text(path)));
    paths.sort();
    paths.iter().map(|path| read(&top, path)).collect()
}

fn read(top: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let path = path.strip_prefix(top).expect("it was found below the top");
    Source { path: path.to_string_lossy().into_owned(), text }
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_build = path.file_name().is_some_and(|name| name == "target");
        if path.is_dir() && !path.is_symlink() && !is_build && depth < DEPTH_MAX {
            collect(&path, depth + 1, found);
        } else if path.is_file() && !path.is_symlink() && is_text(&path) {
            found.push(path);
        }
    }
}

fn is_text(path: &Path) -> bool {
    ending(path).is_some_and(|ending| TEXT.contains(&ending)) || path.ends_with(".ci/run")
}

fn ending(path: &Path) -> Option<&str> {
    path.extension().and_then(|ending| ending.to_str())
}
