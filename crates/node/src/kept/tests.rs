//! What becomes at a start of the promises of before: those that a line of the plan keeps go on, those that none keeps have failed.
//! The spool is a list here; the file of promises is a real one.

use std::time::Duration;

use model::{FactId, Moment, Outcome, PhoneNumber, ShardNo};
use tally::NumberedFact;

use super::*;

const PLAN: &str = include_str!("../../../../config/plan-reference.toml");

fn call(no: u64) -> CallId {
    CallId::new(1_796_000_000_000, ShardNo(0), no)
}

fn promise(no: u64, line: &str) -> Promise {
    let since = Moment::from_secs(1_796_000_000);
    Promise {
        call: call(no),
        number: PhoneNumber::parse("20304050").expect("a number"),
        line: line.into(),
        rung: line.into(),
        queue: "nedlagt".into(),
        language: "da".into(),
        municipality: None,
        since,
        waited: Duration::ZERO,
        until: since + Duration::from_secs(3_600),
        not_before: None,
        attempts: 0,
        attempts_max: 3,
        again_after: Duration::from_secs(300),
        slot: None,
        facts: 4,
    }
}

/// So far one fact of each of these calls is in the spool.
fn open_calls(calls: impl IntoIterator<Item = u64>) -> OpenEnds {
    let mut open = OpenEnds::default();
    for (fact_no, no) in (1..).zip(calls) {
        let about = About::Call { call: call(no), seq: 1 };
        let id = FactId::new(1_796_000_000_000, ShardNo(0), no);
        let what = What::Callback(model::CallbackFact::Promised);
        let fact = Fact { id, at: Moment::from_secs(1_796_000_000), about, what };
        open.apply(&NumberedFact { fact_no, fact });
    }
    open
}

#[test]
fn a_promise_whose_line_and_queue_are_gone_has_failed_at_the_next_start_and_its_number_is_kept_no_more() {
    let plan = plan::read_plan(PLAN).expect("a plan");
    let there = plan.lines[0].id.as_str().to_owned();
    let dir = tempfile::tempdir().expect("a folder");
    let kept = [promise(1, &there), promise(2, "nedlagt"), promise(3, "nedlagt"), promise(4, &there)];
    {
        let (promises, ..) = Promises::open(dir.path(), Arc::new(RealDisk)).expect("a file");
        for one in &kept {
            promises.door().change(PromiseChange::Kept(Box::new(one.clone())));
        }
    }
    let (promises, read, _) = Promises::open(dir.path(), Arc::new(RealDisk)).expect("a file");
    assert_eq!(read.len(), 4);
    let mut of_before = OfBefore::find_homes(read, &plan);
    // The third and the fourth ended before the node did; the last word about their promises was lost.
    let mut open = open_calls([1, 2]);
    of_before.settle(&BTreeSet::from([call(3), call(4)]), &mut open, &promises.door());
    let go_on: Vec<CallId> = of_before.at_home.iter().map(|(promise, _)| promise.call).collect();
    assert_eq!(go_on, [call(1)]);
    assert_eq!(promises.door().all(), [promise(1, &there)], "no number is kept for longer than its promise");
    let ends: Vec<(About, What)> =
        open.closing_cuts(1_796_100_000_000).into_iter().map(|fact| (fact.about, fact.what)).collect();
    let failed = What::Ended { outcome: Outcome::CallbackFailed };
    assert_eq!(ends, [(About::Call { call: call(2), seq: 5 }, failed)]);
}
