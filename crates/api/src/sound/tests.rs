//! The table of pages on handed-in time: which page counts, when an agent has gone, and who may say how much.
//! The shards behind it are a list of what they were told.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use model::{AgentId, DecisionNo, LegId, LegSide, Moment, ShardNo};
use page::{Calls, Said, Says, Tells, Told};
use plan::Plan;
use tokio_stream::StreamExt as _;
use tonic::Code;

use super::ear::EarStream;
use super::table::{Table, Word};
use super::{ForPages, IceLogin, IceServer, PageDoor};
use crate::badges::BadgeHash;
use crate::doors::{CentreDoor, Decided, MailboxFull};
use crate::proto::desk::open_response::Told as Heard;
use crate::refusal::Refusal;
use crate::testing::a_plan;

const LEG: LegId = LegId::new(ShardNo(1), LegSide::Outbound, 9);

/// Behind it nobody rings by itself.
#[derive(Default)]
struct QuietShards(Mutex<Vec<String>>);

impl QuietShards {
    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no test panicked"))
    }

    fn note(&self, what: String) {
        self.0.lock().expect("no test panicked").push(what);
    }
}

impl PageDoor for QuietShards {
    fn opened(&self, agent: &AgentId) {
        self.note(format!("{agent} is here"));
    }
    fn closed(&self, agent: &AgentId) {
        self.note(format!("{agent} is gone"));
    }
    fn calls(&self, calls: Calls) {
        self.note(format!("{} calls", calls.agent));
    }
    fn says(&self, says: Says) {
        self.note(format!("{} ends {}", says.agent, says.leg));
    }
}

impl CentreDoor for QuietShards {
    fn send(&self, _request: centre::DeskRequest) -> Result<(), MailboxFull> {
        Ok(())
    }
    fn explain(&self, _decision: DecisionNo) -> Option<Decided> {
        None
    }
    fn plan(&self) -> Arc<Plan> {
        Arc::new(a_plan())
    }
    fn now(&self) -> Moment {
        Moment::from_secs(1_795_000_000)
    }
}

fn set() -> (Table, Arc<QuietShards>) {
    let shards = Arc::new(QuietShards::default());
    let turn = IceServer { urls: vec!["turn:turn.example".to_owned()], login: IceLogin::Secret("s".to_owned()) };
    let pages = ForPages { door: shards.clone(), origins: Arc::new([]), ice_servers: Arc::new([turn]) };
    (Table::new(pages, shards.clone()), shards)
}

fn anna() -> AgentId {
    AgentId::new("agent0001")
}

fn open(table: &mut Table, now: Instant) -> EarStream {
    table.open(&anna(), BadgeHash::of("anna's"), now).expect("may open")
}

fn next(stream: &mut EarStream) -> Heard {
    let message = futures::executor::block_on(stream.next()).expect("goes on").expect("no refusal");
    message.told.expect("says something")
}

fn page_of(stream: &mut EarStream) -> u64 {
    let Heard::Opened(opened) = next(stream) else { panic!("opened comes first") };
    opened.page
}

fn end(table: &mut Table, page: u64, now: Instant) -> Result<(), Refusal> {
    table.says(page, Word::Says(Says { agent: anna(), leg: LEG, said: Said::End }), &anna(), now)
}

#[test]
fn a_page_learns_its_number_and_the_servers_by_which_it_reaches_us() {
    let ((mut table, shards), now) = (set(), Instant::now());
    let Heard::Opened(opened) = next(&mut open(&mut table, now)) else { panic!("opened comes first") };
    // Good for as long as a token: 12 hours.
    assert_eq!(opened.ice_servers[0].username, "1795043200:agent0001");
    assert_eq!(shards.heard(), ["agent0001 is here"]);
}

#[test]
fn the_newest_page_counts_and_the_older_one_is_told_so() {
    let ((mut table, shards), now) = (set(), Instant::now());
    let mut older = open(&mut table, now);
    let old = page_of(&mut older);
    let mut newer = open(&mut table, now);
    let new = page_of(&mut newer);
    let last = futures::executor::block_on(older.next()).expect("a word").expect_err("a refusal");
    assert_eq!(last.code(), Code::FailedPrecondition);
    assert_eq!(end(&mut table, old, now), Err(Refusal::PageReplaced));
    assert_eq!(end(&mut table, new, now), Ok(()));
    table.tell(&Tells { agent: anna(), leg: LEG, told: Told::GoesOn });
    assert!(matches!(next(&mut newer), Heard::GoesOn(goes_on) if goes_on.leg == "0180000000000009"));
    assert_eq!(shards.heard(), ["agent0001 is here", "agent0001 is here", "agent0001 ends leg-1.out.9"]);
}

