//! How fast a match is, on either side, beside a mutex around sorted sets in the same run.
//!
//! `cargo bench -p routing`: each cell fills a floor, then times single decisions (the time includes reading the clock
//! twice, about 40 ns). Ratios above 1 mean that the core is faster than the baseline.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a benchmark reads the clock and runs threads")]

mod baseline;
mod floor;

use std::sync::Barrier;
use std::time::{Duration, Instant};

use baseline::Sorted;
use floor::{LockFree, Matcher, Shape};
use hdrhistogram::Histogram;

/// Decisions per cell and thread; fewer when they take too long.
const DECISIONS: u64 = 40_000;
/// The longest that a cell's threads run.
const CELL_MAX: Duration = Duration::from_millis(300);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Agent,
    Call,
}

struct Measured {
    times: Histogram<u64>,
    a_second: f64,
}

fn main() {
    // `cargo test` runs benchmarks too, to see that they work: one small cell is enough for that.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let agents: &[usize] = if is_bench { &[10, 100, 1_000, 10_000] } else { &[10] };
    let waiting: &[usize] = if is_bench { &[0, 1_000, 100_000] } else { &[0, 1_000] };
    println!("{}", LockFree::new(&Shape { agents: 10, waiting: 0, idle_serve_all: true }).footprint());
    if is_bench {
        explanations();
    }
    println!(
        "side   agents waiting thr |  core/s      p50    p99  p99.9 ns | mutex/s      p50    p99  p99.9 ns | ×/s  ×p99"
    );
    // `cargo bench -p routing -- call 10000` measures some of the cells.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_asked = |name: &str, agents: usize| {
        let names = asked.iter().filter(|word| word.parse::<usize>().is_err());
        let sizes = asked.iter().filter_map(|word| word.parse::<usize>().ok());
        (names.clone().count() == 0 || names.into_iter().any(|word| word == name))
            && (sizes.clone().count() == 0 || sizes.into_iter().any(|size| size == agents))
    };
    for (side, name) in [(Side::Agent, "agent"), (Side::Call, "call")] {
        for &agents in agents.iter().filter(|agents| is_asked(name, **agents)) {
            for &waiting in waiting {
                for threads in [1, 2] {
                    row(side, &Shape { agents, waiting, idle_serve_all: side == Side::Agent }, threads);
                }
            }
        }
    }
}

/// What keeping explanations costs: the same decisions with and without, turn by turn.
fn explanations() {
    let shape = Shape { agents: 1_000, waiting: 1_000, idle_serve_all: true };
    let p50 =
        |kept: usize| measure(&LockFree::keeping(&shape, kept), Side::Agent, &shape, 1).times.value_at_quantile(0.5);
    let mut turns: Vec<(u64, u64)> = (0..9).map(|_| (p50(4_096), p50(0))).collect();
    turns.sort_unstable_by_key(|(with, without)| *with as i64 - *without as i64);
    let (with, without) = turns[turns.len() / 2];
    println!(
        "explanations: p50 {with} ns with the last 4,096 kept, {without} ns with none (median of 9 turns by difference)"
    );
}

fn row(side: Side, shape: &Shape, threads: usize) {
    let core = measure(&LockFree::new(shape), side, shape, threads);
    let mutex = measure(&Sorted::new(shape), side, shape, threads);
    let name = if side == Side::Agent { "agent" } else { "call " };
    print!("{name} {:7} {:7} {threads:3} |", shape.agents, shape.waiting);
    for measured in [&core, &mutex] {
        let at = |quantile| measured.times.value_at_quantile(quantile);
        print!("{:8.0} {:8} {:6} {:6}    |", measured.a_second, at(0.5), at(0.99), at(0.999));
    }
    let p99 = |measured: &Measured| measured.times.value_at_quantile(0.99).max(1) as f64;
    println!("{:5.1} {:5.1}", core.a_second / mutex.a_second, p99(&mutex) / p99(&core));
}

fn measure(matcher: &impl Matcher, side: Side, shape: &Shape, threads: usize) -> Measured {
    prepare(matcher, side, shape);
    let barrier = Barrier::new(threads);
    let parts: Vec<(Histogram<u64>, Duration)> = std::thread::scope(|scope| {
        let run = |thread| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                if side == Side::Agent {
                    agents_look(matcher, shape, thread, threads)
                } else {
                    calls_look(matcher, shape, thread)
                }
            })
        };
        let started: Vec<_> = (0..threads).map(run).collect();
        started.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    // Only the decisions' own time counts, thread by thread, so that setting the next one up doesn't.
    let a_second = parts.iter().map(|(times, busy)| times.len() as f64 / busy.as_secs_f64()).sum();
    let mut times = Histogram::new(3).expect("three digits are allowed");
    for (part, _) in parts {
        times.add(part).expect("the same shape");
    }
    Measured { times, a_second }
}

fn prepare(matcher: &impl Matcher, side: Side, shape: &Shape) {
    let mut dice = Dice(7);
    for number in 0..shape.waiting {
        let class = shape.waiting_class(dice.below(shape.agents), dice.below(floor::SKILLS));
        matcher.join(number as u64, class, number as i64);
    }
    if side == Side::Call {
        for agent in 0..shape.agents {
            matcher.ready(agent, agent as i64);
        }
    }
}

/// Agents become free, one after another; each served call is followed by a new one.
fn agents_look(matcher: &impl Matcher, shape: &Shape, thread: usize, threads: usize) -> (Histogram<u64>, Duration) {
    let mine = (shape.agents / threads).max(1);
    let mut dice = Dice(thread as u64 + 1);
    timed(thread, |number, at| {
        let agent = (dice.below(mine) * threads + thread).min(shape.agents - 1);
        let began = Instant::now();
        let matched = matcher.ready(agent, at);
        let took = began.elapsed();
        match matched {
            Some(matched) => {
                matcher.finish(matched);
                let class = shape.waiting_class(dice.below(shape.agents), dice.below(floor::SKILLS));
                if let Some(matched) = matcher.join(number, class, at) {
                    matcher.finish(matched);
                }
            }
            None => matcher.close(agent),
        }
        took
    })
}

/// Calls come; each agent who got one is free again after it.
fn calls_look(matcher: &impl Matcher, shape: &Shape, thread: usize) -> (Histogram<u64>, Duration) {
    let mut dice = Dice(thread as u64 + 1);
    timed(thread, |number, at| {
        let class = shape.served_class(dice.below(shape.agents), dice.below(floor::SKILLS));
        let began = Instant::now();
        let matched = matcher.join(number, class, at);
        let took = began.elapsed();
        if let Some(matched) = matched {
            let agent = matcher.finish(matched);
            // On few agents the other thread's call may wait for exactly this one.
            if let Some(matched) = matcher.ready(agent, at) {
                let agent = matcher.finish(matched);
                matcher.ready(agent, at);
            }
        }
        took
    })
}

fn timed(thread: usize, mut decide: impl FnMut(u64, i64) -> Duration) -> (Histogram<u64>, Duration) {
    let mut times = Histogram::new(3).expect("three digits are allowed");
    let (began, mut busy) = (Instant::now(), Duration::ZERO);
    for turn in 0..DECISIONS {
        let number = 1_000_000 + turn * 2 + thread as u64;
        let took = decide(number, number as i64);
        busy += took;
        times.record(took.as_nanos() as u64).expect("a histogram grows by itself");
        if began.elapsed() > CELL_MAX {
            break;
        }
    }
    (times, busy)
}

/// A small generator (SplitMix64): the same dice each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}
