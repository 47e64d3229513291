//! What the database promises: it holds what the spool holds, once, and whatever happens to it harms nobody else.
//! Real files, each test in a folder of its own.

mod calls;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use calls::{at, call, good_call, note, open_call, person, save, save_all};
use model::{Outcome, PersonRef};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use store::{CallsWanted, Database, Filler, Forget, Spool, SpoolOptions};
use tally::{NumberedFact, Slice, Step, Tally, Targets};
use tempfile::{TempDir, tempdir};

struct House {
    folder: TempDir,
    spool: Arc<Spool>,
    database: Database,
}

impl House {
    fn new() -> Self {
        let folder = tempdir().expect("a folder");
        let spool = open(folder.path());
        let database = Database::new(&folder.path().join("samkald.db"));
        Self { folder, spool, database }
    }
    fn fill(&self) -> Filler {
        let file = self.folder.path().join("samkald.db");
        Filler::start(Arc::clone(&self.spool), move || Database::new(&file)).expect("the filler starts")
    }
    async fn filled(&self, filler: &Filler) {
        wait_until(|| {
            let status = filler.status();
            status.behind == 0 && status.carried > 0 && !status.failing
        })
        .await;
    }
    async fn raw(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.folder.path().join("samkald.db"));
        options.create_if_missing(true).connect().await.expect("it opens")
    }
    async fn all_calls(&self) -> Vec<tally::EndedCall> {
        self.database.calls(&everything()).await.expect("the database answers")
    }
    fn fresh_tally(&self) -> Tally {
        let mut tally = Tally::new(Targets::default());
        self.spool.replay(|fact| tally.apply(&fact)).expect("the spool can be read");
        tally
    }
}

fn open(folder: &Path) -> Arc<Spool> {
    Arc::new(Spool::open(folder, SpoolOptions::default()).expect("the spool opens").0)
}

fn everything() -> CallsWanted {
    CallsWanted { from: at(0), to: at(10_000_000), line: None, agent: None, older_than: None, calls_max: 1_000 }
}

/// The test's runner ends a wait that never does.
async fn wait_until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn calls_in_the_table_are_those_of_the_figures() {
    let house = House::new();
    let filler = house.fill();
    for no in 1..=60 {
        save(&house.spool, good_call(no, no * 100));
    }
    house.filled(&filler).await;
    let rows = house.all_calls().await;
    assert_eq!(rows.len(), 60);
    assert_eq!((rows[0].waited(), rows[0].promise_kept()), (Some(Duration::from_secs(20)), Some(true)));
    assert_eq!((rows[0].talked(), rows[0].wrap_up), (Some(Duration::from_secs(60)), Duration::from_secs(10)));
    let tally = house.fresh_tally();
    for step in [Step::Quarter, Step::Hour, Step::Day] {
        let live = tally.sheet(at(0), at(86_400), step, Slice::default());
        let kept = house
            .database
            .sheet(at(0), at(86_400), step, Slice::default(), &Targets::default())
            .await
            .expect("it answers");
        assert_eq!(kept.rows().collect::<Vec<_>>(), live.rows().collect::<Vec<_>>());
    }
    let targets = Targets::default();
    let cells = from_any_thread(house.database.cells(at(0), at(86_400), &targets)).await.expect("it answers");
    assert!(cells.iter().eq(tally.ledger().cells()));
    let times = house.database.agent_times(at(0), at(86_400)).await.expect("it answers");
    assert_eq!(times, tally.agent_times(at(0), at(86_400)));
}

