//! Are the phones there? Tests with sipp, baresip or Python are run when these are installed; where they are required
//! (`SAMKALD_PHONES=required`, as `.ci/run` sets it) a missing one is a failure, never a skip.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Whether a test that needs these programs can be run. Says so loudly when it can't; panics when they are required.
pub fn phones_are_there(programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !is_there(program)).collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    assert!(
        std::env::var("SAMKALD_PHONES").as_deref() != Ok("required"),
        "missing: {missing}. tests/install-phones.sh installs what the tests over real telephony need."
    );
    eprintln!("\n*** NOT RUN: missing {missing}. tests/install-phones.sh installs them. ***\n");
    false
}

fn is_there(program: &str) -> bool {
    match program {
        "python" => return python().is_some(),
        "python phones" => return python_phones().is_some(),
        "aiortc" => return python_aiortc().is_some(),
        "browser phones" => return browser_modules().is_some(),
        _ => {}
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A Python that has a gRPC client with reflection: the one of `tests/install-phones.sh`, or the machine's own.
pub fn python() -> Option<PathBuf> {
    python_with("import grpc_requests")
}

/// A Python that has baresip's and pjsua's packages.
pub(crate) fn python_phones() -> Option<PathBuf> {
    python_with("import baresip, pjsua2")
}

/// A Python that has aiortc and a gRPC client.
pub(crate) fn python_aiortc() -> Option<PathBuf> {
    python_with("import aiortc, grpc_requests")
}

fn python_with(import: &str) -> Option<PathBuf> {
    let ours = crate::top().join("target/phones-python/bin/python");
    [ours, PathBuf::from("python3")].into_iter().find(|python| {
        let told = Command::new(python).args(["-c", import]).stderr(Stdio::null()).status();
        told.is_ok_and(|status| status.success())
    })
}

/// The folder in which `tests/install-phones.sh` has put JsSIP, SIP.js and playwright-core.
pub(crate) fn browser_modules() -> Option<PathBuf> {
    let modules = crate::top().join("target/phones-browser/node_modules");
    ["jssip", "sip.js", "playwright-core", "esbuild"]
        .iter()
        .all(|module| modules.join(module).is_dir())
        .then_some(modules)
}