#[test]
fn an_agent_who_reloads_the_page_was_never_away_and_one_who_leaves_is_after_five_seconds() {
    let ((mut table, shards), now) = (set(), Instant::now());
    let sweep = |table: &mut Table, ms| table.sweep(now + Duration::from_millis(ms), |_| true);
    drop(open(&mut table, now));
    sweep(&mut table, 1_000);
    sweep(&mut table, 5_900);
    let reloaded = open(&mut table, now + Duration::from_millis(5_900));
    sweep(&mut table, 6_000);
    assert_eq!(shards.heard(), ["agent0001 is here", "agent0001 is here"]);
    drop(reloaded);
    sweep(&mut table, 7_000);
    sweep(&mut table, 11_999);
    assert!(shards.heard().is_empty());
    sweep(&mut table, 12_000);
    assert_eq!(shards.heard(), ["agent0001 is gone"]);
}

#[test]
fn a_page_whose_token_is_void_is_cut_off() {
    let ((mut table, _shards), now) = (set(), Instant::now());
    let mut stream = open(&mut table, now);
    page_of(&mut stream);
    table.sweep(now, |_| false);
    let last = futures::executor::block_on(stream.next()).expect("a word").expect_err("a refusal");
    assert_eq!(last.code(), Code::Unauthenticated);
}

#[test]
fn a_silent_page_hears_every_ten_seconds_that_we_are_here() {
    let ((mut table, _shards), now) = (set(), Instant::now());
    let mut stream = open(&mut table, now);
    page_of(&mut stream);
    table.sweep(now + Duration::from_secs(9), |_| true);
    table.tell(&Tells { agent: anna(), leg: LEG, told: Told::Over });
    assert!(matches!(next(&mut stream), Heard::Over(_)), "no beat yet");
    table.sweep(now + Duration::from_secs(10), |_| true);
    assert!(matches!(next(&mut stream), Heard::Beat(_)));
}

#[test]
fn a_page_gone_mad_is_heard_twenty_times_a_second() {
    let ((mut table, shards), now) = (set(), Instant::now());
    let mut stream = open(&mut table, now);
    let page = page_of(&mut stream);
    let heard = (0..50).filter(|_| end(&mut table, page, now).is_ok()).count();
    // Its opening was one of them.
    assert_eq!((heard, shards.heard().len()), (19, 20));
    assert_eq!(end(&mut table, page, now), Err(Refusal::TooManyWords));
    assert_eq!(end(&mut table, page, now + Duration::from_secs(1)), Ok(()));
}

#[test]
fn pages_that_take_each_others_place_for_ever_are_heard_no_more_than_one() {
    let ((mut table, shards), now) = (set(), Instant::now());
    let opened = (0..50).filter(|_| table.open(&anna(), BadgeHash::of("anna's"), now).is_ok()).count();
    assert_eq!((opened, shards.heard().len()), (20, 20));
    let later = now + Duration::from_secs(1);
    assert!(table.open(&anna(), BadgeHash::of("anna's"), later).is_ok());
}

#[test]
fn a_page_that_does_not_read_is_cut_off_and_takes_no_memory() {
    let ((mut table, _shards), now) = (set(), Instant::now());
    let mut stream = open(&mut table, now);
    for _ in 0..1_000 {
        table.tell(&Tells { agent: anna(), leg: LEG, told: Told::Over });
    }
    table.sweep(now, |_| true);
    let mut read = 0;
    let last = loop {
        match futures::executor::block_on(stream.next()).expect("a word before the end") {
            Ok(_) => read += 1,
            Err(status) => break status,
        }
    };
    assert_eq!((read, last.code()), (64, Code::ResourceExhausted));
}

#[test]
fn a_node_that_stops_ends_every_page() {
    let ((mut table, _shards), now) = (set(), Instant::now());
    let mut stream = open(&mut table, now);
    page_of(&mut stream);
    table.close();
    let last = futures::executor::block_on(stream.next()).expect("a word").expect_err("a refusal");
    assert_eq!(last.code(), Code::Unavailable);
    assert!(table.open(&anna(), BadgeHash::of("anna's"), now).is_err());
}