#[tokio::test]
async fn lists_go_on_where_they_ended_and_ask_for_one_line_or_agent() {
    let house = House::new();
    let filler = house.fill();
    for no in 1..=25 {
        save(&house.spool, good_call(no, no / 2));
    }
    house.filled(&filler).await;
    let mut wanted = CallsWanted { calls_max: 10, ..everything() };
    let mut seen = Vec::new();
    loop {
        let page = house.database.calls(&wanted).await.expect("it answers");
        let Some(last) = page.last() else { break };
        wanted.older_than = Some((last.arrived, last.call));
        seen.extend(page.into_iter().map(|row| row.call));
    }
    assert_eq!(seen, (1..=25).rev().map(call).collect::<Vec<_>>(), "newest first, each once");
    let of = |agent: &str| CallsWanted { agent: Some(agent.into()), line: Some("pas-da".into()), ..everything() };
    assert_eq!(house.database.calls(&of("agent0001")).await.expect("it answers").len(), 25);
    assert!(house.database.calls(&of("agent0002")).await.expect("it answers").is_empty());
}

#[tokio::test]
async fn a_locked_database_stops_nothing_and_catches_up() {
    let house = House::new();
    let filler = house.fill();
    save(&house.spool, good_call(1, 0));
    house.filled(&filler).await;
    let mut other = house.raw().await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.expect("it is locked");
    for no in 2..=50 {
        save(&house.spool, good_call(no, no * 100));
    }
    wait_until(|| filler.status().failing).await;
    assert_eq!((house.spool.status().last_saved, filler.status().carried), (600, 12));
    sqlx::query("COMMIT").execute(&mut other).await.expect("it is free");
    house.filled(&filler).await;
    assert_eq!(house.all_calls().await.len(), 50);
}

#[tokio::test]
async fn a_database_that_comes_late_gets_everything() {
    let house = House::new();
    let file = house.folder.path().join("not-there-yet/samkald.db");
    let database = file.clone();
    let filler = Filler::start(Arc::clone(&house.spool), move || Database::new(&database)).expect("the filler starts");
    save(&house.spool, good_call(1, 0));
    wait_until(|| filler.status().failing).await;
    std::fs::create_dir(file.parent().expect("a folder")).expect("it can be made");
    house.filled(&filler).await;
    assert_eq!(Database::new(&file).last_fact_no().await.expect("it answers"), 12);
}

#[tokio::test]
async fn a_call_that_is_open_over_a_restart_gets_its_whole_row() {
    let house = House::new();
    let filler = house.fill();
    save(&house.spool, open_call(1, 0));
    house.filled(&filler).await;
    filler.stop();
    let House { folder, spool, database } = house;
    drop(spool);
    let house = House { spool: open(folder.path()), folder, database };
    let mut open_ends = tally::OpenEnds::default();
    house.spool.replay(|fact| open_ends.apply(&fact)).expect("it can be read");
    save(&house.spool, open_ends.closing_cuts(1_796_000_000_000));
    let filler = house.fill();
    house.filled(&filler).await;
    let rows = house.all_calls().await;
    assert_eq!((rows.len(), rows[0].outcome, rows[0].queued), (1, Outcome::Cut, Some(at(0))));
}

#[tokio::test]
async fn what_was_carried_before_a_crash_is_not_carried_again() {
    let house = House::new();
    let filler = house.fill();
    for no in 1..=30 {
        save(&house.spool, good_call(no, no * 100));
    }
    house.filled(&filler).await;
    filler.stop();
    for no in 31..=60 {
        save(&house.spool, good_call(no, no * 100));
    }
    let filler = house.fill();
    house.filled(&filler).await;
    let tally = house.fresh_tally();
    let sheet = house.database.sheet(at(0), at(86_400), Step::Day, Slice::default(), &Targets::default()).await;
    assert_eq!(sheet.expect("it answers").total(), tally.sheet(at(0), at(86_400), Step::Day, Slice::default()).total());
    assert_eq!(
        house.database.agent_times(at(0), at(86_400)).await.expect("it answers"),
        tally.agent_times(at(0), at(86_400))
    );
}

#[tokio::test]
async fn a_database_with_another_spools_numbers_is_left_alone() {
    let house = House::new();
    let filler = house.fill();
    save(&house.spool, vec![note(1), note(2)]);
    house.filled(&filler).await;
    filler.stop();
    let stranger = tempdir().expect("a folder");
    let spool = open(stranger.path());
    save(&spool, vec![note(3)]);
    let file = house.folder.path().join("samkald.db");
    let filler = Filler::start(spool, move || Database::new(&file)).expect("the filler starts");
    wait_until(|| filler.status().failing).await;
    filler.stop();
    assert_eq!(house.database.last_fact_no().await.expect("it answers"), 2);
}

