//! What coordinators and supervisors read from the facts of a day.
//! Every figure is compared with one that was worked out by hand.

mod day;
mod handed_on;
mod led_on;

use std::time::Duration;

use day::{Day, at, call};
use model::{About, AgentState, Moment, Outcome, PauseReason, What, WrapUp};
use tally::{Change, Counts, Fold, OpenEnds, Slice, Step, Tally, Targets, closing_cuts};

fn total(tally: &Tally) -> Counts {
    tally.sheet(at(0) - Duration::from_secs(86_400), at(86_400), Step::Quarter, Slice::default()).total()
}

/// Waits 30 s, is declined by one agent, talks 120 s with another, who writes for 20 s.
fn one_good_call(day: &mut Day, start: u64, no: u64) {
    day.arrives(start, no);
    day.queues(start, no);
    day.rings(start + 10, no, "anna");
    day.declines(start + 15, no, "anna");
    day.became(start + 15, "anna", AgentState::Ready, None);
    day.rings(start + 20, no, "bo");
    day.talks(start + 30, no, "bo");
    day.hangs_up(start + 150, no);
    day.became(start + 150, "bo", AgentState::WrapUp, Some(no));
    day.on_agent(
        start + 165,
        "bo",
        What::WrappedUp { call: call(no), wrap_up: WrapUp { solved: Some(true), ..WrapUp::default() } },
    );
    day.became(start + 170, "bo", AgentState::Ready, None);
}

#[test]
fn a_good_call_counts_its_wait_its_talk_and_its_wrap_up() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    let tally = day.tally();
    let counts = total(&tally);
    assert_eq!((counts.offered, counts.answered, counts.answered_in_time, counts.abandoned), (1, 1, 1, 0));
    assert_eq!(counts.average_speed_of_answer(), Some(Duration::from_secs(30)));
    assert_eq!((counts.talk_us, counts.wrap_up_us), (120_000_000, 20_000_000));
    assert_eq!((counts.phones_rung, counts.solved, counts.solved_told), (2, 1, 1));
    assert_eq!(counts.average_handling_time(), Some(Duration::from_secs(140)));
    assert_eq!(tally.health(), tally::FoldHealth::default());
}

#[test]
fn wrap_up_counts_with_its_call_whichever_thread_was_ahead() {
    let mut behind = Day::default();
    one_good_call(&mut behind, 0, 1);
    let is_end = |one: &&tally::NumberedFact| one.fact.what == What::Ended { outcome: Outcome::Talked };
    let mut ahead = Day { facts: behind.facts.iter().filter(|one| !is_end(one)).cloned().collect() };
    ahead.facts.extend(behind.facts.iter().filter(is_end).cloned());
    assert_eq!(ahead.facts.len(), behind.facts.len());
    assert_eq!(ahead.tally().digest(), behind.tally().digest());
    assert_eq!(total(&ahead.tally()).wrap_up_us, 20_000_000);
}

#[test]
fn a_call_belongs_to_the_quarter_in_which_it_began() {
    let mut day = Day::default();
    one_good_call(&mut day, 15 * 60 - 1, 1);
    one_good_call(&mut day, 15 * 60, 2);
    let tally = day.tally();
    let sheet = tally.sheet(at(0), at(3600), Step::Quarter, Slice::default());
    let rows: Vec<_> = sheet.rows().map(|(start, counts)| (start, counts.wrap_up_us / 1_000_000)).collect();
    assert_eq!(rows, [(at(0), 20), (at(900), 20)]);
}

#[test]
fn who_gives_up_at_once_is_a_short_abandon_and_who_waits_long_is_not_in_time() {
    let mut day = Day::default();
    for (no, wait) in [(1, 3), (2, 5), (3, 60), (4, 61)] {
        day.arrives(no * 100, no);
        day.queues(no * 100, no);
        day.ends(no * 100 + wait, no, Outcome::Abandoned);
    }
    let counts = total(&day.tally());
    assert_eq!((counts.offered, counts.abandoned, counts.abandoned_in_time, counts.short_abandons), (4, 4, 3, 1));
    assert_eq!(counts.abandoned_waits.max(), Duration::from_secs(61));
}

