//! What a thread of this process has used of a core, and on which core it may run.
//! Knows Linux; doesn't know what the threads do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// Relays run here, alone among ours.
pub(crate) const RELAYS: usize = 0;
/// The phones run here.
pub(crate) const PHONES: usize = 1;

/// CPU that the thread of that name has used until now.
pub(crate) fn cpu_of(name: &str) -> Duration {
    cpu_at(&task(name).join("schedstat"))
}

/// Puts the thread of that name on one core. A machine with a single core has no choice.
pub(crate) fn put(name: &str, core: usize) {
    let number = task(name).file_name().and_then(|n| n.to_str()?.parse().ok()).expect("a thread's number");
    put_on(Pid::from_raw(number), core);
}

/// Puts this thread, and those that it starts from now on, on one core.
pub(crate) fn put_own(core: usize) {
    put_on(Pid::from_raw(0), core);
}

fn put_on(thread: Pid, core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core).expect("a core's number");
    let _single_core = sched_setaffinity(thread, &cores);
}

fn task(name: &str) -> PathBuf {
    let is_named = |path: &Path| fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim() == name);
    // A thread takes its name only when it first runs.
    for _ in 0..200 {
        let mut tasks = fs::read_dir("/proc/self/task").expect("Linux").flatten().map(|task| task.path());
        if let Some(task) = tasks.find(|path| is_named(path)) {
            return task;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no thread is named {name}");
}

/// The first field of a thread's schedstat, in nanoseconds.
fn cpu_at(path: &Path) -> Duration {
    let text = fs::read_to_string(path).expect("Linux");
    let nanos = text.split_whitespace().next().and_then(|field| field.parse().ok()).expect("a number");
    Duration::from_nanos(nanos)
}