#[tokio::test]
async fn facts_are_streamed_from_table_and_spool_without_a_gap() {
    let house = House::new();
    let spool_before = SpoolOptions { segment_bytes_max: 1_000, ..SpoolOptions::default() };
    let House { folder, spool, database } = house;
    drop(spool);
    let spool = Arc::new(Spool::open(folder.path(), spool_before).expect("the spool opens").0);
    let house = House { folder, spool, database };
    let filler = house.fill();
    for no in 1..=40 {
        save(&house.spool, good_call(no, no * 100));
    }
    house.filled(&filler).await;
    filler.stop();
    house.spool.release(400, |_| false).expect("they can go");
    assert!(house.spool.oldest_no() > 100, "old facts are in the table only");
    let mut facts: Vec<NumberedFact> = Vec::new();
    loop {
        let after = facts.last().map_or(0, |fact| fact.fact_no);
        let more = from_any_thread(house.database.facts_after(&house.spool, after, 37)).await.expect("it answers");
        if more.is_empty() {
            break;
        }
        facts.extend(more);
    }
    let expected: Vec<_> = (1..=40).flat_map(|no| good_call(no, no * 100)).collect();
    assert!(facts.iter().map(|one| one.fact_no).eq(1..=480));
    assert!(facts.iter().map(|one| &one.fact).eq(&expected));
    assert_eq!(house.database.facts_of_call(call(7)).await.expect("it answers").len(), 9);
}

#[tokio::test]
async fn persons_leave_the_spool_for_the_one_table_and_can_be_forgotten() {
    let house = House::new();
    let filler = house.fill();
    save_all(&house.spool, open_call(1, 0), vec![person(1), person(2)]);
    assert!(person_bytes_in_spool(&house) > 0);
    house.filled(&filler).await;
    wait_until(|| person_bytes_in_spool(&house) == 0).await;
    let known = house.database.person(PersonRef(1)).await.expect("it answers");
    assert_eq!(known, Some(person(1)));
    let digest = house.fresh_tally().digest();
    save_all(&house.spool, Vec::new(), vec![person(3)]);
    for (forget, rows) in [(Forget::Person(PersonRef(3)), 1), (Forget::SeenBefore(at(2)), 1)] {
        assert_eq!(filler.forget(forget).await, Ok(rows));
    }
    let model::Caller::Number(number) = person(2).caller else { panic!("it is a number") };
    assert_eq!(filler.forget(Forget::Number(number)).await, Ok(1));
    for gone in 1..=3 {
        assert_eq!(house.database.person(PersonRef(gone)).await.expect("it answers"), None);
    }
    assert_eq!(house.fresh_tally().digest(), digest, "no figure changes");
}

#[test]
fn no_number_lies_in_the_facts_of_the_spool_or_in_their_table() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let house = House::new();
        let filler = house.fill();
        save_all(&house.spool, good_call(1, 0), vec![person(1)]);
        house.filled(&filler).await;
        let mut raw = house.raw().await;
        let bodies: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT body FROM fact").fetch_all(&mut raw).await.expect("it answers");
        raw.close().await.expect("it closes");
        let number = b"20300001";
        let holds = |bytes: &[u8]| bytes.windows(number.len()).any(|part| part == number);
        assert!(bodies.len() == 12 && !bodies.iter().any(|body| holds(body)));
        for path in files(&house, "facts-") {
            assert!(!holds(&std::fs::read(path).expect("a file")));
        }
    });
}

/// The API asks from threads of its own.
fn from_any_thread<F: Future + Send>(question: F) -> F {
    question
}

fn person_bytes_in_spool(house: &House) -> u64 {
    files(house, "persons-").iter().filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.len()).sum()
}

fn files(house: &House, prefix: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(house.folder.path().join("spool")).expect("a folder");
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))).collect()
}