#[test]
fn a_promise_is_kept_broken_or_never_put_to_the_proof() {
    let mut day = Day::default();
    // Answered in time, answered late, gave up after its time, gave up before, and one that was promised twice.
    for (no, promises, answered, gone) in [
        (1, &[2][..], Some(120), 200),
        (2, &[2], Some(121), 200),
        (3, &[1], None, 61),
        (4, &[1], None, 60),
        (5, &[1, 9], Some(100), 200),
    ] {
        let start = no * 1_000;
        day.arrives(start, no);
        day.queues(start, no);
        for minutes in promises {
            day.is_promised(start, no, *minutes);
        }
        if let Some(answered) = answered {
            day.rings(start + answered, no, "anna");
            day.talks(start + answered, no, "anna");
            day.hangs_up(start + gone, no);
        } else {
            day.ends(start + gone, no, Outcome::Abandoned);
        }
    }
    let counts = total(&day.tally());
    assert_eq!((counts.promises, counts.promises_kept), (4, 1));
    assert_eq!(tally::Rate::PromiseKept.of(&counts).map(tally::Ratio::percent).as_deref(), Some("25.00"));
}

#[test]
fn a_closed_line_and_an_unknown_number_are_no_calls_of_the_queue() {
    let mut day = Day::default();
    day.arrives(0, 1);
    day.ends(9, 1, Outcome::Closed);
    day.arrives(1, 2);
    day.ends(1, 2, Outcome::AbandonedEarly);
    let counts = total(&day.tally());
    assert_eq!((counts.calls(), counts.offered), (2, 0));
    assert_eq!(counts.outcomes.of(Outcome::Closed), 1);
}

#[test]
fn the_board_shows_who_waits_and_who_talks_and_forgets_who_has_gone() {
    let mut day = Day::default();
    let board = |day: &Day, seconds| {
        let shot = day.tally().snapshot(at(seconds));
        let queue = shot.queues[0].clone();
        (queue.waiting, queue.offered, queue.talking, queue.longest_waiting_since, shot.calls)
    };
    day.arrives(0, 1);
    day.queues(5, 1);
    day.arrives(6, 2);
    day.queues(7, 2);
    assert_eq!(board(&day, 8), (2, 0, 0, Some(at(5)), 2));
    day.rings(10, 1, "anna");
    assert_eq!(board(&day, 11), (1, 1, 0, Some(at(5)), 2));
    day.talks(12, 1, "anna");
    assert_eq!(board(&day, 13), (1, 0, 1, Some(at(7)), 2));
    day.hangs_up(20, 1);
    day.ends(21, 2, Outcome::Abandoned);
    assert_eq!(board(&day, 22), (0, 0, 0, None, 0));
    let shot = day.tally().snapshot(at(23));
    assert_eq!((shot.today.of(Outcome::Talked), shot.today.of(Outcome::Abandoned)), (1, 1));
    assert_eq!((shot.agents[0].state.clone(), shot.agents[0].call), (AgentState::Talking, Some(call(1))));
    assert_eq!((shot.lines[0].calls, shot.queues[0].today.answered), (0, 1));
}

#[test]
fn tomorrow_begins_with_nothing() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    let tally = day.tally();
    assert_eq!(tally.snapshot(at(3600)).today.total(), 1);
    assert_eq!(tally.snapshot(at(86_400)).today.total(), 0);
    one_good_call(&mut day, 86_400, 2);
    let tomorrow = day.tally().snapshot(at(86_600));
    assert_eq!((tomorrow.today.total(), tomorrow.queues[0].today.answered), (1, 1));
}

#[test]
fn occupancy_is_work_over_work_and_readiness() {
    let mut day = Day::default();
    day.became(0, "bo", AgentState::Ready, None);
    one_good_call(&mut day, 30, 1);
    day.became(260, "bo", AgentState::Paused(PauseReason::Chosen("frokost".into())), None);
    day.became(360, "bo", AgentState::Off, None);
    let times = day.tally().agent_times(at(0), at(900));
    let bo = times.iter().find(|(agent, _)| agent.as_str() == "bo").expect("bo was on duty").1;
    assert_eq!((bo.ready_us, bo.offered_us), (110_000_000, 10_000_000));
    assert_eq!((bo.talking_us, bo.wrap_up_us, bo.paused_us), (120_000_000, 20_000_000, 100_000_000));
    assert_eq!(bo.occupancy().expect("bo has worked").percent(), "56.00");
}

