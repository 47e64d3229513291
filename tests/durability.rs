//! What was told is never lost and never told twice: `kill -9` at a busy moment, SIGTERM in the middle of talks.
//! Reads the facts before and after, as an integrator does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::What;
use samkald_tests::told::Told;
use samkald_tests::{RunningCentre, RunningSipp, Sipp, phones_are_there, told};

#[test]
fn kill_9_at_a_busy_moment_loses_no_fact_and_doubles_none() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let mut centre = RunningCentre::of_the_bench();
    let load = busy(&centre, 1_000);
    let before = centre.facts_until(|told| conversations(told) >= 200);
    centre.kill_hard();
    drop(load);
    centre.start_again();
    let after = centre.facts_until(|told| all_calls_ended(told) && told.len() >= before.len());
    numbers_are_gapless(&after);
    let known: BTreeMap<u64, u128> = after.iter().map(|one| (one.no, one.fact.id.0)).collect();
    for one in &before {
        assert_eq!(known.get(&one.no), Some(&one.fact.id.0), "fact {} was told, and is gone or another now", one.no);
    }
    let ids: BTreeSet<u128> = after.iter().map(|one| one.fact.id.0).collect();
    assert_eq!(ids.len(), after.len(), "a fact was told twice");
    let ladders = told::ladders(&after);
    let ends = |ladder: &[String]| ladder.iter().filter(|rung| rung.starts_with("ended: ")).count();
    assert!(ladders.iter().all(|ladder| ends(ladder) == 1), "each call has exactly one end");
    let cut = ladders.iter().filter(|ladder| ladder.last().is_some_and(|last| last == "ended: Cut")).count();
    assert!(cut > 0, "it was a busy moment, so some calls were cut short");
    centre.nothing_is_left();
}

#[test]
fn after_kill_9_it_takes_calls_again() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let mut centre = RunningCentre::of_the_bench();
    let load = busy(&centre, 300);
    centre.facts_until(|told| conversations(told) >= 50);
    centre.kill_hard();
    drop(load);
    centre.start_again();
    let (agents, citizens) = both(&centre, 20);
    let agents = agents.wait_for_calls();
    citizens.ring(centre.sip()).succeed();
    agents.succeed();
    centre.nothing_is_left();
}

#[test]
fn sigterm_lets_talks_finish_and_takes_no_new_calls() {
    if !phones_are_there(&["sipp"]) {
        return;
    }
    let mut centre = RunningCentre::of_the_bench();
    let (agents, mut citizens) = both(&centre, 5);
    citizens.pause = Duration::from_secs(4);
    let agents = agents.wait_for_calls();
    let talking = citizens.ring(centre.sip());
    centre.facts_until(|told| {
        told::ladders(told).iter().flatten().filter(|rung| rung.starts_with("talking")).count() >= 5
    });
    centre.ask_to_stop();
    std::thread::sleep(Duration::from_millis(500));
    let late = Sipp::citizen("citizen_is_refused", centre.net.centre(), "7000").with("status", "503");
    late.ring(centre.sip()).succeed();
    talking.succeed();
    agents.succeed();
    let status = centre.ended_within(Duration::from_secs(20)).expect("it ends when the talks are over");
    assert_eq!(status.code(), Some(0), "{}", centre.log());
    centre.start_again();
    let ladders = centre.ladders(5);
    let talked = ladders.iter().filter(|ladder| ladder.last().is_some_and(|last| last == "ended: Talked"));
    assert_eq!(talked.count(), 5, "{ladders:#?}");
}

fn busy(centre: &RunningCentre, calls: u32) -> (RunningSipp, RunningSipp) {
    let (agents, mut citizens) = both(centre, calls);
    citizens.rate = 100;
    citizens.pause = Duration::from_secs(1);
    let agents = agents.wait_for_calls();
    (agents, citizens.ring(centre.sip()))
}

fn both(centre: &RunningCentre, calls: u32) -> (Sipp, Sipp) {
    let ip = centre.net.centre();
    let mut agents = Sipp::new("agent", ip);
    agents.local.set_port(26_000);
    let mut citizens = Sipp::citizen("citizen", ip, "7000");
    (agents.calls, citizens.calls) = (calls, calls);
    (agents, citizens)
}

/// Conversations begun so far.
fn conversations(told: &[Told]) -> usize {
    told.iter().filter(|one| matches!(one.fact.what, What::Talking { .. })).count()
}

fn all_calls_ended(told: &[Told]) -> bool {
    let ladders = told::ladders(told);
    !ladders.is_empty() && ladders.iter().all(|ladder| ladder.last().is_some_and(|last| last.starts_with("ended: ")))
}

fn numbers_are_gapless(told: &[Told]) {
    for (at, one) in told.iter().enumerate() {
        assert_eq!(one.no, at as u64 + 1, "facts are numbered from 1 without a gap");
    }
}
