//! Many days, each drawn by a seed: `many [seeds] [calls a day] [first seed]`. Runs on all cores; prints what the days
//! were, and the first broken invariant with its seed. A million calls: `many 1000 1100`.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use model::Outcome;
use sim::{Broken, Day, Keep, Summary, World};

fn main() -> ExitCode {
    let mut told = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (seeds, calls, first) = (told.next().unwrap_or(100), told.next().unwrap_or(1_100), told.next().unwrap_or(1));
    if seeds == 1 {
        return tell(first, calls);
    }
    let begun = Instant::now();
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let days: Vec<Result<Summary, Box<Broken>>> = std::thread::scope(|scope| {
        let run = || std::iter::from_fn(|| day(&next, first + seeds, calls)).collect::<Vec<_>>();
        let runs: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        runs.into_iter().flat_map(|run| run.join().expect("a world does not panic")).collect()
    });
    let mut broken: Vec<_> = days.iter().filter_map(|day| day.as_ref().err()).collect();
    broken.sort_by_key(|broken| broken.seed);
    broken.iter().take(10).for_each(|broken| println!("{broken}"));
    let whole: Vec<&Summary> = days.iter().filter_map(|day| day.as_ref().ok()).collect();
    let sum = |figure: fn(&Summary) -> u64| whole.iter().map(|day| figure(day)).sum::<u64>();
    println!(
        "{} days, {} calls, {} phones rung, {} talks recorded, {} citizens handed on, {} agents' own calls, {} inputs",
        whole.len(),
        sum(|d| d.calls),
        sum(|d| d.offers),
        sum(|d| d.recordings),
        sum(|d| d.transfers),
        sum(|d| d.own_calls),
        sum(|d| d.inputs)
    );
    for outcome in Outcome::ALL {
        let count: u64 = whole.iter().map(|day| day.outcomes[outcome as usize]).sum();
        println!("{:>16} {count}", outcome.name());
    }
    println!("{:>16} {}", "turned away", sum(|d| d.turned_away));
    println!("{} broken; {:.1} s", broken.len(), begun.elapsed().as_secs_f64());
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn day(next: &AtomicU64, end: u64, calls: u64) -> Option<Result<Summary, Box<Broken>>> {
    let seed = next.fetch_add(1, Ordering::Relaxed);
    (seed < end).then(|| World::new(Day { seed, calls, keep: Keep::Nothing, slow_core: false, callbacks: true }).run())
}

/// One day, with the last inputs before it broke.
fn tell(seed: u64, calls: u64) -> ExitCode {
    let mut world = World::new(Day { seed, calls, keep: Keep::Lines, slow_core: false, callbacks: true });
    let outcome = world.run();
    let lines = world.log().lines();
    let last = lines.len().saturating_sub(60);
    lines[last..].iter().for_each(|line| println!("{line}"));
    let facts = world.facts();
    let last = facts.len().saturating_sub(40);
    facts[last..].iter().for_each(|fact| println!("{:?} {:?} {:?}", fact.fact.at, fact.fact.about, fact.fact.what));
    match outcome {
        Ok(summary) => {
            println!("{summary:?}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            println!("{broken}");
            ExitCode::FAILURE
        }
    }
}