#[test]
fn a_fact_that_comes_twice_counts_once_and_one_that_is_missing_is_noticed() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    let mut tally = Tally::new(Targets::default());
    for fact in &day.facts {
        tally.apply(fact);
        tally.apply(fact);
    }
    assert_eq!(tally.health().duplicates, day.facts.len() as u64);
    assert_eq!(tally.digest(), day.tally().digest());
    day.facts.remove(2);
    assert_eq!(day.tally().health().gaps, 1);
    day.facts.remove(0);
    assert!(day.tally().health().orphans > 0);
}

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    let mut fold = Fold::default();
    for no in 1..=10_000 {
        let mut day = Day::default();
        one_good_call(&mut day, no * 200, no);
        for fact in &mut day.facts {
            fact.fact.id.0 += u128::from(no) << 32;
        }
        for fact in &day.facts {
            fold.apply(fact, |_| {});
        }
    }
    assert_eq!((fold.open_calls(), fold.agents().count()), (0, 2));
}

#[test]
fn after_a_crash_open_calls_are_cut_and_agents_are_off() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    day.arrives(200, 2);
    day.queues(200, 2);
    day.rings(210, 2, "bo");
    day.talks(215, 2, "bo");
    day.became(216, "anna", AgentState::Off, None);
    let cuts = closing_cuts(&day.facts, 1_796_000_000_000);
    assert_eq!(cuts.len(), 2, "one call and one agent");
    let seen_before: u64 = day.facts.len() as u64;
    for (nth, fact) in cuts.iter().enumerate() {
        assert_eq!(fact.at, at(216), "no talk grows by the time that the node was down");
        day.facts.push(tally::NumberedFact { fact_no: seen_before + 1 + nth as u64, fact: fact.clone() });
    }
    let tally = day.tally();
    assert_eq!(tally.health(), tally::FoldHealth::default());
    let counts = total(&tally);
    assert_eq!((counts.outcomes.of(Outcome::Cut), counts.answered, counts.talk_us), (1, 2, 121_000_000));
    assert_eq!(tally.fold().open_calls(), 0);
    let mut again = OpenEnds::default();
    for fact in &day.facts {
        again.apply(fact);
    }
    assert!(again.closing_cuts(1_797_000_000_000).is_empty());
}

#[test]
fn a_promise_that_nobody_can_keep_ends_as_a_callback_that_failed_and_not_as_a_call_that_was_cut() {
    let mut day = Day::default();
    for no in [1, 2] {
        day.arrives(200 + no, no);
        day.queues(200 + no, no);
    }
    let mut open = OpenEnds::default();
    day.facts.iter().for_each(|fact| open.apply(fact));
    // The file knows of more facts of it than the spool, whose last ones were lost.
    open.cannot_be_kept(call(2), 7);
    let cuts = open.closing_cuts(1_796_000_000_000);
    let about = |no, seq| About::Call { call: call(no), seq };
    let ends: Vec<_> = cuts.into_iter().map(|fact| (fact.about, fact.what)).collect();
    let ended = |outcome| What::Ended { outcome };
    assert_eq!(ends, [(about(1, 4), ended(Outcome::Cut)), (about(2, 8), ended(Outcome::CallbackFailed))]);
}

#[test]
fn what_an_agent_writes_after_the_call_finds_its_row() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    let mut fold = Fold::default();
    let mut changes = Vec::new();
    for fact in &day.facts {
        fold.apply(fact, |change| changes.push(change));
    }
    let written = |change: &&Change| matches!(change, Change::Written { call: c, .. } if *c == call(1));
    assert_eq!(changes.iter().filter(written).count(), 1);
    let done = changes.iter().find(|change| matches!(change, Change::AgentDone { .. }));
    assert_eq!(done, Some(&Change::AgentDone { call: call(1), wrap_up: Duration::from_secs(20) }));
}

#[test]
fn the_nodes_own_facts_change_no_figure() {
    let mut day = Day::default();
    one_good_call(&mut day, 0, 1);
    let before = day.tally().digest();
    day.put(500, About::Node, What::NodeDraining);
    assert_eq!(day.tally().digest(), before);
    assert!(Moment::EPOCH < at(0));
}
