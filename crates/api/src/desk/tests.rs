//! The desks' table on handed-in time: what becomes of a request that nobody answers, and of a reader that does not read.
//! Time is handed in; the shard behind it is a list of what was asked.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use centre::{
    DeskAnswer, DeskCommand, DeskDone, DeskEvent, DeskRequest, DeskSnapshot, DeskState, RequestNo, Shown, Wanted,
};
use model::{AgentState, DecisionNo, InCall, Moment, SoundPath};
use plan::{AgentNo, Plan};
use tokio::sync::oneshot;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::badges::BadgeHash;
use crate::desk::desks::Listening;
use crate::desk::feed::WatchStream;
use crate::desk::repeats::Outcome;
use crate::desk::table::{Ask, Table, Watch};
use crate::doors::{CentreDoor, Decided, MailboxFull};
use crate::refusal::Refusal;
use crate::testing::a_plan;

const ANNA: AgentNo = AgentNo(0);

/// A door behind which nobody answers by itself.
#[derive(Default)]
struct QuietDoor(Mutex<Vec<DeskRequest>>);

impl QuietDoor {
    fn sent(&self) -> Vec<DeskRequest> {
        self.0.lock().expect("no test panicked").clone()
    }
}

impl CentreDoor for QuietDoor {
    fn send(&self, request: DeskRequest) -> Result<(), MailboxFull> {
        self.0.lock().expect("no test panicked").push(request);
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

fn set() -> (Table, Arc<QuietDoor>) {
    let door = Arc::new(QuietDoor::default());
    (Table::new(door.clone(), Arc::new(Listening::nobody())), door)
}

fn ask(table: &mut Table, id: &str, now: Instant) -> oneshot::Receiver<Outcome> {
    let (reply, answer) = oneshot::channel();
    table.ask(Ask { agent: ANNA, request_id: id.to_owned(), command: DeskCommand::Decline, reply }, now);
    answer
}

fn watch(table: &mut Table, now: Instant) -> WatchStream {
    let (reply, mut answer) = oneshot::channel();
    let badge = BadgeHash::of("anna's");
    table.watch(Watch { agent: ANNA, badge, resume_token: String::new(), reply }, now);
    answer.try_recv().expect("answered at once").expect("may watch")
}

fn answer_snapshot(table: &mut Table, request: RequestNo, now: Instant) {
    let state = AgentState::Ready;
    let desk = DeskState {
        state,
        since: Moment::EPOCH,
        call: None,
        wrap_up_until: None,
        next: None,
        phone: true,
        in_call: InCall::default(),
        sound: SoundPath::Unproven,
    };
    let result = Ok(DeskDone::Snapshot(Box::new(DeskSnapshot { seq: 0, desk })));
    table.answer(DeskAnswer { request, result, after_saved: false }, now);
}

fn event(table: &mut Table, seq: u64, now: Instant) {
    let shown = Shown::Phone { reachable: true };
    table.event(DeskEvent { agent: ANNA, seq, at: Moment::EPOCH, shown }, now);
}

#[test]
fn a_request_that_nobody_answers_fails_after_five_seconds_and_may_be_tried_again() {
    let ((mut table, door), now) = (set(), Instant::now());
    let mut first = ask(&mut table, "r", now);
    let mut same = ask(&mut table, "r", now);
    table.sweep(now + Duration::from_millis(4_999), |_| true);
    assert!(first.try_recv().is_err(), "not yet");
    table.sweep(now + Duration::from_secs(5), |_| true);
    assert_eq!(first.try_recv(), Ok(Err(Refusal::NoAnswer)));
    assert_eq!(same.try_recv(), Ok(Err(Refusal::NoAnswer)));
    assert_eq!(door.sent().len(), 1, "the same id was sent once");
    ask(&mut table, "r", now + Duration::from_secs(6));
    assert_eq!(door.sent().len(), 2, "what became of it is not known, so it is asked again");
}

#[test]
fn a_late_answer_harms_nobody() {
    let ((mut table, door), now) = (set(), Instant::now());
    let mut first = ask(&mut table, "", now);
    table.sweep(now + Duration::from_secs(5), |_| true);
    let request = door.sent()[0].request;
    table.answer(DeskAnswer { request, result: Ok(DeskDone::Done), after_saved: true }, now);
    assert_eq!(first.try_recv(), Ok(Err(Refusal::NoAnswer)));
}

#[test]
fn without_a_snapshot_a_stream_ends_and_says_so() {
    let ((mut table, _door), now) = (set(), Instant::now());
    let mut stream = watch(&mut table, now);
    table.sweep(now + Duration::from_secs(5), |_| true);
    let end = futures::executor::block_on(stream.next()).expect("a word").expect_err("a refusal");
    assert_eq!(end.code(), Code::Unavailable);
}

#[test]
fn a_reader_that_does_not_read_is_cut_off_and_the_other_goes_on() {
    let ((mut table, door), now) = (set(), Instant::now());
    let (mut slow, mut quick) = (watch(&mut table, now), watch(&mut table, now));
    assert_eq!(door.sent().iter().filter(|sent| sent.command == DeskCommand::Snapshot).count(), 1, "one for both");
    answer_snapshot(&mut table, door.sent()[0].request, now);
    for seq in 1..=400 {
        event(&mut table, seq, now);
        futures::executor::block_on(quick.next()).expect("goes on").expect("no refusal");
    }
    let mut read = 0;
    let end = loop {
        match futures::executor::block_on(slow.next()).expect("a word before the end") {
            Ok(_) => read += 1,
            Err(status) => break status,
        }
    };
    assert_eq!((read, end.code()), (288, Code::ResourceExhausted));
    assert!(futures::executor::block_on(slow.next()).is_none());
}

#[test]
fn events_that_overtake_the_snapshot_follow_it() {
    let ((mut table, door), now) = (set(), Instant::now());
    let mut stream = watch(&mut table, now);
    event(&mut table, 1, now);
    event(&mut table, 2, now);
    answer_snapshot(&mut table, door.sent()[0].request, now);
    let tokens: Vec<_> = (0..3)
        .map(|_| futures::executor::block_on(stream.next()).expect("goes on").expect("no refusal").resume_token)
        .collect();
    let seqs: Vec<_> = tokens.iter().filter_map(|token| token.rsplit('.').next()).collect();
    assert_eq!(seqs, ["0", "1", "2"], "the snapshot, then what came after it");
}

#[test]
fn a_node_that_stops_answers_everyone_and_takes_nothing_new() {
    let ((mut table, _door), now) = (set(), Instant::now());
    let mut waiting = ask(&mut table, "", now);
    table.close();
    assert_eq!(waiting.try_recv(), Ok(Err(Refusal::Stopping)));
    let (reply, mut answer) = oneshot::channel();
    let command = DeskCommand::SetState(Wanted::Ready);
    table.ask(Ask { agent: ANNA, request_id: String::new(), command, reply }, now);
    assert_eq!(answer.try_recv(), Ok(Err(Refusal::Stopping)));
}
