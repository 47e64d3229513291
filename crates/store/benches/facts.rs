//! What a fact costs: encoded, saved in the spool, folded, and carried into SQLite. `cargo bench -p store`
//!
//! Prints facts a second and CPU microseconds a fact (user and system, all threads). A call here is 11 facts.

#[path = "../tests/calls/mod.rs"]
mod calls;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use calls::good_call;
use model::Fact;
use store::{Database, Filler, Spool, SpoolOptions};
use tally::{Append, NumberedFact, Tally, Targets};

/// Calls of one run.
const CALLS: u64 = 30_000;
/// Ticks of `/proc/self/stat` in a second, on every Linux.
const TICKS: f64 = 100.0;

fn main() {
    let calls: Vec<Vec<Fact>> = (1..=CALLS).map(|no| good_call(no, no / 10)).collect();
    encode(&calls);
    fold(&calls);
    let folder = tempfile::tempdir().expect("a folder");
    let spool = Arc::new(Spool::open(folder.path(), SpoolOptions::default()).expect("the spool opens").0);
    save(&spool, calls);
    carry(&spool, folder.path());
    acknowledge_when_idle(&spool);
    drop(spool);
    open_again(folder.path());
}

fn encode(calls: &[Vec<Fact>]) {
    let mut buffer = Vec::new();
    measure("encode", calls.iter().map(Vec::len).sum(), || {
        for fact in calls.iter().flatten() {
            buffer.clear();
            wire::encode_into(fact, &mut buffer);
            std::hint::black_box(&buffer);
        }
    });
}

fn fold(calls: &[Vec<Fact>]) {
    let facts: Vec<_> =
        (1..).zip(calls.iter().flatten()).map(|(fact_no, fact)| NumberedFact { fact_no, fact: fact.clone() }).collect();
    let mut tally = Tally::new(Targets::default());
    measure("fold (ledger, board, agents' times)", facts.len(), || {
        for fact in &facts {
            tally.apply(fact);
        }
    });
}

fn save(spool: &Spool, calls: Vec<Vec<Fact>>) {
    let count = calls.iter().map(Vec::len).sum();
    measure("encode, number, write and flush", count, || {
        let (told, heard) = channel();
        let door = spool.door();
        let last = calls.len() - 1;
        for (nth, facts) in calls.into_iter().enumerate() {
            let told = told.clone();
            let when_saved = (nth == last).then(|| Box::new(move || told.send(()).expect("heard")) as tally::WhenSaved);
            let mut append = Append { facts, when_saved, ..Append::default() };
            while let Err(tally::Full(back)) = door.append(append) {
                append = back;
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        heard.recv().expect("all is saved");
    });
    println!("  in {} flushes", spool.status().flushes);
}

fn carry(spool: &Arc<Spool>, folder: &Path) {
    let count = spool.status().last_saved as usize;
    let file = folder.join("samkald.db");
    measure("carry into SQLite", count, || {
        let filler = Filler::start(Arc::clone(spool), move || Database::new(&file)).expect("the filler starts");
        while filler.status().carried < count as u64 {
            std::thread::sleep(Duration::from_millis(2));
        }
        filler.stop();
    });
}

fn acknowledge_when_idle(spool: &Spool) {
    let mut spans: Vec<_> = (1..=200)
        .map(|no| {
            std::thread::sleep(Duration::from_millis(5));
            let start = Instant::now();
            calls::save(spool, vec![calls::note(900_000_000 + no)]);
            start.elapsed()
        })
        .collect();
    spans.sort();
    println!("acknowledged when idle: p50 {:?}, p99 {:?}", spans[100], spans[197]);
}

fn open_again(folder: &Path) {
    let start = Instant::now();
    let (_spool, recovered) = Spool::open(folder, SpoolOptions::default()).expect("the spool opens");
    println!("opened again with {} facts in {:?}", recovered.facts, start.elapsed());
}

fn measure(what: &str, facts: usize, work: impl FnOnce()) {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    work();
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!("{what}: {:.0} facts/s, {:.2} µs CPU a fact", facts as f64 / wall, cpu * 1e6 / facts as f64);
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(')').next().expect("there is a name");
    let ticks: f64 =
        after_name.split_whitespace().skip(11).take(2).map(|word| word.parse::<f64>().expect("a number")).sum();
    ticks / TICKS
}
