//! Runs replications beside each other on all processors, with a bar that tells how far it is.
//! Knows threads and the terminal; the figures depend on neither.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use whatif::{Column, Replicated, Run, Sums};

use super::Told;

/// All columns.
pub(super) fn all(columns: &[(String, Run)], threads: Option<usize>, quiet: bool) -> Told<Vec<Column>> {
    let bar = bar(columns.iter().map(|(_, run)| u64::from(run.scenario.replications)).sum(), quiet);
    let column = |(name, run): &(String, Run)| {
        bar.set_message(name.clone());
        let one = |replication| run.replication(replication).map_err(|big| big.to_string());
        let sums = replications(run.scenario.replications, threads, &bar, one)?;
        Ok(Column { name: name.clone(), sums })
    };
    let done = columns.iter().map(column).collect();
    bar.finish_and_clear();
    done
}

/// A bar on the terminal; none where there is no terminal, or where `quiet` asks for none.
pub(super) fn bar(steps: u64, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta_precise} {msg}");
    ProgressBar::new(steps).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// So many replications, in their order whoever finished first.
pub(super) fn replications(
    count: u32,
    threads: Option<usize>,
    bar: &ProgressBar,
    one: impl Fn(u32) -> Told<Sums> + Sync,
) -> Told<Replicated> {
    let threads = threads.or_else(|| thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let replication = next.fetch_add(1, Ordering::Relaxed) as u32;
            if replication >= count {
                return done;
            }
            done.push((replication, one(replication)));
            bar.inc(1);
        }
    };
    let mut done: Vec<(u32, Told<Sums>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.clamp(1, count.max(1) as usize)).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().expect("a replication that panics is a bug"));
        ended.flatten().collect()
    });
    done.sort_by_key(|(replication, _)| *replication);
    let sums: Vec<Sums> = done.into_iter().map(|(_, sums)| sums).collect::<Told<_>>()?;
    Ok(Replicated::new(&sums))
}
