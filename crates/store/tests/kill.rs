//! A real process that saves calls and tells which are acknowledged, killed at a busy moment, again and again:
//! none of them is lost, none is there twice, and the database agrees.

mod calls;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use calls::{at, good_call, person, replayed, save};
use model::{Fact, FactId};
use store::{Database, Filler, Spool, SpoolOptions};
use tally::{Append, Full, OpenEnds, Slice, Step, Tally, Targets};

/// How often the process is killed.
const ROUNDS: u64 = 8;
/// After how many acknowledgements, each round a little later.
const ACKNOWLEDGED: usize = 150;
/// Calls of a round are numbered from its own thousands.
const ROUND: u64 = 1_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|word| word == "--be-killed") {
        Some(at) => be_killed(Path::new(&arguments[at + 1]), arguments[at + 2].parse().expect("a round")),
        None => nothing_acknowledged_is_lost_or_doubled(),
    }
}

fn nothing_acknowledged_is_lost_or_doubled() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 1..=ROUNDS {
        acknowledged.extend(one_round(folder.path(), round));
        check_spool(folder.path(), &acknowledged);
    }
    check_database(folder.path());
    println!("{ROUNDS} kills, {} calls acknowledged, none lost, none doubled", acknowledged.len());
}

fn one_round(folder: &Path, round: u64) -> Vec<u64> {
    let mut child = start(folder, round);
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut told = Vec::new();
    for line in lines {
        // The last line may be cut in the middle by the kill; then it has no full stop.
        let line = line.expect("the pipe can be read");
        if let Some(no) = line.strip_suffix('.') {
            told.push(no.parse().expect("a number"));
        }
        if told.len() == ACKNOWLEDGED + 37 * round as usize {
            child.kill().expect("it can be killed");
        }
    }
    child.wait().expect("it has ended");
    assert!(told.len() >= ACKNOWLEDGED, "round {round} ended by itself after {} calls", told.len());
    told
}

fn start(folder: &Path, round: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("--be-killed").arg(folder).arg(round.to_string());
    command.stdout(Stdio::piped()).spawn().expect("it starts")
}

/// The process: closes what the one before left open, then saves calls for ever and tells which are acknowledged.
fn be_killed(folder: &Path, round: u64) {
    let (spool, _) = Spool::open(folder, SpoolOptions::default()).expect("the spool opens");
    let spool = Arc::new(spool);
    let mut open = OpenEnds::default();
    spool.replay(|fact| open.apply(&fact)).expect("the spool can be read");
    save(&spool, open.closing_cuts(1_800_000_000_000 + round));
    let file = database(folder);
    let _filler = Filler::start(Arc::clone(&spool), move || Database::new(&file)).expect("the filler starts");
    for no in round * ROUND + 1.. {
        let tell = move || {
            let mut out = std::io::stdout().lock();
            // Nobody listens any more: the kill is on its way.
            let _ = writeln!(out, "{no}.").and_then(|()| out.flush());
        };
        let (facts, persons) = (good_call(no, no % ROUND), vec![person(no % 10_000)]);
        let mut append = Append { facts, persons, when_saved: Some(Box::new(tell)) };
        while let Err(Full(back)) = spool.door().append(append) {
            append = back;
        }
        if no.is_multiple_of(16) {
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}

fn check_spool(folder: &Path, acknowledged: &[u64]) {
    let (spool, recovered) = Spool::open(folder, SpoolOptions::default()).expect("the spool opens");
    assert_eq!(recovered.missing, 0);
    let facts = replayed(&spool);
    assert!(facts.iter().map(|(no, _)| *no).eq(1..=recovered.last_no), "numbers are gapless");
    let mut by_id: BTreeMap<FactId, &Fact> = BTreeMap::new();
    for (_, fact) in &facts {
        assert!(by_id.insert(fact.id, fact).is_none(), "{fact:?} is there twice");
    }
    for no in acknowledged {
        for fact in good_call(*no, *no % ROUND) {
            assert_eq!(by_id.get(&fact.id), Some(&&fact), "lost of call {no}");
        }
    }
}

fn check_database(folder: &Path) {
    let spool = Arc::new(Spool::open(folder, SpoolOptions::default()).expect("the spool opens").0);
    // Before the filler begins: on a slow machine it has time to let segments go that the database holds.
    let mut tally = Tally::new(Targets::default());
    spool.replay(|fact| tally.apply(&fact)).expect("the spool can be read");
    let file = database(folder);
    let filler = Filler::start(Arc::clone(&spool), move || Database::new(&file)).expect("the filler starts");
    while filler.status().carried < spool.status().last_saved {
        std::thread::sleep(Duration::from_millis(5));
    }
    filler.stop();
    let live = tally.sheet(at(0), at(100_000), Step::Quarter, Slice::default());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let database = Database::new(&database(folder));
        let targets = Targets::default();
        let kept =
            database.sheet(at(0), at(100_000), Step::Quarter, Slice::default(), &targets).await.expect("it answers");
        assert_eq!(kept.rows().collect::<Vec<_>>(), live.rows().collect::<Vec<_>>(), "figures equal a fresh fold");
        assert_eq!(database.last_fact_no().await.expect("it answers"), spool.status().last_saved);
    });
}

fn database(folder: &Path) -> PathBuf {
    folder.join("samkald.db")
}
