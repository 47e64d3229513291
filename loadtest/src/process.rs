//! What a process spends, as `/proc` tells.
//! Knows CPU time and memory by process id; doesn't know which program it is.

use std::fs;
use std::ops::Sub;

use anyhow::Context;

/// Clock ticks a second in `/proc/PID/stat` (USER_HZ), 100 on every Linux that we know.
const TICKS: f64 = 100.0;

/// A process that is watched.
pub(crate) struct Process {
    pid: u32,
}

/// What it has spent so far, or between two looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    /// CPU, user and system, in seconds.
    pub(crate) cpu_s: f64,
    /// Resident memory at the look, in KiB.
    pub(crate) resident_kib: u64,
    /// Threads at the look.
    pub(crate) threads: u64,
}

impl Process {
    /// Watches that process.
    pub(crate) fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// What it has spent since it began.
    pub(crate) fn spent(&self) -> anyhow::Result<Spent> {
        let pid = self.pid;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).with_context(|| format!("no process {pid}"))?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let field = |place: usize| after_name.split_whitespace().nth(place).and_then(|text| text.parse::<f64>().ok());
        let line = |name: &str| {
            let found = status.lines().find_map(|line| line.strip_prefix(name))?;
            found.split_whitespace().next()?.parse::<u64>().ok()
        };
        let (user, system) = (field(11).context("no user time")?, field(12).context("no system time")?);
        Ok(Spent {
            cpu_s: (user + system) / TICKS,
            resident_kib: line("VmRSS:").context("no memory")?,
            threads: line("Threads:").context("no threads")?,
        })
    }
}

impl Sub for Spent {
    type Output = Self;
    fn sub(self, earlier: Self) -> Self {
        Self { cpu_s: self.cpu_s - earlier.cpu_s, ..self }
    }
}
